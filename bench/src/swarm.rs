//! Thousands of connections in one thread: an edge-triggered loop, one read for what is there, one buffer for all.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::frames::{self, Frame};
use crate::{clock, http};

/// What happens on a connection.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// A websocket's handshake is done.
    Opened,
    /// The payload of a text frame, or of a binary one.
    Text(&'a [u8]),
    /// A response to a request.
    Response { status: u16, body: &'a [u8] },
    /// Bytes on a plain connection.
    Bytes(&'a [u8]),
    /// It has ended; it is removed already.
    Gone(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Handshake,
    Websocket,
    Http,
    Plain,
}

#[derive(Debug)]
struct Conn {
    stream: TcpStream,
    kind: Kind,
    /// The beginning of something that was not whole.
    rest: Vec<u8>,
    /// What the kernel did not take yet.
    out: Vec<u8>,
}

/// A connection's number; used again once it is gone.
pub(crate) type Id = usize;

pub(crate) struct Swarm {
    poll: Poll,
    events: Events,
    conns: Vec<Option<Conn>>,
    free: Vec<Id>,
    buffer: Vec<u8>,
}

impl Swarm {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            conns: Vec::new(),
            free: Vec::new(),
            buffer: vec![0; 256 << 10],
        })
    }

    /// Opens a websocket; `Opened` follows.
    pub(crate) fn websocket(&mut self, server: SocketAddr, path: &str) -> Result<Id> {
        self.connect(server, Kind::Handshake, &http::handshake(path))
    }

    /// Opens a connection on which frames come without a handshake: the floor's.
    pub(crate) fn frames(&mut self, server: SocketAddr) -> Result<Id> {
        self.connect(server, Kind::Websocket, &[])
    }

    /// Opens a connection for requests.
    pub(crate) fn http(&mut self, server: SocketAddr) -> Result<Id> {
        self.connect(server, Kind::Http, &[])
    }

    /// Opens a connection for bytes without a meaning.
    pub(crate) fn plain(&mut self, server: SocketAddr) -> Result<Id> {
        self.connect(server, Kind::Plain, &[])
    }

    fn connect(&mut self, server: SocketAddr, kind: Kind, first: &[u8]) -> Result<Id> {
        let stream = std::net::TcpStream::connect(server).with_context(|| format!("can't connect to {server}"))?;
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let mut stream = TcpStream::from_std(stream);
        let id = self.free.pop().unwrap_or_else(|| {
            self.conns.push(None);
            self.conns.len() - 1
        });
        self.poll.registry().register(&mut stream, Token(id), Interest::READABLE | Interest::WRITABLE)?;
        self.conns[id] = Some(Conn { stream, kind, rest: Vec::new(), out: Vec::new() });
        self.send(id, first)?;
        Ok(id)
    }

    /// Sends bytes; what does not go at once goes when it can.
    pub(crate) fn send(&mut self, id: Id, bytes: &[u8]) -> Result<()> {
        let Some(conn) = &mut self.conns[id] else { return Ok(()) };
        conn.out.extend_from_slice(bytes);
        conn.flush()
    }

    /// Closes a connection without a word.
    pub(crate) fn drop(&mut self, id: Id) {
        if self.conns[id].take().is_some() {
            self.free.push(id);
        }
    }

    /// Waits until so many websockets are open.
    pub(crate) fn wait_until_open(&mut self, count: usize) -> Result<()> {
        let deadline = clock::now() + Duration::from_secs(60);
        let (mut open, mut failure) = (0, None);
        while open < count {
            self.turn(Duration::from_secs(1), |_, event, _| match event {
                Event::Opened => open += 1,
                Event::Gone(why) => failure = Some(why),
                Event::Text(_) | Event::Response { .. } | Event::Bytes(_) => {}
            })?;
            if let Some(failure) = failure {
                bail!("{failure}");
            }
            ensure!(clock::now() < deadline, "only {open} of {count} connections are there after a minute");
        }
        Ok(())
    }

    /// Waits for something to happen, at most so long, and tells it. What the handler puts into the last argument is sent on the
    /// same connection. False if nothing happened.
    pub(crate) fn turn(&mut self, wait: Duration, mut handle: impl FnMut(Id, Event<'_>, &mut Vec<u8>)) -> Result<bool> {
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(true),
            polled => polled?,
        }
        let mut reply = Vec::new();
        for event in &self.events {
            let id = event.token().0;
            let Some(Some(conn)) = self.conns.get_mut(id) else { continue };
            let mut end = None;
            if event.is_writable() && !conn.out.is_empty() {
                end = conn.flush().err();
            }
            if event.is_readable() && end.is_none() {
                match conn.read(
                    &mut self.buffer,
                    event.is_read_closed(),
                    &mut |event, out| handle(id, event, out),
                    &mut reply,
                ) {
                    Ok(()) if reply.is_empty() => {}
                    Ok(()) => {
                        conn.out.append(&mut reply);
                        end = conn.flush().err();
                    }
                    Err(error) => end = Some(error),
                }
            }
            if let Some(error) = end {
                reply.clear();
                handle(id, Event::Gone(format!("{error:#}")), &mut reply);
                reply.clear();
                self.conns[id] = None;
                self.free.push(id);
            }
        }
        Ok(!self.events.is_empty())
    }
}

