//! Whole logins, at a provider that does as it should and at one that does not.

use std::{collections::HashMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_testkit::bot::Answer;
use serde_json::{Value, json};

use super::stand_in::{NOW, REDIRECT, Signer, StandIn};
use crate::{Error, Returned, TokenError, secret};

const DISCOVERY: &str = "/.well-known/openid-configuration";

fn form(body: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

#[tokio::test]
async fn a_login_asks_for_what_it_should_and_proves_who_asks() {
    let mut there = StandIn::start().await;
    let (begun, asked) = there.begin().await;
    assert!(begun.url.starts_with(&format!("{}/auth?", there.issuer)));
    let fixed = [
        ("response_type", "code"),
        ("client_id", "parlor"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in fixed {
        assert_eq!(asked[name], value);
    }
    there.gives(&there.signer.sign(&there.claims(&asked["nonce"])));
    let known = there.finish(&begun, &asked).await.unwrap();
    assert_eq!((known.subject.as_str(), known.name.as_str()), ("7", "ann"));
    assert_eq!(known.issuer, there.issuer);
    let request = there.asked("/token").await;
    let basic = format!("Basic {}", STANDARD.encode("parlor:to%3Ama%2Bto+%C3%BC"));
    assert_eq!(request.header("authorization"), Some(basic.as_str()));
    let form = form(&request.body);
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!((form["code"].as_str(), form["redirect_uri"].as_str()), ("c/7", REDIRECT));
    assert_eq!(secret::challenge(&form["code_verifier"]), asked["code_challenge"]);
    assert!(!form.contains_key("client_id") && !form.contains_key("client_secret"));
    let (_, other) = there.begin().await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(asked[name], other[name]);
    }
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_wants_it_and_nowhere_without_one() {
    let mut there = StandIn::start().await;
    let mut document = there.document();
    document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    there.discovery(Answer::Json(document));
    there.log_in(|_| {}).await.unwrap();
    let request = there.asked("/token").await;
    let sent = form(&request.body);
    assert_eq!((sent["client_id"].as_str(), sent["client_secret"].as_str()), ("parlor", "to:ma+to ü"));
    assert_eq!(request.header("authorization"), None);

    let mut public = StandIn::with(|settings| settings.client_secret = None).await;
    public.log_in(|_| {}).await.unwrap();
    let request = public.asked("/token").await;
    let sent = form(&request.body);
    assert!(sent["client_id"] == "parlor" && !sent.contains_key("client_secret"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn what_was_not_begun_here_or_comes_from_another_provider_is_not_ended() {
    let mut there = StandIn::start().await;
    let mut document = there.document();
    document["authorization_response_iss_parameter_supported"] = json!(true);
    there.discovery(Answer::Json(document));
    let (begun, asked) = there.begin().await;
    let issuer = there.issuer.clone();
    let right =
        Returned { state: Some(&asked["state"]), code: Some("c"), issuer: Some(&issuer), ..Returned::default() };
    for wrong in [
        Returned::default(),
        Returned { state: None, ..right },
        Returned { state: Some(""), ..right },
        Returned { state: Some("guess"), ..right },
        Returned { state: Some("guess"), error: Some("access_denied"), ..right },
        Returned { issuer: Some("https://evil.example"), ..right },
        Returned { issuer: None, ..right },
        Returned { code: None, ..right },
        Returned { code: Some(""), ..right },
    ] {
        assert_eq!(there.provider.finish(&begun.pending, &wrong, NOW).await, Err(Error::State));
    }
    assert_eq!(there.count("/token"), 0, "none of them is worth a question");
    there.gives(&there.signer.sign(&there.claims(&asked["nonce"])));
    assert!(there.provider.finish(&begun.pending, &right, NOW).await.is_ok());
}

#[tokio::test]
async fn what_a_provider_says_instead_of_a_code_has_a_meaning() {
    let there = StandIn::start().await;
    let (begun, asked) = there.begin().await;
    for (said, meant) in [
        ("access_denied", Error::Denied),
        ("unauthorized_client", Error::Client("unauthorized_client".to_owned())),
        ("server_error", Error::Broken("server_error".to_owned())),
        ("login\nrequired", Error::Broken("loginrequired".to_owned())),
    ] {
        let returned = Returned { state: Some(&asked["state"]), error: Some(said), ..Returned::default() };
        assert_eq!(there.provider.finish(&begun.pending, &returned, NOW).await, Err(meant), "{said}");
    }
}

#[tokio::test]
async fn nobody_is_let_in_by_a_token_that_lies() {
    let there = StandIn::start().await;
    for (name, value, wrong) in [
        ("iss", json!("https://evil.example"), TokenError::Issuer),
        ("aud", json!("another"), TokenError::Audience),
        ("exp", json!(NOW - 3_600), TokenError::Expired),
        ("nonce", json!("that of another login"), TokenError::Nonce),
    ] {
        let done = there.log_in(|claims| claims[name] = value).await;
        assert_eq!(done, Err(Error::Token(wrong)), "{name}");
    }
    let (begun, asked) = there.begin().await;
    let forged = Signer::new("one", 66).sign(&there.claims(&asked["nonce"]));
    there.gives(&forged);
    assert_eq!(there.finish(&begun, &asked).await, Err(Error::Token(TokenError::Signature)));
}

#[tokio::test]
async fn what_a_provider_answers_to_a_code_is_taken_as_it_is_meant_or_not_at_all() {
    let there = StandIn::with(|settings| settings.timeout = Duration::from_millis(300)).await;
    there.log_in(|_| {}).await.unwrap();
    let refused = |error: &str| Answer::Raw(400, Vec::new(), json!({ "error": error }).to_string().into_bytes());
    let (begun, asked) = there.begin().await;
    for (answer, check) in [
        (refused("invalid_grant"), (|e| matches!(e, Error::Code)) as fn(&Error) -> bool),
        (refused("invalid_client"), |e| matches!(e, Error::Client(_))),
        (Answer::status(400), |e| matches!(e, Error::Answer { .. })),
        (Answer::status(302), |e| matches!(e, Error::Answer { why, .. } if why.contains("leads elsewhere"))),
        (Answer::status(200), |e| matches!(e, Error::Answer { .. })),
        (Answer::status(500), |e| e.is_unreachable()),
        (Answer::Silence, |e| e.is_unreachable()),
        (Answer::HangUp, |e| e.is_unreachable()),
        (Answer::body(vec![b' '; 300 * 1024]), |e| matches!(e, Error::Answer { why, .. } if why.contains("larger"))),
        (
            Answer::Json(json!({"access_token": "x"})),
            |e| matches!(e, Error::Answer { why, .. } if why.contains("openid")),
        ),
        (Answer::Json(json!({"id_token": "x"})), |e| *e == Error::Token(TokenError::Shape)),
        (Answer::Json(json!({"id_token": 7})), |e| matches!(e, Error::Answer { .. })),
        (Answer::Json(Value::Null), |e| matches!(e, Error::Answer { .. })),
    ] {
        there.says("/token", answer.clone());
        let error = there.finish(&begun, &asked).await.unwrap_err();
        assert!(check(&error), "{answer:?}: {error:?}");
        assert!(!error.to_string().contains("c/7") && !error.to_string().contains("to:ma"), "{error}");
    }
}

#[tokio::test]
async fn keys_that_change_are_fetched_once_and_not_for_everybody_who_names_another() {
    let mut there = StandIn::start().await;
    there.log_in(|_| {}).await.unwrap();
    there.log_in(|_| {}).await.unwrap();
    assert_eq!(there.count("/keys"), 1, "they are kept");
    let old = std::mem::replace(&mut there.signer, Signer::new("two", 2));
    there.says("/keys", Answer::Json(json!({ "keys": [there.signer.jwk()] })));
    assert_eq!(there.log_in(|_| {}).await, Err(Error::Token(TokenError::Key)), "not that soon");
    assert_eq!(there.count("/keys"), 0);
    later(31).await;
    there.log_in(|_| {}).await.unwrap();
    assert_eq!(there.count("/keys"), 1);
    later(31).await;
    let (begun, asked) = there.begin().await;
    there.gives(&old.sign(&there.claims(&asked["nonce"])));
    assert_eq!(there.finish(&begun, &asked).await, Err(Error::Token(TokenError::Key)), "taken back");
    assert_eq!(there.finish(&begun, &asked).await, Err(Error::Token(TokenError::Key)));
    assert_eq!(there.count("/keys"), 1, "once, however many ask");
    later(3_601).await;
    there.log_in(|_| {}).await.unwrap();
    assert_eq!(there.count("/keys"), 1, "they do not count for ever");
}

/// The clock of the machine goes on by so many seconds.
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_and_not_by_everybody() {
    let mut there = StandIn::start().await;
    there.discovery(Answer::status(503));
    let away = there.provider.begin(REDIRECT).await.unwrap_err();
    assert!(away.is_unreachable() && there.provider.trouble() == Some(away.clone()));
    assert_eq!(there.provider.begin(REDIRECT).await, Err(away));
    assert_eq!(there.count(DISCOVERY), 1);
    for (answer, word) in [
        (Answer::body("<html>"), "JSON"),
        (Answer::Json(json!({"issuer": "https://evil.example"})), "JSON"),
        (Answer::body(vec![b' '; 300 * 1024]), "larger"),
        (Answer::status(404), "404"),
    ] {
        later(2).await;
        there.discovery(answer);
        let error = there.provider.begin(REDIRECT).await.unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    later(2).await;
    there.discovery(Answer::Json(there.document()));
    assert!(there.provider.begin(REDIRECT).await.is_ok());
    assert_eq!(there.provider.trouble(), None);
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for_and_counts_only_if_it_is_about_the_same_person() {
    let mut there = StandIn::with(|settings| settings.allowed_domains = vec!["school.example".to_owned()]).await;
    let unnamed = |claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("preferred_username");
    };
    let says = |sub: &str| json!({"sub": sub, "preferred_username": "ann", "email": "a@school.example", "email_verified": true});
    there.says("/me", Answer::Json(says("7")));
    assert_eq!(there.log_in(unnamed).await.unwrap().name, "ann");
    assert_eq!(there.asked("/me").await.header("authorization"), Some("Bearer a.b"));
    for other in [Answer::Json(says("8")), Answer::status(401), Answer::body("eyJ.a.b")] {
        there.says("/me", other);
        assert_eq!(there.log_in(unnamed).await, Err(Error::Domain));
    }
    // What the token says itself is not taken from anywhere else.
    there.says("/me", Answer::Json(says("7")));
    let done = there.log_in(|claims| claims["email"] = json!("a@evil.example")).await;
    assert_eq!(done, Err(Error::Domain));
}
