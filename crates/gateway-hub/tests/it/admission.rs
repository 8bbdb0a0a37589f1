//! Secrets, tokens, accounts.

use std::time::Duration;

use parlor_accounts::{By, Client as From};
use parlor_gateway_hub::Settings;
use parlor_rooms::policy::{Accounts, Role, Scopes};
use serde_json::{Value, json};

use crate::talk::{Client, House, closed};

const PASSWORD: &str = "a good long password";

/// A hub with Ann's account, and a token of hers.
async fn with_ann(mode: Accounts, secret: Option<&str>) -> (House, String) {
    let settings = Settings { secret: secret.map(str::to_owned), ties: Vec::new(), ..Settings::default() };
    let house = House::build(settings, mode, |builder| builder).await;
    house.accounts.add(&By::server(), "Ann", Role::Member, Some(PASSWORD)).await.expect("an account");
    let logged_in = house.accounts.log_in("Ann", PASSWORD, &From::default()).await.expect("her password");
    let seen = house.accounts.session(&logged_in.token, None).await.expect("readable").expect("logged in");
    let scopes = Scopes { admin: false, ..Scopes::ALL };
    let life = Some(Duration::from_secs(3_600));
    let (token, _) = house.accounts.make_token(&seen, "hub", scopes, life, &From::default()).await.expect("a token");
    (house, token)
}

fn identify(secret: &Value) -> Value {
    json!({"type": "IDENTIFY", "name": "a", "version": "0.2.0", "secret": secret})
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_closed_with_4006() {
    let house = House::with(|settings| settings.secret = Some("open sesame".to_owned())).await;
    for secret in [json!(null), json!(""), json!("open"), json!("open sesame "), json!("Open sesame")] {
        assert_eq!(house.refusal(&identify(&secret).to_string()).await, 4006, "{secret}");
    }
    let without = json!({"type": "IDENTIFY", "name": "a", "version": "0.2.0"});
    assert_eq!(house.refusal(&without.to_string()).await, 4006);
    let long = json!("x".repeat(1_000_000));
    assert_eq!(house.refusal(&identify(&long).to_string()).await, 4006);
    Client::identify(house.ws().await, identify(&json!("open sesame"))).await;
}

#[tokio::test]
async fn a_token_of_an_account_does_where_there_is_a_secret() {
    let (house, token) = with_ann(Accounts::Optional, Some("open sesame")).await;
    assert_eq!(house.refusal(&identify(&json!(token.replace("token", "session"))).to_string()).await, 4006);
    Client::identify(house.ws().await, identify(&json!(token))).await.leave().await;
    Client::identify(house.ws().await, identify(&json!("open sesame"))).await;
}

#[tokio::test]
async fn where_accounts_are_required_only_who_has_one_comes_in() {
    let (house, token) = with_ann(Accounts::Required, None).await;
    for secret in [json!(null), json!(""), json!("anything"), json!(&token[..token.len() - 1])] {
        assert_eq!(house.refusal(&identify(&secret).to_string()).await, 4006, "{secret}");
    }
    Client::identify(house.ws().await, identify(&json!(token))).await;
}

#[tokio::test]
async fn who_came_with_a_token_goes_when_it_is_revoked_and_its_name_is_free() {
    let (house, token) = with_ann(Accounts::Optional, Some("open sesame")).await;
    let watches = json!({"name": "watches", "version": "0.2.0", "secret": "open sesame"});
    let mut watches = Client::identify(house.ws().await, watches).await;
    let mut ann = Client::identify(house.ws().await, identify(&json!(token))).await;
    assert_eq!(watches.ws.json().await["type"], "CLIENT_JOINED");
    let seen = house.accounts.api_token(&token).await.expect("readable").expect("a token");
    let tokens = house.accounts.tokens(&seen.person).await.expect("readable");
    house.accounts.revoke_token(&seen.person, tokens[0].id, &From::default()).await.expect("revoked");
    let left = json!({"type": "CLIENT_LEFT", "client": ann.shape()});
    assert_eq!(watches.ws.json().await, left, "before it has answered");
    assert_eq!(closed(&mut ann.ws).await, 4006);
    assert_eq!(house.refusal(&identify(&json!(token)).to_string()).await, 4006);
    Client::identify(house.ws().await, identify(&json!("open sesame"))).await;
}
