//! A room's content setting: what it leaves of what bots send, of what is stored then and of what was stored before.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::encode,
    server::Server,
};
use serde_json::{Value, json};

use crate::kit::{install, messages, say, server};

const HTML: &str = "<p onclick=\"a()\">hello <b style=\"x\">you</b></p><script>alert(1)</script>";
const FORMATTED: &str = "<p>hello <b>you</b></p>";
const PLAIN: &str = "hello you";

async fn set(server: &Server, content: &str) {
    server.post("/api/actions/room", &json!({"room": "a", "content": content})).await.expect(200);
}

async fn with_bot() -> (Server, BotServer) {
    let server = server().await;
    let bots =
        BotServer::always(Answer::Json(json!({"text": HTML, "css": "c.css", "js": "j.js", "image": "i.png"}))).await;
    install(&server, "a", "Bot", &bots.url("/bot")).await;
    (server, bots)
}

/// What the last message is: its text, what it was cleaned to, whether it has a script and a picture.
fn short(message: &Value) -> (&str, Option<&str>, bool, bool) {
    let there = |key: &str| !message[key].is_null();
    assert_eq!(there("css"), there("js"), "{message}");
    (message["text"].as_str().expect("a text"), message["content"].as_str(), there("js"), there("image"))
}

async fn last(server: &Server) -> Value {
    messages(server, "a").await.pop().expect("a message")
}

#[tokio::test]
async fn an_answer_is_stored_as_the_setting_leaves_it() {
    let (server, _bots) = with_bot().await;
    for (content, wanted) in [
        ("open", (HTML, None, true, true)),
        ("formatted", (FORMATTED, Some("formatted"), false, true)),
        ("plain", (PLAIN, Some("plain"), false, false)),
    ] {
        set(&server, content).await;
        let mut live = server.ws("/ws/a?last=0").await;
        say(&server, "a", "Bot").await;
        let frames = live.until(|frame| frame["data"]["kind"] == "bot").await;
        assert_eq!(short(&frames.last().expect("a frame")["data"]), wanted);
        set(&server, "open").await;
        assert_eq!(short(&last(&server).await), wanted, "what is stored is not made whole again");
    }
}

#[tokio::test]
async fn older_messages_are_read_as_the_setting_leaves_them_now() {
    let (server, _bots) = with_bot().await;
    say(&server, "a", "Bot says hello").await;
    let open = last(&server).await;
    let mut before = server.ws("/ws/a").await;
    before.until(|frame| frame["data"]["kind"] == "bot").await;
    for (content, wanted) in [
        ("formatted", (FORMATTED, Some("formatted"), false, true)),
        ("plain", (PLAIN, Some("plain"), false, false)),
        ("open", (HTML, None, true, true)),
    ] {
        set(&server, content).await;
        let id = open["id"].as_u64().expect("an id");
        for query in ["".to_owned(), "&limit=9".to_owned(), format!("&after={}", id - 1), format!("&since={}", id - 1)]
        {
            let all = server.get(&format!("/api/messages?room=a{query}")).await.expect(200);
            assert_eq!(
                short(all.as_array().expect("an array").last().expect("a message")),
                wanted,
                "{content} {query}"
            );
        }
        for query in ["", "?last=1", "?since=0"] {
            let mut stream = server.ws(&format!("/ws/a{query}")).await;
            let frames = stream.until(|frame| frame["data"]["kind"] == "bot").await;
            assert_eq!(short(&frames.last().expect("a frame")["data"]), wanted, "{content} {query}");
        }
        loop {
            let found = server.get(&format!("/api/search?room=a&q={}", encode("from:bot hello"))).await.expect(200);
            if let Some(message) = found.get(0) {
                assert_eq!(short(message), wanted, "{content}");
                break;
            }
        }
    }
    assert_eq!(last(&server).await, open, "the same as ever");
}

#[tokio::test]
async fn people_post_neither_scripts_nor_styles_where_bots_may_not() {
    let server = server().await;
    let body = json!({"room": "a", "author": "Ann", "text": "<b>text</b>", "js": "http://a.b/j.js", "css": "http://a.b/c.css", "image": "http://a.b/i.png"});
    let open = server.post("/api/actions/message", &body).await.expect(200);
    assert_eq!(short(&open), ("<b>text</b>", None, true, true));
    set(&server, "formatted").await;
    let posted = server.post("/api/actions/message", &body).await.expect(200);
    assert_eq!(short(&posted), ("<b>text</b>", None, false, true));
    for message in messages(&server, "a").await {
        assert_eq!(short(&message), ("<b>text</b>", None, false, true), "also what was posted before");
    }
    set(&server, "plain").await;
    assert_eq!(short(&last(&server).await), ("<b>text</b>", None, false, false));
}
