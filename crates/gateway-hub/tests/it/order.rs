//! Which numbers answers carry, and what comes before what.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::talk::{House, service};

#[tokio::test]
async fn each_text_has_a_number_also_those_that_cant_be_decoded_and_bytes_have_none() {
    let house = House::open().await;
    let mut ann = house.enter("ann").await;
    let mut seqs = Vec::new();
    for text in [r#"{"type":"SELF_FETCH"}"#, "no JSON", r#"{"type":"NOTHING"}"#, "", r#"{"type":"SELF_FETCH"}"#] {
        ann.ws.say(text).await;
        seqs.push(ann.ws.json().await["seq"].clone());
        ann.ws.send_binary(text.as_bytes()).await;
        let Value::Object(nonsense) = ann.ws.json().await else { panic!("no object") };
        assert_eq!(nonsense["type"], "ERROR_PROTOCOL");
        assert!(nonsense["desc"].is_string() && nonsense.len() == 2, "{nonsense:?}");
    }
    assert_eq!(seqs, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn the_number_can_be_set_and_the_next_is_one_more() {
    let house = House::open().await;
    let mut ann = house.enter("ann").await;
    for n in [41, 0, 7, u64::MAX - 1, u64::MAX] {
        ann.ws.say(&json!({"type": "SELF_SET_SEQ", "seq": n}).to_string()).await;
        assert_eq!(ann.ws.json().await, json!({"type": "OK", "seq": n}));
        ann.ws.say(r#"{"type":"CLIENT_FETCH","uuid":""}"#).await;
        let next = n.wrapping_add(1);
        assert_eq!(ann.ws.json().await, json!({"type": "INVALID_UUID", "uuid": "", "seq": next}));
    }
    for wrong in ["-1", "1.5", "\"1\"", "null", "18446744073709551616", "[]"] {
        ann.ws.say(&format!(r#"{{"type":"SELF_SET_SEQ","seq":{wrong}}}"#)).await;
        assert_eq!(ann.ws.json().await["type"], "ERROR_PROTOCOL", "{wrong}");
    }
    ann.ws.say(r#"{"type":"SELF_SET_SEQ"}"#).await;
    assert_eq!(ann.ws.json().await["seq"], 7, "one each after u64::MAX and 0");
}

#[tokio::test]
async fn broadcasts_come_before_the_answer_to_who_caused_them_and_have_no_number() {
    let house = House::open().await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    let (came, created) = ann.asks(r#"{"type":"SERVICE_CREATE","service":"s"}"#).await;
    assert_eq!(came, from_ref(&created), "the creator hears it, too, before its answer");
    assert_eq!(bob.heard().await, [created]);
    let text = r#"{"type":"MESSAGE","target":{"type":"ALL"},"data":1}"#;
    let (came, answer) = bob.asks(text).await;
    assert_eq!(answer, json!({"type": "OK"}));
    let message = json!({"type": "MESSAGE", "origin": bob.origin(&Value::Null), "target": {"type": "ALL"}, "data": 1});
    assert_eq!(came, from_ref(&message));
    assert_eq!(ann.heard().await, [message]);
    bob.subscribe("s").await;
    let (came, answer) = bob.asks(r#"{"type":"SELF_UNSUBSCRIBE","service":"s"}"#).await;
    assert!(came.is_empty(), "it is no subscriber any more");
    assert_eq!(answer["successful"], true);
    bob.subscribe("s").await;
    let (came, deleted) = ann.asks(r#"{"type":"SERVICE_DELETE","service":"s"}"#).await;
    assert_eq!(came, from_ref(&deleted));
    assert_eq!(deleted, json!({"type": "SERVICE_DELETE_RESULT", "service": service("s", &ann, &[&bob])}));
    assert_eq!(bob.heard().await, [deleted]);
}

#[tokio::test]
async fn who_speaks_without_waiting_is_answered_in_order_and_heard_in_order() {
    const COUNT: u64 = 2_000;
    let house = House::open().await;
    let [mut ann, mut bob] = house.enter_all(["ann", "bob"]).await;
    for n in 0..COUNT {
        let target = if n % 3 == 0 { json!({"type": "ALL"}) } else { json!({"type": "NAME", "name": "bob"}) };
        ann.ws.say(&json!({"type": "MESSAGE", "target": target, "data": n}).to_string()).await;
    }
    for n in 0..COUNT {
        assert_eq!(bob.ws.json().await["data"], n);
        if n % 3 == 0 {
            assert_eq!(ann.ws.json().await["data"], n, "before its answer");
        }
        assert_eq!(ann.ws.json().await, json!({"type": "OK", "seq": n}));
    }
}
