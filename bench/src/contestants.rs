//! Who is measured: each takes sockets into rooms, takes posts, and delivers them, in its own protocol, behind one interface.

mod axum_peer;
mod floor;
mod hub;
mod nats;
mod node;
mod parlor;

use anyhow::Result;
use serde::Serialize;

pub(crate) use axum_peer::{AxumPeer, serve as serve_axum};
pub(crate) use floor::{Floor, serve as serve_floor};
pub(crate) use hub::{Hub, To};
pub(crate) use nats::Nats;
pub(crate) use node::Node;
pub(crate) use parlor::{Parlor, Running};

use crate::http;
use crate::process::Process;
use crate::swarm::{Event, Id, Swarm};

/// What is written about a contestant beside its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) version: String,
    /// What it does for a post, and what it leaves out.
    pub(crate) does: String,
}

/// Whose connection it is on which something happens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    /// A socket in this room.
    Member(&'a str),
    /// A connection for posts.
    Sender,
}

/// What an event means, in whatever protocol it came.
#[derive(Debug)]
pub(crate) enum Heard<'a> {
    /// The socket is in its room, or the sender may send.
    Ready,
    /// A message's bytes.
    Message(&'a [u8]),
    /// A post was taken.
    Taken,
    /// Something that should not be.
    Wrong(String),
}

/// A server that is measured. It runs on a core of its own from the moment it is made until it is dropped.
pub(crate) trait Contestant {
    fn about(&self) -> About;

    fn process(&self) -> Process;

    /// Opens a socket that follows a room; it is in it once `Ready` is heard.
    fn join(&self, swarm: &mut Swarm, room: &str) -> Result<Id>;

    /// Whether there is one sender alone, who comes before the first socket and stays to the end.
    fn sender_stays(&self) -> bool {
        false
    }

    /// Opens a connection for posts, and says whether it may be used at once; if not, `Ready` is heard.
    fn sender(&self, swarm: &mut Swarm) -> Result<(Id, bool)> {
        Ok((swarm.http(self.process().address)?, true))
    }

    /// Appends what posts a text to a room.
    fn post(&self, into: &mut Vec<u8>, room: &str, text: &str) {
        http::post(into, room, text);
    }

    /// Tells what an event means, and puts what has to be answered into the last argument.
    fn hear<'a>(&self, who: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), reply: &mut Vec<u8>);
}

/// What an event of those means that take posts by HTTP and deliver whole messages in frames: most.
fn plainly<'a>(event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>)) {
    match event {
        Event::Opened => heard(Heard::Ready),
        Event::Text(payload) => heard(Heard::Message(payload)),
        Event::Response { status: 200..=202, .. } => heard(Heard::Taken),
        Event::Response { status, body } => {
            heard(Heard::Wrong(format!("a post was answered with {status}: {}", String::from_utf8_lossy(body))));
        }
        Event::Bytes(_) => {}
        Event::Gone(why) => heard(Heard::Wrong(format!("a connection is gone: {why}"))),
    }
}

/// A message as Parlor's clients get it: so that peers send as many bytes.
pub(crate) fn message(id: u64, room: &str, text: &str) -> serde_json::Value {
    serde_json::json!({"kind": "message", "data": {
        "id": id, "room": room, "author": "bench", "kind": "user", "text": text, "when": 1_700_000_000.125, "image": null,
        "media": null, "css": null, "js": null, "base_url": null, "from_bot": null, "state": null,
    }})
}
