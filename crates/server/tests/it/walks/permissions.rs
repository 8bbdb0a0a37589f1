//! Every address as everybody: who gets through is written down in `permissions.txt`, for each way to run accounts and each
//! kind of room. What is not there, a new address, fails the walk; `PARLOR_BLESS=1` writes the file anew, to be read before
//! it is committed.

use std::{fmt::Write as _, path::Path};

use parlor_gateway_web::{Route, routes};
use parlor_testkit::{http::Request, server::Server};
use serde_json::{Value, json};

use super::target;
use crate::{
    accounts::{admin, configure, person, token, with_accounts},
    kit::{id, starter},
};

/// The kinds of rooms, named for who may come in.
const ROOMS: [&str; 3] = ["public", "members", "private"];

/// Somebody who asks, and the header that says who it is.
type Who = (&'static str, Option<(&'static str, String)>);

/// What is asked for at an address of the table: where it is about a room, once for each kind.
fn asked(route: &Route, room: &str, bot: u64) -> Option<(String, Value)> {
    let here = |target: &str| Some((target.to_owned(), Value::Null));
    let there = |body: Value| Some((route.path.to_owned(), body));
    match (route.method, route.path) {
        ("GET", "/api/messages" | "/api/bots" | "/api/files-key" | "/api/activations" | "/api/actions/room") => {
            here(&format!("{}?room={room}", route.path))
        }
        ("GET", "/api/search") => here(&format!("/api/search?room={room}&q=x")),
        ("GET", "/api/matches") => here(&format!("/api/matches?room={room}&message=1")),
        ("GET", "/ws/{*room}") => here(&format!("/ws/{room}")),
        ("GET", "/{*room}") => here(&format!("/{room}")),
        ("GET", "/bot-assets/{*path}") => here(&format!("/bot-assets/{bot}/x.png")),
        ("POST", "/api/actions/message") => there(json!({"room": room, "author": "Nobody", "text": "x"})),
        ("POST", "/api/actions/message-form") => {
            there(json!({"room": room, "author": "Nobody", "bot_id": bot, "form_data": {}}))
        }
        ("POST", "/api/actions/bot") => there(json!({"room": room, "name": "Another", "url": ""})),
        ("POST", "/api/actions/bot-token") => there(json!({"id": bot})),
        ("POST", "/api/actions/bot-test") => there(json!({"room": room, "url": "builtin:echo", "text": "x"})),
        ("POST", "/api/actions/match") => there(json!({"room": room, "name": "x"})),
        // Last of all: the bot is gone then.
        ("DELETE", "/api/actions/bot") => there(json!({"id": bot})),
        ("POST", "/api/actions/clear-room-messages" | "/api/actions/clear-room-state") => there(json!({"room": room})),
        ("POST", "/api/actions/room") => there(json!({"room": room, "markdown": true})),
        _ => None,
    }
}

/// What an answer means for who asks.
fn verdict(status: u16, location: Option<&str>) -> &'static str {
    match status {
        303 if location.is_some_and(|location| location.starts_with("/login")) => "log in",
        401 => "log in",
        403 => "no",
        500.. => "broken",
        _ => "yes",
    }
}

async fn ask(server: &Server, who: &Who, method: &str, target: &str, body: &Value) -> &'static str {
    let own = format!("http://{}", server.address());
    let method = if method == "*" { "GET" } else { method };
    let mut request = Request::new(method, target).header("origin", &own).header("prefer", "respond-async");
    if let Some((name, value)) = &who.1 {
        request = request.header(name, value);
    }
    if method != "GET" {
        request = request.body(if body.is_null() { "{}".to_owned() } else { body.to_string() });
    }
    let reply = server.send(request).await;
    // A bot's file that is not there is no sign of a fault; nor is a bot that is not connected.
    if target.starts_with("/bot-assets/") && reply.status == 502 {
        return "yes";
    }
    verdict(reply.status, reply.header("location"))
}

