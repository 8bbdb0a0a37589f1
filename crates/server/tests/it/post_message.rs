//! `POST /api/actions/message`.

use parlor_testkit::http::Request;
use serde_json::{Value, json};

use crate::kit::{MESSAGE, has_keys, id, message, messages, says, server, texts_of};

const CALL: &str = "/api/actions/message";

#[tokio::test]
async fn a_posted_message_comes_back_with_every_key_and_null_for_what_is_absent() {
    let server = server().await;
    let sent = json!({"room": "a", "author": "Ann", "text": "hello"});
    let reply = server.post(CALL, &sent).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let got = reply.expect(200);
    has_keys(&got, MESSAGE);
    assert_eq!(
        (&got["room"], &got["author"], &got["kind"], &got["text"]),
        (&json!("a"), &json!("Ann"), &json!("user"), &json!("hello"))
    );
    assert!(id(&got) > 0);
    assert!(got["when"].is_f64(), "seconds with a fraction: {got}");
    for key in ["image", "media", "css", "js", "base_url", "from_bot", "state", "reply_to", "activation"] {
        assert_eq!(got[key], Value::Null, "{key}");
    }
    assert_eq!(messages(&server, "a").await, [got]);
}

#[tokio::test]
async fn the_time_of_a_message_is_now() {
    let server = server().await;
    let now = || {
        let since = std::time::UNIX_EPOCH.elapsed().expect("it is later than 1970");
        since.as_secs_f64()
    };
    let before = now();
    let got = server.post(CALL, &message("a", "hello")).await.expect(200);
    let when = got["when"].as_f64().expect("a number");
    assert!((before - 0.001..=now() + 0.001).contains(&when), "{when}");
}

#[tokio::test]
async fn everything_optional_that_is_sent_comes_back() {
    let server = server().await;
    let first = server.post(CALL, &message("a", "first")).await.expect(200);
    let sent = json!({
        "room": "a", "author": "Ann", "text": "", "image": "http://x/i.png", "media": "http://x/m.ogg", "css": "http://x/c.css",
        "js": "http://x/j.mjs", "base_url": "http://x/", "reply_to": id(&first),
    });
    let got = server.post(CALL, &sent).await.expect(200);
    for (key, value) in sent.as_object().expect("an object") {
        assert_eq!(&got[key], value, "{key}");
    }
    let nulls = json!({
        "room": "a", "author": "Ann", "text": "x", "image": null, "media": null, "css": null, "js": null, "base_url": null, "reply_to": null,
    });
    let got = server.post(CALL, &nulls).await.expect(200);
    assert_eq!(got["image"], Value::Null);
}

#[tokio::test]
async fn nobody_can_post_as_a_bot_or_the_system_or_choose_an_id() {
    let server = server().await;
    let sent = json!({
        "room": "a", "author": "Ann", "text": "x", "kind": "system", "from_bot": 5, "state": {"a": 1}, "id": 4_000_000, "when": 1.5,
    });
    let got = server.post(CALL, &sent).await.expect(200);
    assert_eq!((&got["kind"], &got["from_bot"], &got["state"]), (&json!("user"), &Value::Null, &Value::Null));
    assert_ne!(id(&got), 4_000_000);
    assert_ne!(got["when"], 1.5);
}

#[tokio::test]
async fn ids_grow_and_times_never_go_back() {
    let server = server().await;
    let mut http = server.http();
    let mut last = (0, 0.0);
    for n in 0..50 {
        let got = http.post(CALL, &message("a", &n.to_string())).await.expect(200);
        let now = (id(&got), got["when"].as_f64().expect("a number"));
        assert!(now.0 > last.0 && now.1 >= last.1, "{last:?} {now:?}");
        last = now;
    }
}

#[tokio::test]
async fn the_body_is_json_whatever_its_content_type_says() {
    let server = server().await;
    let body = message("a", "hi").to_string();
    for kind in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "nonsense",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let request = Request::new("POST", CALL).header("content-type", kind).body(body.clone());
        server.send(request).await.expect(200);
    }
    server.send(Request::new("POST", CALL).body(body)).await.expect(200);
    assert_eq!(messages(&server, "a").await.len(), 7);
}

