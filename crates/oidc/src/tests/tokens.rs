//! ID tokens that lie, each in one way.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::stand_in::Signer;
use crate::{
    claims::{Expected, check},
    error::TokenError::{self, Algorithm, Audience, Claim, Expired, Future, Issuer, Key, Nonce, Shape, Signature},
    jws::Token,
    keys::Keys,
};

const NOW: u64 = 1_700_000_000;

fn claims() -> Value {
    json!({
        "iss": "https://auth.example", "aud": "parlor", "sub": "7", "nonce": "n", "iat": NOW, "exp": NOW + 300,
    })
}

fn checked(claims: &Value) -> Result<String, TokenError> {
    let expected = Expected { issuer: "https://auth.example", client: "parlor", nonce: "n", now: NOW };
    check(claims.as_object().unwrap(), &expected).map(str::to_owned)
}

#[test]
fn every_claim_has_to_be_right() {
    assert_eq!(checked(&claims()).as_deref(), Ok("7"));
    for (name, value, wrong) in [
        ("iss", json!("https://auth.example/"), Issuer),
        ("iss", json!("https://evil.example"), Issuer),
        ("iss", Value::Null, Claim("iss")),
        ("aud", json!("another"), Audience),
        ("aud", json!([]), Audience),
        ("aud", json!(["another"]), Audience),
        // Made for another, who might be who sends it.
        ("aud", json!(["parlor", "another"]), Audience),
        ("aud", json!(7), Claim("aud")),
        ("azp", json!("another"), Audience),
        ("azp", json!(["parlor"]), Audience),
        ("exp", json!(NOW - 60), Expired),
        ("exp", json!(0), Expired),
        ("exp", json!("soon"), Claim("exp")),
        ("exp", Value::Null, Claim("exp")),
        ("iat", json!(NOW + 61), Future),
        ("iat", json!("now"), Claim("iat")),
        ("nbf", json!(NOW + 61), Future),
        ("nonce", json!("another"), Nonce),
        ("nonce", json!(7), Nonce),
        ("sub", json!(""), Claim("sub")),
        ("sub", json!(7), Claim("sub")),
        ("sub", json!("a\nb"), Claim("sub")),
        ("sub", json!("x".repeat(256)), Claim("sub")),
    ] {
        let mut lie = claims();
        lie[name] = value;
        assert_eq!(checked(&lie), Err(wrong), "{lie}");
    }
    for name in ["iss", "aud", "exp", "iat", "nonce", "sub"] {
        let mut without = claims();
        without.as_object_mut().unwrap().remove(name);
        let wrong = if name == "nonce" { Nonce } else { Claim(name) };
        assert_eq!(checked(&without), Err(wrong), "without {name}");
    }
}

#[test]
fn clocks_may_differ_a_little_and_a_token_may_be_for_others_too() {
    for (name, value) in [
        ("exp", json!(NOW - 59)),
        ("iat", json!(NOW + 60)),
        ("nbf", json!(NOW + 60)),
        ("exp", json!(1_700_000_000.5)),
        ("aud", json!(["parlor"])),
        ("azp", json!("parlor")),
        ("sub", json!("x".repeat(255))),
    ] {
        let mut fine = claims();
        fine[name] = value;
        assert!(checked(&fine).is_ok(), "{fine}");
    }
    let mut for_both = claims();
    for_both["aud"] = json!(["another", "parlor"]);
    for_both["azp"] = json!("parlor");
    assert!(checked(&for_both).is_ok());
}

#[test]
fn a_head_can_not_talk_its_way_in() {
    let signer = Signer::new("one", 1);
    let keys = Keys::parse(json!({ "keys": [signer.jwk()] }).to_string().as_bytes()).unwrap();
    let open = |token: &str| Token::parse(token).and_then(|token| token.open(&keys).map(|_| ()));
    assert_eq!(open(&signer.sign(&claims())), Ok(()));
    let algorithm = |name: &str| Algorithm(name.to_owned());
    for (head, wrong) in [
        (json!({"alg": "none"}), algorithm("none")),
        (json!({"alg": "None", "kid": "one"}), algorithm("None")),
        // Signed with the public key as if it were a secret.
        (json!({"alg": "HS256", "kid": "one"}), algorithm("HS256")),
        (json!({"alg": "", "kid": "one"}), algorithm("")),
        (json!({"alg": "RS256", "kid": "one"}), Key),
        (json!({"alg": "EdDSA", "kid": "two"}), Key),
        (json!({"alg": "EdDSA", "kid": "one", "crit": ["exp"]}), Shape),
        (json!({"kid": "one"}), Shape),
        (json!({"alg": ["EdDSA"]}), Shape),
        (json!([]), Shape),
    ] {
        assert_eq!(open(&signer.sign_as(&head, &claims())), Err(wrong), "{head}");
    }
    // A key that the token brings along is nobody's.
    let stranger = Signer::new("one", 2);
    let head = json!({"alg": "EdDSA", "kid": "one", "jwk": stranger.jwk(), "jku": "https://evil.example/keys"});
    assert_eq!(open(&stranger.sign_as(&head, &claims())), Err(Signature));
}

#[test]
fn what_is_no_token_is_none() {
    let signer = Signer::new("one", 1);
    let keys = Keys::parse(json!({ "keys": [signer.jwk()] }).to_string().as_bytes()).unwrap();
    let token = signer.sign(&claims());
    let unsigned = token.rsplit_once('.').unwrap().0;
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","alg":"none"}"#);
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        unsigned,
        &format!("{token}."),
        &format!("{token}.x"),
        "é.é.é",
        &format!("{none}.e30.e30"),
    ] {
        let opened = Token::parse(text).and_then(|token| token.open(&keys).map(|_| ()));
        assert_eq!(opened, Err(Shape), "{text}");
    }
    for payload in ["", "[]", "null", "{", "7"] {
        assert_eq!(Token::parse(&signer.sign_text(payload)).unwrap().open(&keys), Err(Shape), "{payload}");
    }
}
