//! What waits to be written to one socket, and who is to be told. Does no I/O itself: it is handed a function that writes.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::mem::offset_of;
use std::task::Waker;

use bytes::Bytes;
use tokio::time::Instant;

use crate::{Backlog, CloseCode, Frame, Sent};

/// How many frames go into one vectored write.
const BURST: usize = 64;
/// How many places an emptied queue may keep.
const KEEP: usize = 8;

/// Where a connection is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    /// A close frame is in the queue or written.
    Closing(CloseCode),
    Dead(CloseCode),
}

/// What one [`Outbox::flush`] came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// There was nothing to write, or nobody to write to.
    Nothing,
    /// Some bytes went out, perhaps all.
    Wrote,
    /// The same after the transport had been full: the client has read something.
    Revived,
    /// The transport takes nothing now.
    Blocked,
}

/// Frames that wait. Invariant: `offset` bytes of the front frame are written, so nothing but its rest may come next on the wire;
/// `bytes` is what is left of all of them.
///
/// In the order of C, with what every [`Outbox::send`] looks at in front: a room's drain goes from one cold outbox to the next, and
/// each cache line costs. With the stream before it, that is one.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Outbox {
    state: State,
    /// Whether the task has to be woken once the lock is released.
    alarm: bool,
    woken: bool,
    /// Whether the transport was full at the last flush.
    blocked: bool,
    /// 0 where the queue is empty, and only there.
    bytes: usize,
    queue: VecDeque<Bytes>,
    limit: usize,
    offset: usize,
    /// The place of a pong of which nothing is written. A newer pong takes it: only the latest ping needs an answer.
    pong: Option<usize>,
    /// The connection's task.
    task: Option<Waker>,
    /// Since when something has been waiting, and when the transport last took some of it.
    since: Option<(Instant, Instant)>,
}

impl Outbox {
    /// How many bytes of it a send looks at where nothing waits.
    pub(crate) const HOT: usize = offset_of!(Self, queue);