#[tokio::test]
async fn respond_async_answers_202_with_the_message() {
    let server = server().await;
    for (n, value) in
        ["respond-async", "Respond-Async", "wait=5, respond-async", "respond-async;x=1"].iter().enumerate()
    {
        let request = Request::post(CALL, &message("a", &n.to_string())).header("prefer", value);
        let reply = server.send(request).await;
        assert_eq!(reply.header("preference-applied"), Some("respond-async"), "{value}");
        let got = reply.expect(202);
        has_keys(&got, MESSAGE);
        assert_eq!(messages(&server, "a").await.last(), Some(&got));
    }
    let request = Request::post(CALL, &message("a", "x")).header("prefer", "return=minimal");
    server.send(request).await.expect(200);
}

#[tokio::test]
async fn a_text_may_have_16_kib_of_utf_8_and_no_byte_more() {
    let server = server().await;
    for text in ["x".repeat(16_384), "é".repeat(8_192), "\u{1f600}".repeat(4_096), "\n\"\\\u{0}".repeat(4_096)] {
        assert_eq!(text.len(), 16_384);
        let got = server.post(CALL, &message("a", &text)).await.expect(200);
        assert_eq!(got["text"], text);
        for more in ["x", "é"] {
            let reply = server.post(CALL, &message("a", &(text.clone() + more))).await;
            says(&reply, 413, &["`text`", &(16_384 + more.len()).to_string(), "16384"]);
        }
    }
    assert_eq!(messages(&server, "a").await.len(), 4, "what was refused is not there");
}

#[tokio::test]
async fn any_text_survives_as_it_is() {
    let server = server().await;
    let texts = [
        "",
        " ",
        "\u{0}",
        "\r\n\t",
        "a\u{2028}b\u{2029}c",
        "<script>alert(1)</script>&amp;",
        "\"quoted\" \\back\\",
        "\u{feff}bom",
        "👩‍👩‍👧 🇩🇪",
        "e\u{301} is not é",
        "\u{202e}backwards",
        "שלום",
        "\u{10ffff}\u{fffe}",
        "{\"id\":7,\"when\":1}",
        "\u{7f}\u{80}\u{85}",
    ];
    for text in texts {
        let got = server.post(CALL, &message("a", text)).await.expect(200);
        assert_eq!(got["text"], text);
    }
    assert_eq!(texts_of(&server, "a").await, texts);
    // Escapes that JSON allows, a lone half of a pair that it can't mean.
    let escaped = r#"{"room":"b","author":"\u0041nn","text":"\ud83d\ude00\/"}"#;
    let got = server.send(Request::new("POST", CALL).body(escaped)).await.expect(200);
    assert_eq!((&got["author"], &got["text"]), (&json!("Ann"), &json!("😀/")));
    let lone = r#"{"room":"b","author":"A","text":"\ud83d"}"#;
    says(&server.send(Request::new("POST", CALL).body(lone)).await, 400, &["JSON"]);
}

#[tokio::test]
async fn wrong_fields_are_named_with_what_is_wrong() {
    let server = server().await;
    for field in ["room", "author", "text"] {
        let mut body = message("a", "x");
        body.as_object_mut().expect("an object").remove(field);
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "missing"]);
        body[field] = Value::Null;
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "null"]);
        for (value, kind) in
            [(json!(5), "number"), (json!(true), "boolean"), (json!([]), "array"), (json!({}), "object")]
        {
            body[field] = value;
            says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), kind]);
        }
    }
    for field in ["image", "media", "css", "js", "base_url"] {
        let mut body = message("a", "x");
        body[field] = json!(5);
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "a string", "a number"]);
        body[field] = json!("x".repeat(5_000));
        says(&server.post(CALL, &body).await, 413, &[&format!("`{field}`"), "5000"]);
    }
    for wrong in [json!("5"), json!(-1), json!(1.5), json!([1])] {
        let mut body = message("a", "x");
        body["reply_to"] = wrong;
        says(&server.post(CALL, &body).await, 400, &["`reply_to`", "whole number"]);
    }
    for empty in ["", " ", "\t\n", "\u{a0}"] {
        says(
            &server.post(CALL, &json!({"room": "a", "author": empty, "text": "x"})).await,
            400,
            &["`author`", "empty"],
        );
    }
    assert!(messages(&server, "a").await.is_empty(), "nothing of it was posted");
}
