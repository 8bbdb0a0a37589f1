//! How much there may be of everything, and who does not keep up.

use std::time::Duration;

use parlor_gateway_hub::{Limits, Settings};
use parlor_rooms::policy::Accounts;
use parlor_runtime::limits as runtime;
use parlor_testkit::{http::within, ws::Ws};
use serde_json::{Value, json};

use crate::talk::{Client, House, closed};

#[tokio::test]
async fn there_are_so_many_clients_and_a_place_is_free_when_one_goes() {
    let house = House::with(|settings| settings.limits.clients = 2).await;
    let [ann, bob] = house.enter_all(["ann", "bob"]).await;
    let carl = r#"{"type":"IDENTIFY","name":"carl","version":"0.2.0"}"#;
    assert_eq!(house.refusal(carl).await, 4000);
    let taken = r#"{"type":"IDENTIFY","name":"ann","version":"0.2.0"}"#;
    assert_eq!(house.refusal(taken).await, 4005, "that is what is wrong even when there is room");
    bob.leave().await;
    house.enter("carl").await;
    drop(ann);
}

#[tokio::test]
async fn there_are_so_many_services_and_subscriptions_of_one_and_of_all() {
    let limits = Limits { services: 3, owned: 2, subscriptions: 2, ..Limits::default() };
    let house = House::with(|settings| settings.limits = limits).await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    let create = |service: &str| json!({"type": "SERVICE_CREATE", "service": service});
    let subscribe = |service: &str| json!({"type": "SELF_SUBSCRIBE", "service": service});
    ann.create("a").await;
    ann.create("b").await;
    assert_eq!(ann.ask(create("c")).await["type"], "ERROR_PROTOCOL", "two of one");
    assert_eq!(ann.ask(create("a")).await["successful"], false, "that is no more");
    bob.heard().await;
    bob.create("c").await;
    assert_eq!(bob.ask(create("d")).await["type"], "ERROR_PROTOCOL", "three of all");
    ann.heard().await;
    for service in ["a", "b"] {
        bob.subscribe(service).await;
    }
    assert_eq!(bob.ask(subscribe("c")).await["type"], "ERROR_PROTOCOL");
    assert_eq!(bob.ask(subscribe("a")).await["successful"], false);
    bob.ask(json!({"type": "SELF_UNSUBSCRIBE", "service": "a"})).await;
    bob.subscribe("c").await;
    ann.asks(r#"{"type":"SERVICE_DELETE","service":"a"}"#).await;
    ann.create("d").await;
}

#[tokio::test]
async fn names_nicknames_and_tags_are_not_longer_than_is_set() {
    let limits = Limits { name: 10, tags: 2, ..Limits::default() };
    let house = House::with(|settings| settings.limits = limits).await;
    for (field, value, code) in [
        ("name", json!("a".repeat(11)), 4008),
        ("nickname", json!("é".repeat(6)), 4000),
        ("tags", json!(["a".repeat(11)]), 4000),
        ("tags", json!(["a", "b", "c"]), 4000),
    ] {
        let mut identify = json!({"type": "IDENTIFY", "name": "a", "version": "0.2.0"});
        identify[field] = value;
        assert_eq!(house.refusal(&identify.to_string()).await, code, "{identify}");
    }
    let longest = json!({"name": "a".repeat(10), "version": "0.2.0", "nickname": "é".repeat(5), "tags": ["a", "b"]});
    let mut ann = Client::identify(house.ws().await, longest).await;
    for (service, nickname) in [("a".repeat(11), Value::Null), ("a".to_owned(), json!("a".repeat(11)))] {
        let answer = ann.ask(json!({"type": "SERVICE_CREATE", "service": service, "nickname": nickname})).await;
        assert_eq!(answer["type"], "ERROR_PROTOCOL");
    }
    ann.create(&"a".repeat(10)).await;
}

#[tokio::test]
async fn a_payload_beyond_the_limit_closes_and_one_of_just_so_many_bytes_passes() {
    let house = House::with(|settings| settings.payload = 1_000).await;
    let mut watches = house.enter("watches").await;
    let mut ann = house.enter("ann").await;
    let padded = |length: usize| format!("{:length$}", r#"{"type":"SELF_FETCH"}"#);
    assert_eq!(ann.asks(&padded(1_000)).await.1["type"], "SELF_FETCH_RESULT");
    ann.ws.say(&padded(1_001)).await;
    assert_eq!(closed(&mut ann.ws).await, 1009);
    assert_eq!(watches.ws.json().await["type"], "CLIENT_JOINED");
    ann.leave().await;
    assert_eq!(watches.heard().await.len(), 1, "it is gone");
    // One that only says that it will be too long is not waited for.
    let mut ann = house.enter("ann").await;
    ann.ws.send_raw(&[0x81, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]).await;
    assert_eq!(closed(&mut ann.ws).await, 1009);
    // Nor is one in many pieces.
    let mut ws = house.ws().await;
    ws.send_raw(&[0x01, 0x80, 0, 0, 0, 0]).await;
    for _ in 0..20 {
        let mut piece = vec![0x00, 0x80 | 100, 0, 0, 0, 0];
        piece.extend([b' '; 100]);
        ws.send_raw(&piece).await;
    }
    assert_eq!(closed(&mut ws).await, 1009);
}

#[tokio::test]
async fn one_address_has_so_many_websockets() {
    let limits = runtime::Limits { on: true, open_sockets: 2, ..runtime::Limits::default() };
    let settings = Settings { ties: Vec::new(), ..Settings::default() };
    let house = House::build(settings, Accounts::Off, |builder| builder.limits(limits)).await;
    let [_ann, _bob] = house.enter_all(["ann", "bob"]).await;
    let refused = within("an answer", Ws::open(house.address, "/ws", "")).await.expect("the hub is there");
    assert_eq!(refused.expect_err("there are two").status, 429);
}

#[tokio::test]
async fn who_reads_nothing_is_dropped_and_the_others_go_on() {
    // Nobody is dropped for want of a pong meanwhile.
    let house = House::with(|settings| settings.heartbeat = Duration::from_secs(600)).await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    let narrow = within("a websocket", Ws::narrow(house.address, "/ws")).await.expect("there").expect("a websocket");
    let stuck = Client::identify(narrow, json!({"name": "stuck", "version": "0.2.0"})).await;
    for client in [&mut ann, &mut bob] {
        assert_eq!(client.ws.json().await["type"], "CLIENT_JOINED");
    }
    let text = json!({"type": "MESSAGE", "target": {"type": "ALL"}, "data": "x".repeat(200_000)}).to_string();
    let mut left = false;
    // All that the system and the outbox keep for somebody is far less than this.
    for _ in 0..500 {
        ann.ws.say(&text).await;
        for client in [&mut ann, &mut bob] {
            let mut message = within("the message, soon", client.ws.json()).await;
            if message["type"] == "CLIENT_LEFT" {
                assert_eq!(message["client"], stuck.shape());
                left = true;
                message = client.ws.json().await;
            }
            assert_eq!(message["data"].as_str().map(str::len), Some(200_000));
        }
        let mut answer = ann.ws.json().await;
        if answer["type"] == "CLIENT_LEFT" {
            answer = ann.ws.json().await;
        }
        assert_eq!(answer["type"], "OK");
        let mut heard = bob.heard().await;
        left |= heard.pop().is_some_and(|payload| payload["type"] == "CLIENT_LEFT");
        if left {
            break;
        }
    }
    if !left {
        // It has a while to hear why it is closed.
        let gone = tokio::time::timeout(Duration::from_secs(60), ann.ws.until(|it| it["type"] == "CLIENT_LEFT")).await;
        assert_eq!(gone.expect("it is gone")[0]["client"], stuck.shape());
    }
    drop(stuck);
    house.enter("stuck").await;
}

#[tokio::test]
async fn who_reads_slowly_gets_several_payloads_of_the_largest_size() {
    let house = House::open().await;
    let mut ann = house.enter("ann").await;
    let mut bob = Client::identify(house.ws_in_memory().await, json!({"name": "bob", "version": "0.2.0"})).await;
    ann.heard().await;
    let data = json!("x".repeat(1_000_000));
    for _ in 0..3 {
        assert_eq!(ann.send(&json!({"type": "NAME", "name": "bob"}), &data).await, json!({"type": "OK"}));
    }
    // Only now does it begin to read.
    for message in bob.ws.take(3).await {
        assert_eq!(message["data"], data);
    }
}
