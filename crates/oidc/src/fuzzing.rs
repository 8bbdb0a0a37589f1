//! For the fuzz targets: all that reads what a provider answers.

use serde_json::Map;

use crate::{
    Settings,
    claims::{self, Expected},
    fetch::{Tokens, refusal},
    jws::Token,
    keys::Keys,
    metadata::Metadata,
    person,
};

const ISSUER: &str = "https://auth.example";

/// One answer as everything that it could be.
pub fn answer(bytes: &[u8]) {
    let _ = (refusal(bytes), Tokens::parse(bytes));
    if let Ok(metadata) = Metadata::parse(bytes, ISSUER) {
        assert!(metadata.token.scheme() == "https" && metadata.keys.scheme() == "https");
    }
    let keys = Keys::parse(bytes).unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(token) = Token::parse(text)
    {
        assert!(token.open(&keys).is_err(), "nobody has signed it");
    }
    keys.verify(None, "RS256", bytes, bytes);
    keys.verify(None, "ES256", bytes, bytes);
    keys.verify(None, "EdDSA", bytes, bytes);
    let claims: Map<_, _> = serde_json::from_slice(bytes).unwrap_or_default();
    let expected = Expected { issuer: ISSUER, client: "parlor", nonce: "n", now: 1_700_000_000 };
    let settings = Settings {
        issuer: ISSUER.to_owned(),
        client_id: "parlor".to_owned(),
        client_secret: None,
        scopes: Vec::new(),
        name_claim: "preferred_username".to_owned(),
        allowed_domains: vec!["auth.example".to_owned()],
        timeout: std::time::Duration::from_secs(1),
    };
    if claims::check(&claims, &expected).is_ok() {
        assert_eq!(claims["iss"], ISSUER);
    }
    let _ =
        (person::needs_more(&claims, &settings), person::admit(&claims, &settings), person::name(&claims, &settings));
}
