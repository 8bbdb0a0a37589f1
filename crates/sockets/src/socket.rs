//! The sending half of a connection, which anybody may hold.

use std::sync::Arc;
use std::time::Duration;

use crate::{CloseCode, Frame};

/// What became of the frames of one [`Socket::send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Sent {
    /// The kernel has all of them.
    Written,
    /// They, or a part of them, wait in the outbox; the connection's task goes on with them.
    Queued,
    /// They did not fit and none was taken: the client has to be put back to replay. The connection is as it was.
    Overflow,
    /// The connection is closing or gone: whoever holds the socket can let go of it.
    Closed,
}

/// The connection is closing or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the websocket is closed")]
pub struct Gone;

/// What waits in an outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Bytes that the kernel has not taken yet.
    pub bytes: usize,
    /// Frames, the one that is partly written included.
    pub frames: usize,
    /// How long something has been waiting without a break.
    pub waiting: Duration,
    /// How long the kernel has taken nothing at all.
    pub stalled: Duration,
}

/// The sending half of a connection: cheap to clone, and equal to its clones only. It does not keep the connection open.
#[derive(Debug, Clone)]
pub struct Socket(Arc<()>);

impl Socket {
    /// Sends frames, in order and never mixed with those of other calls: straight to the kernel with one vectored write where
    /// nothing waits, else into the outbox. Never blocks; does not yield either, so a loop over many sockets has to.
    ///
    /// A call is taken whole or not at all. One that finds the outbox empty is always taken, whatever its size, so a
    /// single frame beyond the limit passes too: what one call may bring is the caller's to bound.
    pub fn send(&self, frames: &[Frame]) -> Sent {
        let _ = frames;
        unimplemented!("being built")
    }

    /// Closes in order: a close frame goes behind what waits, further frames are refused, and the connection ends once the client
    /// has answered, or after [`crate::Limits::closing`]. [`crate::Connection::next`] then gives `Closed` with this code. Only the first close counts.
    pub fn close(&self, code: CloseCode, reason: &str) {
        let _ = (code, reason);
        unimplemented!("being built")
    }

    /// As [`Socket::close`], but what waits is thrown away, except for the rest of a frame that is partly written.
    pub fn abandon(&self, code: CloseCode, reason: &str) {
        let _ = (code, reason);
        unimplemented!("being built")
    }

    /// Ends the connection at once, without a close frame; `next` gives `Closed` with 1006.
    pub fn kill(&self) {
        unimplemented!("being built")
    }

    /// Makes the connection's task return `Woken` from `next`. Several wakes before it does so are one.
    pub fn wake(&self) {
        unimplemented!("being built")
    }

    /// Waits until a call of so many bytes would be taken. The connection's task has to go on polling `next` meanwhile, for it is
    /// the one that empties the outbox: that task itself uses this beside `next` in a `select!`. Cancel-safe.
    ///
    /// # Errors
    /// The connection is closing or gone.
    pub async fn ready(&self, bytes: usize) -> Result<(), Gone> {
        let _ = bytes;
        unimplemented!("being built")
    }

    /// Waits until nothing waits in the outbox. The same holds as for [`Socket::ready`].
    ///
    /// # Errors
    /// The connection is closing or gone.
    pub async fn drained(&self) -> Result<(), Gone> {
        unimplemented!("being built")
    }

    /// What waits in the outbox, and for how long. Reads the clock if something does.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        unimplemented!("being built")
    }

    /// How many bytes wait in the outbox.
    #[must_use]
    pub fn queued(&self) -> usize {
        unimplemented!("being built")
    }

    /// Whether the connection is closing or gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        unimplemented!("being built")
    }
}

impl PartialEq for Socket {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Socket {}
