//! `/api/account…` and `/api/admin/…`: what the pages of accounts do, for programs.

use parlor_testkit::{
    http::{Reply, Request},
    server::Server,
};
use serde_json::{Value, json};

use crate::{
    accounts::{PASSWORD, admin, configure, person, token, with_accounts},
    kit::{has_keys, id, says, starter},
};

/// A program with a token.
struct Program<'a> {
    server: &'a Server,
    token: String,
}

impl<'a> Program<'a> {
    /// One that may all that an admin may.
    async fn of_an_admin(server: &'a Server) -> Self {
        let ada = admin(server).await;
        Self { server, token: token(server, &ada, &["read", "post", "manage", "account", "admin"]).await }
    }

    async fn send(&self, request: Request) -> Reply {
        self.server.send(request.header("authorization", &format!("Bearer {}", self.token))).await
    }

    async fn get(&self, target: &str) -> Value {
        let reply = self.send(Request::get(target)).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
        reply.expect(200)
    }

    async fn post(&self, target: &str, body: &Value) -> Reply {
        self.send(Request::post(target, body)).await
    }

    async fn delete(&self, target: &str, body: &Value) -> Reply {
        self.send(Request::new("DELETE", target).body(body.to_string())).await
    }

    /// Another token of the same account.
    async fn make(&self, scopes: &[&str]) -> Program<'a> {
        let made = self.post("/api/account/tokens", &json!({"name": "Another", "scopes": scopes})).await.expect(200);
        has_keys(&made, &["token", "id", "expires"]);
        Program { server: self.server, token: made["token"].as_str().expect("a token").to_owned() }
    }

    async fn is_over(&self) -> bool {
        self.send(Request::get("/api/account")).await.status == 401
    }
}

fn names(list: &Value, key: &str) -> Vec<String> {
    let texts = list.as_array().expect("an array").iter().map(|one| one[key].as_str().expect("a text").to_owned());
    texts.collect()
}

#[tokio::test]
async fn a_program_knows_whose_it_is_and_looks_after_its_account() {
    let server = with_accounts("required").start().await;
    let ada = Program::of_an_admin(&server).await;
    let own = ada.get("/api/account").await;
    has_keys(&own, &["name", "role", "password", "scopes", "session", "token"]);
    assert_eq!((&own["name"], &own["role"], &own["password"]), (&json!("Ada"), &json!("admin"), &json!(true)));
    assert_eq!((&own["session"], own["token"].is_u64()), (&Value::Null, true));
    let reader = ada.make(&["read"]).await;
    assert_eq!(reader.get("/api/account").await["scopes"], json!(["read"]), "any token may ask whose it is");
    for target in ["/api/account/sessions", "/api/account/tokens"] {
        says(&reader.send(Request::get(target)).await, 403, &["`account`"]);
        says(&server.get(target).await, 401, &["log in"]);
    }
    let tokens = ada.get("/api/account/tokens").await;
    assert_eq!(names(&tokens, "name"), ["Another", "Test"]);
    has_keys(&tokens[0], &["id", "name", "scopes", "made", "used", "expires"]);
    assert!(!tokens.to_string().contains("parlor_token_"), "a token is shown once");
    let revoked = ada.delete("/api/account/tokens", &json!({"id": id(&tokens[0])})).await;
    assert_eq!(revoked.expect(200), json!({}));
    assert!(reader.is_over().await);
    says(&ada.delete("/api/account/tokens", &json!({"id": id(&tokens[0])})).await, 404, &["no such token"]);

    let sessions = ada.get("/api/account/sessions").await;
    has_keys(&sessions[0], &["id", "current", "agent", "address", "made", "seen", "expires"]);
    assert_eq!((sessions.as_array().map(Vec::len), &sessions[0]["current"]), (Some(1), &json!(false)));
    for (body, words) in [
        (json!({}), &["`id`", "`\"others\": true`"][..]),
        (json!({"id": 1, "others": true}), &["not both"]),
        (json!({"id": "1"}), &["`id`", "whole number"]),
        (json!({"others": 1}), &["`others`"]),
    ] {
        says(&ada.delete("/api/account/sessions", &body).await, 400, words);
    }
    says(&ada.delete("/api/account/sessions", &json!({"id": 999})).await, 404, &["no such session"]);
    ada.delete("/api/account/sessions", &json!({"id": id(&sessions[0])})).await.expect(200);
    assert_eq!(ada.get("/api/account/sessions").await, json!([]));

    let change = |old: &str, new: &str| json!({"old": old, "new": new});
    says(&ada.post("/api/account/password", &change("not this one", "another good one")).await, 403, &["`old`"]);
    says(&ada.post("/api/account/password", &json!({"new": "another good one"})).await, 403, &["`old`"]);
    says(&ada.post("/api/account/password", &change(PASSWORD, "short")).await, 400, &["at least 8"]);
    assert_eq!(ada.post("/api/account/password", &change(PASSWORD, "another good one")).await.expect(200), json!({}));
    assert!(!ada.is_over().await, "tokens stay");
    // The waits grow, so that a slow machine comes to one too.
    let mut tries = 0;
    let slow = loop {
        let reply = ada.post("/api/account/password", &change("not this one", "another good one")).await;
        if reply.status == 429 {
            break reply;
        }
        tries += 1;
        assert!((reply.status, tries < 20) == (403, true), "{}", reply.text());
    };
    says(&slow, 429, &["try again in"]);
    assert!(slow.header("retry-after").and_then(|wait| wait.parse::<u64>().ok()).is_some_and(|wait| wait > 0));
}