type Handle<'a> = &'a mut dyn FnMut(Event<'_>, &mut Vec<u8>);

impl Conn {
    fn flush(&mut self) -> Result<()> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(wrote) => drop(self.out.drain(..wrote)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads until nothing is there. A read that does not fill the buffer was the last one, unless the end comes after it.
    fn read(&mut self, buffer: &mut [u8], ends: bool, handle: Handle<'_>, reply: &mut Vec<u8>) -> Result<()> {
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => anyhow::bail!("the server ended the connection"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            if self.rest.is_empty() {
                let used = Self::parse(&mut self.kind, &buffer[..read], handle, reply)?;
                self.rest.extend_from_slice(&buffer[used..read]);
            } else {
                self.rest.extend_from_slice(&buffer[..read]);
                let used = Self::parse(&mut self.kind, &self.rest, handle, reply)?;
                self.rest.drain(..used);
            }
            if read < buffer.len() && !ends {
                return Ok(());
            }
        }
    }

    /// Tells what is whole; how many bytes that was.
    fn parse(kind: &mut Kind, bytes: &[u8], handle: Handle<'_>, reply: &mut Vec<u8>) -> Result<usize> {
        let mut used = 0;
        while used < bytes.len() {
            let now = &bytes[used..];
            match kind {
                Kind::Plain => {
                    handle(Event::Bytes(now), reply);
                    used = bytes.len();
                }
                Kind::Websocket => {
                    let Some((frame, length)) = frames::first(now)? else { break };
                    match frame {
                        Frame::Text(payload) => handle(Event::Text(payload), reply),
                        Frame::Ping(payload) => reply.extend(frames::pong(payload)),
                        Frame::Pong => {}
                        Frame::Close(code, reason) => {
                            anyhow::bail!("the server closed with {code} ({})", String::from_utf8_lossy(reason))
                        }
                    }
                    used += length;
                }
                Kind::Handshake | Kind::Http => {
                    let Some(head) = http::head(now)? else { break };
                    let Some(body) = now.get(head.length..head.length + head.body) else { break };
                    if *kind == Kind::Http {
                        handle(Event::Response { status: head.status, body }, reply);
                    } else if head.status == 101 {
                        *kind = Kind::Websocket;
                        handle(Event::Opened, reply);
                    } else {
                        anyhow::bail!(
                            "the server refused the websocket with {}: {}",
                            head.status,
                            String::from_utf8_lossy(body)
                        );
                    }
                    used += head.length + head.body;
                }
            }
        }
        Ok(used)
    }
}
