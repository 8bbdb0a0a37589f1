//! Who reaches a session, and from where.

use parlor_testkit::{
    http::{Request, encode},
    server::Server,
};

use super::{Flows, SURVEY, Visitor, choice, chosen, files, sids, survey};
use crate::{
    accounts::{admin, person, token, with_accounts},
    kit::{message, says, starter},
};

/// The room of a session that has been answered once, and its visitor.
async fn room(server: &Server) -> (String, Visitor) {
    let mut ann = Visitor::new(server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    let sids = sids(server).await;
    (format!("~assistant/welcome/{}", sids[0]), ann)
}

#[tokio::test]
async fn strangers_can_neither_read_nor_write_in_a_sessions_room() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let off = flows.offer(starter().listen("0.0.0.0:0")).start().await;
    let on = flows.offer(with_accounts("optional")).start().await;
    for server in [&off, &on] {
        let (room, mut ann) = room(server).await;
        let read = format!("/api/messages?room={}", encode(&room));
        let refused = server.get(&read).await;
        assert!(matches!(refused.status, 401 | 403), "{} {}", refused.status, refused.text());
        let post = server.post("/api/actions/message", &message(&room, "I am the bot")).await;
        assert!(matches!(post.status, 401 | 403), "{} {}", post.status, post.text());
        let refused = server.try_ws(&format!("/ws/{room}"), "").await.expect_err("no websocket");
        assert!(matches!(refused.status, 401 | 403), "{}", refused.status);
        for target in ["/", "/api/bots", "/metrics"] {
            assert!(!server.get(target).await.text().contains(&room), "{target}");
        }
        ann.sees_no_more().await;
        ann.back(server).await;
    }
    says(&off.get("/api/messages?room=~assistant%2Fwelcome%2Fx").await, 403, &[]);
}

#[tokio::test]
async fn operators_read_a_session_and_nobody_posts_past_its_flow() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let server = flows.offer(with_accounts("optional")).start().await;
    let (room, mut ann) = room(&server).await;
    let admin = admin(&server).await;
    let member = token(&server, &person(&server, &admin, "mei", "member").await, &["read", "post"]).await;
    let operator = token(&server, &person(&server, &admin, "olga", "operator").await, &["read", "post"]).await;
    let bearer = |request: Request, token: &str| request.header("authorization", &format!("Bearer {token}"));
    let read = || Request::get(&format!("/api/messages?room={}", encode(&room)));
    let post = || Request::post("/api/actions/message", &message(&room, "past the flow"));
    assert_eq!(server.send(bearer(read(), &member)).await.status, 403);
    let all = server.send(bearer(read(), &operator)).await.expect(200).to_string();
    assert!(all.contains("Green") && all.contains("Another one?"), "{all}");
    for token in [&member, &operator] {
        says(&server.send(bearer(post(), token)).await, 403, &["session"]);
    }
    ann.sees_no_more().await;
}

#[tokio::test]
async fn on_a_server_for_its_own_machine_sessions_are_read_and_not_written() {
    let (server, _flows) = survey().await;
    let (room, mut ann) = room(&server).await;
    let all = server.get(&format!("/api/messages?room={}", encode(&room))).await.expect(200);
    assert!(all.to_string().contains("Green"), "{all}");
    says(&server.post("/api/actions/message", &message(&room, "x")).await, 403, &["session"]);
    // A room of that kind that is no session yet can't be taken.
    let nobodys = format!("~assistant/welcome/{}", "0".repeat(40));
    says(&server.post("/api/actions/message", &message(&nobodys, "x")).await, 400, &["made by the server"]);
    ann.sees_no_more().await;
}

#[tokio::test]
async fn pages_of_sites_that_are_not_named_are_refused() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let config = flows.0.path().join("parlor.toml");
    std::fs::write(&config, "[assistant]\nallowed_origins = [\"https://www.example.org\"]\n").expect("written");
    let server = flows.offer(starter().args(&["--config", config.to_str().expect("UTF-8")])).start().await;
    for wrong in ["https://elsewhere.example", "http://www.example.org", "https://www.example.org:8443", "null"] {
        let refused =
            server.try_ws("/assistant/welcome/ws", &format!("origin: {wrong}\r\n")).await.expect_err("refused");
        crate::kit::says_json(refused.status, &refused.body, 403, &["this site"]);
    }
    let named = "origin: https://www.example.org\r\nsec-fetch-site: cross-site\r\n";
    let mut ws = server.try_ws("/assistant/welcome/ws", named).await.expect("let in");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
    Visitor::new(&server).await.greeted().await;
}

#[tokio::test]
async fn without_named_sites_any_page_may_hold_the_widget() {
    let (server, _flows) = survey().await;
    let foreign = "origin: https://elsewhere.example\r\nsec-fetch-site: cross-site\r\n";
    let mut ws = server.try_ws("/assistant/welcome/ws", foreign).await.expect("let in");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
}

#[tokio::test]
async fn the_servers_own_pages_hold_it_whatever_sites_are_named() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let config = flows.0.path().join("parlor.toml");
    std::fs::write(&config, "[assistant]\nallowed_origins = [\"https://www.example.org\"]\n").expect("written");
    let server = flows.offer(starter().args(&["--config", config.to_str().expect("UTF-8")])).start().await;
    let own = format!("origin: http://{}\r\nsec-fetch-site: same-origin\r\n", server.address());
    let mut ws = server.try_ws("/assistant/welcome/ws", &own).await.expect("its own page /assistant/welcome");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
}