#[tokio::test]
async fn a_token_makes_no_stronger_one() {
    let server = with_accounts("required").start().await;
    let ada = Program::of_an_admin(&server).await;
    let weak = ada.make(&["read", "account"]).await;
    let new = |more: Value| {
        let mut new = json!({"name": "x", "scopes": ["read"], "days": 1});
        more.as_object().expect("an object").iter().for_each(|(key, value)| new[key] = value.clone());
        new
    };
    for (more, status, words) in [
        (json!({"scopes": ["read", "post"]}), 403, &["`post`"][..]),
        (json!({"scopes": ["admin"]}), 403, &["`admin`"]),
        (json!({"scopes": []}), 400, &["scopes", "at least one"]),
        (json!({"scopes": null}), 400, &["`scopes` is missing"]),
        (json!({"scopes": "read"}), 400, &["`scopes`", "array"]),
        (json!({"scopes": ["everything"]}), 400, &["`scopes`", "manage"]),
        (json!({"name": ""}), 400, &["name"]),
        (json!({"name": "a\u{0}b"}), 400, &["name"]),
        (json!({"name": null}), 400, &["`name`"]),
        (json!({"days": 0}), 400, &["`days`"]),
        (json!({"days": 100_000}), 400, &["`days`"]),
        (json!({"days": 1.5}), 400, &["`days`"]),
    ] {
        says(&weak.post("/api/account/tokens", &new(more.clone())).await, status, words);
    }
    let short = weak.post("/api/account/tokens", &new(json!({"scopes": ["account", "read"]}))).await.expect(200);
    let short = Program { server: &server, token: short["token"].as_str().expect("a token").to_owned() };
    says(&short.post("/api/account/tokens", &new(json!({"days": 2}))).await, 400, &["longer"]);
    says(&short.post("/api/account/tokens", &new(json!({"days": null}))).await, 400, &["longer"]);
    // A member's token can't be for the server.
    ada.post("/api/admin/people", &json!({"name": "Mia", "password": PASSWORD})).await.expect(200);
    let mia = person_logged_in(&server, "Mia").await;
    let refused = server.send(with_cookie(
        &server,
        Request::post("/api/account/tokens", &new(json!({"scopes": ["admin"]}))),
        &mia,
    ));
    says(&refused.await, 400, &["operators and admins"]);
}

#[tokio::test]
async fn a_first_password_is_not_set_with_a_token() {
    let server = with_accounts("required")
        .args(&["--trusted-proxies", "127.0.0.1", "--accounts-header-name", "Remote-User"])
        .args(&["--public-url", "https://chat.example.org"])
        .start()
        .await;
    let proxied = |target: &str, body: &Value| {
        let request = Request::post(target, body).header("host", "chat.example.org").header("remote-user", "Zoë");
        request.header("x-forwarded-for", "192.0.2.7").header("origin", "https://chat.example.org")
    };
    let made = proxied("/api/account/tokens", &json!({"name": "x", "scopes": ["account"]}));
    let made = server.send(made).await.expect(200);
    let program = Program { server: &server, token: made["token"].as_str().expect("a token").to_owned() };
    assert_eq!(program.get("/api/account").await["password"], false);
    let new = json!({"new": "a good long one"});
    says(&program.post("/api/account/password", &new).await, 403, &["first", "/me"]);
    assert_eq!(server.send(proxied("/api/account/password", &new)).await.expect(200), json!({}));
    assert_eq!(program.get("/api/account").await["password"], true);
}

async fn person_logged_in(server: &Server, name: &str) -> String {
    let fields = [("name", name), ("password", PASSWORD), ("next", "/")];
    crate::accounts::cookie(&server.send(crate::accounts::form(server, "/login", &fields, None)).await)
}

