//! Deliveries: headers, signature, and the records that can be read afterwards.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use parlor_testkit::bot::{Answer, BotServer, Received};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{activations, install_with};
use crate::kit::{has_keys, id, install, messages, say, server};

pub(super) const RECORD: &[&str] = &[
    "id", "room", "bot", "name", "message", "trigger", "cause", "again", "attempt", "status", "started", "took",
    "request", "response", "error",
];

fn header<'a>(request: &'a Received, name: &str) -> &'a str {
    request.header(name).unwrap_or_else(|| panic!("no {name} in {:?}", request.headers))
}

/// The signature by the published rules of Standard Webhooks.
fn signature(key: &[u8], request: &Received) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(format!("{}.{}.", header(request, "webhook-id"), header(request, "webhook-timestamp")).as_bytes());
    mac.update(&request.body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_delivery_has_the_documented_headers() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install(&server, "Käse/8 b", "hey", &bots.url("/bot")).await;
    let posted = say(&server, "Käse/8 b", "hey").await;
    let request = bots.next().await;
    assert_eq!(header(&request, "content-type"), "application/json");
    assert_eq!(header(&request, "parlor-message-id"), id(&posted).to_string());
    assert_eq!(header(&request, "parlor-room"), "K%C3%A4se/8%20b");
    assert!(!header(&request, "webhook-id").is_empty());
    let stamp: f64 = header(&request, "webhook-timestamp").parse().expect("seconds");
    assert!((stamp - posted["when"].as_f64().expect("a time")).abs() < 30.0);
    assert_eq!(request.header("webhook-signature"), None, "without a secret nothing is signed");
    assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
    say(&server, "Käse/8 b", "hey").await;
    assert_ne!(header(&bots.next().await, "webhook-id"), header(&request, "webhook-id"));
}

#[tokio::test]
async fn with_a_secret_deliveries_are_signed_and_the_secret_is_nowhere_to_be_read() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let body = json!({"room": "a", "name": "hey", "url": bots.url("/bot"), "secret": "open sesame"});
    let bot = server.post("/api/actions/bot", &body).await.expect(200);
    say(&server, "a", "hey").await;
    let request = bots.next().await;
    assert_eq!(header(&request, "webhook-signature"), signature(b"open sesame", &request));
    // In the standard's own form the key is base64.
    let key = [7_u8; 24];
    let secret = format!("whsec_{}", STANDARD.encode(key));
    server.post("/api/actions/bot", &json!({"id": id(&bot), "secret": secret})).await.expect(200);
    say(&server, "a", "hey").await;
    let second = bots.next().await;
    assert_eq!(header(&second, "webhook-signature"), signature(&key, &second));
    server.post("/api/actions/bot", &json!({"id": id(&bot), "secret": null})).await.expect(200);
    say(&server, "a", "hey").await;
    assert_eq!(bots.next().await.header("webhook-signature"), None);
    for target in ["/api/bots", "/api/bots?room=a", "/api/activations", "/api/messages?room=a"] {
        let shown = server.get(target).await;
        for hidden in ["sesame", "whsec", header(&request, "webhook-signature"), header(&second, "webhook-signature")] {
            assert!(!shown.text().contains(hidden), "{target} shows {hidden}");
        }
    }
}

#[tokio::test]
async fn a_secret_outlives_a_restart() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let body = json!({"room": "a", "name": "hey", "url": bots.url("/bot"), "secret": "s"});
    server.post("/api/actions/bot", &body).await.expect(200);
    server.crash().await;
    say(&server, "a", "hey").await;
    let request = bots.next().await;
    assert_eq!(header(&request, "webhook-signature"), signature(b"s", &request));
}

#[tokio::test]
async fn the_record_of_a_good_delivery_has_what_was_sent_and_what_came() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("<b>hi</b>")).await;
    let bot = install_with(&server, "a", "B", "(?P<w>hey)", &bots.url("/bot?x=1")).await;
    let posted = say(&server, "a", "hey").await;
    let request = bots.next().await;
    let all = activations(&server, "a").await;
    let [record] = &all[..] else { panic!("one: {all:?}") };
    has_keys(record, RECORD);
    assert_eq!(record["id"], header(&request, "webhook-id"));
    assert_eq!((&record["room"], &record["bot"], &record["message"]), (&json!("a"), &bot["id"], &posted["id"]));
    assert_eq!(record["trigger"], format!("message:{}", id(&posted)));
    assert_eq!(
        (&record["attempt"], &record["status"], &record["error"]),
        (&json!(1), &json!("answered"), &Value::Null)
    );
    assert!(record["started"].as_f64().is_some_and(|at| at >= posted["when"].as_f64().expect("a time") - 0.001));
    assert!(record["took"].as_f64().is_some_and(|took| (0.0..60.0).contains(&took)));
    let sent = &record["request"];
    has_keys(sent, &["method", "url", "headers", "body"]);
    assert_eq!((&sent["method"], &sent["url"]), (&json!("POST"), &json!(bots.url("/bot?x=1"))));
    assert_eq!(sent["body"].as_str().map(str::as_bytes), Some(&request.body[..]));
    assert_eq!(sent["headers"]["webhook-id"], header(&request, "webhook-id"));
    let came = &record["response"];
    has_keys(came, &["status", "headers", "body"]);
    assert_eq!((&came["status"], &came["body"]), (&json!(200), &json!("{\"text\":\"<b>hi</b>\"}")));
    assert_eq!(came["headers"]["content-type"], "application/json");
    // The answer says what it answers, and by which delivery.
    let answer = &messages(&server, "a").await[1];
    assert_eq!((&answer["reply_to"], &answer["activation"]), (&posted["id"], &record["id"]));
}

