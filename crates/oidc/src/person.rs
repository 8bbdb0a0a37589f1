//! What a provider says of somebody, as far as it matters here: a name to suggest, and whether they are of those who may
//! come in.

use serde_json::{Map, Value};

use crate::{Error, Settings};

/// The longest name that is suggested, in characters.
const NAME_MAX: usize = 200;

/// Somebody whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The provider.
    pub issuer: String,
    /// Who it is there; never changes, and never becomes somebody else.
    pub subject: String,
    /// What they may be called; empty if the provider does not say.
    pub name: String,
}

/// Whether the settings ask for something that these claims do not say.
pub(crate) fn needs_more(claims: &Map<String, Value>, settings: &Settings) -> bool {
    let named = text(claims, &settings.name_claim).is_some();
    let addressed = settings.allowed_domains.is_empty() || claims.contains_key("email");
    !named || !addressed
}

/// The claim that is set, then the email address up to its `@`, then `name`.
pub(crate) fn name(claims: &Map<String, Value>, settings: &Settings) -> String {
    let found =
        [settings.name_claim.as_str(), "email", "name", "nickname"].into_iter().find_map(|one| text(claims, one));
    // Whoever's name is their address keeps the rest of it to themselves.
    let short = found.map(|name| match name.split_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') && !domain.contains(' ') => local,
        _ => name,
    });
    short.unwrap_or_default().chars().take(NAME_MAX).collect()
}

/// Whether somebody may come in at all.
pub(crate) fn admit(claims: &Map<String, Value>, settings: &Settings) -> Result<(), Error> {
    if settings.allowed_domains.is_empty() {
        return Ok(());
    }
    // Some say it in quotation marks.
    let verified = match claims.get("email_verified") {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(word)) => word == "true",
        _ => false,
    };
    let domain = text(claims, "email").and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    let allowed = |domain: &str| settings.allowed_domains.iter().any(|one| one.eq_ignore_ascii_case(domain));
    if verified && domain.is_some_and(allowed) { Ok(()) } else { Err(Error::Domain) }
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::settings;

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn the_name_is_the_claim_that_is_set_or_else_the_next_best() {
        let mut settings = settings("https://auth.example.org");
        for (said, expected) in [
            (json!({"preferred_username": "ann", "email": "a.smith@x.example", "name": "Ann Smith"}), "ann"),
            (json!({"preferred_username": " ", "email": "a.smith@x.example", "name": "Ann Smith"}), "a.smith"),
            (json!({"preferred_username": 7, "name": "Ann Smith"}), "Ann Smith"),
            (json!({"preferred_username": "ann@corp.example"}), "ann"),
            (json!({"preferred_username": "@ann"}), "@ann"),
            (json!({"preferred_username": "ann@home"}), "ann@home"),
            (json!({}), ""),
        ] {
            assert_eq!(name(&claims(&said), &settings), expected, "{said}");
        }
        settings.name_claim = "name".to_owned();
        assert_eq!(name(&claims(&json!({"preferred_username": "ann", "name": "Ann Smith"})), &settings), "Ann Smith");
        assert_eq!(name(&claims(&json!({"name": "x".repeat(5_000)})), &settings).len(), NAME_MAX);
    }

    #[test]
    fn only_verified_addresses_of_an_allowed_domain_count() {
        let mut settings = settings("https://auth.example.org");
        assert_eq!(admit(&claims(&json!({})), &settings), Ok(()));
        settings.allowed_domains = vec!["school.example".to_owned()];
        for (said, fine) in [
            (json!({"email": "a@school.example", "email_verified": true}), true),
            (json!({"email": "a@SCHOOL.example", "email_verified": "true"}), true),
            (json!({"email": "a@school.example", "email_verified": false}), false),
            (json!({"email": "a@school.example"}), false),
            (json!({"email": "a@evil.example", "email_verified": true}), false),
            (json!({"email": "a@school.example@evil.example", "email_verified": true}), false),
            (json!({"email": "a@x.school.example", "email_verified": true}), false),
            (json!({"email": "school.example", "email_verified": true}), false),
            (json!({"email": ["a@school.example"], "email_verified": true}), false),
            (json!({"email_verified": true}), false),
        ] {
            assert_eq!(admit(&claims(&said), &settings).is_ok(), fine, "{said}");
        }
    }
}
