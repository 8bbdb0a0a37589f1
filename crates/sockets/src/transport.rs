//! What a connection's task reads from and writes to: the TCP stream that it shares with those who send, or a box of its own.

use std::fmt;
use std::io::{self, ErrorKind, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::socket::Shared;

/// A transport that is no plain TCP stream: TLS, or memory in a test.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

pub(crate) enum Transport {
    /// The stream is in [`Shared`].
    Tcp {
        ended: bool,
    },
    Boxed {
        io: Box<dyn Io>,
        unflushed: bool,
        ended: bool,
    },
}

impl Transport {
    pub(crate) fn boxed(io: impl Io) -> Self {
        Self::Boxed { io: Box::new(io), unflushed: false, ended: false }
    }

    /// Ready when a write has a chance. A box only says so when it is written to.
    pub(crate) fn poll_write_ready(&self, shared: &Shared, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        shared.stream.as_ref().map_or(Poll::Ready(Ok(())), |stream| stream.poll_write_ready(cx))
    }

    /// Writes now, or says `WouldBlock`; a box will wake the task then.
    pub(crate) fn write(&mut self, shared: &Shared, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Tcp { .. } => shared.write(slices),
            Self::Boxed { io, unflushed, .. } => match Pin::new(io).poll_write_vectored(cx, slices) {
                Poll::Ready(wrote) => {
                    *unflushed = true;
                    wrote
                }
                Poll::Pending => Err(ErrorKind::WouldBlock.into()),
            },
        }
    }

    /// Whether a write that would block leaves the task to be woken.
    pub(crate) fn wakes_after_write(&self) -> bool {
        matches!(self, Self::Boxed { .. })
    }

    /// Ready when everything that was written is on its way.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Self::Boxed { io, unflushed, .. } = self
            && *unflushed
        {
            let _ = ready!(Pin::new(io).poll_flush(cx));
            *unflushed = false;
        }
        Poll::Ready(())
    }

    /// Reads; 0 bytes at the end of the stream.
    pub(crate) fn poll_read(
        &mut self,
        shared: &Shared,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match (self, &shared.stream) {
            (Self::Boxed { io, .. }, _) => {
                let mut buffer = ReadBuf::new(into);
                ready!(Pin::new(io).poll_read(cx, &mut buffer))?;
                Poll::Ready(Ok(buffer.filled().len()))
            }
            (Self::Tcp { .. }, Some(stream)) => loop {
                ready!(stream.poll_read_ready(cx))?;
                match stream.try_read(into) {
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                    read => return Poll::Ready(read),
                }
            },
            (Self::Tcp { .. }, None) => Poll::Ready(Ok(0)),
        }
    }

    /// Tells the client that no more comes. Reading goes on.
    pub(crate) fn poll_end_writing(&mut self, shared: &Shared, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Tcp { ended } if !*ended => {
                *ended = true;
                shut_down(shared, Shutdown::Write);
            }
            Self::Boxed { io, ended, .. } if !*ended => {
                let _ = ready!(Pin::new(io).poll_shutdown(cx));
                *ended = true;
            }
            _ => {}
        }
        Poll::Ready(())
    }

    /// Ends a stream over which everything is said: TLS has a word for that, without which a client takes what it got
    /// for cut off.
    pub(crate) fn poll_goodbye(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Boxed { io, ended, .. } if !*ended => {
                let _ = ready!(Pin::new(io).poll_shutdown(cx));
                *ended = true;
                Poll::Ready(())
            }
            _ => Poll::Ready(()),
        }
    }

    /// Ends both directions, whoever still holds the stream.
    pub(crate) fn end(shared: &Shared) {
        shut_down(shared, Shutdown::Both);
    }
}

fn shut_down(shared: &Shared, how: Shutdown) {
    if let Some(stream) = &shared.stream {
        // Fails where the client has ended it already.
        let _ = SockRef::from(stream).shutdown(how);
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp { .. } => "Tcp",
            Self::Boxed { .. } => "Boxed",
        })
    }
}
