//! The feed's one reader: applies what was committed, and only then answers who waited for it.

use std::sync::Arc;

use parlor_store::{Acknowledge, Batch, Committed, Fed, Trigger};
use tokio::sync::mpsc;

use crate::{
    Asked, Runtime,
    map::RoomHandle,
    room::{Room, Todo},
};

impl Runtime {
    /// Reads the feed until it ends.
    pub(crate) async fn read_feed(self, mut feed: mpsc::Receiver<Batch>) {
        while let Some(batch) = feed.recv().await {
            for fed in batch {
                self.take(fed);
            }
        }
    }

    fn take(&self, fed: Fed) {
        let Fed { committed, pending, acknowledge } = fed;
        if let Some(pending) = pending {
            let asked = Question { room: pending.room, trigger: pending.trigger, message: None, body: pending.body };
            self.ask_in_room(asked, acknowledge);
        } else if let Some(committed) = committed {
            match self.map().find(&committed.event.room) {
                Some(room) => {
                    let mut todo = Todo::default();
                    room.take(self.shared(), committed, acknowledge, &mut todo);
                    self.follow_up(&room, todo);
                }
                // Nobody follows it; only its bots may want to know.
                None => {
                    if let Some(asked) = Question::of(&committed) {
                        self.ask_in_room(asked, acknowledge);
                    }
                }
            }
        }
        // What is left is the answer to a duplicate: its event was before it in the feed.
    }

    /// Starts what an event made necessary.
    pub(crate) fn follow_up(&self, room: &Arc<Room>, todo: Todo) {
        if todo.drain {
            self.tracker().spawn(crate::drain::run(Arc::clone(room), Arc::clone(self.metrics())));
        }
        if todo.fill {
            let (this, handle) = (self.clone(), self.map().handle(&room.name));
            self.tracker().spawn(async move { this.fill(&handle).await });
        }
    }

    /// Asks for bots with the room as it is now, loading it if need be.
    fn ask_in_room(&self, question: Question, acknowledge: Option<Acknowledge>) {
        let handle = self.map().handle(&question.room);
        if handle.loaded.initialized() {
            self.ask(&handle, question);
            return;
        }
        let this = self.clone();
        self.tracker().spawn(async move {
            // If it can't be loaded the dispatch stays pending, and is found at the next start.
            match this.load(&handle).await {
                Ok(()) => this.ask(&handle, question),
                Err(error) => {
                    tracing::error!(room = %handle.name, %error, "its bots are not activated until the next start");
                }
            }
            drop(acknowledge);
        });
    }

    fn ask(&self, handle: &RoomHandle, question: Question) {
        let inner = handle.lock();
        if let Some(dispatch) = self.shared().dispatch.get() {
            dispatch.asked(question.in_room(&inner.state));
        }
    }
}

/// What asks for bots, without the room's state.
pub(crate) struct Question {
    room: parlor_rooms::RoomName,
    trigger: Trigger,
    message: Option<(parlor_rooms::EventId, Arc<parlor_rooms::Message>)>,
    body: Option<parlor_rooms::Json>,
}

impl Question {
    /// What a committed event asks, if a dispatch is pending for it.
    pub(crate) fn of(committed: &Committed) -> Option<Self> {
        if !committed.pending {
            return None;
        }
        let (id, message) = committed.event.messages().next()?;
        Some(Self {
            room: committed.event.room.clone(),
            trigger: Trigger::Message(id),
            message: Some((id, Arc::clone(message))),
            body: None,
        })
    }

    /// The same, with the room's state beside it.
    pub(crate) fn in_room(self, state: &parlor_rooms::RoomState) -> Asked {
        Asked {
            room: self.room,
            trigger: self.trigger,
            message: self.message,
            body: self.body,
            bots: Arc::clone(&state.bots),
            conversation: state.conversation.clone(),
        }
    }
}
