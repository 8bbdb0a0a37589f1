//! The sending half of a connection, which anybody may hold.

use std::fmt;
use std::io::{self, ErrorKind, IoSlice};
use std::mem::offset_of;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::outbox::{Outbox, State};
use crate::{CloseCode, Frame, Limits};

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

/// What the two halves and the sweeper share; the stream stands beside what an outbox begins with, in one cache line.
#[repr(C, align(64))]
pub(crate) struct Shared {
    /// The TCP stream; none where the connection's task holds another transport.
    pub(crate) stream: Option<TcpStream>,
    outbox: Mutex<Outbox>,
    /// Told whenever room is made in the outbox, and at the end.
    room: Notify,
    /// Whether the client has given a sign of life since the sweeper came by, and for how many walks it has not.
    pub(crate) heard: AtomicBool,
    /// The same for pings and pongs alone.
    pub(crate) beat: AtomicBool,
    pub(crate) silent: AtomicU32,
}

// What a send looks at is in the first line.
const _: () = assert!(offset_of!(Shared, outbox) + 8 + Outbox::HOT <= 64);

impl Shared {
    pub(crate) fn new(stream: Option<TcpStream>, limits: &Limits) -> Self {
        Self {
            outbox: Mutex::new(Outbox::new(limits.outbox)),
            stream,
            room: Notify::new(),
            heard: AtomicBool::new(true),
            beat: AtomicBool::new(true),
            silent: AtomicU32::new(0),
        }
    }

    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Releases the lock and only then wakes the connection's task, if it has to be.
    pub(crate) fn release(mut outbox: MutexGuard<'_, Outbox>) {
        let task = outbox.take_alarm();
        drop(outbox);
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Writes to the TCP stream without waiting. Any other transport is written to by its task alone.
    pub(crate) fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match (&self.stream, slices) {
            (None, _) => Err(ErrorKind::WouldBlock.into()),
            (Some(stream), [one]) => stream.try_write(one),
            (Some(stream), many) => stream.try_write_vectored(many),
        }
    }

    /// The same, past tokio's record of whether the stream may be written to: that lies in a cache line of its own, which a room's
    /// drain would have to fetch for each of its cold sockets. What would block is only found out; the connection's task, which
    /// tries once more before it waits, tells tokio.
    fn write_straight(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let Some(stream) = &self.stream else { return Err(ErrorKind::WouldBlock.into()) };
        let stream = SockRef::from(stream);
        if let [one] = slices { stream.send(one) } else { stream.send_vectored(slices) }
    }

    /// Tells those who wait for room to look again.
    pub(crate) fn moved(&self) {
        self.room.notify_waiters();
    }

    pub(crate) fn alive(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    pub(crate) fn beats(&self) {
        self.beat.store(true, Ordering::Relaxed);
    }

    pub(crate) fn ping(&self, frame: &Frame) {
        let mut outbox = self.outbox();
        outbox.ping(frame.clone());
        self.write_on(outbox);
    }

    /// A pong or a close frame of the reading library.
    pub(crate) fn control(&self, frame: &[u8]) {
        let mut outbox = self.outbox();
        match frame {
            [first, ..] if first & 0x0f == 0xa => outbox.pong(Bytes::copy_from_slice(frame)),
            [_, _, high, low, ..] => {
                outbox.close(CloseCode(u16::from_be_bytes([*high, *low])), Bytes::copy_from_slice(frame), true);
            }
            _ => outbox.close(CloseCode::NONE, Bytes::copy_from_slice(frame), true),
        }
        self.write_on(outbox);
    }

    /// Writes what was just queued if it can go at once.
    fn write_on(&self, mut outbox: MutexGuard<'_, Outbox>) {
        if self.stream.is_some() {
            outbox.flush(|slices| self.write(slices));
            outbox.calm();
        }
        Self::release(outbox);
        self.moved();
    }

    pub(crate) fn close(&self, code: CloseCode, reason: &str, abandon: bool) {
        let mut outbox = self.outbox();
        outbox.close(code, Frame::close(code, reason).into_bytes(), abandon);
        self.write_on(outbox);
    }

    /// Its task is gone.
    pub(crate) fn orphan(&self) {
        let mut outbox = self.outbox();
        outbox.die(CloseCode::ABNORMAL);
        outbox.unregister();
        drop(outbox);
        self.moved();
    }

    pub(crate) fn die(&self, code: CloseCode) {
        let mut outbox = self.outbox();
        outbox.die(code);
        Self::release(outbox);
        self.moved();
    }
}

/// The sending half of a connection: cheap to clone, and equal to its clones only. It does not keep the connection open.
#[derive(Clone)]
pub struct Socket(pub(crate) Arc<Shared>);

impl Socket {
    /// Sends frames, in order and never mixed with those of other calls: straight to the kernel with one vectored write where
    /// nothing waits, else into the outbox. Never blocks; does not yield either, so a loop over many sockets has to.
    ///
    /// A call is taken whole or not at all. One that finds the outbox empty is always taken, whatever its size, so a
    /// single frame beyond the limit passes too: what one call may bring is the caller's to bound.
    pub fn send(&self, frames: &[Frame]) -> Sent {
        let mut outbox = self.0.outbox();
        let sent = outbox.send(frames, |slices| self.0.write_straight(slices));
        Shared::release(outbox);
        sent
    }

