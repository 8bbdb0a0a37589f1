//! The port of who people are: accounts, sessions, tokens, invitations, and what happened to them.
//!
//! Nothing here is an event of a room. Secrets come as hashes; what is stored gives nobody a way in.

use std::fmt;

use async_trait::async_trait;
use parlor_rooms::{
    Timestamp,
    policy::{Role, Scopes},
};

use crate::{AppendError, ReadError};

/// The SHA-256 of a secret that somebody shows: a session's, a token's, an invitation's.
pub type SecretHash = [u8; 32];

/// How many entries of what happened are kept.
pub const AUDIT_KEPT: u64 = 100_000;
/// How many sessions an account may have; a new one takes the place of the one that was used longest ago.
pub const SESSIONS_MAX: usize = 100;

/// Somebody who is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number: never given again.
    pub id: u64,
    /// Its name, as it was typed.
    pub name: String,
    /// Its name, as names are compared; no other account has it.
    pub folded: String,
    /// What it is on this server.
    pub role: Role,
    /// Whether it may not log in.
    pub disabled: bool,
    /// Whether it has a password.
    pub password: bool,
    /// When it was made.
    pub made: Timestamp,
}

/// An account that is made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its name, as it was typed.
    pub name: String,
    /// Its name, as names are compared.
    pub folded: String,
    /// What it is on this server.
    pub role: Role,
    /// Its password's hash, if it has one.
    pub password: Option<String>,
    /// Who it is elsewhere.
    pub identity: Option<Identity>,
    /// An invitation that it uses up.
    pub invitation: Option<u64>,
    /// Whether it is made only where there is no admin yet.
    pub first: bool,
    /// When.
    pub made: Timestamp,
}

/// Hashes are nobody's business.
impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// Who somebody is at another server, which vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The other server.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
}

/// One browser in which somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: u64,
    /// Whose it is.
    pub account: u64,
    /// When it began.
    pub made: Timestamp,
    /// When it was used last, give or take a few minutes.
    pub seen: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Where it was used last.
    pub address: Option<String>,
    /// The browser, as it says.
    pub agent: Option<String>,
}

/// A token for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its number.
    pub id: u64,
    /// Whose it is.
    pub account: u64,
    /// What its owner calls it.
    pub name: String,
    /// What it allows.
    pub scopes: Scopes,
    /// When it was made.
    pub made: Timestamp,
    /// When it was used last, give or take a few minutes.
    pub used: Option<Timestamp>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
}

/// A link with which people make accounts of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its number.
    pub id: u64,
    /// What they become.
    pub role: Role,
    /// How many more can use it.
    pub uses: u32,
    /// When it was made.
    pub made: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// Who made it: a name.
    pub by: String,
}

/// What can happen that an admin may want to know of later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Happened {
    /// Somebody logged in.
    LoggedIn,
    /// Somebody tried to, with a wrong password or name.
    LogInFailed,
    /// Somebody logged out, in one browser or everywhere.
    LoggedOut,
    /// A password was changed.
    PasswordChanged,
    /// An account was made.
    AccountMade,
    /// An account may not log in any more.
    AccountDisabled,
    /// An account may log in again.
    AccountEnabled,
    /// An account got another role.
    RoleChanged,
    /// An account was joined to one elsewhere.
    IdentityLinked,
    /// A token was made.
    TokenMade,
    /// A token was taken back.
    TokenRevoked,
    /// An invitation was made.
    InvitationMade,
    /// An invitation was used.
    InvitationUsed,
    /// An invitation was taken back.
    InvitationRevoked,
    /// A room got other settings.
    RoomConfigured,
    /// A flow was published.
    FlowPublished,
    /// A flow was taken back from visitors.
    FlowWithdrawn,
    /// A flow was deleted.
    FlowDeleted,
}

impl Happened {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::LoggedIn,
        Self::LogInFailed,
        Self::LoggedOut,
        Self::PasswordChanged,
        Self::AccountMade,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::RoleChanged,
        Self::IdentityLinked,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::InvitationMade,
        Self::InvitationUsed,
        Self::InvitationRevoked,
        Self::RoomConfigured,
        Self::FlowPublished,
        Self::FlowWithdrawn,
        Self::FlowDeleted,
    ];

    /// Its name, as it is written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::LogInFailed => "log_in_failed",
            Self::LoggedOut => "logged_out",
            Self::PasswordChanged => "password_changed",
            Self::AccountMade => "account_made",
            Self::AccountDisabled => "account_disabled",
            Self::AccountEnabled => "account_enabled",
            Self::RoleChanged => "role_changed",
            Self::IdentityLinked => "identity_linked",
            Self::TokenMade => "token_made",
            Self::TokenRevoked => "token_revoked",
            Self::InvitationMade => "invitation_made",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationRevoked => "invitation_revoked",
            Self::RoomConfigured => "room_configured",
            Self::FlowPublished => "flow_published",
            Self::FlowWithdrawn => "flow_withdrawn",
            Self::FlowDeleted => "flow_deleted",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|happened| happened.name() == name)
    }
}

