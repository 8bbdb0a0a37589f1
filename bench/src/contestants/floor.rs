//! The floor of a delivery: a process that does only what can't be left out, one `write(2)` of the same bytes to each socket.

use std::cell::Cell;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use anyhow::{Result, ensure};

use super::{About, Contestant, Heard, Who};
use crate::process::{Peer, Process};
use crate::swarm::{Event, Id, Swarm};

/// The loop, for one room.
pub(crate) struct Floor {
    peer: Peer,
    /// How long each message is, without the frame's header: as long as those that it is compared with.
    pub(crate) message: Cell<usize>,
}

impl Floor {
    /// The floor for so many sockets, which have to be joined before there is a sender, and messages of so many bytes.
    pub(crate) fn start(sockets: usize, message: usize) -> Result<Self> {
        Ok(Self { peer: Peer::own(&["floor".into(), sockets.to_string()])?, message: Cell::new(message) })
    }
}

impl Contestant for Floor {
    fn about(&self) -> About {
        About {
            name: "floor".into(),
            version: String::new(),
            does: "a loop of one blocking write(2) of the same number of bytes to each socket; nothing else".into(),
        }
    }

    fn process(&self) -> Process {
        self.peer.process()
    }

    fn join(&self, swarm: &mut Swarm, _: &str) -> Result<Id> {
        swarm.frames(self.process().address)
    }

    fn sender(&self, swarm: &mut Swarm) -> Result<(Id, bool)> {
        Ok((swarm.plain(self.process().address)?, true))
    }

    fn post(&self, into: &mut Vec<u8>, _: &str, text: &str) {
        let length = self.message.get().max(text.len());
        into.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        into.extend_from_slice(text.as_bytes());
        into.resize(into.len() + length - text.len(), b' ');
    }

    fn hear<'a>(&self, _: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), _: &mut Vec<u8>) {
        match event {
            Event::Text(b"") => heard(Heard::Ready),
            Event::Text(payload) => heard(Heard::Message(payload)),
            Event::Bytes(bytes) => bytes.iter().for_each(|_| heard(Heard::Taken)),
            Event::Gone(why) => heard(Heard::Wrong(format!("a connection is gone: {why}"))),
            Event::Opened | Event::Response { .. } => {}
        }
    }
}

/// The server: prints its address, takes so many sockets, to which it says with an empty frame that they are there, and then senders,
/// one after the other. What a sender sends goes as a text frame to all sockets, and one byte goes back.
pub(crate) fn serve(sockets: usize) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let mut clients: Vec<TcpStream> = Vec::with_capacity(sockets);
    for _ in 0..sockets {
        let (mut client, _) = listener.accept()?;
        client.set_nodelay(true)?;
        client.write_all(parlor_sockets::Frame::text("").bytes())?;
        clients.push(client);
    }
    loop {
        let (sender, _) = listener.accept()?;
        sender.set_nodelay(true)?;
        deliver(&sender, &mut clients)?;
    }
}

/// Until the sender goes away.
fn deliver(sender: &TcpStream, clients: &mut [TcpStream]) -> Result<()> {
    let mut orders = BufReader::with_capacity(1 << 20, sender);
    let mut answers = sender;
    let (mut length, mut text) = ([0; 4], Vec::new());
    while orders.read_exact(&mut length).is_ok() {
        let length = u32::from_be_bytes(length) as usize;
        ensure!(length <= 1 << 20, "an order of {length} bytes");
        text.resize(length, 0);
        orders.read_exact(&mut text)?;
        let frame = parlor_sockets::Frame::text(std::str::from_utf8(&text)?);
        for client in &mut *clients {
            client.write_all(frame.bytes())?;
        }
        answers.write_all(b"!")?;
    }
    Ok(())
}
