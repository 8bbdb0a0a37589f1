//! Accounts over the web: coming in by page and by token, what is asked of a browser, and what ends when a login does.

use parlor_testkit::{
    http::{Reply, Request, encode},
    server::{Server, Starter},
    ws::Came,
};
use serde_json::{Value, json};

use crate::kit::{message, says, starter};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server with accounts.
pub(crate) fn with_accounts(mode: &str) -> Starter {
    starter().args(&["--accounts", mode])
}

/// The code behind `/setup#` that it printed.
pub(crate) async fn set_up(server: &Server) -> String {
    // It stands below the lines that a start waits for.
    while !server.said().contains("/setup#") {
        tokio::task::yield_now().await;
    }
    let said = server.said();
    let (_, rest) = said.split_once("/setup#").unwrap_or_else(|| panic!("no link in: {said}"));
    rest.split_whitespace().next().expect("a code").to_owned()
}

/// What a browser sends with a form of one of the server's own pages.
pub(crate) fn form(server: &Server, target: &str, fields: &[(&str, &str)], cookie: Option<&str>) -> Request {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let request = Request::new("POST", target)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", &format!("http://{}", server.address()))
        .header("sec-fetch-site", "same-origin")
        .body(pairs.join("&"));
    match cookie {
        Some(cookie) => request.header("cookie", cookie),
        None => request,
    }
}

/// The cookie that an answer sets: its name and value.
pub(crate) fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {} {}", reply.status, reply.text()));
    set.split(';').next().expect("a first part").to_owned()
}

/// The first admin makes an account.
async fn become_admin(server: &Server) -> Reply {
    let code = set_up(server).await;
    let fields = [("code", code.as_str()), ("name", "Ada"), ("password", PASSWORD), ("again", PASSWORD)];
    server.send(form(server, "/setup", &fields, None)).await
}

/// The first admin, logged in.
pub(crate) async fn admin(server: &Server) -> String {
    let reply = become_admin(server).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/admin")), "{}", reply.text());
    cookie(&reply)
}

/// Somebody else, made by the admin, and logged in.
pub(crate) async fn person(server: &Server, admin: &str, name: &str, role: &str) -> String {
    let fields = [("name", name), ("password", PASSWORD), ("role", role)];
    let reply = server.send(form(server, "/admin/people", &fields, Some(admin))).await;
    assert_eq!(reply.header("location"), Some("/admin/people?said=added"), "{}", reply.text());
    let reply = log_in(server, name, PASSWORD, "/").await;
    cookie(&reply)
}

async fn log_in(server: &Server, name: &str, password: &str, next: &str) -> Reply {
    server.send(form(server, "/login", &[("name", name), ("password", password), ("next", next)], None)).await
}

/// A token of somebody's, for these scopes.
pub(crate) async fn token(server: &Server, cookie: &str, scopes: &[&str]) -> String {
    let fields: Vec<_> = scopes.iter().map(|scope| ("scope", *scope)).chain([("name", "Test")]).collect();
    let page = server.send(form(server, "/me/tokens", &fields, Some(cookie))).await.text().to_owned();
    let (_, rest) = page.split_once("<code id=\"made\">").unwrap_or_else(|| panic!("no token in: {page}"));
    rest.split('<').next().expect("a token").to_owned()
}

fn with_cookie(request: Request, cookie: &str) -> Request {
    request.header("cookie", cookie)
}

