//! The hub beside the rooms: its chat service is a room, with bots and people in the page; who is let in; where it answers.

use std::net::SocketAddr;

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::{Http, Request, within},
    server::Server,
    ws::{Came, Ws},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::{
    accounts::{admin, configure, person, token, with_accounts},
    kit::{messages, say, server, starter, texts},
};

const ROOM: &str = "~hub/chat_service";

fn identify(name: &str, secret: Option<&str>) -> String {
    json!({"type": "IDENTIFY", "name": name, "nickname": name.to_uppercase(), "version": "0.2.0", "secret": secret, "tags": []})
        .to_string()
}

/// Says who it is, and reads what the hub says to that.
async fn introduce(mut client: Ws, name: &str, secret: Option<&str>) -> Result<Ws, (u16, String)> {
    client.say(&identify(name, secret)).await;
    match client.came().await {
        Came::Text(hello) => {
            assert!(hello.contains(r#""type":"HELLO""#), "{hello}");
            Ok(client)
        }
        Came::Close(code, reason) => Err((code, reason)),
        other => panic!("{other:?}"),
    }
}

async fn client(server: &Server, name: &str) -> Ws {
    introduce(server.ws("/hub/ws").await, name, None).await.expect("let in")
}

/// Sends a payload, and gives its answer.
async fn ask(client: &mut Ws, payload: &Value) -> Value {
    client.say(&payload.to_string()).await;
    client.until(|got| got.get("seq").is_some()).await.pop().expect("an answer")
}

async fn subscribe(client: &mut Ws, service: &str) -> Value {
    ask(client, &json!({"type": "SELF_SUBSCRIBE", "service": service})).await
}

fn to_service(service: &str, text: &str) -> Value {
    json!({"type": "MESSAGE", "target": {"type": "SERVICE", "service": service}, "data": {"text": text}})
}

/// The data of the next message of this kind.
async fn data(client: &mut Ws, kind: &str) -> Value {
    let got = client.until(|got| got["type"] == "MESSAGE" && got["data"]["type"] == kind).await;
    got.last().expect("a message")["data"].clone()
}

async fn text(client: &mut Ws) -> (String, String) {
    let data = data(client, "TEXT").await;
    let field = |name: &str| data[name].as_str().expect("text").to_owned();
    (field("author"), field("text"))
}

async fn status(client: &mut Ws) -> String {
    data(client, "STATUS").await["text"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn people_in_the_page_and_clients_of_the_hub_talk_to_each_other() {
    let server = server().await;
    let mut page = server.ws(&format!("/ws/{ROOM}?since=9999999")).await;
    let mut ann = client(&server, "ann").await;
    subscribe(&mut ann, "chat_service").await;
    assert_eq!(status(&mut ann).await, "ANN joined the chat.");

    assert_eq!(ask(&mut ann, &to_service("chat_service", "from the <b>hub</b>")).await["type"], "OK");
    assert_eq!(text(&mut ann).await, ("ANN".to_owned(), "from the <b>hub</b>".to_owned()));
    let seen = page.until(|frame| frame["data"]["author"] == "ANN").await.pop().expect("a message");
    assert_eq!((&seen["data"]["text"], &seen["data"]["kind"]), (&json!("from the <b>hub</b>"), &json!("user")));

    say(&server, ROOM, "from the page").await;
    assert_eq!(text(&mut ann).await, ("Ann".to_owned(), "from the page".to_owned()));
    assert_eq!(texts(&messages(&server, ROOM).await)[1..], ["from the <b>hub</b>", "from the page"]);
}

#[tokio::test]
async fn who_comes_and_goes_is_seen_on_both_sides_and_once() {
    let server = server().await;
    let mut ann = client(&server, "ann").await;
    subscribe(&mut ann, "chat_service").await;
    assert_eq!(status(&mut ann).await, "ANN joined the chat.");

    let mut page = server.ws(&format!("/ws/{ROOM}?also=presence")).await;
    page.until(|frame| frame["kind"] == "presence" && frame.to_string().contains(r#""ANN""#)).await;
    page.say(&json!({"kind": "presence", "data": {"author": "Mei"}}).to_string()).await;
    assert_eq!(status(&mut ann).await, "Mei joined the chat.");
    page.say(&json!({"kind": "presence", "data": {"author": "Mei Lin"}}).to_string()).await;
    assert_eq!(
        (status(&mut ann).await, status(&mut ann).await),
        ("Mei left the chat.".into(), "Mei Lin joined the chat.".into())
    );

    let mut bob = client(&server, "bob").await;
    subscribe(&mut bob, "chat_service").await;
    assert_eq!(status(&mut ann).await, "BOB joined the chat.");
    page.until(|frame| frame["data"]["joined"].to_string().contains("BOB")).await;
    bob.close(1000).await;
    assert_eq!(status(&mut ann).await, "BOB left the chat.");
    page.until(|frame| frame["data"]["left"].to_string().contains("BOB")).await;
    page.close(1000).await;
    // What the room told of BOB did not come a second time in between.
    assert_eq!(status(&mut ann).await, "Mei Lin left the chat.");
}

#[tokio::test]
async fn bots_of_the_room_answer_clients_of_the_hub_in_text() {
    let server = server().await;
    let bot = BotServer::always(Answer::body(
        json!({"author": "Weather", "text": "<p>It <i>rains</i> &amp; pours: <a href=\"https://w.example/\">more</a></p>"}).to_string(),
    ))
    .await;
    let put = json!({"room": ROOM, "name": "Weather", "url": bot.url("/w"), "responds_to": "weather"});
    server.post("/api/actions/bot", &put).await.expect(200);
    let mut ann = client(&server, "ann").await;
    subscribe(&mut ann, "chat_service").await;
    ask(&mut ann, &to_service("chat_service", "what weather?")).await;
    assert_eq!(text(&mut ann).await.1, "what weather?");
    let (author, answer) = text(&mut ann).await;
    assert_eq!(author, "Weather");
    assert!(answer.starts_with("It rains & pours: more") && answer.contains("https://w.example/"), "{answer}");
    assert!(!answer.contains('<'), "{answer}");
}

#[tokio::test]
async fn what_the_room_does_not_take_its_author_alone_is_told() {
    let server = starter().args(&["--limits-text", "20B"]).start().await;
    let (mut ann, mut bob) = (client(&server, "ann").await, client(&server, "bob").await);
    subscribe(&mut ann, "chat_service").await;
    subscribe(&mut bob, "chat_service").await;
    for (sent, told) in [("x".repeat(21), "longer than 20 bytes"), (" ".to_owned(), "`text` is empty")] {
        assert_eq!(ask(&mut ann, &to_service("chat_service", &sent)).await["type"], "OK");
        let (author, sentence) = text(&mut ann).await;
        assert_eq!(author, "System Message");
        assert!(sentence.starts_with("(Only you can see this!)\n") && sentence.contains(told), "{sentence}");
    }
    ask(&mut ann, &to_service("chat_service", "fits")).await;
    assert_eq!(text(&mut bob).await.1, "fits", "the others heard nothing of it");
}

#[tokio::test]
async fn a_room_that_is_closed_to_somebody_shuts_them_out_of_its_service() {
    let server = with_accounts("optional").start().await;
    let admin = admin(&server).await;
    let mei = token(&server, &person(&server, &admin, "mei", "member").await, &["read", "post"]).await;
    let mut ann = client(&server, "ann").await;
    let mut member = introduce(server.ws("/hub/ws").await, "whoever", Some(&mei)).await.expect("a token is known");
    subscribe(&mut ann, "chat_service").await;
    subscribe(&mut member, "chat_service").await;
    // Whatever a client calls itself: with an account it speaks under the account's name.
    ask(&mut member, &to_service("chat_service", "it is me")).await;
    assert_eq!(text(&mut ann).await, ("mei".to_owned(), "it is me".to_owned()));

    let settings = json!({"room": ROOM, "access": "private", "members": ["mei"]});
    configure(&server, &admin, &settings).await.expect(200);
    let got = ann.until(|got| got["type"] == "SELF_UNSUBSCRIBE_RESULT").await;
    assert!(got.iter().any(|got| got["data"]["text"].as_str().is_some_and(|text| text.contains("not open to you"))));
    let refused = subscribe(&mut ann, "chat_service").await;
    assert_eq!(refused["type"], "ERROR_PROTOCOL");
    assert!(refused["desc"].as_str().expect("why").contains("log in first"), "{refused}");
    ask(&mut member, &to_service("chat_service", "still here")).await;
    member.until(|got| got["data"]["text"] == "still here").await;
}

#[tokio::test]
async fn nobody_speaks_under_the_name_of_an_account_without_its_token() {
    let server = with_accounts("optional").start().await;
    let admin = admin(&server).await;
    person(&server, &admin, "MEI", "member").await;
    let mut impostor = client(&server, "mei").await;
    let refused = subscribe(&mut impostor, "chat_service").await;
    assert_eq!(refused["type"], "ERROR_PROTOCOL");
    assert!(refused["desc"].as_str().expect("why").contains("MEI"), "{refused}");
}

#[tokio::test]
async fn where_accounts_are_required_a_token_lets_in_and_its_end_throws_out() {
    let server = with_accounts("required").start().await;
    let admin = admin(&server).await;
    let cookie = person(&server, &admin, "mei", "member").await;
    let mei = token(&server, &cookie, &["read", "post"]).await;
    for wrong in [None, Some("nonsense")] {
        let (code, reason) = introduce(server.ws("/hub/ws").await, "a", wrong).await.expect_err("not let in");
        assert_eq!(code, 4006, "{reason}");
    }
    let mut client = introduce(server.ws("/hub/ws").await, "a", Some(&mei)).await.expect("let in");
    let by_login = server.try_ws("/hub/ws", &format!("cookie: {cookie}\r\n")).await.expect("a websocket");
    introduce(by_login, "b", None).await.expect("whoever has logged in has an account");
    let reset = json!({"name": "mei", "password": crate::accounts::PASSWORD});
    let reset = Request::post("/api/admin/people/password", &reset).header("cookie", &admin);
    server.send(reset.header("origin", &format!("http://{}", server.address()))).await;
    let disabled = Request::post("/api/admin/people/disabled", &json!({"name": "mei", "disabled": true}));
    let disabled = disabled.header("cookie", &admin).header("origin", &format!("http://{}", server.address()));
    server.send(disabled).await.expect(200);
    loop {
        match client.came().await {
            Came::Close(code, _) => break assert_eq!(code, 4006),
            Came::Text(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_hub_has_an_address_of_its_own_a_secret_and_services_that_are_named() {
    let server = starter()
        .args(&[
            "--hub-listen",
            "127.0.0.1:0",
            "--no-chat-service",
            "--hub-rooms",
            "tables=~hub/tables,general=general",
        ])
        .env("PARLOR_HUB_SECRET", "open sesame")
        .start()
        .await;
    let says = "the hub has an address of its own: http://";
    server.logs(says).await;
    let said = server.log();
    let (_, rest) = said.split_once(says).expect("it says where");
    let address: SocketAddr = rest.split('/').next().expect("an address").parse().expect("an address");
    let own = || async { Ws::open(address, "/ws", "").await.expect("a connection").expect("a websocket") };
    assert_eq!(introduce(own().await, "a", None).await.expect_err("a secret is needed").0, 4006);
    assert_eq!(introduce(own().await, "a", Some("open")).await.expect_err("another secret").0, 4006);
    let mut a = introduce(own().await, "a", Some("open sesame")).await.expect("let in");
    // It is one hub.
    let mut b = introduce(server.ws("/hub/ws").await, "b", Some("open sesame")).await.expect("let in");
    assert_eq!(a.json().await["client"]["name"], "b");

    let create = json!({"type": "SERVICE_CREATE", "service": "chat_service"});
    assert_eq!(ask(&mut a, &create).await["successful"], true, "the name is free");
    let tables = json!({"type": "SERVICE_CREATE", "service": "tables"});
    assert_eq!(ask(&mut a, &tables).await["successful"], false);
    subscribe(&mut b, "tables").await;
    say(&server, "~hub/tables", "hello").await;
    assert_eq!(text(&mut b).await.1, "hello");
    subscribe(&mut b, "general").await;
    say(&server, "general", "a room like others").await;
    assert_eq!(text(&mut b).await.1, "a room like others");
    let mut there = Http::new(address);
    assert_eq!(there.get("/").await.status, 404, "the pages are not there");
    assert_eq!(there.get("/api/messages?room=a").await.status, 404);
}

#[tokio::test]
async fn without_a_hub_there_is_none() {
    let server = starter().args(&["--hub", "off"]).start().await;
    assert_eq!(server.try_ws("/hub/ws", "").await.expect_err("no hub").status, 404);
}

#[tokio::test]
async fn a_page_of_another_site_does_not_reach_the_hub_of_a_server_for_its_own_machine() {
    let server = server().await;
    let foreign = "origin: https://elsewhere.example\r\nsec-fetch-site: cross-site\r\n";
    assert_eq!(server.try_ws("/hub/ws", foreign).await.expect_err("refused").status, 403);
    let own = format!("origin: http://{}\r\n", server.address());
    server.try_ws("/hub/ws", &own).await.expect("its own pages");
    let rebound = server.send(Request::get("/hub/trace?service=a").header("host", "evil.example")).await;
    assert_eq!(rebound.status, 421);
}

#[tokio::test]
async fn the_hub_is_below_the_servers_path_and_in_its_numbers() {
    let server = starter().args(&["--public-url", "http://chat.example/talk/"]).start().await;
    introduce(server.ws("/talk/hub/ws").await, "a", None).await.expect("let in");
    let server = crate::kit::server().await;
    client(&server, "a").await;
    let numbers = server.get("/metrics").await;
    assert!(numbers.text().contains(r#"route="/hub/ws",method="GET",status="101""#), "{}", numbers.text());
}

#[tokio::test]
async fn clients_come_back_after_a_restart_and_the_room_remembers() {
    let mut server = server().await;
    let mut ann = client(&server, "ann").await;
    subscribe(&mut ann, "chat_service").await;
    ask(&mut ann, &to_service("chat_service", "remember")).await;
    text(&mut ann).await;
    server.ask_to_end();
    loop {
        match ann.came().await {
            Came::Close(code, _) => break assert_eq!(code, 1012),
            Came::Text(_) => {}
            other => panic!("{other:?}"),
        }
    }
    server.ended().await;
    server.start_again().await;
    let mut ann = client(&server, "ann").await;
    subscribe(&mut ann, "chat_service").await;
    ask(&mut ann, &to_service("chat_service", "again")).await;
    text(&mut ann).await;
    let all = messages(&server, ROOM).await;
    assert_eq!(texts(&all)[1..], ["remember", "again"], "the room says what it is once");
}

/// What a watcher of a service sees.
#[tokio::test]
async fn what_goes_through_a_service_is_seen_live_by_who_may() {
    let server = server().await;
    let mut ann = client(&server, "ann").await;
    let mut watched = Watched::begin(server.address(), "/hub/trace?service=chat_service").await;
    subscribe(&mut ann, "chat_service").await;
    ask(&mut ann, &json!({"type": "MESSAGE", "target": {"type": "SERVICE", "service": "chat_service"}, "data": {"text": "/about", "x": 1}})).await;
    let entries = [watched.entry().await, watched.entry().await, watched.entry().await];
    let kinds: Vec<_> = entries.iter().map(|entry| (entry["kind"].as_str(), entry["to"].as_str())).collect();
    assert_eq!(
        kinds,
        [(Some("subscribed"), None), (Some("message"), Some("subscribers")), (Some("message"), Some("owner"))]
    );
    assert_eq!(entries[2]["data"], json!({"text": "/about", "x": 1}));
    assert_eq!(entries[2]["client"]["name"], "ann");
    assert!(entries[0]["at"].as_u64().is_some_and(|at| at > 1_700_000_000_000));

    let served = starter().args(&["--public-url", "http://chat.example/"]).start().await;
    assert_eq!(served.get("/hub/trace?service=chat_service").await.status, 403, "others reach this server");
    assert_eq!(server.get("/hub/trace").await.status, 400);
}

/// What somebody watches.
struct Watched(tokio::io::Lines<BufReader<TcpStream>>);

impl Watched {
    /// Begins to watch.
    async fn begin(address: SocketAddr, target: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut this = Self(BufReader::new(stream).lines());
        while this.line().await != ": watching" {}
        this
    }

    async fn line(&mut self) -> String {
        within("a line", self.0.next_line()).await.expect("a line").expect("a line")
    }

    async fn entry(&mut self) -> Value {
        loop {
            if let Some(data) = self.line().await.strip_prefix("data: ") {
                return serde_json::from_str(data).expect("JSON");
            }
        }
    }
}
