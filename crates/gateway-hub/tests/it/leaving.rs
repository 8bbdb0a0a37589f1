//! What becomes of a client's subscriptions and services when it is gone.

use serde_json::json;

use crate::talk::{House, service};

#[tokio::test]
async fn subscribers_hear_who_is_gone_its_services_are_deleted_and_all_hear_that() {
    let house = House::open().await;
    for abruptly in [false, true] {
        let [mut owner, mut ann, mut bob, mut other] = house.enter_all(["owner", "ann", "bob", "other"]).await;
        owner.create("s").await;
        for client in [&mut ann, &mut bob, &mut other] {
            client.heard().await;
        }
        ann.create("of_ann").await;
        for client in [&mut owner, &mut bob, &mut other] {
            client.heard().await;
        }
        ann.subscribe("s").await;
        bob.subscribe("s").await;
        bob.subscribe("of_ann").await;
        let unsubscribed = json!({
            "type": "SERVICE_CLIENT_UNSUBSCRIBED", "client": ann.shape(), "service": service("s", &owner, &[&bob]),
        });
        let deleted = json!({"type": "SERVICE_DELETE_RESULT", "service": service("of_ann", &ann, &[&bob])});
        let left = json!({"type": "CLIENT_LEFT", "client": ann.shape()});
        let uuid = ann.uuid.clone();
        if abruptly {
            drop(ann);
        } else {
            ann.leave().await;
        }
        assert_eq!(bob.ws.take(3).await, [unsubscribed, deleted.clone(), left.clone()]);
        for client in [&mut owner, &mut other] {
            assert_eq!(client.ws.take(2).await, [deleted.clone(), left.clone()]);
        }
        for client in [&mut owner, &mut bob, &mut other] {
            assert!(client.heard().await.is_empty());
        }
        let services = other.ask(json!({"type": "SERVICE_FETCH_ALL"})).await;
        assert_eq!(services["services"], json!([service("s", &owner, &[&bob])]));
        let answer = other.ask(json!({"type": "CLIENT_FETCH", "uuid": uuid})).await;
        assert_eq!(answer, json!({"type": "INVALID_UUID", "uuid": uuid}));
        let target = json!({"type": "UUID", "uuid": uuid});
        assert_eq!(other.send(&target, &json!(1)).await, json!({"type": "INVALID_UUID", "uuid": uuid}));
        let target = json!({"type": "NAME", "name": "ann"});
        assert_eq!(other.send(&target, &json!(1)).await, json!({"type": "INVALID_NAME", "name": "ann"}));
        for client in [owner, bob, other] {
            client.leave().await;
        }
    }
}

#[tokio::test]
async fn the_same_name_comes_back_as_somebody_new() {
    let house = House::open().await;
    let [mut owner, mut ann] = house.enter_all(["owner", "ann"]).await;
    owner.create("s").await;
    ann.heard().await;
    ann.subscribe("s").await;
    let before = ann.uuid.clone();
    ann.leave().await;
    let mut ann = house.enter("ann").await;
    assert_ne!(ann.uuid, before);
    let fetched = ann.ask(json!({"type": "SELF_FETCH"})).await;
    assert_eq!(fetched, json!({"type": "SELF_FETCH_RESULT", "client": ann.shape(), "subscriptions": []}));
    let answer = ann.send(&json!({"type": "SERVICE", "service": "s"}), &json!(1)).await;
    assert_eq!(answer, json!({"type": "BAD"}));
}
