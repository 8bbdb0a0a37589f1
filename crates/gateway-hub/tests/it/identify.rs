//! The websocket, and how a client introduces itself.

use parlor_testkit::ws::Came;
use serde_json::{Value, json};

use crate::talk::{Client, House, closed};

#[tokio::test]
async fn the_subprotocol_is_chosen_where_it_is_offered_and_who_offers_others_or_none_is_taken_without() {
    let house = House::open().await;
    for (offered, chosen) in [
        ("sec-websocket-protocol: ert-concierge\r\n", Some("ert-concierge")),
        ("sec-websocket-protocol: chat, ert-concierge,x\r\n", Some("ert-concierge")),
        ("sec-websocket-protocol: chat\r\nsec-websocket-protocol: ert-concierge\r\n", Some("ert-concierge")),
        ("sec-websocket-protocol: chat, x\r\n", None),
        ("sec-websocket-protocol: e, r, t, -, c, o, n\r\n", None),
        ("sec-websocket-protocol: ert-concierge2\r\n", None),
        ("", None),
    ] {
        let mut ws = house.ws_with(offered).await;
        assert_eq!(ws.protocol(), chosen, "{offered}");
        ws.say(r#"{"type":"IDENTIFY","name":"a","version":"0.2.0","tags":[]}"#).await;
        assert_eq!(ws.json().await["type"], "HELLO", "{offered}");
        ws.close(1000).await;
        while ws.came().await != Came::End {}
    }
}

#[tokio::test]
async fn hello_is_the_first_payload_and_says_these_things_alone() {
    let house = House::open().await;
    let mut uuids = Vec::new();
    for name in ["a", "Letters_and_8_digits", "_"] {
        let mut ws = house.ws().await;
        ws.say(&json!({"type": "IDENTIFY", "name": name, "version": "0.2.0", "tags": []}).to_string()).await;
        // In text frames, and nobody else has had a word with it before.
        let Value::Object(hello) = ws.json().await else { panic!("no object") };
        let mut keys: Vec<&str> = hello.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["fs_key", "type", "uuid", "version"]);
        assert_eq!((&hello["type"], &hello["version"]), (&json!("HELLO"), &json!("0.2.0")));
        let uuid = hello["uuid"].as_str().expect("a uuid").to_owned();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4", "a random one");
        uuids.extend([uuid, hello["fs_key"].as_str().expect("a key").to_owned()]);
    }
    let count = uuids.len();
    uuids.sort_unstable();
    uuids.dedup();
    assert_eq!(uuids.len(), count, "all are different");
}

#[tokio::test]
async fn the_others_hear_of_who_joins_and_absent_things_are_null_or_empty() {
    let house = House::open().await;
    let mut watches = house.enter("watches").await;
    for identify in [
        json!({"name": "b", "version": "0.2.0"}),
        json!({"name": "c", "version": "0.2.0", "nickname": null, "secret": null, "tags": null}),
        json!({"name": "d", "version": "0.2.0", "nickname": "Déjà \"vu\"", "tags": ["x", "y z", ""], "more": [1]}),
        json!({"name": "e", "version": "0.2.0", "secret": "there is none, so any will do"}),
    ] {
        let mut new = Client::identify(house.ws().await, identify).await;
        assert_eq!(watches.ws.json().await, json!({"type": "CLIENT_JOINED", "client": new.shape()}));
        assert!(new.heard().await.is_empty(), "it does not hear of itself");
        new.leave().await;
        assert_eq!(watches.ws.json().await["type"], "CLIENT_LEFT");
    }
}