/// As a browser sends it from one of our own pages.
fn with_cookie(server: &Server, request: Request, cookie: &str) -> Request {
    request.header("cookie", cookie).header("origin", &format!("http://{}", server.address()))
}

#[tokio::test]
async fn a_login_does_what_a_token_does_but_not_for_other_sites() {
    let server = with_accounts("optional").start().await;
    let cookie = admin(&server).await;
    let own = server.send(with_cookie(&server, Request::get("/api/account"), &cookie)).await.expect(200);
    assert!(own["session"].is_u64() && own["token"].is_null(), "{own}");
    let add = || Request::post("/api/admin/people", &json!({"name": "Mia", "role": "operator", "password": PASSWORD}));
    let foreign = add().header("cookie", &cookie).header("origin", "https://evil.example");
    assert_eq!(server.send(foreign).await.status, 403);
    says(&server.send(add().header("cookie", &cookie)).await, 403, &["another site"]);
    let mia = server.send(with_cookie(&server, add(), &cookie)).await.expect(200);
    assert_eq!((&mia["name"], &mia["role"], &mia["disabled"]), (&json!("Mia"), &json!("operator"), &json!(false)));
    // An operator sees rooms, and nothing of people.
    let mia = person_logged_in(&server, "Mia").await;
    for (target, status) in [("/api/admin/rooms", 200), ("/api/admin/people", 403), ("/api/admin/audit", 403)] {
        assert_eq!(server.send(with_cookie(&server, Request::get(target), &mia)).await.status, status, "{target}");
    }
    let away = json!({"others": true});
    let end = Request::new("DELETE", "/api/account/sessions").body(away.to_string());
    server.send(with_cookie(&server, end, &cookie)).await.expect(200);
    let left = server.send(with_cookie(&server, Request::get("/api/account/sessions"), &cookie)).await.expect(200);
    assert_eq!(left[0]["current"], true, "the one that asks goes on");
}

#[tokio::test]
async fn a_program_of_an_admin_looks_after_people() {
    let server = with_accounts("required").start().await;
    let ada = Program::of_an_admin(&server).await;
    let people = "/api/admin/people";
    let made = ada.post(people, &json!({"name": "Zoë Ann", "password": PASSWORD})).await.expect(200);
    has_keys(&made, &["id", "name", "role", "disabled", "password", "made"]);
    assert_eq!((&made["role"], &made["password"]), (&json!("member"), &json!(true)));
    ada.post(people, &json!({"name": "Guest", "role": "operator"})).await.expect(200);
    let all = ada.get(people).await;
    assert_eq!(names(&all, "name"), ["Ada", "Zoë Ann", "Guest"]);
    let next = ada.get(&format!("{people}?after={}&limit=1", id(&all[0]))).await;
    assert_eq!(names(&next, "name"), ["Zoë Ann"]);
    let zoe = person_logged_in(&server, "zoë ann").await;
    let is_in = || async { server.send(with_cookie(&server, Request::get("/api/account"), &zoe)).await.status };
    assert_eq!(is_in().await, 200);
    let about = |more: Value| {
        let mut body = json!({"name": "ZOË ANN"});
        more.as_object().expect("an object").iter().for_each(|(key, value)| body[key] = value.clone());
        body
    };
    let changed = ada.post("/api/admin/people/role", &about(json!({"role": "admin"}))).await.expect(200);
    assert_eq!((&changed["name"], &changed["role"]), (&json!("Zoë Ann"), &json!("admin")));
    let out = ada.post("/api/admin/people/log-out", &about(json!({}))).await;
    assert_eq!((out.expect(200), is_in().await), (json!({}), 401));
    let disabled = ada.post("/api/admin/people/disabled", &about(json!({"disabled": true}))).await.expect(200);
    assert_eq!(disabled["disabled"], true);
    let enabled = ada.post("/api/admin/people/disabled", &about(json!({"disabled": false}))).await.expect(200);
    assert_eq!(enabled["disabled"], false);
    ada.post("/api/admin/people/password", &about(json!({"password": "another good one"}))).await.expect(200);
    ada.post("/api/admin/people/role", &about(json!({"role": "member"}))).await.expect(200);
    let long = "x".repeat(100_000);
    for (call, body, status, words) in [
        ("", json!({"password": PASSWORD}), 400, &["`name` is missing"][..]),
        ("", json!({"name": ["x"]}), 400, &["`name`", "string"]),
        ("", json!({"name": "~x"}), 400, &["~"]),
        ("", json!({"name": long}), 413, &["`name`"]),
        ("", json!({"name": "Zoë  ann"}), 409, &["taken"]),
        ("", json!({"name": "Tim", "password": "short"}), 400, &["at least 8"]),
        ("", json!({"name": "Tim", "role": "king"}), 400, &["`role`", "`operator`"]),
        ("/role", json!({"name": "Guest"}), 400, &["`role` is missing"]),
        ("/role", json!({"name": "Guest", "role": null}), 400, &["`role` is null"]),
        ("/role", json!({"name": "Nobody", "role": "admin"}), 404, &["“Nobody”"]),
        ("/role", json!({"name": "Ada", "role": "member"}), 409, &["last admin"]),
        ("/disabled", json!({"name": "Ada", "disabled": true}), 409, &["last admin"]),
        ("/disabled", json!({"name": "Guest"}), 400, &["`disabled` is missing"]),
        ("/disabled", json!({"name": "Guest", "disabled": "yes"}), 400, &["`disabled`", "true or false"]),
        ("/password", json!({"name": "Guest"}), 400, &["`password` is missing"]),
        ("/log-out", json!({"name": ""}), 404, &["no account"]),
        ("/no-such-call", json!({}), 404, &["/docs/"]),
    ] {
        says(&ada.post(&format!("{people}{call}"), &body).await, status, words);
    }
    let notes = ada.get("/api/admin/audit?limit=3").await;
    has_keys(&notes[0], &["id", "at", "who", "what", "about", "address"]);
    assert_eq!(names(&notes, "what"), ["role_changed", "password_changed", "account_enabled"]);
    let older = ada.get(&format!("/api/admin/audit?limit=1&before={}", id(&notes[2]))).await;
    assert_eq!((&older[0]["what"], &older[0]["who"]), (&json!("account_disabled"), &json!("Ada")));
    assert!(!ada.get("/api/admin/audit").await.to_string().contains(PASSWORD));
}

