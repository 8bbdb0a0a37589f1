//! A peer: axum's websocket as most would use it, with read and write buffers of 4 KiB and a channel and a task for each socket.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{About, Contestant, Heard, Who, message, plainly};
use crate::machine;
use crate::process::{Peer, Process};
use crate::swarm::{Event, Id, Swarm};

pub(crate) struct AxumPeer(Peer);

impl AxumPeer {
    pub(crate) fn start() -> Result<Self> {
        Ok(Self(Peer::own(&["axum".into()])?))
    }
}

impl Contestant for AxumPeer {
    fn about(&self) -> About {
        About {
            name: "axum".into(),
            version: machine::locked("axum"),
            does: "axum's websocket (tokio-tungstenite), buffers of 4 KiB, a channel and a task for each socket; stores nothing"
                .into(),
        }
    }

    fn process(&self) -> Process {
        self.0.process()
    }

    fn join(&self, swarm: &mut Swarm, room: &str) -> Result<Id> {
        swarm.websocket(self.process().address, &format!("/ws/{room}"))
    }

    fn hear<'a>(&self, _: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), _: &mut Vec<u8>) {
        match event {
            // The first frame says that it is in the room.
            Event::Opened => {}
            Event::Text(b"ready") => heard(Heard::Ready),
            other => plainly(other, heard),
        }
    }
}

type Members = Vec<mpsc::UnboundedSender<Utf8Bytes>>;

#[derive(Clone, Default)]
struct Rooms {
    rooms: Arc<Mutex<HashMap<String, Members>>>,
    last: Arc<AtomicU64>,
}

impl Rooms {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Members>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server: prints its address and serves until it is killed.
pub(crate) fn serve() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let router = Router::new()
            .route("/ws/{*room}", get(follow))
            .route("/api/actions/message", post(take))
            .with_state(Rooms::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true)));
        Ok(axum::serve(listener, router).await?)
    })
}

async fn follow(State(rooms): State<Rooms>, Path(room): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(4096);
    upgrade.on_upgrade(move |socket| stay(rooms, room, socket))
}

async fn stay(rooms: Rooms, room: String, socket: WebSocket) {
    let (mut to, mut from) = socket.split();
    let (sender, mut messages) = mpsc::unbounded_channel();
    if to.send(Message::Text("ready".into())).await.is_err() {
        return;
    }
    rooms.lock().entry(room).or_default().push(sender);
    loop {
        tokio::select! {
            text = messages.recv() => {
                let Some(text) = text else { return };
                if to.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            heard = from.next() => if !matches!(heard, Some(Ok(_))) { return },
        }
    }
}

async fn take(State(rooms): State<Rooms>, body: Bytes) -> (StatusCode, String) {
    let Ok(post) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "no JSON".to_owned());
    };
    let (room, text) = (post["room"].as_str().unwrap_or_default(), post["text"].as_str().unwrap_or_default());
    let mut message = message(rooms.last.fetch_add(1, Ordering::Relaxed) + 1, room, text);
    let frame = Utf8Bytes::from(message.to_string());
    if let Some(members) = rooms.lock().get_mut(room) {
        members.retain(|member| member.send(frame.clone()).is_ok());
    }
    (StatusCode::ACCEPTED, message["data"].take().to_string())
}