/// A bot that connects, in this room.
async fn bot_in(server: &Server, who: &Who, room: &str) -> u64 {
    let own = format!("http://{}", server.address());
    let mut request = Request::post("/api/actions/bot", &json!({"room": room, "name": "Bot", "url": "socket:"}));
    if let Some((name, value)) = &who.1 {
        request = request.header(name, value);
    }
    id(&server.send(request.header("origin", &own)).await.expect(200))
}

/// One row for each address and kind of room: what everybody's answer was.
async fn walk(server: &Server, mode: &str, people: &[Who], rooms: &[&str]) -> String {
    let runs_it = people.iter().find(|(name, _)| *name == "admin").unwrap_or(&people[0]);
    let mut table = String::new();
    let heads: Vec<&str> = people.iter().map(|(name, _)| *name).collect();
    let _ = writeln!(table, "accounts {mode}: {}", heads.join(" | "));
    for route in routes() {
        let about_rooms = asked(&route, "x", 1).is_some();
        for room in if about_rooms { rooms } else { &[""][..] } {
            let mut answers = Vec::new();
            for who in people {
                // Each gets one of their own, for some delete it.
                let about_a_bot = asked(&route, room, 1) != asked(&route, room, 2);
                let bot = if about_a_bot { bot_in(server, runs_it, room).await } else { 0 };
                let (target, body) = asked(&route, room, bot).unwrap_or_else(|| (target(route.path), Value::Null));
                // Whoever logs out is gone for the rest of the walk.
                answers.push(if route.path == "/logout" {
                    "yes"
                } else {
                    ask(server, who, route.method, &target, &body).await
                });
            }
            let name = if room.is_empty() { route.path.to_owned() } else { format!("{} ({room})", route.path) };
            let _ = writeln!(table, "{} {name}: {}", route.method, answers.join(" | "));
        }
    }
    table.push('\n');
    table
}

/// A server with accounts, with people of every role, and with a room of each kind.
async fn with_people(mode: &str) -> (Server, Vec<Who>) {
    let server = with_accounts(mode).args(&["--limits", "off"]).start().await;
    let ada = admin(&server).await;
    let mut people: Vec<Who> = vec![("anyone", None)];
    for (who, name, role) in
        [("member", "Mia", "member"), ("on the list", "Liv", "member"), ("operator", "Olga", "operator")]
    {
        people.push((who, Some(("cookie", person(&server, &ada, name, role).await))));
    }
    let reader = token(&server, &ada, &["read"]).await;
    people.push(("admin", Some(("cookie", ada.clone()))));
    people.push(("the admin’s reader token", Some(("authorization", format!("Bearer {reader}")))));
    for access in ROOMS {
        let settings = json!({"room": access, "access": access, "members": ["Liv"]});
        assert_eq!(configure(&server, &ada, &settings).await.status, 200);
    }
    (server, people)
}

#[tokio::test]
async fn everybody_gets_through_where_the_table_says_and_nowhere_else() {
    let mut found = String::new();
    let off = starter().listen("0.0.0.0:0").args(&["--limits", "off"]).start().await;
    found += &walk(&off, "off", &[("anyone", None)], &["public"]).await;
    for mode in ["optional", "required"] {
        let (server, people) = with_people(mode).await;
        found += &walk(&server, mode, &people, &ROOMS).await;
    }
    assert!(!found.contains("broken"), "{found}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/walks/permissions.txt");
    if std::env::var_os("PARLOR_BLESS").is_some() {
        std::fs::write(&file, &found).expect("the source is there");
    }
    let committed = std::fs::read_to_string(&file).expect("the table is committed");
    let committed: Vec<&str> = committed.lines().collect();
    for line in found.lines() {
        assert!(committed.contains(&line), "not in permissions.txt: {line}");
    }
    assert_eq!(committed.len(), found.lines().count(), "an address in permissions.txt is not there any more");
}
