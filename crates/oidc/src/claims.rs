//! What an ID token must say to count here (OpenID Connect Core 1.0, 3.1.3.7).

use serde_json::{Map, Value};

use crate::error::TokenError;

/// How far the clocks of the two servers may be apart, in seconds.
const LEEWAY: f64 = 60.0;
/// The longest name that a provider has for somebody, in bytes (Core, 2).
const SUBJECT_MAX: usize = 255;

/// What is expected of it.
pub(crate) struct Expected<'a> {
    /// Whose it is.
    pub(crate) issuer: &'a str,
    /// For whom.
    pub(crate) client: &'a str,
    /// In which login.
    pub(crate) nonce: &'a str,
    /// In seconds since 1970.
    pub(crate) now: u64,
}

/// Checks all of it, and gives who it is about: `sub`.
pub(crate) fn check<'a>(claims: &'a Map<String, Value>, expected: &Expected<'_>) -> Result<&'a str, TokenError> {
    if text(claims, "iss")? != expected.issuer {
        return Err(TokenError::Issuer);
    }
    audience(claims, expected.client)?;
    let now = expected.now as f64;
    if time(claims, "exp")?.ok_or(TokenError::Claim("exp"))? <= now - LEEWAY {
        return Err(TokenError::Expired);
    }
    if time(claims, "iat")?.ok_or(TokenError::Claim("iat"))? > now + LEEWAY {
        return Err(TokenError::Future);
    }
    if time(claims, "nbf")?.is_some_and(|begins| begins > now + LEEWAY) {
        return Err(TokenError::Future);
    }
    if claims.get("nonce").and_then(Value::as_str) != Some(expected.nonce) {
        return Err(TokenError::Nonce);
    }
    let subject = text(claims, "sub")?;
    if subject.is_empty() || subject.len() > SUBJECT_MAX || subject.chars().any(char::is_control) {
        return Err(TokenError::Claim("sub"));
    }
    Ok(subject)
}

/// For us, and if for others too then made for us.
fn audience(claims: &Map<String, Value>, client: &str) -> Result<(), TokenError> {
    let (ours, others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client, false),
        Some(Value::Array(all)) => {
            let ours = all.iter().any(|one| one.as_str() == Some(client));
            (ours, all.iter().any(|one| one.as_str() != Some(client)))
        }
        _ => return Err(TokenError::Claim("aud")),
    };
    let made_for = match claims.get("azp") {
        None | Some(Value::Null) => None,
        Some(party) => Some(party.as_str() == Some(client)),
    };
    if ours && made_for != Some(false) && (!others || made_for == Some(true)) {
        return Ok(());
    }
    Err(TokenError::Audience)
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, TokenError> {
    claims.get(name).and_then(Value::as_str).ok_or(TokenError::Claim(name))
}

/// Seconds since 1970, perhaps with a fraction.
fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<f64>, TokenError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().filter(|time| time.is_finite()).map(Some).ok_or(TokenError::Claim(name)),
    }
}
