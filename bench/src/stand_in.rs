//! A server that does only what the load generator needs: rooms in memory, over the same sockets as Parlor, nothing stored. It shows
//! what the sockets cost by themselves, and whether a check notices what it should: told so, it loses or repeats frames.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming as Body;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use parlor_sockets::{Frame, Incoming, Limits, Sent, Socket, Sweep, Sweeper, Upgrade};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::form_urlencoded;

/// What the stand-in does wrong, on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fault {
    #[default]
    None,
    /// Every tenth frame does not reach a socket
    Loses,
    /// Every tenth frame reaches a socket twice
    Repeats,
    /// Every tenth post is answered and goes nowhere
    Forgets,
}

#[derive(Default)]
struct Room {
    messages: Vec<(u64, Frame)>,
    members: Vec<Socket>,
}

struct State {
    rooms: Mutex<HashMap<String, Arc<Mutex<Room>>>>,
    sweeper: Sweeper,
    tasks: TaskTracker,
    fault: Fault,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until it is killed.
pub(crate) fn run(listen: SocketAddr, fault: Fault) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        println!("{}", listener.local_addr()?);
        serve(listener, fault).await
    })
}

pub(crate) async fn serve(listener: TcpListener, fault: Fault) -> Result<()> {
    let tasks = TaskTracker::new();
    let sweeper = Sweeper::new(Sweep::default());
    tasks.spawn(sweeper.clone().run(CancellationToken::new()));
    let state = Arc::new(State { rooms: Mutex::default(), sweeper, tasks, fault });
    loop {
        let (stream, _) = listener.accept().await?;
        state.tasks.spawn(connection(Arc::clone(&state), stream));
    }
}

async fn connection(state: Arc<State>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(answer(&state, request).await) }
    });
    // The client may just have gone away.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

async fn answer(state: &Arc<State>, request: Request<Body>) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    if let Some(room) = path.strip_prefix("/ws/") {
        let (mut parts, _) = request.into_parts();
        return match Upgrade::from_parts(&mut parts, &[]) {
            Ok(upgrade) => {
                let response = upgrade.response().map(|()| Full::default());
                let query = parts.uri.query().unwrap_or_default().to_owned();
                state.tasks.spawn(socket(Arc::clone(state), upgrade, room.to_owned(), query));
                response
            }
            Err(refusal) => plain(refusal.status(), &refusal.to_string()),
        };
    }
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let Ok(Value::Object(post)) = serde_json::from_slice(&body) else {
        return plain(StatusCode::BAD_REQUEST, "no JSON");
    };
    let message = append(state, &post["room"], &post["text"]);
    plain(StatusCode::ACCEPTED, &message.to_string())
}

fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = status;
    response
}

fn room(state: &State, name: &str) -> Arc<Mutex<Room>> {
    Arc::clone(lock(&state.rooms).entry(name.to_owned()).or_default())
}

/// Gives the message its id and sends it to all who are in the room.
fn append(state: &State, name: &Value, text: &Value) -> Value {
    let shared = room(state, name.as_str().unwrap_or_default());
    let mut room = lock(&shared);
    let id = room.messages.last().map_or(1, |(id, _)| id + 1);
    let message = json!({
        "id": id, "room": name, "author": "bench", "kind": "user", "text": text, "when": 1_700_000_000.5, "image": null,
        "media": null, "css": null, "js": null, "base_url": null, "from_bot": null, "state": null,
    });
    let fails = id.is_multiple_of(10);
    if !(fails && state.fault == Fault::Forgets) {
        let frame = Frame::text(&json!({"kind": "message", "data": message}).to_string());
        room.messages.push((id, frame.clone()));
        let mut number = 0;
        room.members.retain(|member| {
            number += 1;
            let copies = match state.fault {
                Fault::Loses if fails && number == 1 => 0,
                Fault::Repeats if fails && number == 1 => 2,
                _ => 1,
            };
            (0..copies).all(|_| deliver(member, std::slice::from_ref(&frame)))
        });
    }
    message
}

/// False if the socket is gone, or too slow for a server without replay.
fn deliver(socket: &Socket, frames: &[Frame]) -> bool {
    match socket.send(frames) {
        Sent::Written | Sent::Queued => true,
        Sent::Closed => false,
        Sent::Overflow => {
            socket.kill();
            false
        }
    }
}

async fn socket(state: Arc<State>, upgrade: Upgrade, name: String, query: String) {
    let Ok(mut connection) = upgrade.connect(Limits::CLIENT).await else { return };
    state.sweeper.watch(&mut connection);
    let number = |key: &str| {
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == key)?;
        value.parse::<u64>().ok()
    };
    let shared = room(&state, &name);
    {
        let mut room = lock(&shared);
        let since = number("since").unwrap_or(0);
        let from = room.messages.partition_point(|(id, _)| *id <= since);
        let from = from.max(number("last").map_or(0, |last| room.messages.len().saturating_sub(last as usize)));
        let frames: Vec<Frame> = room.messages[from..].iter().map(|(_, frame)| frame.clone()).collect();
        deliver(connection.socket(), &frames);
        room.members.push(connection.socket().clone());
    }
    while !matches!(connection.next().await, Incoming::Closed { .. }) {}
    lock(&shared).members.retain(|member| member != connection.socket());
}
