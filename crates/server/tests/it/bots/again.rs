//! “Send again”: the same delivery once more, to the bot as it is now, answered in the room as usual.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
    server::Server,
};
use serde_json::{Value, json};

use super::{activations, deliveries::RECORD, install_with, talk};
use crate::kit::{has_keys, id, install, messages, say, says, server};

async fn again(server: &Server, activation: &Value) -> Value {
    let sent = server.post("/api/actions/activation-again", &json!({"id": activation["id"]})).await.expect(200);
    has_keys(&sent, RECORD);
    sent
}

fn again_async(activation: &Value) -> Request {
    Request::post("/api/actions/activation-again", &json!({"id": activation["id"]})).header("prefer", "respond-async")
}

#[tokio::test]
async fn the_same_body_goes_to_the_bots_url_as_it_is_now() {
    let server = server().await;
    let mut bots =
        BotServer::start(|path, _| if path == "/old" { Answer::status(404) } else { Answer::text("hi") }).await;
    let bot = install_with(&server, "a", "B", r"(?P<w>hey)", &bots.url("/old")).await;
    let posted = say(&server, "a", "hey").await;
    let first = bots.next().await;
    let failed = activations(&server, "a").await.remove(0);
    // The mistake is mended, and the pattern is another one.
    let mended = json!({"id": id(&bot), "url": bots.url("/new"), "responds_to": "x"});
    server.post("/api/actions/bot", &mended).await.expect(200);
    let sent = again(&server, &failed).await;
    let second = bots.next().await;
    assert_eq!((second.path.as_str(), &second.body), ("/new", &first.body));
    assert_ne!(second.header("webhook-id"), first.header("webhook-id"), "it is another delivery");
    assert_eq!(second.header("parlor-message-id"), first.header("parlor-message-id"));
    assert_eq!(sent["id"], json!(second.header("webhook-id")));
    assert_eq!((&sent["again"], &sent["status"]), (&failed["id"], &json!("answered")));
    assert_eq!((&sent["message"], &sent["cause"]), (&posted["id"], &json!("matched")));
    assert!(sent["trigger"].as_str().is_some_and(|trigger| trigger.starts_with(&format!("again:{}:", id(&posted)))));
    let answer = &messages(&server, "a").await[2];
    assert_eq!((&answer["text"], &answer["author"]), (&json!("hi"), &json!("B")));
    assert_eq!((&answer["reply_to"], &answer["activation"]), (&posted["id"], &sent["id"]));
    // It is found under the message, beside the first; and one that was sent again can be sent again.
    let third = again(&server, &sent).await;
    let listed = server.get(&format!("/api/activations?message={}", id(&posted))).await.expect(200);
    let ids: Vec<&Value> = listed.as_array().expect("an array").iter().map(|record| &record["id"]).collect();
    assert_eq!(ids, [&third["id"], &sent["id"], &failed["id"]]);
    let one =
        server.get(&format!("/api/activations?room=a&id={}", sent["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!(one, json!([sent]));
    assert_eq!(server.get("/api/activations?room=b&id=act_x").await.expect(200), json!([]));
}

#[tokio::test]
async fn what_was_never_sent_is_made_of_the_message() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let bot = install_with(&server, "a", "B", r"(?P<w>hey)", "").await;
    say(&server, "a", "hey").await;
    let failed = activations(&server, "a").await.remove(0);
    assert_eq!(failed["request"], Value::Null);
    server.post("/api/actions/bot", &json!({"id": id(&bot), "url": bots.url("/bot")})).await.expect(200);
    again(&server, &failed).await;
    assert_eq!(bots.next().await.json(), json!({"room": "a", "author": "Ann", "text": "hey", "params": {"w": "hey"}}));
}

#[tokio::test]
async fn a_message_of_the_greatest_length_can_be_sent_again() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install_with(&server, "a", "B", r"(?P<all>.+)", &bots.url("/bot")).await;
    say(&server, "a", &"é".repeat(8 * 1024)).await;
    let first = bots.next().await;
    again(&server, &activations(&server, "a").await[0]).await;
    assert_eq!(bots.next().await.body, first.body);
}

#[tokio::test]
async fn a_form_is_sent_again_to_where_it_went() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("thanks")).await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    for action in ["", "other"] {
        let form =
            json!({"room": "a", "author": "Ann", "bot_id": id(&bot), "action_url": action, "form_data": {"x": "1"}});
        server.post("/api/actions/message-form", &form).await.expect(200);
        let first = bots.next().await;
        let record = activations(&server, "a").await.remove(0);
        assert_eq!(record["cause"], if action.is_empty() { "form" } else { "address" });
        let sent = again(&server, &record).await;
        let second = bots.next().await;
        assert_eq!((&second.path, &second.body), (&first.path, &first.body));
        assert_eq!((&sent["cause"], &sent["message"]), (&record["cause"], &Value::Null));
    }
    assert_eq!(talk(&server, "a").await.len(), 4);
}

