//! A hub at an address of its own, and clients that talk to it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    slice::from_ref,
    sync::Arc,
};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use parlor_accounts::{Accounts, Options};
use parlor_gateway_hub::{Door, Settings};
use parlor_rooms::policy;
use parlor_runtime::{Builder, Runtime};
use parlor_sockets::Peer;
use parlor_testkit::{
    FakeClock, FakeRandom, MemoryStore,
    http::within,
    ws::{Came, Ws},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, DuplexStream},
    net::{TcpListener, TcpStream},
};

/// A hub that is open.
pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) accounts: Accounts,
    pub(crate) door: Arc<Door>,
    pub(crate) address: SocketAddr,
}

impl House {
    /// Without services of its own.
    pub(crate) async fn open() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings { ties: Vec::new(), ..Settings::default() };
        set(&mut settings);
        Self::build(settings, policy::Accounts::Off, |builder| builder).await
    }

    pub(crate) async fn build(
        settings: Settings,
        mode: policy::Accounts,
        set: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let clock = Arc::new(FakeClock::default());
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let options = Options { mode, ..Options::default() };
        let accounts = Accounts::open(store.clone(), clock.clone(), Arc::new(FakeRandom::default()), options);
        let accounts = accounts.await.expect("a store that can be read");
        let runtime = set(Builder::new(store, clock).accounts(mode)).start();
        let door = Door::open(runtime.clone(), accounts.clone(), settings).await.expect("a hub");
        let tracker = runtime.tracker().clone();
        tracker.spawn(door.sweeper().clone().run(runtime.stopping().clone()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let house = Self { runtime, accounts, door: Arc::clone(&door), address };
        tracker.clone().spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                tracker.spawn(serve(stream, peer, Arc::clone(&door)));
            }
        });
        house
    }

    /// A websocket of somebody who has said nothing yet.
    pub(crate) async fn ws(&self) -> Ws {
        self.ws_with("").await
    }

    /// The same, with these headers.
    pub(crate) async fn ws_with(&self, headers: &str) -> Ws {
        let ws = within("a websocket", Ws::open(self.address, "/ws", headers)).await;
        ws.expect("the hub is there").expect("a websocket")
    }

    /// A websocket over memory: where time is paused it passes only when all are waiting.
    pub(crate) async fn ws_in_memory(&self) -> Ws<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        self.runtime.tracker().spawn(serve(theirs, self.address, Arc::clone(&self.door)));
        Ws::over(BufReader::new(ours), "hub", "/ws", "").await.expect("the hub is there").expect("a websocket")
    }

    /// Somebody who has introduced itself.
    pub(crate) async fn enter(&self, name: &str) -> Client {
        Client::identify(self.ws().await, json!({"name": name, "version": "0.2.0"})).await
    }

    /// Several, who have heard of each other.
    pub(crate) async fn enter_all<const N: usize>(&self, names: [&str; N]) -> [Client; N] {
        let mut all: Vec<Client> = Vec::with_capacity(N);
        for name in names {
            let new = self.enter(name).await;
            for client in &mut all {
                assert_eq!(client.ws.json().await, json!({"type": "CLIENT_JOINED", "client": new.shape()}));
            }
            all.push(new);
        }
        all.try_into().expect("as many as there are names")
    }

    /// What the hub closes with after this text, and nothing else is said.
    pub(crate) async fn refusal(&self, text: &str) -> u16 {
        let mut ws = self.ws().await;
        ws.say(text).await;
        closed(&mut ws).await
    }
}

/// As the server does: HTTP/1.1, with each request's peer.
async fn serve(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, address: SocketAddr, door: Arc<Door>) {
    let router = TowerToHyperService::new(door.router());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer { address, tls: false });
        hyper::service::Service::call(&router, request)
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    // Whoever goes away in the middle of it does not matter here.
    let _ = connection.await;
}

/// The code that the server closes with; nothing else comes.
pub(crate) async fn closed<S: AsyncRead + AsyncWrite + Unpin>(ws: &mut Ws<S>) -> u16 {
    match ws.came().await {
        Came::Close(code, _) => code,
        other => panic!("not closed, but {other:?}"),
    }
}

