//! Logins by OpenID Connect: another server says who somebody is, and this is what checks that it really does.
//!
//! The authorization code flow (OpenID Connect Core 1.0, 3.1) with PKCE (RFC 7636), `state`, `nonce`, and the issuer in the
//! answer (RFC 9207). [`Provider::begin`] says where to send a browser and what to remember of it, [`Provider::finish`] takes
//! what the browser brings back and gives who it is. Where the provider's addresses and keys are it says itself
//! (`metadata`, `keys`); whether an ID token is its own and meant for us, `jws` and `claims` find out, without any I/O.
//!
//! Nothing here knows of accounts, cookies or pages, and no secret comes into an error or the log.

mod claims;
mod error;
mod fetch;
#[doc(hidden)]
pub mod fuzzing;
mod jws;
mod key_cache;
mod keys;
mod metadata;
mod person;
mod provider;
mod secret;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use crate::{
    error::{Error, TokenError},
    person::Known,
    provider::{Begun, Pending, Provider, Returned},
};

/// What whoever runs the server says of a provider.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The provider, exactly as it calls itself: `https://auth.example.org/realms/school`.
    pub issuer: String,
    /// What the provider calls this server.
    pub client_id: String,
    /// With what this server proves to be that, unless it is a public client.
    pub client_secret: Option<Secret>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that is somebody's name, where it is there.
    pub name_claim: String,
    /// Only people with a verified email address of one of these; everybody if there is none.
    pub allowed_domains: Vec<String>,
    /// How long each of the provider's answers may take.
    pub timeout: Duration,
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}