#[tokio::test]
async fn the_record_of_a_bad_delivery_has_the_sentence() {
    let server = server().await;
    let bots = BotServer::start(|path, _| if path == "/500" { Answer::status(500) } else { Answer::HangUp }).await;
    install(&server, "a", "five", &bots.url("/500")).await;
    install(&server, "b", "gone", &bots.url("/gone")).await;
    install(&server, "c", "none", "").await;
    for (room, text) in [("a", "five"), ("b", "gone"), ("c", "none")] {
        say(&server, room, text).await;
        let all = activations(&server, room).await;
        assert_eq!((all.len(), &all[0]["status"]), (1, &json!("failed")), "{room}");
        has_keys(&all[0], RECORD);
        assert!(all[0]["error"].as_str().is_some_and(|error| error.contains(text)), "{}", all[0]["error"]);
        let came = if room == "a" { json!(500) } else { Value::Null };
        assert_eq!(all[0]["response"]["status"], came);
    }
    assert_eq!(activations(&server, "c").await[0]["request"], Value::Null, "nothing was sent");
}

#[tokio::test]
async fn records_are_listed_newest_first_for_a_room_a_bot_or_a_message() {
    let mut server = server().await;
    let bots = BotServer::always(Answer::text("hi")).await;
    let one = install(&server, "a", "hey", &bots.url("/1")).await;
    let two = install(&server, "a", "he", &bots.url("/2")).await;
    let other = install(&server, "b", "hey", &bots.url("/3")).await;
    let first = say(&server, "a", "hey").await;
    say(&server, "b", "hey").await;
    let last = say(&server, "a", "he").await;
    server.restart().await;
    let list = async |query: String| {
        let all = server.get(&format!("/api/activations?{query}")).await.expect(200);
        let all = all.as_array().expect("an array").clone();
        all.iter()
            .map(|record| (id(&json!({"id": record["message"]})), id(&json!({"id": record["bot"]}))))
            .collect::<Vec<_>>()
    };
    let (one, two, first, last) = (id(&one), id(&two), id(&first), id(&last));
    assert_eq!(list("room=a".into()).await, [(last, two), (first, two), (first, one)]);
    assert_eq!(list("room=a&limit=2".into()).await, [(last, two), (first, two)]);
    assert_eq!(list(format!("bot={one}")).await, [(first, one)]);
    assert_eq!(list(format!("message={first}")).await, [(first, two), (first, one)]);
    assert_eq!(list(format!("room=a&bot={two}&message={last}")).await, [(last, two)]);
    assert_eq!(list(format!("room=a&bot={}", id(&other))).await, []);
    assert_eq!(list(String::new()).await.len(), 4);
}

#[tokio::test]
async fn a_socket_bots_token_is_shown_once_and_changes_each_time() {
    let server = server().await;
    let bot = install(&server, "a", "hey", "socket:").await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let got = server.post("/api/actions/bot-token", &json!({"id": id(&bot)})).await.expect(200);
        has_keys(&got, &["token"]);
        let token = got["token"].as_str().expect("a token").to_owned();
        assert!(token.len() >= 32, "160 bits: {token}");
        tokens.push(token);
    }
    assert_ne!(tokens[0], tokens[1]);
    for target in ["/api/bots", "/api/activations", "/api/messages?room=a"] {
        assert!(!server.get(target).await.text().contains(&tokens[1]));
    }
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn a_bot_whose_url_is_parlor_itself_does_not_go_round_in_a_circle() {
    let server = server().await;
    let own = format!("http://{}/api/actions/message", server.address());
    install(&server, "a", "Circle", &own).await;
    say(&server, "a", "circle").await;
    let said = crate::kit::messages(&server, "a").await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[1]["text"].as_str().is_some_and(|text| text.contains("status code of 400")), "{said:?}");
}
