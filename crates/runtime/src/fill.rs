//! Loading a room, and reading from the log what the feed lost.

use std::time::Duration;

use parlor_rooms::{EventId, RoomName, RoomState};
use parlor_store::{Committed, ReadError};

use crate::{Runtime, feed::Question, map::RoomHandle, room::Todo};

/// How many events are read at once.
const CHUNK: usize = 256;
/// How long to wait before a read that failed is tried again.
const RETRY: Duration = Duration::from_millis(100);

impl Runtime {
    /// Loads a room, once for all who ask meanwhile. Events that the feed brings in between are held.
    pub(crate) async fn load(&self, handle: &RoomHandle) -> Result<(), ReadError> {
        handle
            .loaded
            .get_or_try_init(|| async {
                let opened = self.store().open(&handle.name).await.inspect_err(|_| {
                    // Held events are durable: who waits for one is answered, and finds the room when it can be read.
                    let held = std::mem::take(&mut handle.lock().held);
                    drop(held);
                })?;
                self.begin(handle, opened.state);
                self.fill(handle).await;
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// The same for a room of which it is certain that nothing is in the log: there is nothing to read.
    pub(crate) fn load_new(&self, name: &RoomName) -> RoomHandle {
        let handle = self.map().handle(name);
        if !handle.loaded.initialized() {
            handle.lock().ready = true;
            // Whoever was quicker has read that there is nothing.
            let _ = handle.loaded.set(());
        }
        handle
    }

    /// Takes the state that was read. What is held beyond it is left to [`Self::fill`].
    fn begin(&self, handle: &RoomHandle, state: RoomState) {
        let mut inner = handle.lock();
        inner.state = state;
        inner.ready = true;
        inner.filling = true;
        let last = inner.state.last;
        // What was read with the room has not been offered to its bots.
        while let Some(entry) = inner.held.first_entry().filter(|entry| *entry.key() <= last) {
            let (committed, acknowledge) = entry.remove();
            if let (Some(dispatch), Some(question)) = (self.shared().dispatch.get(), Question::of(&committed)) {
                dispatch.asked(question.in_room(&inner.state));
            }
            drop(acknowledge);
        }
    }

    /// Makes sure that the room has applied events up to `id`, which is known to be in the log.
    pub(crate) async fn catch_up(&self, handle: &RoomHandle, id: EventId) {
        loop {
            let applied = handle.applied.notified();
            let mine = {
                let mut inner = handle.lock();
                if inner.state.last >= id {
                    return;
                }
                inner.fill_to = inner.fill_to.max(id);
                !std::mem::replace(&mut inner.filling, true)
            };
            if mine {
                self.fill(handle).await;
                continue;
            }
            tokio::select! {
                () = applied => {}
                () = self.stopping().cancelled() => return,
            }
        }
    }

    /// Reads what is missing, applies it, and then what was held. Whoever set `filling` runs it, once.
    pub(crate) async fn fill(&self, handle: &RoomHandle) {
        loop {
            let (after, upto) = {
                let mut inner = handle.lock();
                let mut todo = Todo::default();
                let acknowledged = inner.apply_held(&handle.name, self.shared(), &mut todo);
                let gap = inner.held.first_key_value().map(|(_, (committed, _))| committed.event.prev);
                let upto = gap.unwrap_or_default().max(inner.fill_to);
                let after = inner.state.last;
                if after >= upto {
                    inner.filling = false;
                }
                drop(inner);
                drop(acknowledged);
                self.follow_up(handle, todo);
                (after, upto)
            };
            handle.applied.notify_waiters();
            if after >= upto {
                return;
            }
            match self.store().events(&handle.name, after, upto, CHUNK).await {
                Ok(events) => self.apply_read(handle, events, upto),
                Err(error) => {
                    tracing::warn!(room = %handle.name, %error, "can't read what the feed lost; trying again");
                    tokio::select! {
                        () = self.stopping().cancelled() => return,
                        () = tokio::time::sleep(RETRY) => {}
                    }
                }
            }
        }
    }

    fn apply_read(&self, handle: &RoomHandle, events: Vec<Committed>, upto: EventId) {
        let mut todo = Todo::default();
        let mut inner = handle.lock();
        if events.is_empty() {
            // What is missing was erased since.
            inner.state.last = inner.state.last.max(upto);
        }
        for committed in events {
            if committed.event.id > inner.state.last {
                inner.apply(&handle.name, self.shared(), committed, &mut todo);
            }
        }
        drop(inner);
        self.follow_up(handle, todo);
    }
}
