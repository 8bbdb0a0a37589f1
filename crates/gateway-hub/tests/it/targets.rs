//! Where messages go, and that they arrive as they were written.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::talk::{Client, House, service};

/// An owner of `s`, two subscribers, and somebody else.
async fn with_service(house: &House) -> ([Client; 4], Value) {
    let mut all = house.enter_all(["owner", "ann", "bob", "other"]).await;
    all[0].create("s").await;
    for client in &mut all[1..] {
        client.heard().await;
    }
    all[1].subscribe("s").await;
    all[2].subscribe("s").await;
    all[1].heard().await;
    let shape = service("s", &all[0], &[&all[1], &all[2]]);
    (all, shape)
}

#[tokio::test]
async fn each_target_gets_the_message_and_each_wrong_one_its_error() {
    const OWNER: usize = 0;
    const ANN: usize = 1;
    const OTHER: usize = 3;
    let house = House::open().await;
    let (mut all, shape) = with_service(&house).await;
    let [owner, ann, bob, other] = all.each_ref().map(|client| client.uuid.clone());
    let (to_service, ok) = (json!({"type": "SERVICE", "service": "s"}), json!({"type": "OK"}));
    let to_one = |uuid: &str| json!({"type": "SERVICE_CLIENT_UUID", "service": "s", "uuid": uuid});
    let bad = json!({"type": "BAD"});
    let nobody = "00000000-0000-4000-8000-000000000000";
    // From whom, to what, who gets it, the answer, and whether the origin names the service.
    let cases: Vec<(usize, Value, &[usize], Value, bool)> = vec![
        (ANN, json!({"type": "NAME", "name": "bob"}), &[2], ok.clone(), false),
        (OTHER, json!({"type": "NAME", "name": "owner"}), &[0], ok.clone(), false),
        (ANN, json!({"type": "NAME", "name": "Bob"}), &[], json!({"type": "INVALID_NAME", "name": "Bob"}), false),
        (ANN, json!({"type": "NAME", "name": "s"}), &[], json!({"type": "INVALID_NAME", "name": "s"}), false),
        (ANN, json!({"type": "UUID", "uuid": bob}), &[2], ok.clone(), false),
        (ANN, json!({"type": "UUID", "uuid": nobody}), &[], json!({"type": "INVALID_UUID", "uuid": nobody}), false),
        (ANN, json!({"type": "UUID", "uuid": "bob"}), &[], json!({"type": "INVALID_UUID", "uuid": "bob"}), false),
        (OWNER, to_service.clone(), &[1, 2], ok.clone(), true),
        (ANN, to_service.clone(), &[0], ok.clone(), true),
        (OTHER, to_service.clone(), &[], bad.clone(), true),
        (
            OTHER,
            json!({"type": "SERVICE", "service": "t"}),
            &[],
            json!({"type": "INVALID_SERVICE", "service": "t"}),
            true,
        ),
        (OWNER, to_one(&ann), &[1], ok.clone(), true),
        (OWNER, to_one(&other), &[3], ok.clone(), true),
        (OWNER, to_one(nobody), &[], json!({"type": "INVALID_UUID", "uuid": nobody}), true),
        (ANN, to_one(&bob), &[], bad.clone(), true),
        (ANN, to_one(&owner), &[], bad.clone(), true),
        (OTHER, to_one(nobody), &[], bad, true),
        (
            OWNER,
            json!({"type": "SERVICE_CLIENT_UUID", "service": "t", "uuid": ann}),
            &[],
            json!({"type": "INVALID_SERVICE", "service": "t"}),
            true,
        ),
    ];
    for (from, target, to, answer, names_service) in cases {
        assert_eq!(all[from].send(&target, &json!({"n": 1})).await, answer, "{target}");
        let origin = all[from].origin(if names_service { &shape } else { &Value::Null });
        let message = json!({"type": "MESSAGE", "origin": origin, "target": target, "data": {"n": 1}});
        for (index, client) in all.iter_mut().enumerate() {
            let expected = if to.contains(&index) { vec![message.clone()] } else { Vec::new() };
            assert_eq!(client.heard().await, expected, "{} of {target} from {from}", client.name);
        }
    }
}

#[tokio::test]
async fn to_all_gets_the_sender_too_and_to_oneself_is_possible() {
    let house = House::open().await;
    let (mut all, _) = with_service(&house).await;
    let uuid = all[3].uuid.clone();
    for (target, to) in [
        (json!({"type": "ALL"}), &[0, 1, 2, 3][..]),
        (json!({"type": "NAME", "name": "other"}), &[3]),
        (json!({"type": "UUID", "uuid": uuid}), &[3]),
    ] {
        let (own, answer) =
            all[3].asks(&json!({"type": "MESSAGE", "target": target, "data": [null]}).to_string()).await;
        assert_eq!(answer, json!({"type": "OK"}));
        let message =
            json!({"type": "MESSAGE", "origin": all[3].origin(&Value::Null), "target": target, "data": [null]});
        assert_eq!(own, from_ref(&message));
        for (index, client) in all[..3].iter_mut().enumerate() {
            let expected = if to.contains(&index) { vec![message.clone()] } else { Vec::new() };
            assert_eq!(client.heard().await, expected);
        }
    }
}