#[tokio::test]
async fn a_program_of_an_admin_invites_and_sees_all_rooms() {
    let server = with_accounts("required").start().await;
    let cookie = admin(&server).await;
    let ada = Program { server: &server, token: token(&server, &cookie, &["admin"]).await };
    let invitations = "/api/admin/invitations";
    let made = ada.post(invitations, &json!({"role": "operator", "uses": 2, "days": 3})).await.expect(200);
    has_keys(&made, &["link", "id", "expires"]);
    let link = made["link"].as_str().expect("a link");
    let code = link.strip_prefix(&format!("http://{}/join#", server.address())).expect("it leads here");
    let page = server.send(crate::accounts::form(&server, "/join", &[("code", code)], None)).await;
    assert!(page.text().contains("as operator"), "{}", page.text());
    let open = ada.get(invitations).await;
    has_keys(&open[0], &["id", "role", "uses", "made", "expires", "by"]);
    assert!(!open.to_string().contains(code), "a link is shown once");
    ada.post(invitations, &json!({})).await.expect(200);
    for (body, words) in [
        (json!({"uses": 0}), &["`uses`"][..]),
        (json!({"uses": 1_000_000}), &["`uses`"]),
        (json!({"days": 367}), &["`days`"]),
        (json!({"days": -1}), &["`days`"]),
        (json!({"role": "king"}), &["`role`"]),
    ] {
        says(&ada.post(invitations, &body).await, 400, words);
    }
    ada.delete(invitations, &json!({"id": id(&open[0])})).await.expect(200);
    says(&ada.delete(invitations, &json!({"id": id(&open[0])})).await, 404, &["no such invitation"]);
    assert_eq!(ada.get(invitations).await.as_array().map(Vec::len), Some(1));

    person(&server, &cookie, "Mia", "member").await;
    let settings = json!({"room": "staff", "access": "private", "members": ["Mia"]});
    assert_eq!(configure(&server, &cookie, &settings).await.status, 200);
    let rooms = ada.get("/api/admin/rooms?q=STAFF").await;
    has_keys(&rooms[0], &["room", "settings", "bots", "last"]);
    assert_eq!(
        (&rooms[0]["settings"]["access"], &rooms[0]["settings"]["members"]),
        (&json!("private"), &json!(["Mia"]))
    );
    assert_eq!((rooms.as_array().map(Vec::len), &rooms[0]["last"]), (Some(1), &Value::Null));
    assert_eq!(names(&ada.get("/api/admin/rooms?limit=1").await, "room"), ["staff"]);
    assert_eq!(ada.get("/api/admin/rooms?limit=1&after=staff").await[0]["room"], "welcome");
    says(&ada.send(Request::get("/api/messages?room=staff")).await, 403, &["`read`"]);
}

#[tokio::test]
async fn without_accounts_the_calls_say_how_to_turn_them_on() {
    let server = starter().start().await;
    for target in ["/api/account", "/api/account/tokens", "/api/admin/people", "/api/admin/rooms"] {
        says(&server.get(target).await, 404, &["no accounts", "--accounts"]);
    }
}