#[tokio::test]
async fn where_a_login_is_required_pages_lead_to_it_and_programs_hear_why() {
    let server = with_accounts("required").start().await;
    for (target, location) in [
        ("/", "/login"),
        ("/welcome", "/login?next=%2Fwelcome"),
        ("/a/b?x=%20&y", "/login?next=%2Fa%2Fb%3Fx%3D%2520%26y"),
        ("/me", "/login?next=%2Fme"),
        ("/admin/people", "/login?next=%2Fadmin%2Fpeople"),
    ] {
        let reply = server.get(target).await;
        assert_eq!((reply.status, reply.header("location")), (303, Some(location)), "{target}");
    }
    for target in ["/api/messages?room=a", "/api/bots", "/api/activations?room=a", "/api/matches?room=a&message=1"] {
        let reply = server.get(target).await;
        says(&reply, 401, &["log in"]);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    says(&server.post("/api/actions/message", &message("a", "x")).await, 401, &["log in"]);
    let refused = server.try_ws("/ws/a", "").await.expect_err("no websocket");
    assert_eq!(refused.status, 401);
    for target in ["/login", "/guide/", "/docs/", "/web/base.css", "/frame", "/healthz", "/robots.txt"] {
        assert_eq!(server.get(target).await.status, 200, "{target}");
    }
}

#[tokio::test]
async fn somebody_logs_in_speaks_under_their_own_name_and_logs_out() {
    let server = with_accounts("required").start().await;
    admin(&server).await;
    let wrong = log_in(&server, "Ada", "something else", "/a").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("wrong") && wrong.header("set-cookie").is_none());
    let reply = log_in(&server, "ada", PASSWORD, "/a?b=c").await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/a?b=c")));
    let set = reply.header("set-cookie").expect("a cookie").to_owned();
    for part in ["parlor=parlor_session_", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "this is plain http: {set}");
    let ada = cookie(&reply);
    assert_eq!(server.send(with_cookie(Request::get("/a"), &ada)).await.status, 200);
    let own = format!("http://{}", server.address());
    let post = Request::post("/api/actions/message", &json!({"room": "a", "author": "Joel", "text": "hello"}));
    let said = server.send(with_cookie(post.header("origin", &own), &ada)).await.expect(200);
    assert_eq!(said["author"], "Ada");
    let out = server.send(form(&server, "/logout", &[], Some(&ada))).await;
    assert_eq!((out.status, out.header("location")), (303, Some("/login")));
    assert!(out.header("set-cookie").is_some_and(|set| set.contains("Max-Age=0")), "{:?}", out.header("set-cookie"));
    assert_eq!(server.send(with_cookie(Request::get("/a"), &ada)).await.status, 303, "it is over for whoever kept it");
}

#[tokio::test]
async fn nobody_is_led_to_another_site_after_logging_in() {
    let server = with_accounts("required").start().await;
    admin(&server).await;
    for next in
        ["//evil.example", "https://evil.example", "/\\evil.example", "\\/x", "/\t/evil.example", "javascript:x"]
    {
        assert_eq!(log_in(&server, "Ada", PASSWORD, next).await.header("location"), Some("/"), "{next}");
    }
}