#[tokio::test]
async fn an_owner_who_subscribes_speaks_to_the_others_and_hears_the_others() {
    let house = House::open().await;
    let (mut all, _) = with_service(&house).await;
    all[0].subscribe("s").await;
    all[1].heard().await;
    all[2].heard().await;
    let target = json!({"type": "SERVICE", "service": "s"});
    assert_eq!(all[0].send(&target, &json!("from the owner")).await, json!({"type": "OK"}));
    for client in [1, 2] {
        assert_eq!(all[client].heard().await[0]["data"], "from the owner");
    }
    assert_eq!(all[1].send(&target, &json!("to the owner")).await, json!({"type": "OK"}));
    let heard = all[0].heard().await;
    assert_eq!(heard.iter().map(|message| &message["data"]).collect::<Vec<_>>(), ["to the owner"]);
    assert!(all[2].heard().await.is_empty());
}

#[tokio::test]
async fn data_is_passed_on_byte_for_byte() {
    let house = House::open().await;
    let (mut all, _) = with_service(&house).await;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let long = format!("\"{}\"", "é".repeat(200_000));
    for data in [
        "0",
        "-0.0",
        "null",
        "1e400",
        "1.0000000000000000000000000000000001",
        "123456789012345678901234567890123456789012345678901234567890",
        r#"{"a":1,"a":2,"a":1}"#,
        "{ \"b\" : [ 1 ,\t2,\n3 ] ,\r\n\"a\":{}}",
        r#""\u00e9 \/ \ud83d\ude00 é 😀 \u0000 \"""#,
        r#""\ud800""#,
        r#"{"type":"OK","seq":0,"origin":null,"target":{}}"#,
        r#""}}],{[""#,
        &deep,
        &long,
    ] {
        for target in [
            r#"{"type":"NAME","name":"ann"}"#.to_owned(),
            format!(r#"{{"type":"UUID","uuid":"{}"}}"#, all[1].uuid),
            r#"{"type":"SERVICE","service":"s"}"#.to_owned(),
            format!(r#"{{"type":"SERVICE_CLIENT_UUID","service":"s","uuid":"{}"}}"#, all[1].uuid),
        ] {
            let text = format!(r#"{{ "data" :{data} ,"target":{target},"more":0,"type":"MESSAGE"}}"#);
            assert_eq!(all[0].asks(&text).await, (Vec::new(), json!({"type": "OK"})), "{data:.100}");
            let message = all[1].ws.text().await;
            let end = format!(r#","target":{target},"data":{data}}}"#);
            assert!(message.ends_with(&end), "{data:.100}: {message:.1000}");
            assert!(message.starts_with(r#"{"type":"MESSAGE","origin":{"#), "{message:.100}");
        }
        // Some of it no tree can hold.
        assert!(all[2].ws.text().await.ends_with(&format!(r#""data":{data}}}"#)));
    }
}

#[tokio::test]
async fn names_with_quotes_and_backslashes_are_the_same_when_they_come_back() {
    let house = House::open().await;
    let name = "a \"service\" \\ of {Ånn}/\u{1F600}";
    let mut ann = Client::identify(
        house.ws().await,
        json!({"name": "ann", "version": "0.2.0", "nickname": name, "tags": [name]}),
    )
    .await;
    ann.create(name).await;
    ann.subscribe(name).await;
    let mut bob = house.enter("bob").await;
    ann.heard().await;
    let shape = service(name, &ann, &[&ann]);
    let fetched = bob.ask(json!({"type": "SERVICE_FETCH", "service": name})).await;
    assert_eq!(fetched, json!({"type": "SERVICE_FETCH_RESULT", "service": shape}));
    let target = json!({"type": "SERVICE_CLIENT_UUID", "service": name, "uuid": bob.uuid});
    assert_eq!(ann.send(&target, &json!(name)).await, json!({"type": "OK"}));
    let message = json!({"type": "MESSAGE", "origin": ann.origin(&shape), "target": target, "data": name});
    assert_eq!(bob.heard().await, [message]);
    let answer = bob.ask(json!({"type": "SELF_SUBSCRIBE", "service": format!("{name}!")})).await;
    assert_eq!(answer, json!({"type": "INVALID_SERVICE", "service": format!("{name}!")}));
}
