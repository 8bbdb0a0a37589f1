//! The receiving half of a connection, which one task owns.

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::{CloseCode, Limits, Socket};

/// A transport that is no plain TCP stream: TLS, or memory in a test.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

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

/// The receiving half of a connection. Its task polls [`Connection::next`] all the time: that is also what empties the outbox, answers
/// pings and carries out the closing handshake. Dropping it ends the connection, whoever still holds sockets.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
}

impl Connection {
    /// A connection after its handshake over TCP. `leftover` are bytes that were read already. Sets TCP_NODELAY.
    #[must_use]
    pub fn over_tcp(stream: TcpStream, leftover: &[u8], limits: Limits) -> Self {
        let _ = (stream, leftover, limits);
        unimplemented!("being built")
    }

    /// A connection after its handshake over anything else: its task is the only one to write, so [`Socket::send`] always queues.
    #[must_use]
    pub fn over_io(io: impl Io, leftover: &[u8], limits: Limits) -> Self {
        let _ = (Box::new(io), leftover, limits);
        unimplemented!("being built")
    }

    /// The sending half.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Waits for what comes next. Cancel-safe: nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Incoming {
        unimplemented!("being built")
    }
}