    /// Closes in order: a close frame goes behind what waits, further frames are refused, and the connection ends once the client
    /// has answered, or after [`Limits::closing`]. [`crate::Connection::next`] then gives `Closed` with this code. Only the
    /// first close counts.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.0.close(code, reason, false);
    }

    /// As [`Socket::close`], but what waits is thrown away, except for the rest of a frame that is partly written.
    pub fn abandon(&self, code: CloseCode, reason: &str) {
        self.0.close(code, reason, true);
    }

    /// Ends the connection at once, without a close frame; `next` gives `Closed` with 1006.
    pub fn kill(&self) {
        self.0.die(CloseCode::ABNORMAL);
    }

    /// Makes the connection's task return `Woken` from `next`. Several wakes before it does so are one.
    pub fn wake(&self) {
        let mut outbox = self.0.outbox();
        outbox.wake();
        Shared::release(outbox);
    }

    /// Waits until a call of so many bytes would be taken. The connection's task has to go on polling `next` meanwhile, for it is
    /// the one that empties the outbox: that task itself uses this beside `next` in a `select!`. Cancel-safe.
    ///
    /// # Errors
    /// The connection is closing or gone.
    pub async fn ready(&self, bytes: usize) -> Result<(), Gone> {
        self.until(|outbox| outbox.fits(bytes)).await
    }

    /// Waits until nothing waits in the outbox. The same holds as for [`Socket::ready`].
    ///
    /// # Errors
    /// The connection is closing or gone.
    pub async fn drained(&self) -> Result<(), Gone> {
        self.until(Outbox::is_empty).await
    }

    /// Waits until the connection is closing or gone, whoever closes it and why. The same holds as for [`Socket::ready`].
    pub async fn closing(&self) {
        let _ = self.until(|_| false).await;
    }

    /// Counts as a sign of life: to be called where the client is made to wait before more of it is read, for what it says of
    /// itself waits too.
    pub fn excuse(&self) {
        self.0.alive();
        self.0.beats();
    }

    async fn until(&self, enough: impl Fn(&Outbox) -> bool) -> Result<(), Gone> {
        loop {
            let mut moved = pin!(self.0.room.notified());
            moved.as_mut().enable();
            {
                let outbox = self.0.outbox();
                if outbox.state() != State::Open {
                    return Err(Gone);
                }
                if enough(&outbox) {
                    return Ok(());
                }
            }
            moved.await;
        }
    }

    /// What waits in the outbox, and for how long. Reads the clock if something does.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        self.0.outbox().backlog()
    }

    /// How many bytes wait in the outbox.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.0.outbox().bytes()
    }

    /// Whether the connection is closing or gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.outbox().state() != State::Open
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Socket").field(&Arc::as_ptr(&self.0)).finish()
    }
}

impl PartialEq for Socket {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Socket {}
