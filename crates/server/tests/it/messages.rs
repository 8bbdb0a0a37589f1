//! `GET /api/messages`.

use parlor_testkit::{http::encode, server::Server};
use serde_json::{Value, json};

use crate::kit::{MESSAGE, has_keys, id, messages, say, says, server, texts};

async fn list(server: &Server, query: &str) -> Vec<Value> {
    let reply = server.get(&format!("/api/messages?{query}")).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.expect(200).as_array().expect("an array").clone()
}

async fn ten(server: &Server) -> Vec<Value> {
    let mut all = Vec::new();
    for n in 0..10 {
        all.push(say(server, "a", &n.to_string()).await);
        // What happens elsewhere is not seen, and leaves gaps or none.
        say(server, "b", "elsewhere").await;
    }
    all
}

#[tokio::test]
async fn a_room_that_does_not_exist_has_no_messages() {
    let server = server().await;
    assert!(list(&server, "room=nowhere").await.is_empty());
    assert!(list(&server, "room=nowhere&since=5").await.is_empty());
    assert!(list(&server, "room=nowhere&limit=5").await.is_empty());
}

#[tokio::test]
async fn without_since_all_messages_come_in_order_with_every_key() {
    let server = server().await;
    let all = ten(&server).await;
    let got = list(&server, "room=a").await;
    assert_eq!(got, all);
    got.iter().for_each(|message| has_keys(message, MESSAGE));
}

#[tokio::test]
async fn since_gives_what_is_above_it() {
    let server = server().await;
    let all = ten(&server).await;
    for (index, message) in all.iter().enumerate() {
        assert_eq!(list(&server, &format!("room=a&since={}", id(message))).await, all[index + 1..]);
    }
    assert_eq!(list(&server, "room=a&since=0").await, all);
    assert_eq!(list(&server, "room=a&since=-5").await, all);
    for beyond in ["999999999", "9007199254740993", "18446744073709551616", "99999999999999999999999999"] {
        assert!(list(&server, &format!("room=a&since={beyond}")).await.is_empty(), "{beyond}");
    }
}

#[tokio::test]
async fn a_since_that_is_no_number_counts_as_none() {
    let server = server().await;
    let all = ten(&server).await;
    for odd in ["", "abc", "null", "undefined", "NaN", "1.5", "1e3", "0x10", "%00", "%F0%9F%98%80", "%ff"] {
        assert_eq!(list(&server, &format!("room=a&since={odd}")).await, all, "{odd}");
    }
    assert_eq!(list(&server, "room=a&since").await, all);
    assert_eq!(list(&server, "since=&room=a&&x=y").await, all);
}

#[tokio::test]
async fn before_and_limit_page_backwards_and_each_page_ascends() {
    let server = server().await;
    let all = ten(&server).await;
    assert_eq!(list(&server, "room=a&limit=3").await, all[7..]);
    assert_eq!(list(&server, &format!("room=a&limit=3&before={}", id(&all[7]))).await, all[4..7]);
    assert_eq!(list(&server, &format!("room=a&limit=3&before={}", id(&all[1]))).await, all[..1]);
    assert!(list(&server, &format!("room=a&limit=3&before={}", id(&all[0]))).await.is_empty());
    assert_eq!(list(&server, &format!("room=a&before={}", id(&all[4]))).await, all[..4]);
    assert_eq!(list(&server, "room=a&before=9007199254740991&limit=2").await, all[8..]);
    assert!(list(&server, "room=a&limit=0").await.is_empty());
    assert!(list(&server, "room=a&before=0").await.is_empty());
    assert_eq!(list(&server, "room=a&limit=many").await, all, "a limit that is no number is none");
    assert_eq!(list(&server, &format!("room=a&limit=5&since={}", id(&all[7]))).await, all[8..]);
}

#[tokio::test]
async fn paging_backwards_meets_every_message_once() {
    let server = server().await;
    let all = ten(&server).await;
    let (mut before, mut seen) = (u64::MAX >> 12, Vec::new());
    loop {
        let mut page = list(&server, &format!("room=a&limit=3&before={before}")).await;
        let Some(first) = page.first() else { break };
        before = id(first);
        page.append(&mut seen);
        seen = page;
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_page_has_at_most_1000_messages_and_a_whole_room_has_no_limit() {
    let server = server().await;
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..16 {
        let mut http = server.http();
        senders.spawn(async move {
            for n in 0..75 {
                let body = json!({"room": "a", "author": "Ann", "text": format!("{sender}-{n}")});
                http.post("/api/actions/message", &body).await.expect(200);
            }
        });
    }
    senders.join_all().await;
    let all = messages(&server, "a").await;
    assert_eq!(all.len(), 1_200);
    assert!(all.is_sorted_by(|one, two| id(one) < id(two)));
    for limit in ["1000", "5000", "18446744073709551615"] {
        assert_eq!(list(&server, &format!("room=a&limit={limit}")).await, all[200..], "{limit}");
    }
    assert_eq!(list(&server, &format!("room=a&before={}", id(&all[1_100]))).await, all[100..1_100]);
}

#[tokio::test]
async fn the_room_must_be_named_with_a_name() {
    let server = server().await;
    says(&server.get("/api/messages").await, 400, &["`room`", "missing"]);
    says(&server.get("/api/messages?since=4").await, 400, &["`room`", "missing"]);
    says(&server.get("/api/messages?room=").await, 400, &["`room`", "empty"]);
    says(&server.get("/api/messages?room=api%2Fx").await, 400, &["`room`", "api"]);
    says(&server.get(&format!("/api/messages?room={}", "x".repeat(201))).await, 400, &["`room`", "201"]);
    say(&server, "a b/c", "here").await;
    assert_eq!(texts(&list(&server, "room=a+b/c").await), ["here"]);
    assert_eq!(texts(&list(&server, &format!("room={}", encode("a b/c"))).await), ["here"]);
}

#[tokio::test]
async fn after_pages_forwards() {
    let server = server().await;
    let all = ten(&server).await;
    assert_eq!(list(&server, "room=a&after=0&limit=3").await, all[..3]);
    assert_eq!(list(&server, &format!("room=a&after={}&limit=3", id(&all[2]))).await, all[3..6]);
    assert_eq!(list(&server, &format!("room=a&after={}", id(&all[6]))).await, all[7..]);
    assert_eq!(list(&server, &format!("room=a&after={}&before={}", id(&all[2]), id(&all[5]))).await, all[3..5]);
    assert!(list(&server, &format!("room=a&after={}&limit=3", id(&all[9]))).await.is_empty());
    assert!(list(&server, "room=a&after=0&limit=0").await.is_empty());
    assert_eq!(list(&server, "room=a&after=nonsense").await, all, "one that is no number is none");
}
