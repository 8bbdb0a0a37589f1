//! A hub on a port of its own, and clients that are in.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use parlor_accounts::Accounts;
use parlor_gateway_hub::{Door, Settings};
use parlor_runtime::{Builder, Runtime};
use parlor_sockets::Peer;
use parlor_testkit::{
    FakeClock, MemoryStore,
    folder::TestFolder,
    http::{Http, within},
    ws::Ws,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A hub that runs.
pub(crate) struct Kit {
    pub(crate) address: SocketAddr,
    pub(crate) runtime: Runtime,
    folder: TestFolder,
}

impl Kit {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings; `files` is in a folder that goes with the kit.
    pub(crate) async fn with(set: impl FnOnce(&mut Settings)) -> Self {
        let folder = TestFolder::new();
        let mut settings = Settings { files: Some(folder.path().join("files")), ..Settings::default() };
        set(&mut settings);
        let clock = Arc::new(FakeClock::default());
        let runtime = Builder::new(Arc::new(MemoryStore::new(Arc::clone(&clock) as _)), clock).start();
        let door = Door::open(runtime.clone(), Accounts::off(), settings).await.expect("a hub");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        runtime.tracker().spawn(serve(listener, door, runtime.clone()));
        Self { address, runtime, folder }
    }

    pub(crate) fn http(&self) -> Http {
        Http::new(self.address)
    }

    /// A client that is in.
    pub(crate) async fn enter(&self, name: &str) -> Client {
        let mut ws = Ws::open(self.address, "/ws", "").await.expect("a connection").expect("a websocket");
        ws.say(&json!({"type": "IDENTIFY", "name": name, "version": "0.2.0"}).to_string()).await;
        let hello = ws.json().await;
        assert_eq!(hello["type"], "HELLO", "{hello}");
        let text = |field: &str| hello[field].as_str().unwrap_or_else(|| panic!("no {field} in {hello}")).to_owned();
        Client { uuid: text("uuid"), fs_key: text("fs_key"), ws }
    }

    /// Where files lie.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// The folders of clients and the files in them, as the disk has them, with the files' sizes.
    pub(crate) fn on_disk(&self) -> Vec<(String, Option<u64>)> {
        let list = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        let mut all = Vec::new();
        for folder in list(self.files()) {
            let name = folder.file_name().into_string().expect("a name of ours");
            let files = list(folder.path()).filter_map(|file| {
                Some((format!("{name}/{}", file.file_name().display()), Some(file.metadata().ok()?.len())))
            });
            all.extend(files);
            all.push((name, None));
        }
        all
    }
}

/// Somebody in the hub.
pub(crate) struct Client {
    pub(crate) uuid: String,
    pub(crate) fs_key: String,
    pub(crate) ws: Ws,
}

impl Client {
    /// Waits for a payload of this type.
    pub(crate) async fn hears(&mut self, kind: &str) -> Value {
        self.ws.until(|payload| payload["type"] == kind).await.pop().expect("what was waited for")
    }
}

/// Waits until something is so that no answer tells of.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    within(what, async {
        while !is_so() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    })
    .await;
}

async fn serve(listener: TcpListener, door: Arc<Door>, runtime: Runtime) {
    while let Ok((stream, address)) = listener.accept().await {
        let router = TowerToHyperService::new(door.router());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer { address, tls: false });
            hyper::service::Service::call(&router, request)
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
        runtime.tracker().spawn(async move {
            // Whoever breaks off does so on purpose.
            let _ = connection.await;
        });
    }
}
