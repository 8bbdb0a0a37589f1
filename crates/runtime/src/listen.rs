//! Listening to a room from within the server: what a gateway does that shows a room to clients of its own.

use std::sync::Arc;

use parlor_rooms::{Content, EventId, Message, Part, RoomName, policy::Action};
use parlor_store::{Append, Committed, Key, ReadError};
use tokio::sync::{Notify, mpsc};

use crate::{Caller, CommandError, PresenceChange, Runtime, map::RoomHandle};

/// How many events are read at once, where they are no longer at hand.
const CHUNK: usize = 256;

/// A room in memory, for who is in it without a websocket of its own. Cheap to clone.
#[derive(Clone)]
pub struct Link {
    runtime: Runtime,
    handle: RoomHandle,
}

/// What a room tells who listens to it: in order, without a gap, from the moment at which it began.
pub struct Listener {
    link: Link,
    position: EventId,
    ear: Ear,
    changes: mpsc::UnboundedReceiver<PresenceChange>,
}

/// What a room tells.
#[derive(Debug)]
pub enum Heard {
    /// Events, as they stand in the log.
    Events(Vec<Committed>),
    /// Somebody with a name came, went, or took another name. They are told a few at a time.
    Presence(PresenceChange),
}

/// How a room reaches a listener.
#[derive(Clone)]
pub(crate) struct Ear {
    /// There are events. What they are the listener reads itself, so that a slow one costs nothing.
    pub(crate) news: Arc<Notify>,
    pub(crate) changes: mpsc::UnboundedSender<PresenceChange>,
}

/// Somebody is in a room, as long as this is kept.
pub struct Arrival {
    link: Link,
    name: Arc<str>,
}

impl Runtime {
    /// Makes one of the server's own rooms, unless it is there, and has it say what it is.
    pub async fn found(&self, room: &RoomName, says: &str) -> Result<(), CommandError> {
        if self.room(room).await?.lock().state.exists() {
            return Ok(());
        }
        let parts = vec![Part::Message(Arc::new(Message::system(says)))];
        self.append(Append::new(room.clone(), parts).keyed(Some(Key::own("found")))).await?;
        Ok(())
    }

    /// Listens to a room from now on.
    pub async fn listen(&self, room: &RoomName) -> Result<Listener, ReadError> {
        Ok(self.listener(self.room(room).await?))
    }

    /// The same to a room that nobody has written to: its name was drawn by chance just now, and is still secret.
    pub fn listen_to_new(&self, room: &RoomName) -> Listener {
        self.listener(self.load_new(room))
    }

    fn listener(&self, handle: RoomHandle) -> Listener {
        let link = Link { runtime: self.clone(), handle };
        let (tell, changes) = mpsc::unbounded_channel();
        let ear = Ear { news: Arc::default(), changes: tell };
        let mut inner = link.handle.lock();
        inner.ears.push(ear.clone());
        let position = inner.state.last;
        drop(inner);
        Listener { link, position, ear, changes }
    }
}

impl Listener {
    /// The room.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The last event of the room that it does not tell: everything after is still to come.
    pub fn position(&self) -> EventId {
        self.position
    }

    /// What comes next. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Result<Heard, ReadError> {
        loop {
            let (events, upto) = {
                let inner = self.link.handle.lock();
                (inner.recent_after(self.position), inner.state.last)
            };
            let events = match events {
                Some(events) => events,
                None => self.link.runtime.store().events(self.link.room(), self.position, upto, CHUNK).await?,
            };
            let before = self.position;
            if self.position < upto {
                // What is missing was erased since.
                self.position = events.last().map_or(upto, |committed| committed.event.last_id());
            }
            if !events.is_empty() {
                return Ok(Heard::Events(events));
            }
            if before < self.position {
                continue;
            }
            tokio::select! {
                () = self.ear.news.notified() => {}
                Some(change) = self.changes.recv() => return Ok(Heard::Presence(change)),
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.link.handle.lock().ears.retain(|ear| !Arc::ptr_eq(&ear.news, &self.ear.news));
    }
}

impl Link {
    /// The room's name.
    pub fn room(&self) -> &RoomName {
        &self.handle.name
    }

    /// Asks the policy, with the room as it is now.
    pub fn check(&self, caller: &Caller, action: Action) -> Result<(), CommandError> {
        let state = &self.handle.lock().state;
        Ok(self.runtime.shared().check(&caller.actor, action, self.room(), state)?)
    }

    /// How the room shows bots' texts now.
    pub fn content(&self) -> Content {
        self.handle.lock().state.settings.content(self.runtime.accounts())
    }

    /// Somebody is here now, and everybody in the room sees it. The name was checked with [`Runtime::author`].
    pub fn arrive(&self, name: &str) -> Arrival {
        let name: Arc<str> = name.into();
        self.runtime.change(&self.handle, |presence| presence.add(Some(&name)));
        Arrival { link: self.clone(), name }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.link.runtime.change(&self.link.handle, |presence| presence.remove(Some(&self.name)));
    }
}
