//! Over real HTTP: what goes out, what is taken.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use parlor_runtime::BotChange;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use super::house::House;
use crate::sign;

/// What a bot's server got.
#[derive(Clone)]
pub(super) struct Got {
    pub(super) headers: HashMap<String, String>,
    pub(super) raw: String,
    pub(super) body: Value,
}

/// Status, headers, body.
type Script = (u16, Vec<(&'static str, String)>, String);

/// A bot's server, which answers each path as the test says.
#[derive(Default)]
struct Inner {
    answers: Mutex<HashMap<String, Script>>,
    held: Mutex<HashMap<String, Arc<Semaphore>>>,
    got: Mutex<HashMap<String, Vec<Got>>>,
}

pub(super) struct Server {
    address: std::net::SocketAddr,
    inner: Arc<Inner>,
    _task: JoinSet<()>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let inner = Arc::new(Inner::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inner, _task: task }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn answers(&self, path: &str, status: u16, body: &Value) {
        self.sends(path, status, Vec::new(), &body.to_string());
    }

    fn sends(&self, path: &str, status: u16, headers: Vec<(&'static str, String)>, body: &str) {
        self.inner.answers.lock().unwrap().insert(path.to_owned(), (status, headers, body.to_owned()));
    }

    /// Answers of this path wait for a permit each.
    pub(super) fn holds(&self, path: &str) -> Arc<Semaphore> {
        let permits = Arc::new(Semaphore::new(0));
        self.inner.held.lock().unwrap().insert(path.to_owned(), Arc::clone(&permits));
        permits
    }

    pub(super) fn got(&self, path: &str) -> Vec<Got> {
        self.inner.got.lock().unwrap().get(path).cloned().unwrap_or_default()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let raw = String::from_utf8(axum::body::to_bytes(body, 1 << 21).await.unwrap().to_vec()).unwrap();
    let got = Got { headers: headers.collect(), body: serde_json::from_str(&raw).unwrap(), raw };
    inner.got.lock().unwrap().entry(path.clone()).or_default().push(got);
    let held = inner.held.lock().unwrap().get(&path).cloned();
    if let Some(held) = held {
        held.acquire().await.unwrap().forget();
    }
    let Some((status, headers, body)) = inner.answers.lock().unwrap().get(&path).cloned() else {
        return axum::http::StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body.into()).unwrap()
}

#[tokio::test]
async fn a_bot_gets_the_documented_request_and_its_addresses_become_absolute() {
    let house = House::new().await;
    let server = Server::start().await;
    let bot = house.bot("EchoBot", &server.url("/bots/echo")).await;
    house.change(bot, BotChange { secret: Some(Some("opensesame".into())), ..BotChange::default() }).await;
    server.answers("/bots/echo", 201, &json!({"text": "<b>hi</b>", "image": "a.png", "css": "/s.css", "x": 1}));
    let trigger = house.say("hi echobot").await;
    house.answered(&trigger).await;
    let got = server.got("/bots/echo").pop().unwrap();
    assert_eq!(got.body, json!({"room": "room", "author": "Ann", "text": "hi echobot", "params": {}}));
    assert_eq!(got.headers["content-type"], "application/json");
    assert!(got.headers["user-agent"].starts_with("Parlor/"));
    assert_eq!(got.headers["parlor-room"], "room");
    assert_eq!(format!("message:{}", got.headers["parlor-message-id"]), trigger.to_string());
    assert_eq!(got.headers["webhook-timestamp"], "1700000000");
    let signed = sign::signature("opensesame", &got.headers["webhook-id"], 1_700_000_000, got.raw.as_bytes());
    assert_eq!(got.headers["webhook-signature"], signed);
    let said = house.last().await;
    assert_eq!((said.author.as_str(), said.text.as_str(), said.from_bot), ("EchoBot", "<b>hi</b>", Some(bot)));
    assert_eq!(said.image.unwrap(), server.url("/bots/a.png"));
    assert_eq!(said.css.unwrap(), server.url("/s.css"));
    assert_eq!(said.base_url.unwrap(), server.url("/bots/echo"));
    let record = house.records().await.pop().unwrap();
    assert_eq!(record.id.0, got.headers["webhook-id"]);
    let sent = record.request.unwrap();
    assert!(sent.headers.iter().all(|(name, _)| name != "webhook-signature"));
    assert_eq!(sent.body, got.raw);
    assert_eq!(record.response.unwrap().status, 201);
}

#[tokio::test]
async fn what_goes_wrong_over_http_is_explained() {
    let house = House::new().await;
    let server = Server::start().await;
    server.sends("/moved", 308, vec![("location", "/moved/".into())], "");
    server.sends("/large", 200, Vec::new(), &json!({ "text": "x".repeat((1 << 20) + 1) }).to_string());
    server.sends("/html", 200, Vec::new(), "<h1>Hi</h1>");
    for path in ["/moved", "/large", "/html", "/missing"] {
        house.bot(&format!("bot{path}"), &server.url(path)).await;
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    house.bot("bot/down", &format!("http://{free}/")).await;
    let check = async |name: &str, holds: &[&str]| {
        let trigger = house.say(name).await;
        house.answered(&trigger).await;
        let text = house.last().await.text;
        for part in holds {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    };
    check("bot/moved", &["status code of 308 (Permanent Redirect)", "<code>/moved/</code>"]).await;
    assert!(server.got("/moved/").is_empty(), "redirects are not followed");
    check("bot/large", &["1 MiB"]).await;
    check("bot/html", &["status code 200", "returned invalid JSON", "<pre>&lt;h1&gt;Hi&lt;/h1&gt;</pre>"]).await;
    check("bot/missing", &["status code of 404 (Not Found)", "your_bot_name_here"]).await;
    check("bot/down", &["could not connect to bot/down", "connection refused"]).await;
}
