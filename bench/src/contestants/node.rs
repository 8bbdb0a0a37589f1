//! Peers on node: the packages `ws` and socket.io, each with the few lines around it that make it a chat server.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::{About, Contestant, Heard, Who, plainly};
use crate::frames;
use crate::process::{Peer, Process};
use crate::swarm::{Event, Id, Swarm};

/// Which package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Package {
    Ws,
    SocketIo,
}

pub(crate) struct Node {
    peer: Peer,
    package: Package,
}

impl Node {
    /// The package `ws`; the folder is that of the peers.
    pub(crate) fn ws(folder: &Path) -> Result<Self> {
        Self::start(folder, Package::Ws, "ws.mjs")
    }

    pub(crate) fn socket_io(folder: &Path) -> Result<Self> {
        Self::start(folder, Package::SocketIo, "socket-io.mjs")
    }

    fn start(folder: &Path, package: Package, script: &str) -> Result<Self> {
        ensure!(folder.join("node_modules").is_dir(), "its packages are not installed: `npm ci` in bench/peers");
        let mut command = Command::new("node");
        command.arg(script).current_dir(folder).env("NODE_ENV", "production");
        Ok(Self { peer: Peer::start(command)?, package })
    }
}

impl Contestant for Node {
    fn about(&self) -> About {
        let (name, does) = match self.package {
            Package::Ws => ("ws", "npm's ws: a set of sockets for each room, send() to each; stores nothing"),
            Package::SocketIo => {
                ("socket.io", "npm's socket.io over its websocket transport: io.to(room).emit(); stores nothing")
            }
        };
        About { name: name.into(), version: self.peer.says.clone(), does: does.into() }
    }

    fn process(&self) -> Process {
        self.peer.process()
    }

    fn join(&self, swarm: &mut Swarm, room: &str) -> Result<Id> {
        let path = match self.package {
            Package::Ws => format!("/ws/{room}"),
            Package::SocketIo => format!("/socket.io/?EIO=4&transport=websocket&room={room}"),
        };
        swarm.websocket(self.process().address, &path)
    }

    fn hear<'a>(&self, who: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), reply: &mut Vec<u8>) {
        match (self.package, who, event) {
            (Package::SocketIo, Who::Member(_), Event::Opened) => {}
            (Package::SocketIo, Who::Member(_), Event::Text(payload)) => match payload {
                // Engine.IO's open is answered with socket.io's connect, its ping with a pong.
                [b'0', ..] => reply.extend(frames::masked(frames::TEXT, b"40")),
                [b'2'] => reply.extend(frames::masked(frames::TEXT, b"3")),
                [b'4', b'0', ..] => heard(Heard::Ready),
                [b'4', b'2', message @ ..] => heard(Heard::Message(message)),
                other => heard(Heard::Wrong(format!("socket.io says {:?}", String::from_utf8_lossy(other)))),
            },
            (_, _, other) => plainly(other, heard),
        }
    }
}
