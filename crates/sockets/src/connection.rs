//! The receiving half of a connection, which one task owns.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::outbox::{Flushed, State};
use crate::reader::{Event, Reader};
use crate::socket::Shared;
use crate::sweeper::Watched;
use crate::transport::{Io, Transport};
use crate::{CloseCode, Limits, Socket};

/// How much is read at once, into memory that all connections of a thread share.
const CHUNK: usize = 16 << 10;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; CHUNK].into_boxed_slice());
}

/// What [`Connection::next`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A text message, put together from its fragments.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// The connection has ended: the code that this side closed with if it did, else the client's, 1005 if it gave none, 1006 if it
    /// just went away. Every further call gives the same.
    Closed {
        /// Why.
        code: CloseCode,
    },
    /// Somebody called [`Socket::wake`].
    Woken,
}

/// What the client may still say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Talking,
    /// It broke the protocol: what it sends is thrown away until it ends.
    Broken,
    /// It sent its close frame.
    Done,
}

/// What a read came to.
enum Read {
    /// The stream has ended.
    End,
    /// Nothing that concerns the caller: a piece of a message, a ping.
    Nothing,
    Event(Event),
}

impl From<Option<Event>> for Read {
    fn from(event: Option<Event>) -> Self {
        event.map_or(Self::Nothing, Self::Event)
    }
}

/// The receiving half of a connection. Its task polls [`Connection::next`] all the time: that is also what empties the outbox, answers
/// pings and carries out the closing handshake. Dropping it ends the connection, whoever still holds sockets.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
    transport: Transport,
    reader: Reader,
    leftover: Bytes,
    peer: Peer,
    closing: Duration,
    /// Runs while the connection is being closed, and only then.
    deadline: Option<Pin<Box<Sleep>>>,
    pub(crate) watched: Option<Watched>,
}

impl Connection {
    /// A connection after its handshake over TCP. `leftover` are bytes that were read already. Sets `TCP_NODELAY`.
    #[must_use]
    pub fn over_tcp(stream: TcpStream, leftover: &[u8], limits: Limits) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "could not set TCP_NODELAY");
        }
        Self::new(Some(stream), Transport::Tcp { ended: false }, leftover, limits)
    }

    /// A connection after its handshake over anything else: its task is the only one to write, so [`Socket::send`] always queues.
    #[must_use]
    pub fn over_io(io: impl Io, leftover: &[u8], limits: Limits) -> Self {
        Self::new(None, Transport::boxed(io), leftover, limits)
    }

    fn new(stream: Option<TcpStream>, transport: Transport, leftover: &[u8], limits: Limits) -> Self {
        Self {
            socket: Socket(Arc::new(Shared::new(stream, &limits))),
            transport,
            reader: Reader::new(limits.incoming),
            leftover: Bytes::copy_from_slice(leftover),
            peer: Peer::Talking,
            closing: limits.closing,
            deadline: None,
            watched: None,
        }
    }

    /// The sending half.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Waits for what comes next. Cancel-safe: nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Incoming {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// As [`Connection::next`], for those who poll by hand.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let shared = Arc::clone(&self.socket.0);
        loop {
            shared.outbox().register(cx.waker());
            let written = self.poll_write(&shared, cx);
            let (state, woken) = {
                let mut outbox = shared.outbox();
                (outbox.state(), outbox.take_woken())
            };
            if woken {
                return Poll::Ready(Incoming::Woken);
            }
            let ending = match state {
                State::Open => None,
                State::Closing(code) => {
                    if self.poll_closed(written, &shared, cx).is_ready() {
                        return Poll::Ready(self.end(code));
                    }
                    Some(code)
                }
                State::Dead(code) => return Poll::Ready(self.end(code)),
            };
            if self.peer == Peer::Done {
                return Poll::Pending;
            }
            match ready!(self.poll_read(&shared, cx)) {
                Read::End => return Poll::Ready(self.end(ending.unwrap_or(CloseCode::ABNORMAL))),
                Read::Event(Event::Text(text)) if ending.is_none() => return Poll::Ready(Incoming::Text(text)),
                Read::Event(Event::Binary(bytes)) if ending.is_none() => return Poll::Ready(Incoming::Binary(bytes)),
                Read::Event(Event::Close) => self.peer = Peer::Done,
                Read::Event(Event::Broken(code, reason)) => {
                    self.peer = Peer::Broken;
                    self.leftover = Bytes::new();
                    shared.close(code, reason, true);
                }
                Read::Nothing | Read::Event(Event::Text(_) | Event::Binary(_)) => {}
            }
        }
    }

    /// Writes what waits, as far as the transport takes it.
    fn poll_write(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if shared.outbox().is_empty() {
                return self.transport.poll_flush(cx);
            }
            if ready!(self.transport.poll_write_ready(shared, cx)).is_err() {
                shared.die(CloseCode::ABNORMAL);
                return Poll::Ready(());
            }
            let flushed = shared.outbox().flush(|slices| self.transport.write(shared, cx, slices));
            match flushed {
                Flushed::Blocked if self.transport.wakes_after_write() => return Poll::Pending,
                Flushed::Blocked | Flushed::Nothing => {}
                Flushed::Wrote => shared.moved(),
                Flushed::Revived => {
                    shared.alive();
                    shared.moved();
                }
            }
        }
    }

    /// Reads and decodes, until a message is complete or nothing more is there.
    fn poll_read(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<Read> {
        if !self.leftover.is_empty() {
            let mut input = &self.leftover[..];
            let event = self.reader.feed(&mut input, shared);
            let used = self.leftover.len() - input.len();
            self.leftover.advance(used);
            return Poll::Ready(event.into());
        }
        SCRATCH.with_borrow_mut(|scratch| {
            let Poll::Ready(read) = self.transport.poll_read(shared, cx, scratch) else {
                self.reader.rest();
                return Poll::Pending;
            };
            let read = read.unwrap_or_else(|error| {
                tracing::trace!(%error, "a websocket's stream failed");
                0
            });
            if read == 0 {
                return Poll::Ready(Read::End);
            }
            if self.peer == Peer::Broken {
                return Poll::Ready(Read::Nothing);
            }
            shared.alive();
            let mut input = &scratch[..read];
            let event = self.reader.feed(&mut input, shared);
            self.leftover = Bytes::copy_from_slice(input);
            Poll::Ready(event.into())
        })
    }

    /// Ready when nothing more has to be done for a connection that is being closed, or its time is over.
    fn poll_closed(&mut self, written: Poll<()>, shared: &Shared, cx: &mut Context<'_>) -> Poll<()> {
        let closing = self.closing;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(closing)));
        if deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.peer == Peer::Done && written.is_ready() {
            return self.transport.poll_goodbye(cx);
        }
        if self.peer == Peer::Broken && written.is_ready() {
            // The client learns that no more comes, and its own end is waited for: closing a stream in which something is
            // unread would reset it, and the close frame might be lost.
            let _ = self.transport.poll_end_writing(shared, cx);
        }
        Poll::Pending
    }

    fn end(&mut self, code: CloseCode) -> Incoming {
        self.socket.0.die(code);
        self.leftover = Bytes::new();
        Incoming::Closed { code }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.0.orphan();
        Transport::end(&self.socket.0);
    }
}