#[tokio::test]
async fn a_cookie_changes_nothing_for_pages_of_other_sites() {
    let server = with_accounts("required").listen("0.0.0.0:0").start().await;
    let ada = admin(&server).await;
    let own = format!("http://{}", server.address());
    let post = |headers: &[(&str, &str)]| {
        let request = with_cookie(Request::post("/api/actions/message", &message("a", "x")), &ada);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    };
    for foreign in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-site")],
        &[("origin", "http://localhost:1"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "none")],
    ] {
        says(&server.send(post(foreign)).await, 403, &["another site"]);
    }
    for fine in [&[("origin", own.as_str())][..], &[("sec-fetch-site", "same-origin")]] {
        assert_eq!(server.send(post(fine)).await.status, 200, "{fine:?}");
    }
    // A form that logs somebody in as somebody else is no better.
    let elsewhere = Request::new("POST", "/login").header("origin", "https://evil.example");
    let elsewhere = elsewhere.body(format!("name=Ada&password={}", encode(PASSWORD)));
    assert_eq!(server.send(elsewhere).await.status, 403);
    // The login does not count for a page elsewhere that opens a stream.
    let headers = |origin: &str| format!("cookie: {ada}\r\norigin: {origin}\r\n");
    assert!(server.try_ws("/ws/a", &headers(&own)).await.is_ok());
    let refused = server.try_ws("/ws/a", &headers("https://evil.example")).await.expect_err("no websocket");
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_a_wrong_one_nothing() {
    let server = with_accounts("required").start().await;
    let ada = admin(&server).await;
    let (reader, poster) = (token(&server, &ada, &["read"]).await, token(&server, &ada, &["read", "post"]).await);
    let bearer = |request: Request, token: &str| request.header("authorization", &format!("Bearer {token}"));
    let read = || Request::get("/api/messages?room=a");
    let post = || Request::post("/api/actions/message", &message("a", "x"));
    assert_eq!(server.send(bearer(read(), &reader)).await.status, 200);
    says(&server.send(bearer(post(), &reader)).await, 403, &["`post`"]);
    let said = server.send(bearer(post(), &poster)).await.expect(200);
    assert_eq!(said["author"], "Ada");
    for wrong in ["parlor_token_nobodys", "x", &format!("{reader}0")] {
        let reply = server.send(bearer(read(), wrong)).await;
        says(&reply, 401, &["token"]);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    for target in ["/me", "/admin/people"] {
        assert_eq!(server.send(bearer(Request::get(target), &poster)).await.status, 403, "{target}: not for tokens");
    }
    let page = server.send(with_cookie(Request::get("/me"), &ada)).await.text().to_owned();
    assert!(!page.contains(&reader) && page.contains("Take back"), "a token is shown once");
}

#[tokio::test]
async fn a_stream_is_closed_when_its_login_ends() {
    let server = with_accounts("required").start().await;
    let ada = admin(&server).await;
    let mut stream = server.try_ws("/ws/welcome", &format!("cookie: {ada}\r\n")).await.expect("a websocket");
    stream.json().await;
    server.send(form(&server, "/logout", &[], Some(&ada))).await;
    loop {
        match stream.came().await {
            Came::Close(code, reason) => {
                assert_eq!(code, 1008, "{reason}");
                assert!(reason.contains("log in again"), "{reason}");
                break;
            }
            Came::End => panic!("it is gone without a word"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_invitation_makes_one_account_and_is_used_up() {
    let server = with_accounts("required").start().await;
    let ada = admin(&server).await;
    let page = server.send(form(&server, "/admin/invitations", &[("role", "operator")], Some(&ada))).await;
    let page = page.text().replace("&#x2f;", "/");
    let (_, rest) = page.split_once("/join#").expect("a link");
    let code = rest.split('<').next().expect("a code");
    let join = |fields: &[(&str, &str)]| form(&server, "/join", fields, None);
    assert!(server.get("/join").await.text().contains("name=\"code\""), "who has no scripts pastes the link");
    for typed in [code, &format!("http://{}/join#{code}", server.address())] {
        let page = server.send(join(&[("code", typed)])).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains("as operator") && page.text().contains(&format!("value=\"{code}\"")));
        assert_eq!(
            (page.header("cache-control"), page.header("referrer-policy")),
            (Some("no-store"), Some("same-origin"))
        );
    }
    let fields = |name, again| [("code", code), ("name", name), ("password", PASSWORD), ("again", again)];
    assert_eq!(server.send(join(&fields("Olga", "other"))).await.status, 400);
    let taken = server.send(join(&fields("ADA", PASSWORD))).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains(code), "the code is not to be given again: {}", taken.text());
    let olga = cookie(&server.send(join(&fields("Olga", PASSWORD))).await);
    assert_eq!(server.send(with_cookie(Request::get("/admin/rooms"), &olga)).await.status, 200);
    assert_eq!(server.send(with_cookie(Request::get("/admin/people"), &olga)).await.status, 403);
    for over in [join(&[("code", code)]), join(&fields("Zoe", PASSWORD))] {
        let page = server.send(over).await;
        assert_eq!(page.status, 404);
        assert!(page.text().contains("used up") && page.header("set-cookie").is_none(), "{}", page.text());
    }
    assert_eq!(server.get("/sign-up").await.status, 403);
}

#[tokio::test]
async fn the_link_of_the_first_start_works_once_and_no_other_code_does() {
    let server = with_accounts("required").start().await;
    let code = set_up(&server).await;
    let long = format!("{code}0");
    let invitation = code.replace("setup", "invite");
    let huge = "x".repeat(60_000);
    let wrong = ["", "#", "parlor_setup_", "\u{0}", "é", &code[1..], &long, &invitation, &huge];
    let all = |code| [("code", code), ("name", "Eve"), ("password", PASSWORD), ("again", PASSWORD)];
    for wrong in wrong {
        for fields in [&[("code", wrong)][..], &all(wrong)] {
            let page = server.send(form(&server, "/setup", fields, None)).await;
            assert_eq!(page.status, 404, "{wrong:?}");
            assert!(page.text().contains("earlier start") && page.header("set-cookie").is_none(), "{}", page.text());
        }
    }
    let elsewhere =
        Request::new("POST", "/setup").header("origin", "https://evil.example").body(format!("code={code}"));
    assert_eq!(server.send(elsewhere).await.status, 403);
    assert_eq!(server.send(form(&server, "/setup", &[("code", &code)], None)).await.status, 200);
    assert_eq!(become_admin(&server).await.status, 303);
    assert_eq!(server.send(form(&server, "/setup", &[("code", &code)], None)).await.status, 404, "there is an admin");
}

#[tokio::test]
async fn without_accounts_their_pages_say_how_to_turn_them_on() {
    let server = starter().start().await;
    for target in ["/login", "/me", "/admin", "/admin/people", "/sign-up", "/join", "/setup"] {
        let reply = server.get(target).await;
        assert_eq!(reply.status, 404, "{target}");
        assert!(reply.text().contains("accounts"), "{target}: {}", reply.text());
    }
}

#[tokio::test]
async fn over_tls_the_cookie_is_for_this_host_alone() {
    let server = with_accounts("optional").args(&["--public-url", "https://chat.example.org"]).start().await;
    let reply = become_admin(&server).await;
    let set = reply.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("__Host-parlor=") && set.contains("; Secure"), "{set}");
    let ada = cookie(&reply);
    assert_eq!(server.send(with_cookie(Request::get("/me"), &ada)).await.status, 200);
    let plain = ada.replace("__Host-", "");
    assert_eq!(
        server.send(with_cookie(Request::get("/me"), &plain)).await.status,
        303,
        "another host could set that one"
    );
}

/// Changes the settings of a room.
pub(crate) async fn configure(server: &Server, cookie: &str, settings: &Value) -> Reply {
    let own = format!("http://{}", server.address());
    server.send(with_cookie(Request::post("/api/actions/room", settings), cookie).header("origin", &own)).await
}

#[tokio::test]
async fn a_trusted_proxy_says_who_somebody_is_and_nobody_else() {
    let header = ["--trusted-proxies", "127.0.0.1", "--accounts-header-name", "Remote-User"];
    let args = [&header[..], &["--public-url", "https://chat.example.org"]].concat();
    let server = with_accounts("required").args(&args).start().await;
    let asked = |forwarded: bool| {
        let request = Request::get("/me").header("host", "chat.example.org").header("remote-user", "Zoë Proxy");
        if forwarded { request.header("x-forwarded-for", "192.0.2.7") } else { request }
    };
    let page = server.send(asked(true)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Zoë Proxy"), "the account was made");
    let without =
        with_accounts("required").args(&header[2..]).args(&["--public-url", "https://chat.example.org"]).start().await;
    assert_eq!(without.send(asked(true)).await.status, 303, "no proxy is trusted");
}

#[tokio::test]
async fn the_frame_gets_a_key_to_files_only_where_not_everybody_may_read() {
    let server = with_accounts("optional").start().await;
    let ada = admin(&server).await;
    assert!(!server.get("/open").await.text().contains("files-key"));
    let own = format!("http://{}", server.address());
    let bot = Request::post("/api/actions/bot", &json!({"room": "closed", "name": "B", "url": "socket:"}));
    let bot = server.send(with_cookie(bot.header("origin", &own), &ada)).await.expect(200)["id"].clone();
    assert_eq!(configure(&server, &ada, &json!({"room": "closed", "access": "members"})).await.status, 200);
    let page = server.send(with_cookie(Request::get("/closed"), &ada)).await.text().to_owned();
    let (_, rest) = page.split_once("files-key=\"").expect("a key");
    let key = rest.split('"').next().expect("it ends");
    assert_eq!(server.get(&format!("/bot-assets/{bot}/x.png")).await.status, 401);
    // The bot is not connected, and that is what one with the key hears.
    assert_eq!(server.get(&format!("/bot-assets/~{key}/{bot}/x.png")).await.status, 502);
    assert_eq!(server.get(&format!("/bot-assets/~{key}0/{bot}/x.png")).await.status, 401);
    // A page that stays open asks for another.
    let renewed = |room: &str| Request::get(&format!("/api/files-key?room={room}"));
    let fresh = server.send(with_cookie(renewed("closed"), &ada)).await.expect(200);
    assert_eq!(fresh["seconds"], 24 * 60 * 60);
    let key = fresh["key"].as_str().expect("a key").to_owned();
    assert_eq!(server.get(&format!("/bot-assets/~{key}/{bot}/x.png")).await.status, 502);
    assert_eq!(server.send(renewed("closed")).await.status, 401);
    assert!(server.send(renewed("open")).await.expect(200)["key"].is_null(), "everybody may read it");
}
