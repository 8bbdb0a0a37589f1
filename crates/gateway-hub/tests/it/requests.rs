//! Each request with its answer, and who else hears what.

use std::slice::from_ref;

use serde_json::json;

use crate::talk::{Client, House, service};

#[tokio::test]
async fn subscribing_is_answered_and_the_other_subscribers_alone_hear_of_it() {
    let house = House::open().await;
    let [mut owner, mut ann, mut bob, mut other] = house.enter_all(["owner", "ann", "bob", "other"]).await;
    owner.create("s").await;
    for client in [&mut ann, &mut bob, &mut other] {
        assert_eq!(client.heard().await.len(), 1);
    }
    let subscribe = json!({"type": "SELF_SUBSCRIBE", "service": "s"});
    let shape = service("s", &owner, &[&ann]);
    let answer = ann.ask(subscribe.clone()).await;
    assert_eq!(answer, json!({"type": "SELF_SUBSCRIBE_RESULT", "successful": true, "service": shape}));
    let answer = ann.ask(subscribe.clone()).await;
    assert_eq!(answer, json!({"type": "SELF_SUBSCRIBE_RESULT", "successful": false, "service": shape}));
    let shape = service("s", &owner, &[&ann, &bob]);
    let answer = bob.ask(subscribe.clone()).await;
    assert_eq!(answer, json!({"type": "SELF_SUBSCRIBE_RESULT", "successful": true, "service": shape}));
    let told = json!({"type": "SERVICE_CLIENT_SUBSCRIBED", "client": bob.shape(), "service": shape});
    assert_eq!(ann.heard().await, [told]);
    for client in [&mut owner, &mut other, &mut bob] {
        assert!(client.heard().await.is_empty(), "{} is no other subscriber", client.name);
    }
    let answer = other.ask(json!({"type": "SELF_SUBSCRIBE", "service": "t"})).await;
    assert_eq!(answer, json!({"type": "INVALID_SERVICE", "service": "t"}));
    // The owner may, too.
    let shape = service("s", &owner, &[&ann, &bob, &owner]);
    let answer = owner.ask(subscribe).await;
    assert_eq!(answer, json!({"type": "SELF_SUBSCRIBE_RESULT", "successful": true, "service": shape}));
}

#[tokio::test]
async fn unsubscribing_is_answered_and_those_who_stay_hear_of_it() {
    let house = House::open().await;
    let [mut owner, mut ann, mut bob] = house.enter_all(["owner", "ann", "bob"]).await;
    owner.create("s").await;
    ann.heard().await;
    bob.heard().await;
    ann.subscribe("s").await;
    bob.subscribe("s").await;
    ann.heard().await;
    let unsubscribe = json!({"type": "SELF_UNSUBSCRIBE", "service": "s"});
    let shape = service("s", &owner, &[&bob]);
    let answer = ann.ask(unsubscribe.clone()).await;
    assert_eq!(answer, json!({"type": "SELF_UNSUBSCRIBE_RESULT", "successful": true, "service": shape}));
    let told = json!({"type": "SERVICE_CLIENT_UNSUBSCRIBED", "client": ann.shape(), "service": shape});
    assert_eq!(bob.heard().await, [told]);
    let answer = ann.ask(unsubscribe).await;
    assert_eq!(answer, json!({"type": "SELF_UNSUBSCRIBE_RESULT", "successful": false, "service": shape}));
    let answer = ann.ask(json!({"type": "SELF_UNSUBSCRIBE", "service": "t"})).await;
    assert_eq!(answer, json!({"type": "INVALID_SERVICE", "service": "t"}));
    for client in [&mut owner, &mut ann, &mut bob] {
        assert!(client.heard().await.is_empty());
    }
}