/// Somebody who is in.
#[derive(Debug)]
pub(crate) struct Client<S = TcpStream> {
    pub(crate) ws: Ws<S>,
    pub(crate) name: String,
    pub(crate) nickname: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) uuid: String,
    /// The number of the next payload.
    pub(crate) seq: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) async fn identify(mut ws: Ws<S>, mut identify: Value) -> Self {
        identify["type"] = json!("IDENTIFY");
        ws.say(&identify.to_string()).await;
        let hello = ws.json().await;
        assert_eq!(hello["type"], "HELLO", "{hello}");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let tags = identify["tags"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(text).collect();
        let (name, uuid) = (text(&identify["name"]).expect("a name"), text(&hello["uuid"]).expect("a uuid"));
        Self { ws, name, nickname: text(&identify["nickname"]), tags, uuid, seq: 0 }
    }

    /// As payloads show it.
    pub(crate) fn shape(&self) -> Value {
        json!({"name": self.name, "nickname": self.nickname, "uuid": self.uuid, "tags": self.tags})
    }

    /// As a message shows whom it is from.
    pub(crate) fn origin(&self, service: &Value) -> Value {
        let mut shape = self.shape();
        shape["service"] = service.clone();
        shape
    }

    /// Says something, and takes what comes up to its answer, which is given without its number; but that is right.
    pub(crate) async fn asks(&mut self, text: &str) -> (Vec<Value>, Value) {
        self.ws.say(text).await;
        let mut came = self.ws.until(|payload| payload.get("seq").is_some()).await;
        let mut answer = came.pop().expect("an answer");
        assert_eq!(answer["seq"], json!(self.seq), "to {text:.200}: {answer:.200}");
        self.seq = self.seq.wrapping_add(1);
        answer.as_object_mut().expect("an object").remove("seq");
        (came, answer)
    }

    /// The same where nothing else comes.
    pub(crate) async fn ask(&mut self, payload: Value) -> Value {
        let (came, answer) = self.asks(&payload.to_string()).await;
        assert!(came.is_empty(), "before the answer to {payload}: {came:?}");
        answer
    }

    /// Has a message passed on; gives the answer.
    pub(crate) async fn send(&mut self, target: &Value, data: &Value) -> Value {
        self.ask(json!({"type": "MESSAGE", "target": target, "data": data})).await
    }

    /// What has come since, unasked: whatever the hub had for it when this was called.
    pub(crate) async fn heard(&mut self) -> Vec<Value> {
        let (came, answer) = self.asks(&json!({"type": "SELF_SET_SEQ", "seq": self.seq}).to_string()).await;
        assert_eq!(answer, json!({"type": "OK"}));
        came
    }

    /// Owns a service, of which it has heard.
    pub(crate) async fn create(&mut self, service: &str) {
        let (came, answer) = self.asks(&json!({"type": "SERVICE_CREATE", "service": service}).to_string()).await;
        assert_eq!(came, from_ref(&answer));
        assert_eq!(answer["successful"], true);
    }

    pub(crate) async fn subscribe(&mut self, service: &str) {
        let answer = self.ask(json!({"type": "SELF_SUBSCRIBE", "service": service})).await;
        assert_eq!((&answer["type"], &answer["successful"]), (&json!("SELF_SUBSCRIBE_RESULT"), &json!(true)));
    }

    /// Leaves in order, and is gone when this returns.
    pub(crate) async fn leave(mut self) {
        self.ws.close(1000).await;
        while self.ws.came().await != Came::End {}
    }
}

/// A service as payloads show it.
pub(crate) fn service<S>(name: &str, owner: &Client<S>, subscribers: &[&Client<S>]) -> Value {
    let subscribers: Vec<&str> = subscribers.iter().map(|client| client.uuid.as_str()).collect();
    json!({"name": name, "nickname": null, "owner_uuid": owner.uuid, "subscribers": subscribers})
}