#[tokio::test]
async fn who_does_not_introduce_itself_as_it_should_is_closed_with_the_code_for_it() {
    let house = House::open().await;
    let _ann = house.enter("ann").await;
    let deep = format!(r#"{{"type":"IDENTIFY","name":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let long = json!({"type": "IDENTIFY", "name": "a".repeat(1_000_000), "version": "0.2.0"}).to_string();
    for (text, code) in [
        // Can't be decoded.
        ("", 4002),
        ("hello", 4002),
        ("null", 4002),
        ("[]", 4002),
        ("{}", 4002),
        (r#"{"type":"IDENTIFY"}"#, 4002),
        (r#"{"type":"IDENTIFY","name":"a"}"#, 4002),
        (r#"{"type":"IDENTIFY","name":1,"version":"0.2.0"}"#, 4002),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2.0","tags":"x"}"#, 4002),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2.0"} {}"#, 4002),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2.0""#, 4002),
        (&deep, 4002),
        // Something else first.
        (r#"{"type":"SELF_FETCH"}"#, 4003),
        (r#"{"type":"HELLO"}"#, 4003),
        (r#"{"type":"whatever","name":"a","version":"0.2.0"}"#, 4003),
        // The name is taken.
        (r#"{"type":"IDENTIFY","name":"ann","version":"0.2.0"}"#, 4005),
        // The version is not spoken, or is none.
        (r#"{"type":"IDENTIFY","name":"a","version":"0.1.9"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.3.0"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"1.0.0"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2.0-alpha"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"^0.2.0"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":""}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"no version"}"#, 4007),
        (r#"{"type":"IDENTIFY","name":"a","version":"0.2.99999999999999999999"}"#, 4007),
        // The name is none.
        (r#"{"type":"IDENTIFY","name":"","version":"0.2.0"}"#, 4008),
        (r#"{"type":"IDENTIFY","name":"a b","version":"0.2.0"}"#, 4008),
        (r#"{"type":"IDENTIFY","name":"a-b","version":"0.2.0"}"#, 4008),
        (r#"{"type":"IDENTIFY","name":"é","version":"0.2.0"}"#, 4008),
        (r#"{"type":"IDENTIFY","name":"a\u0000","version":"0.2.0"}"#, 4008),
        (&long, 4008),
    ] {
        assert_eq!(house.refusal(text).await, code, "{text:.100}");
    }
    let mut ws = house.ws().await;
    ws.send_binary(br#"{"type":"IDENTIFY","name":"a","version":"0.2.0"}"#).await;
    assert_eq!(closed(&mut ws).await, 4002, "bytes are no text");
    for version in ["0.2.0", "0.2.7", "0.2.1+build.5", "0.2.10"] {
        Client::identify(house.ws().await, json!({"name": "a", "version": version})).await.leave().await;
    }
}

#[tokio::test]
async fn unidentified_clients_are_seen_by_nobody() {
    let house = House::open().await;
    let mut ann = house.enter("ann").await;
    let mut silent = house.ws().await;
    assert_eq!(house.refusal(r#"{"type":"IDENTIFY","name":"ann","version":"0.2.0"}"#).await, 4005);
    let all = ann.ask(json!({"type": "CLIENT_FETCH_ALL"})).await;
    assert_eq!(all, json!({"type": "CLIENT_FETCH_ALL_RESULT", "clients": [ann.shape()]}));
    silent.ping(b"there").await;
    assert_eq!(silent.came().await, Came::Pong(b"there".to_vec()), "nothing came before HELLO");
}

#[tokio::test]
async fn a_name_is_free_again_as_soon_as_its_client_is_gone() {
    let house = House::open().await;
    for _ in 0..5 {
        house.enter("ann").await.leave().await;
    }
    // Also that of one who just vanishes: once the others hear that, it can be taken.
    let mut watches = house.enter("watches").await;
    for _ in 0..5 {
        let ann = house.enter("ann").await;
        let shape = ann.shape();
        assert_eq!(watches.ws.json().await["type"], "CLIENT_JOINED");
        drop(ann);
        assert_eq!(watches.ws.json().await, json!({"type": "CLIENT_LEFT", "client": shape}));
    }
    // One that was refused never had it.
    assert_eq!(house.refusal(r#"{"type":"IDENTIFY","name":"ann","version":"9.0.0"}"#).await, 4007);
    house.enter("ann").await;
}

#[tokio::test]
async fn what_is_no_handshake_is_told_so_and_the_hub_goes_on() {
    use parlor_testkit::http::{Http, Request};
    let house = House::open().await;
    let mut http = Http::new(house.address);
    assert_eq!(http.send(Request::get("/ws")).await.status, 426);
    assert_eq!(http.send(Request::new("POST", "/ws")).await.status, 405);
    house.enter("ann").await;
}
