//! The sockets that are listened at, with what answers behind each.

use std::sync::Arc;

use axum::Router;
use parlor_gateway_web::Proxies;
use parlor_runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    accept::{self, Door},
    listen::{Kind, Listening, Socket, Spoken},
    redirect,
    tls::Tls,
};

/// What is open.
pub(crate) struct Doors {
    runtime: Runtime,
    tls: Option<Tls>,
    accepting: TaskTracker,
    closed: CancellationToken,
    refusing: Arc<Semaphore>,
}

impl Doors {
    /// None yet.
    pub(crate) fn new(runtime: &Runtime, tls: Option<&Tls>) -> Self {
        if let Some(tls) = tls {
            runtime.tracker().spawn(tls.clone().watch(runtime.stopping().clone()));
        }
        Self {
            runtime: runtime.clone(),
            tls: tls.cloned(),
            accepting: TaskTracker::new(),
            closed: CancellationToken::new(),
            refusing: Arc::new(Semaphore::new(accept::REFUSING)),
        }
    }

    /// Accepts at each socket from now on, until the runtime stops.
    pub(crate) fn open(&self, listening: Listening, router: &Router, proxies: &Proxies, public_url: Option<&Url>) {
        let secure = listening.sockets.iter().find(|socket| socket.speaks == Spoken::Https);
        let port = secure.and_then(Socket::address).map_or(443, |address| address.port());
        for socket in listening.sockets {
            let door = Door {
                router: match socket.speaks {
                    Spoken::Redirect => redirect::router(public_url.cloned(), port),
                    Spoken::Http | Spoken::Https => router.clone(),
                },
                tls: self.tls.clone().filter(|_| socket.speaks == Spoken::Https),
                runtime: self.runtime.clone(),
                closed: self.closed.clone(),
                refusing: Arc::clone(&self.refusing),
                proxies: proxies.clone(),
            };
            self.accepting.spawn(accept::run(socket, door));
        }
    }

    /// When the runtime stops, nobody more is let in; then those that are in are told, each when it is its turn.
    pub(crate) async fn close(self) {
        self.accepting.close();
        self.accepting.wait().await;
        self.closed.cancel();
    }
}

/// What people need to know of an open server.
pub(crate) struct Hello {
    /// Its address for people.
    pub(crate) url: String,
    /// Where it listens, if that is not all the same.
    pub(crate) listening: Option<String>,
}

/// What is said once it is open.
pub(crate) fn hello(listening: &Listening, public_url: Option<&Url>, local: bool) -> Hello {
    let url = match (public_url, listening.first()) {
        (Some(url), _) => url.to_string(),
        (None, Some(socket)) if matches!(socket.kind, Kind::Unix(..)) => socket.to_string(),
        (None, Some(socket)) => format!("{socket}/"),
        (None, None) => String::new(),
    };
    let all = || listening.shown().join(", ").replace("http://", "");
    Hello { url, listening: (!local).then(all) }
}
