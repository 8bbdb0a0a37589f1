//! Who is typing: the visitor, for the operators' inboxes, and the operator, for the visitor's windows. Nothing of it is stored, and other
//! nodes of a cluster do not hear of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlor_rooms::{
    RoomName,
    session::{Status, Writer},
};
use parlor_runtime::CommandError;
use parlor_sockets::{Frame, Socket};
use tokio::time::Instant;

use crate::{
    Door,
    said::{self, Other},
    takeover::NotDone,
};

/// How often it is told that somebody goes on typing.
pub(crate) const EVERY: Duration = Duration::from_secs(2);

/// The windows of visitors with whom a person is, by session.
#[derive(Default)]
pub(crate) struct Windows(Mutex<HashMap<RoomName, Vec<Window>>>);

struct Window {
    socket: Socket,
    number: u64,
}

/// One of them, for as long as it is held.
pub(crate) struct Shown {
    all: Arc<Windows>,
    room: RoomName,
    number: u64,
}

impl Windows {
    fn lock(&self) -> MutexGuard<'_, HashMap<RoomName, Vec<Window>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one.
    pub(crate) fn show(self: &Arc<Self>, room: &RoomName, socket: &Socket) -> Shown {
        let mut all = self.lock();
        let of_room = all.entry(room.clone()).or_default();
        let number = of_room.last().map_or(0, |last| last.number + 1);
        of_room.push(Window { socket: socket.clone(), number });
        Shown { all: Arc::clone(self), room: room.clone(), number }
    }

    fn tell(&self, room: &RoomName, frame: &Frame) {
        for window in self.lock().get(room).into_iter().flatten() {
            // Who has no room for it misses nothing that lasts.
            let _ = window.socket.send(std::slice::from_ref(frame));
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(of_room) = all.get_mut(&self.room) {
            of_room.retain(|window| window.number != self.number);
            if of_room.is_empty() {
                all.remove(&self.room);
            }
        }
    }
}

/// Lets something through once in a while.
#[derive(Default)]
pub(crate) struct Seldom(Option<Instant>);

impl Seldom {
    /// Whether it may go through now.
    pub(crate) fn now(&mut self) -> bool {
        let now = Instant::now();
        let may = self.0.is_none_or(|last| now.duration_since(last) >= EVERY);
        if may {
            self.0 = Some(now);
        }
        may
    }
}

impl Door {
    /// Tells a visitor that an operator is typing who has the session.
    pub(crate) async fn operator_types(&self, room: &RoomName, who: &str) -> Result<(), NotDone> {
        let session = self.runtime.snapshot(room).await.map_err(CommandError::from)?.session.ok_or(NotDone::None)?;
        session.may_write(Writer::Operator(who))?;
        let word = said::line(&Other::Typing { author: who });
        self.windows.tell(room, &Frame::text(&word));
        Ok(())
    }

    /// Tells the inboxes that a visitor is typing, if a person is there or waited for.
    pub(crate) async fn visitor_types(&self, room: &RoomName) {
        let Ok(state) = self.runtime.snapshot(room).await else { return };
        let Some(session) = state.session else { return };
        if matches!(session.status, Status::Pending | Status::Open | Status::Snoozed) {
            self.news.typing(room, session.status);
        }
    }
}
