//! `GET /api/search`.

use std::time::Duration;

use parlor_testkit::{folder::TestFolder, http::encode, server::Server};
use serde_json::{Value, json};

use crate::kit::{MESSAGE, has_keys, id, say, says, server, starter};

async fn search(server: &Server, query: &str) -> Vec<Value> {
    loop {
        let reply = server.get(&format!("/api/search?room=a&q={}", encode(query))).await;
        // On a loaded machine the index may lag behind; it says so rather than to leave something out.
        if reply.status == 503 {
            assert_eq!(reply.header("retry-after"), Some("1"));
            says(&reply, 503, &["The search is not ready", "try again"]);
            continue;
        }
        return reply.expect(200).as_array().expect("an array").clone();
    }
}

/// Searches until so much is found: on a loaded machine the index may lag behind.
async fn finds(server: &Server, query: &str, count: usize) -> Vec<Value> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let found = search(server, query).await;
        if found.len() == count {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "{query}: {found:?}");
    }
}

#[tokio::test]
async fn what_was_posted_is_found_newest_first_and_page_by_page() {
    let server = server().await;
    let mut all = Vec::new();
    for n in 0..5 {
        all.push(say(&server, "a", &format!("the word number {n}")).await);
    }
    say(&server, "b", "the word elsewhere").await;
    all.reverse();
    assert_eq!(finds(&server, "WORD nu", 5).await, all);
    all.iter().for_each(|message| has_keys(message, MESSAGE));
    let page = server.get(&format!("/api/search?room=a&q=word&limit=2&before={}", id(&all[1]))).await.expect(200);
    assert_eq!(page.as_array().expect("an array")[..], all[2..4]);
    assert_eq!(finds(&server, "from:ann \"number 3\"", 1).await, [all[1].clone()]);
    assert_eq!(finds(&server, "from:bob word", 0).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_search_without_a_query_says_what_is_missing() {
    let server = server().await;
    says(&server.get("/api/search?room=a").await, 400, &["`q`"]);
    says(&server.get("/api/search?room=a&q=+").await, 400, &["`q`", "empty"]);
    says(&server.get("/api/search?q=x").await, 400, &["`room`"]);
    says(&server.get(&format!("/api/search?room=a&q={}", "x".repeat(1_001))).await, 400, &["`q`", "1000"]);
    assert!(search(&server, "anything").await.is_empty(), "a room that is not there");
}

#[tokio::test]
async fn an_index_that_can_not_be_made_is_said_rather_than_an_answer_that_lacks_something() {
    let folder = TestFolder::new();
    // No file can take the place of a folder with something in it.
    std::fs::create_dir_all(folder.path().join("search.db/x")).expect("a folder");
    let server = starter().data(folder.path()).start().await;
    say(&server, "a", "hello").await;
    let reply = server.get("/api/search?room=a&q=hello").await;
    says(&reply, 503, &["The search is not ready: its index", "try again"]);
    assert_eq!(reply.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn what_was_cleared_is_not_found_nor_after_a_restart() {
    let mut server = server().await;
    say(&server, "a", "a secret").await;
    finds(&server, "secret", 1).await;
    server.post("/api/actions/clear-room-messages", &json!({"room": "a"})).await.expect(200);
    assert!(search(&server, "secret").await.is_empty());
    say(&server, "a", "no secrets").await;
    finds(&server, "secret", 1).await;
    server.crash().await;
    let found = finds(&server, "secret", 1).await;
    assert_eq!(found[0]["text"], "no secrets");
}
