//! Websockets, from both sides.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Duration,
};

use parlor_sockets::{Connection, Incoming, Limits};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    runtime::{Builder, Runtime},
};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));

/// The bytes, in pieces whose length is the first byte; what is written is thrown away.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    piece: usize,
}

impl Pieces {
    fn of(bytes: &[u8]) -> Self {
        let (piece, bytes) = bytes.split_first().map_or((1, bytes), |(first, rest)| (usize::from(*first).max(1), rest));
        Self { bytes: bytes.to_vec(), at: 0, piece }
    }
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let end = self.bytes.len().min(self.at + self.piece.min(buffer.remaining()));
        buffer.put_slice(&self.bytes[self.at..end]);
        self.at = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The server's side: it ends, and what it passes on is whole.
pub(crate) fn server(bytes: &[u8]) {
    let _inside = RUNTIME.enter();
    let limits = Limits { incoming: 1_000, closing: Duration::from_millis(1), ..Limits::CLIENT };
    let mut connection = Connection::over_io(Pieces::of(bytes), &[], limits);
    let mut events = 0;
    RUNTIME.block_on(async {
        loop {
            let incoming = poll_fn(|cx| connection.poll_next(cx)).await;
            events += 1;
            assert!(events <= bytes.len() + 8, "more comes than was sent");
            if matches!(incoming, Incoming::Closed { .. }) {
                return;
            }
        }
    });
}

/// The relay's side, and the frames of JSON in it.
pub(crate) fn relay(bytes: &[u8]) {
    RUNTIME.block_on(parlor_relay::fuzzing::frames(Pieces::of(bytes), bytes.len() + 8));
    parlor_relay::fuzzing::frame(crate::text(bytes));
}
