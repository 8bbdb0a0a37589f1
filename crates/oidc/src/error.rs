//! Why somebody is not in. What the texts say of the provider's words is short and on one line, and never a secret.

/// The longest text of a provider that is repeated, in characters.
const SHOWN: usize = 200;

/// Why a login by a provider did not come about. `Display` is for whoever runs the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It does not answer, not in time, or with an error of its own.
    #[error("{what} can't be had: {why}")]
    Unreachable {
        /// Of what the provider's answer was to be.
        what: &'static str,
        /// What happened.
        why: String,
    },
    /// What it answers can't be used.
    #[error("{what} can't be used: {why}")]
    Answer {
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// It does not know this server, or does not let it do this: a setting here or there is wrong.
    #[error("the provider refuses this server ({0}); compare client id, secret and redirect address on both sides")]
    Client(String),
    /// Whoever was to log in did not want to, or may not.
    #[error("the provider says that access was denied")]
    Denied,
    /// It can't go on, for a reason of its own.
    #[error("the provider breaks off ({0})")]
    Broken(String),
    /// What the browser brings back belongs to no login that was begun in it.
    #[error("the answer belongs to no login that was begun in this browser")]
    State,
    /// The code that the browser brings was used, is too old, or was never given.
    #[error("the code is used up, too old, or not the provider's")]
    Code,
    /// The token that is to say who somebody is does not hold.
    #[error("the ID token is refused: {0}")]
    Token(#[from] TokenError),
    /// Who it is is clear, and they are not among those who may come in.
    #[error("nobody without a verified email address of an allowed domain may come in")]
    Domain,
}

/// Why an ID token does not count (OpenID Connect Core 1.0, 3.1.3.7).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no signed token in three parts.
    #[error("it is no signed JSON web token")]
    Shape,
    /// It is signed in a way that is not taken, or not at all.
    #[error("it is signed with `{0}`, which is not taken here; let the provider sign with RS256, ES256 or EdDSA")]
    Algorithm(String),
    /// None of the provider's keys fits.
    #[error("the provider has no key that it could be signed with")]
    Key,
    /// Somebody else has signed it, or changed it.
    #[error("its signature is not the provider's")]
    Signature,
    /// A claim is not there, or not what it should be.
    #[error("`{0}` is missing or is not what it should be")]
    Claim(&'static str),
    /// Another provider has made it.
    #[error("it is from another issuer (`iss`)")]
    Issuer,
    /// It is for another program.
    #[error("it is meant for another client (`aud`, `azp`)")]
    Audience,
    /// It is over.
    #[error("it is over (`exp`); are the clocks of both servers right?")]
    Expired,
    /// It is from the future.
    #[error("it is from the future (`iat`, `nbf`); are the clocks of both servers right?")]
    Future,
    /// It belongs to another login.
    #[error("it belongs to another login (`nonce`)")]
    Nonce,
}

impl Error {
    /// Whether the provider may well answer in a moment.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// Words of a provider as they can stand in a line.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