/// Something that happened, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// Who did it: a name.
    pub who: String,
    /// What.
    pub what: Happened,
    /// About whom or what, and how.
    pub about: String,
    /// From which address.
    pub address: Option<String>,
}

/// A change, carried out as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An account is made.
    AddAccount(Box<NewAccount>),
    /// An account gets this password, or none; all its sessions end but this one.
    SetPassword {
        /// Whose.
        account: u64,
        /// Its hash.
        password: Option<String>,
        /// The session that goes on.
        keep: Option<u64>,
    },
    /// An account becomes this.
    SetRole(u64, Role),
    /// An account may not log in any more, and its sessions end; or it may again.
    SetDisabled(u64, bool),
    /// An account is this one elsewhere.
    Link(u64, Identity),
    /// A session begins; `id` is not looked at. Sessions that are over are forgotten.
    AddSession(SecretHash, Box<Session>),
    /// A session was used.
    TouchSession {
        /// Which.
        id: u64,
        /// When.
        seen: Timestamp,
        /// When it will end by itself.
        expires: Timestamp,
        /// Where.
        address: Option<String>,
    },
    /// A session of this account ends.
    EndSession {
        /// Whose.
        account: u64,
        /// Which.
        id: u64,
    },
    /// All sessions of this account end but this one.
    EndSessions {
        /// Whose.
        account: u64,
        /// The session that goes on.
        keep: Option<u64>,
    },
    /// A token is made; `id` is not looked at.
    AddToken(SecretHash, Box<ApiToken>),
    /// A token was used.
    TouchToken(u64, Timestamp),
    /// A token of this account is taken back.
    RevokeToken {
        /// Whose.
        account: u64,
        /// Which.
        id: u64,
    },
    /// An invitation is made; `id` is not looked at. Those that are over by then are forgotten.
    AddInvitation(SecretHash, Box<Invitation>),
    /// An invitation is taken back.
    RevokeInvitation(u64),
    /// Nothing but what is to be noted.
    Nothing,
}

/// What a change came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is done; the number of what was made, or 0.
    Done(u64),
    /// Another account has this name.
    NameTaken,
    /// Another account is this one elsewhere.
    IdentityTaken,
    /// The invitation is used up, over, or taken back.
    InvitationOver,
    /// There is an admin already.
    NotFirst,
    /// What was to be changed is not there.
    Gone,
}

/// Who people are.
#[async_trait]
pub trait People: Send + Sync + 'static {
    /// Carries out a change, and notes what happened in the same transaction if it was done. Durable when it returns.
    async fn change_people(&self, change: Change, note: Option<Note>) -> Result<Changed, AppendError>;

    /// Writes down later that a session or a token was used; need not be durable when it returns.
    async fn touch(&self, change: Change) -> Result<(), AppendError>;

    /// Accounts with ids above `after`, in order of id.
    async fn accounts(&self, after: u64, limit: usize) -> Result<Vec<Account>, ReadError>;

    /// One account.
    async fn account(&self, id: u64) -> Result<Option<Account>, ReadError>;

    /// The hash of an account's password.
    async fn password(&self, account: u64) -> Result<Option<String>, ReadError>;

    /// The account that is this one elsewhere.
    async fn account_of(&self, identity: &Identity) -> Result<Option<u64>, ReadError>;

    /// Who an account is elsewhere.
    async fn identities(&self, account: u64) -> Result<Vec<Identity>, ReadError>;

    /// The session whose secret has this hash; it may be over.
    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, ReadError>;

    /// The sessions of an account, the last used first, at most [`SESSIONS_MAX`].
    async fn sessions(&self, account: u64) -> Result<Vec<Session>, ReadError>;

    /// The token whose secret has this hash; it may be over.
    async fn token(&self, hash: SecretHash) -> Result<Option<ApiToken>, ReadError>;

    /// The tokens of an account, the newest first.
    async fn tokens(&self, account: u64, limit: usize) -> Result<Vec<ApiToken>, ReadError>;

    /// The invitation whose secret has this hash; it may be over.
    async fn invitation(&self, hash: SecretHash) -> Result<Option<Invitation>, ReadError>;

    /// Invitations, the newest first.
    async fn invitations(&self, limit: usize) -> Result<Vec<Invitation>, ReadError>;

    /// What happened, the newest first, with numbers below `before`.
    async fn notes(&self, before: u64, limit: usize) -> Result<Vec<(u64, Note)>, ReadError>;
}
