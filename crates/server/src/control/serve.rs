//! The server's end of the control socket.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use hyper::{StatusCode, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use parlor_accounts::Accounts;
use parlor_store::Store;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{NAME, with_path};
use crate::{
    status::Facts,
    user::{self, Wish},
};

/// The name that the socket has until it is ready.
const UNREADY: &str = "control.sock.new";
/// How many may wait to be accepted.
const BACKLOG: i32 = 16;
/// How long somebody may take for the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long those who have asked may take at the end.
const LAST: Duration = Duration::from_secs(1);
/// How long to wait when nothing can be accepted.
const BACK_OFF: Duration = Duration::from_millis(500);

/// What can be asked about over it.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) accounts: Accounts,
    pub(crate) store: Arc<dyn Store>,
    /// How the server is.
    pub(crate) facts: Facts,
}

/// The socket while it is there; dropping it takes it away.
#[derive(Debug)]
pub(crate) struct Open {
    path: PathBuf,
    tracker: TaskTracker,
    closing: CancellationToken,
}

impl Open {
    /// Takes nothing more; who has asked is still answered.
    pub(crate) async fn close(self) {
        self.closing.cancel();
        self.tracker.close();
        if tokio::time::timeout(LAST, self.tracker.wait()).await.is_err() {
            tracing::warn!("a command line takes too long for what the server said, and is left alone");
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.closing.cancel();
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the control socket was gone already");
        }
    }
}

/// Opens it in the data folder, which this server holds alone: one that is there is left from a crash. Serves until it is
/// closed, also while the server ends: somebody may ask what it is doing.
pub(crate) fn open(folder: &Path, control: Control) -> io::Result<Open> {
    let listener = listen(folder)?;
    let router = Router::new()
        .route("/user", post(user))
        .route("/status", get(status))
        .route("/import", post(super::import::import))
        .with_state(control);
    let (tracker, closing) = (TaskTracker::new(), CancellationToken::new());
    tracker.spawn(run(listener, router, tracker.clone(), closing.clone()));
    Ok(Open { path: folder.join(NAME), tracker, closing })
}

/// Nobody can connect before it is closed to others, nor find it before somebody listens.
fn listen(folder: &Path) -> io::Result<UnixListener> {
    let (unready, ready) = (folder.join(UNREADY), folder.join(NAME));
    match fs::remove_file(&unready) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    with_path(folder, UNREADY, |path| socket.bind(&SockAddr::unix(path)?))?;
    fs::set_permissions(&unready, fs::Permissions::from_mode(0o600))?;
    socket.listen(BACKLOG)?;
    fs::rename(&unready, &ready)?;
    socket.set_nonblocking(true)?;
    UnixListener::from_std(socket.into())
}

async fn run(listener: UnixListener, router: Router, tracker: TaskTracker, closing: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => drop(tracker.spawn(serve(stream, router.clone(), closing.clone()))),
            Err(error) => {
                tracing::warn!(%error, "the control socket accepts nobody; trying again");
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}

async fn serve(stream: UnixStream, router: Router, closing: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the control socket ended badly");
    }
}

/// `POST /user`: what `parlor user` wants done.
async fn user(State(control): State<Control>, body: Bytes) -> Response {
    let wish: Wish = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        // A command line of another version.
        Err(error) => return failed(StatusCode::BAD_REQUEST, &format!("the server does not know that wish: {error}")),
    };
    match user::of_running(&control, wish).await {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(error) => failed(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// `GET /status`: how the server is.
async fn status(State(control): State<Control>) -> Response {
    json(StatusCode::OK, &control.facts.report().await)
}

pub(super) fn failed(status: StatusCode, message: &str) -> Response {
    json(status, &serde_json::json!({ "message": message }))
}

pub(super) fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [("content-type", "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