    pub(crate) fn new(limit: usize) -> Self {
        Self {
            queue: VecDeque::new(),
            offset: 0,
            bytes: 0,
            limit,
            pong: None,
            state: State::Open,
            woken: false,
            task: None,
            alarm: false,
            blocked: false,
            since: None,
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        debug_assert_eq!(self.bytes == 0, self.queue.is_empty());
        self.bytes == 0
    }

    /// Whether a call of so many bytes would be taken.
    pub(crate) fn fits(&self, bytes: usize) -> bool {
        self.is_empty() || self.bytes.saturating_add(bytes) <= self.limit
    }

    pub(crate) fn backlog(&self) -> Backlog {
        let (waiting, stalled) =
            self.since.map(|(filled, moved)| (filled.elapsed(), moved.elapsed())).unwrap_or_default();
        Backlog { bytes: self.bytes, frames: self.queue.len(), waiting, stalled }
    }

    /// See [`crate::Socket::send`].
    pub(crate) fn send(
        &mut self,
        frames: &[Frame],
        mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> Sent {
        if self.state != State::Open {
            return Sent::Closed;
        }
        if !self.is_empty() {
            if !self.fits(frames.iter().map(Frame::len).sum()) {
                return Sent::Overflow;
            }
            frames.iter().for_each(|frame| self.push(frame.bytes().clone()));
            return Sent::Queued;
        }
        let mut done = 0;
        while done < frames.len() {
            let wrote = if let [frame] = &frames[done..] {
                write(&[IoSlice::new(frame.bytes())])
            } else {
                let mut slices = [IoSlice::new(&[]); BURST];
                let count = slices
                    .iter_mut()
                    .zip(&frames[done..])
                    .map(|(slice, frame)| *slice = IoSlice::new(frame.bytes()))
                    .count();
                write(&slices[..count])
            };
            match wrote {
                Ok(0) => return self.lose(),
                Ok(mut wrote) => {
                    let asked = frames.len().min(done + BURST);
                    while done < asked && wrote >= frames[done].len() {
                        wrote -= frames[done].len();
                        done += 1;
                    }
                    if done < asked {
                        self.offset = wrote;
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return self.lose(),
            }
        }
        if done == frames.len() {
            return Sent::Written;
        }
        frames[done..].iter().for_each(|frame| self.push(frame.bytes().clone()));
        self.bytes -= self.offset;
        Sent::Queued
    }

    /// Answers a ping: after the frame that is partly written, before all others.
    pub(crate) fn pong(&mut self, frame: Bytes) {
        if self.state != State::Open {
            return;
        }
        self.bytes += frame.len();
        if let Some(place) = self.pong {
            let old = std::mem::replace(&mut self.queue[place], frame);
            self.bytes -= old.len();
            return;
        }
        let place = usize::from(self.offset > 0);
        self.filled();
        self.queue.insert(place, frame);
        self.pong = Some(place);
    }

    /// Asks a silent client whether it is there; one that has something to read anyway is not asked.
    pub(crate) fn ping(&mut self, frame: Frame) {
        if self.state == State::Open && self.queue.is_empty() {
            self.push(frame.into_bytes());
        }
    }

    /// Queues a close frame. With `abandon`, everything of which nothing is written goes.
    pub(crate) fn close(&mut self, code: CloseCode, frame: Bytes, abandon: bool) {
        if self.state != State::Open {
            return;
        }
        if abandon {
            let begun = self.queue.pop_front().filter(|_| self.offset > 0);
            self.bytes = begun.as_ref().map_or(0, |front| front.len() - self.offset);
            self.queue.clear();
            self.queue.extend(begun);
            self.pong = None;
        }
        self.push(frame);
        self.state = State::Closing(code);
        self.alarm = true;
    }

    /// The end: nothing can be written any more.
    pub(crate) fn die(&mut self, code: CloseCode) {
        if matches!(self.state, State::Dead(_)) {
            return;
        }
        self.state = State::Dead(code);
        self.queue = VecDeque::new();
        self.bytes = 0;
        self.offset = 0;
        self.pong = None;
        self.since = None;
        self.alarm = true;
    }

    /// Writes once, as much as goes into one call.
    pub(crate) fn flush(&mut self, write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>) -> Flushed {
        if self.queue.is_empty() {
            return Flushed::Nothing;
        }
        let mut slices = [IoSlice::new(&[]); BURST];
        let count = slices.iter_mut().zip(&self.queue).map(|(slice, frame)| *slice = IoSlice::new(frame)).count();
        slices[0] = IoSlice::new(&self.queue[0][self.offset..]);
        match write(&slices[..count]) {
            Ok(wrote) if wrote > 0 => {
                self.wrote(wrote);
                if std::mem::take(&mut self.blocked) { Flushed::Revived } else { Flushed::Wrote }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.blocked = true;
                Flushed::Blocked
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Flushed::Nothing,
            Ok(_) | Err(_) => {
                self.die(CloseCode::ABNORMAL);
                Flushed::Nothing
            }
        }
    }

    fn wrote(&mut self, wrote: usize) {
        self.bytes -= wrote;
        self.offset += wrote;
        let mut gone = 0;
        while let Some(front) = self.queue.front()
            && self.offset >= front.len()
        {
            self.offset -= front.len();
            self.queue.pop_front();
            gone += 1;
        }
        let begun = gone + usize::from(self.offset > 0);
        self.pong = self.pong.filter(|place| *place >= begun).map(|place| place - gone);
        if self.queue.is_empty() {
            self.since = None;
            if self.queue.capacity() > KEEP {
                self.queue = VecDeque::new();
            }
        } else if let Some((_, moved)) = &mut self.since {
            *moved = Instant::now();
        }
    }

    fn push(&mut self, frame: Bytes) {
        self.filled();
        self.bytes += frame.len();
        self.queue.push_back(frame);
    }

    /// To be called before something is queued: the first thing that waits wakes the task.
    fn filled(&mut self) {
        if self.queue.is_empty() {
            let now = Instant::now();
            self.since = Some((now, now));
            self.alarm = true;
        }
    }

    fn lose(&mut self) -> Sent {
        self.die(CloseCode::ABNORMAL);
        Sent::Closed
    }

    /// Notes that somebody wants the connection's task.
    pub(crate) fn wake(&mut self) {
        self.woken = true;
        self.alarm = true;
    }

    pub(crate) fn take_woken(&mut self) -> bool {
        std::mem::take(&mut self.woken)
    }

    /// The task that will be woken from now on.
    pub(crate) fn register(&mut self, task: &Waker) {
        match &mut self.task {
            Some(old) => old.clone_from(task),
            none => *none = Some(task.clone()),
        }
    }

    /// There is no task any more.
    pub(crate) fn unregister(&mut self) {
        self.task = None;
    }

    /// Takes back the alarm of what was queued and could be written at once.
    pub(crate) fn calm(&mut self) {
        self.alarm &= !self.queue.is_empty() || self.state != State::Open;
    }

    /// Whom to wake once the lock is released.
    pub(crate) fn take_alarm(&mut self) -> Option<Waker> {
        if std::mem::take(&mut self.alarm) { self.task.take() } else { None }
    }
}

#[cfg(test)]
mod tests;