#[tokio::test]
async fn services_are_created_once_and_all_hear_of_it() {
    let house = House::open().await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    let mut shape = service("s", &ann, &[]);
    shape["nickname"] = json!("Größe");
    let (came, created) = ann.asks(r#"{"type":"SERVICE_CREATE","service":"s","nickname":"Gr\u00f6ße"}"#).await;
    assert_eq!(created, json!({"type": "SERVICE_CREATE_RESULT", "successful": true, "service": shape}));
    assert_eq!(came, from_ref(&created));
    assert_eq!(bob.heard().await, [created]);
    bob.subscribe("s").await;
    shape["subscribers"] = json!([bob.uuid]);
    for client in [&mut bob, &mut ann] {
        let answer = client.ask(json!({"type": "SERVICE_CREATE", "service": "s", "nickname": "other"})).await;
        let existing = json!({"type": "SERVICE_CREATE_RESULT", "successful": false, "service": shape});
        assert_eq!(answer, existing, "the one that is there is shown");
    }
    assert!(ann.heard().await.is_empty(), "and nobody hears of what did not happen");
    assert!(bob.heard().await.is_empty());
}

#[tokio::test]
async fn services_are_deleted_by_their_owner_alone_and_all_hear_of_it() {
    let house = House::open().await;
    let [mut ann, mut bob, mut other] = house.enter_all(["ann", "bob", "other"]).await;
    ann.create("s").await;
    bob.heard().await;
    other.heard().await;
    bob.subscribe("s").await;
    let delete = json!({"type": "SERVICE_DELETE", "service": "s"});
    assert_eq!(bob.ask(delete.clone()).await, json!({"type": "BAD"}));
    assert!(ann.heard().await.is_empty());
    let (came, deleted) = ann.asks(&delete.to_string()).await;
    let expected = json!({"type": "SERVICE_DELETE_RESULT", "service": service("s", &ann, &[&bob])});
    assert_eq!(deleted, expected);
    for came in [came, bob.heard().await, other.heard().await] {
        assert_eq!(came, from_ref(&expected));
    }
    assert_eq!(ann.ask(delete).await, json!({"type": "INVALID_SERVICE", "service": "s"}));
    let nothing = json!({"type": "SELF_FETCH_RESULT", "client": bob.shape(), "subscriptions": []});
    assert_eq!(bob.ask(json!({"type": "SELF_FETCH"})).await, nothing);
    bob.create("s").await;
}

#[tokio::test]
async fn what_is_there_can_be_fetched_and_nobody_hears_of_that() {
    let house = House::open().await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    ann.create("s").await;
    ann.create("r").await;
    bob.heard().await;
    bob.subscribe("s").await;
    let mut carl = Client::identify(
        house.ws().await,
        json!({"name": "carl", "nickname": "Carl", "version": "0.2.0", "tags": ["x"]}),
    )
    .await;
    ann.heard().await;
    bob.heard().await;
    let (r, s) = (service("r", &ann, &[]), service("s", &ann, &[&bob]));
    let (upper, carls) = (carl.uuid.to_uppercase(), json!({"client": carl.shape(), "subscriptions": []}));
    for (payload, expected) in [
        (json!({"type": "SERVICE_FETCH", "service": "s"}), json!({"type": "SERVICE_FETCH_RESULT", "service": s})),
        (json!({"type": "SERVICE_FETCH", "service": "S"}), json!({"type": "INVALID_SERVICE", "service": "S"})),
        (json!({"type": "SERVICE_FETCH_ALL"}), json!({"type": "SERVICE_FETCH_ALL_RESULT", "services": [r, s]})),
        (
            json!({"type": "CLIENT_FETCH", "uuid": bob.uuid}),
            json!({"type": "CLIENT_FETCH_RESULT", "client": bob.shape(), "subscriptions": [s]}),
        ),
        (
            json!({"type": "CLIENT_FETCH", "uuid": upper}),
            json!({"type": "CLIENT_FETCH_RESULT", "client": carls["client"], "subscriptions": []}),
        ),
        (json!({"type": "CLIENT_FETCH", "uuid": "bob"}), json!({"type": "INVALID_UUID", "uuid": "bob"})),
        (
            json!({"type": "CLIENT_FETCH", "uuid": "00000000-0000-4000-8000-000000000000"}),
            json!({"type": "INVALID_UUID", "uuid": "00000000-0000-4000-8000-000000000000"}),
        ),
        (
            json!({"type": "CLIENT_FETCH_ALL"}),
            json!({"type": "CLIENT_FETCH_ALL_RESULT", "clients": [ann.shape(), bob.shape(), carl.shape()]}),
        ),
    ] {
        assert_eq!(carl.ask(payload.clone()).await, expected, "{payload}");
    }
    let fetched = bob.ask(json!({"type": "SELF_FETCH"})).await;
    assert_eq!(fetched, json!({"type": "SELF_FETCH_RESULT", "client": bob.shape(), "subscriptions": [s]}));
    assert!(ann.heard().await.is_empty());
    assert!(bob.heard().await.is_empty());
}

#[tokio::test]
async fn what_is_not_understood_is_answered_and_closes_nothing() {
    let house = House::open().await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    for text in [
        "",
        "{",
        "null",
        "[1]",
        "{}",
        r#"{"type":null}"#,
        r#"{"type":["MESSAGE"]}"#,
        r#"{"type":"SELF_FETCH","type":"SELF_FETCH"}"#,
        r#"{"type":"SELF_SUBSCRIBE"}"#,
        r#"{"type":"SELF_SUBSCRIBE","service":1}"#,
        r#"{"type":"SERVICE_CREATE","service":"s","nickname":1}"#,
        r#"{"type":"SERVICE_CREATE","service":""}"#,
        r#"{"type":"SERVICE_CREATE","service":"a\nb"}"#,
        r#"{"type":"CLIENT_FETCH"}"#,
        r#"{"type":"MESSAGE","target":{"type":"ALL"}}"#,
        r#"{"type":"MESSAGE","data":1}"#,
        r#"{"type":"MESSAGE","data":1,"target":"ALL"}"#,
        r#"{"type":"MESSAGE","data":1,"target":{"type":"NOBODY"}}"#,
        r#"{"type":"MESSAGE","data":1,"target":{"type":"NAME"}}"#,
        r#"{"type":"MESSAGE","data":1,"target":{"type":"SERVICE_CLIENT_UUID","service":"s"}}"#,
        r#"{"type":"IDENTIFY","name":"ann","version":"0.2.0"}"#,
        r#"{"type":"SELF_FETCH"} x"#,
    ] {
        let (came, answer) = ann.asks(text).await;
        assert!(came.is_empty(), "{text}");
        assert!(answer["type"] == "ERROR_PROTOCOL" && answer["desc"].is_string(), "{text}: {answer}");
        assert_eq!(answer.as_object().map(serde_json::Map::len), Some(2), "{text}");
    }
    for text in
        [r#"{"type":""}"#, r#"{"type":"self_fetch"}"#, r#"{"type":"HELLO"}"#, r#"{"type":"SERVICE_FETCH_SOME"}"#]
    {
        assert_eq!(ann.asks(text).await, (Vec::new(), json!({"type": "ERROR_UNSUPPORTED"})), "{text}");
    }
    assert!(bob.heard().await.is_empty());
    let fields = r#"{"more":{"a":[{}]},"service":"\u0073","type":"SERVICE_FETCH"}"#;
    let answer = ann.asks(fields).await.1;
    assert_eq!(answer, json!({"type": "INVALID_SERVICE", "service": "s"}), "in any order, escaped, and with more");
}
