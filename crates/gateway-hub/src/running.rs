//! The hub while it runs: its rules behind a lock, and one drain that sends what comes of them, in their order.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parlor_rooms::Clock;
use parlor_runtime::Caller;
use parlor_sockets::{CloseCode, Frame, Sent, Socket};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::{Audience, Hub, Members, Sending, Uuid, trace::Watchers};

/// After so many sockets others get a turn: writing without blocking has no budget of its own.
const YIELD_EVERY: usize = 128;
/// Beyond so many bytes that wait to be written, to all sockets together, nobody is heard until the drain has taken them.
const WAITING_MAX: usize = 64 << 20;
/// What a client hears that takes too little of what it is sent.
const TOO_SLOW: &str = "too much waits for you: read faster, or come back";

/// What the hub sends to a client with, and on whose behalf the client speaks.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) socket: Socket,
    pub(crate) caller: Arc<Caller>,
}

/// The hub of a server.
pub(crate) struct Running {
    state: Mutex<State>,
    /// Told whenever the drain has taken what waited.
    taken: Notify,
    /// Who watches what goes through services.
    pub(crate) watchers: Watchers,
    tracker: TaskTracker,
}

struct State {
    hub: Hub<Seat>,
    waiting: Vec<Sending<Seat>>,
    bytes: usize,
    draining: bool,
}

impl Running {
    pub(crate) fn new(hub: Hub<Seat>, tracker: TaskTracker, clock: Arc<dyn Clock>) -> Arc<Self> {
        let state = State { hub, waiting: Vec::new(), bytes: 0, draining: false };
        Arc::new(Self { state: Mutex::new(state), taken: Notify::new(), watchers: Watchers::new(clock), tracker })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the hub, or asks it something, and has sent what comes of it.
    pub(crate) fn with<T>(self: &Arc<Self>, change: impl FnOnce(&mut Hub<Seat>, &mut Vec<Sending<Seat>>) -> T) -> T {
        self.change(&mut self.lock(), change)
    }

    /// The same for what a client says, once there is not too much waiting to be sent: whoever says more than can be sent is heard
    /// more slowly. Gives whether it had to wait.
    pub(crate) async fn hear(self: &Arc<Self>, change: impl FnOnce(&mut Hub<Seat>, &mut Vec<Sending<Seat>>)) -> bool {
        let mut waited = false;
        loop {
            let taken = self.taken.notified();
            // In a block of its own: no lock is held where it waits.
            {
                let mut state = self.lock();
                if state.bytes <= WAITING_MAX {
                    self.change(&mut state, change);
                    return waited;
                }
            }
            waited = true;
            taken.await;
        }
    }

    fn change<T>(
        self: &Arc<Self>,
        state: &mut State,
        change: impl FnOnce(&mut Hub<Seat>, &mut Vec<Sending<Seat>>) -> T,
    ) -> T {
        let State { hub, waiting, bytes, draining } = state;
        let before = waiting.len();
        let result = change(hub, waiting);
        *bytes += waiting[before..].iter().map(weight).sum::<usize>();
        if !waiting.is_empty() && !mem::replace(draining, true) {
            self.tracker.spawn(Arc::clone(self).drain());
        }
        result
    }

    async fn drain(self: Arc<Self>) {
        loop {
            let waiting = {
                let mut state = self.lock();
                state.bytes = 0;
                if state.waiting.is_empty() {
                    state.draining = false;
                    return;
                }
                mem::take(&mut state.waiting)
            };
            self.taken.notify_waiters();
            for run in runs(waiting) {
                run.send(&self.watchers).await;
            }
        }
    }
}

/// How many bytes go out.
fn weight(sending: &Sending<Seat>) -> usize {
    let receivers = match &sending.to {
        Audience::One(..) | Audience::Watchers(_) => 1,
        Audience::Group { members, .. } => members.len(),
    };
    sending.payload.len() * receivers
}

/// What goes to the same clients one after the other, in one vectored write for each.
enum Run {
    One(Socket, Vec<Frame>),
    /// What those get who watch a service.
    Trace(Arc<str>, String),
    Group {
        members: Members<Seat>,
        but: Option<Uuid>,
        frames: Vec<Frame>,
        /// What goes to who is left out, meanwhile: it can't tell the order.
        other: Option<(Socket, Vec<Frame>)>,
    },
}

/// Puts together what may go together, so that each client gets everything in its order.
fn runs(waiting: Vec<Sending<Seat>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for Sending { to, payload } in waiting {
        if let Audience::Watchers(service) = to {
            runs.push(Run::Trace(service, payload));
            continue;
        }
        let frame = Frame::text(&payload);
        match (to, runs.last_mut()) {
            (Audience::One(_, seat), Some(Run::One(same, frames))) if *same == seat.socket => frames.push(frame),
            (Audience::One(uuid, seat), Some(Run::Group { but: Some(but), other, .. })) if *but == uuid => {
                other.get_or_insert_with(|| (seat.socket, Vec::new())).1.push(frame);
            }
            (Audience::One(_, seat), _) => runs.push(Run::One(seat.socket, vec![frame])),
            (Audience::Group { members, but }, Some(Run::Group { members: same, but: left_out, frames, .. }))
                if Arc::ptr_eq(&members, same) && but == *left_out =>
            {
                frames.push(frame);
            }
            (Audience::Group { members, but }, _) => {
                runs.push(Run::Group { members, but, frames: vec![frame], other: None });
            }
            (Audience::Watchers(_), _) => {}
        }
    }
    runs
}

impl Run {
    async fn send(self, watchers: &Watchers) {
        let (members, but, frames, other) = match self {
            Self::One(socket, frames) => return hand_over(&socket, &frames),
            Self::Trace(service, entry) => return watchers.tell(&service, &entry),
            Self::Group { members, but, frames, other } => (members, but, frames, other),
        };
        for (index, (uuid, seat)) in members.iter().enumerate() {
            if index % YIELD_EVERY == YIELD_EVERY - 1 {
                std::thread::yield_now();
                tokio::task::yield_now().await;
            }
            if Some(*uuid) != but {
                hand_over(&seat.socket, &frames);
            }
        }
        if let Some((socket, frames)) = other {
            hand_over(&socket, &frames);
        }
    }
}

/// Who does not keep up is dropped, not waited for; its task sees that it is closed, and takes it out of the hub.
fn hand_over(socket: &Socket, frames: &[Frame]) {
    if socket.send(frames) == Sent::Overflow {
        socket.abandon(CloseCode::TRY_AGAIN, TOO_SLOW);
    }
}
