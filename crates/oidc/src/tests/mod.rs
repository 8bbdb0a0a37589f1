//! Tests of the whole: against the standards' own examples, tokens that lie, and a provider that misbehaves.

mod flow;
mod stand_in;
mod standards;
mod tokens;

use std::time::Duration;

use crate::{Secret, Settings};

/// As a school would set it.
pub(crate) fn settings(issuer: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: "parlor".to_owned(),
        client_secret: Some(Secret::new("to:ma+to ü")),
        scopes: vec!["profile".to_owned(), "email".to_owned()],
        name_claim: "preferred_username".to_owned(),
        allowed_domains: Vec::new(),
        timeout: Duration::from_secs(10),
    }
}