#[tokio::test]
async fn an_answer_goes_on_with_its_own_bots_conversation_and_takes_none_from_another() {
    let server = server().await;
    let bots = BotServer::start(|path, got| {
        let state = got.get("state").and_then(Value::as_u64).unwrap_or(0);
        Answer::Json(json!({"text": format!("{path} had {state}"), "state": state + 1}))
    })
    .await;
    install(&server, "a", "one", &bots.url("/one")).await;
    install(&server, "a", "two", &bots.url("/two")).await;
    say(&server, "a", "one").await;
    let one = activations(&server, "a").await.remove(0);
    say(&server, "a", "on").await;
    let second = activations(&server, "a").await.remove(0);
    say(&server, "a", "and on").await;
    // Again with the state that it had then: its answer's state is the room's now.
    again(&server, &second).await;
    say(&server, "a", "and on").await;
    assert_eq!(messages(&server, "a").await.last().expect("an answer")["text"], "/one had 2");
    // Out of the conversation the other one begins its own; what is sent again takes it not away.
    server.post("/api/actions/clear-room-state", &json!({"room": "a"})).await.expect(200);
    say(&server, "a", "two").await;
    again(&server, &one).await;
    let answer = messages(&server, "a").await.pop().expect("an answer");
    assert_eq!((&answer["text"], &answer["state"]), (&json!("/one had 0"), &Value::Null));
    say(&server, "a", "on").await;
    assert_eq!(messages(&server, "a").await.last().expect("an answer")["text"], "/two had 1");
    // Where there is none it begins one, as the first one did.
    server.post("/api/actions/clear-room-state", &json!({"room": "a"})).await.expect(200);
    again(&server, &one).await;
    say(&server, "a", "on").await;
    assert_eq!(messages(&server, "a").await.last().expect("an answer")["text"], "/one had 1");
}

#[tokio::test]
async fn it_survives_a_kill_with_its_id() {
    let mut server = server().await;
    let mut bots =
        BotServer::start(|_, got| if got["text"] == "hey" { Answer::Later } else { Answer::text("x") }).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    let post =
        Request::post("/api/actions/message", &crate::kit::message("a", "hey")).header("prefer", "respond-async");
    server.send(post).await.expect(202);
    bots.next().await.answer(Answer::text("first"));
    server.ws("/ws/a").await.until(|frame| frame["data"]["text"] == "first").await;
    let first = activations(&server, "a").await.remove(0);
    let accepted = server.send(again_async(&first)).await.expect(202);
    has_keys(&accepted, &["id"]);
    let before = bots.next().await;
    assert_eq!(before.header("webhook-id"), accepted["id"].as_str());
    server.crash().await;
    let after = bots.next().await;
    assert_eq!((after.header("webhook-id"), &after.body), (accepted["id"].as_str(), &before.body));
    after.answer(Answer::text("second"));
    server.ws("/ws/a").await.until(|frame| frame["data"]["text"] == "second").await;
    let records = activations(&server, "a").await;
    assert_eq!((records.len(), &records[0]["attempt"], &records[0]["again"]), (2, &json!(2), &first["id"]));
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: first", "hey: second"]);
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_said() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("hi")).await;
    let bot = install(&server, "a", "hey", &bots.url("/bot")).await;
    say(&server, "a", "hey").await;
    let record = activations(&server, "a").await.remove(0);
    let send = async |id: Value| server.post("/api/actions/activation-again", &json!({ "id": id })).await;
    says(&send(json!("act_nothing")).await, 404, &["act_nothing"]);
    says(&send(json!(5)).await, 400, &["`id`"]);
    server.post("/api/actions/bot", &json!({"id": id(&bot), "paused": true})).await.expect(200);
    says(&send(record["id"].clone()).await, 400, &["paused"]);
    server.send(Request::new("DELETE", "/api/actions/bot").body(json!({"id": id(&bot)}).to_string())).await.expect(200);
    says(&send(record["id"].clone()).await, 400, &["not in the room any more"]);
    assert_eq!(activations(&server, "a").await.len(), 1);
}
