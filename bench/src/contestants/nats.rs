//! A peer: nats-server's websocket, a subject for each room. It is a message broker and no chat server, and as such quick.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{About, Contestant, Heard, Who, message};
use crate::frames;
use crate::process::{Daemon, Process};
use crate::swarm::{Event, Id, Swarm};

pub(crate) struct Nats {
    daemon: Daemon,
    version: String,
}

impl Nats {
    /// Starts the program; it keeps its settings in this folder.
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Self> {
        ensure!(program.is_file(), "there is no such program");
        let said = Command::new(program).arg("--version").output()?;
        let version = String::from_utf8_lossy(&said.stdout).trim().trim_start_matches("nats-server: v").to_owned();
        let port = || Ok::<_, anyhow::Error>(TcpListener::bind("127.0.0.1:0")?.local_addr()?);
        let (plain, address) = (port()?, port()?);
        let settings =
            include_str!("nats.conf").replace("PLAIN", &plain.to_string()).replace("PORT", &address.port().to_string());
        fs::create_dir_all(folder)?;
        let file = folder.join(format!("nats-{}.conf", address.port()));
        fs::write(&file, settings)?;
        let mut command = Command::new(program);
        command.arg("-c").arg(&file);
        let daemon = Daemon::start(command, address, &folder.join("nats.log")).context("nats-server");
        let _ = fs::remove_file(file);
        Ok(Self { daemon: daemon?, version })
    }

    fn connect(reply: &mut Vec<u8>, verbose: bool, more: &str) {
        let text = format!(
            "CONNECT {{\"verbose\":{verbose},\"pedantic\":false,\"lang\":\"bench\",\"version\":\"0\",\"protocol\":1}}\r\n{more}"
        );
        reply.extend(frames::masked(frames::BINARY, text.as_bytes()));
    }
}

impl Contestant for Nats {
    fn about(&self) -> About {
        About {
            name: "nats-server".into(),
            version: self.version.clone(),
            does: "a broker: a subject for each room, posts by its own protocol with +OK for each; stores nothing"
                .into(),
        }
    }

    fn process(&self) -> Process {
        self.daemon.process()
    }

    fn join(&self, swarm: &mut Swarm, _: &str) -> Result<Id> {
        swarm.websocket(self.process().address, "/")
    }

    fn sender(&self, swarm: &mut Swarm) -> Result<(Id, bool)> {
        Ok((swarm.websocket(self.process().address, "/")?, false))
    }

    fn post(&self, into: &mut Vec<u8>, room: &str, text: &str) {
        let message = message(1_234_567, room, text).to_string();
        let order = format!("PUB {} {}\r\n{message}\r\n", room.replace('/', "."), message.len());
        into.extend(frames::masked(frames::BINARY, order.as_bytes()));
    }

    fn hear<'a>(&self, who: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), reply: &mut Vec<u8>) {
        let payload: &'a [u8] = match event {
            Event::Text(payload) => payload,
            Event::Gone(why) => return heard(Heard::Wrong(format!("a connection is gone: {why}"))),
            Event::Opened | Event::Bytes(_) | Event::Response { .. } => return,
        };
        if let Err(error) = Self::lines(payload, who, heard, reply) {
            heard(Heard::Wrong(format!("{error:#}")));
        }
    }
}

impl Nats {
    /// A frame holds whole lines of the protocol, and messages behind theirs.
    fn lines<'a>(
        mut payload: &'a [u8],
        who: Who<'_>,
        heard: &mut dyn FnMut(Heard<'a>),
        reply: &mut Vec<u8>,
    ) -> Result<()> {
        while !payload.is_empty() {
            let end = memchr::memchr(b'\n', payload).context("nats-server cut a line in two")?;
            let (line, rest) = (payload[..end].trim_ascii_end(), &payload[end + 1..]);
            payload = rest;
            if line.starts_with(b"MSG ") {
                let length = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
                let length: usize = std::str::from_utf8(length)?.parse()?;
                let message = rest.get(..length).context("nats-server cut a message in two")?;
                heard(Heard::Message(message));
                payload = rest.get(length + 2..).context("nats-server cut a message in two")?;
            } else if line.starts_with(b"INFO ") {
                match who {
                    Who::Member(room) => {
                        Self::connect(reply, false, &format!("SUB {} 1\r\nPING\r\n", room.replace('/', ".")));
                    }
                    Who::Sender => Self::connect(reply, true, "PING\r\n"),
                }
            } else if line == b"PONG" {
                heard(Heard::Ready);
            } else if line == b"PING" {
                reply.extend(frames::masked(frames::BINARY, b"PONG\r\n"));
            } else if line == b"+OK" {
                heard(Heard::Taken);
            } else {
                anyhow::bail!("nats-server says {:?}", String::from_utf8_lossy(line));
            }
        }
        Ok(())
    }
}
