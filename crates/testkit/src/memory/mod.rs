//! A store in memory that keeps every rule of the ports, and fails as a log in a cluster would: by a seed, it leaves gaps
//! in its ids, refuses appends because somebody was first, loses notifications, and does not know whether it appended.

mod faults;
mod people;
mod search;
mod sessions;
mod tables;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use parlor_rooms::{Bot, BotId, Clock, EventId, Keep, Part, RoomName};
use parlor_store::{
    Acknowledge, Activation, ActivationId, Activations, Append, AppendError, Appended, Batch, BotRecords, Committed,
    Draft, Fed, Log, Opened, Pending, Progress, ReadError, StoredFlow, StoredMessage, Trigger, Wanted,
};
use tokio::sync::{mpsc, oneshot};

pub use self::faults::Faults;
use self::{
    faults::Dice,
    tables::{Done, Tables},
};

/// How many batches may wait for the feed's reader; more are lost, as in a cluster.
const FEED: usize = 1 << 20;

/// The store.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    faults: Faults,
    inner: Mutex<Inner>,
}

struct Inner {
    tables: Tables,
    people: people::Tables,
    flows: BTreeMap<(String, String), StoredFlow>,
    published: BTreeMap<String, String>,
    drafts: BTreeMap<String, Draft>,
    dice: Dice,
    feed: Option<mpsc::Sender<Batch>>,
    feed_taken: bool,
}

impl MemoryStore {
    /// A store in which nothing fails.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_faults(clock, Faults::none(), 0)
    }

    /// A store that fails so often, always the same way for the same seed and the same calls.
    pub fn with_faults(clock: Arc<dyn Clock>, faults: Faults, seed: u64) -> Self {
        let (tables, dice) = (Tables::default(), Dice::new(seed));
        Self {
            clock,
            faults,
            inner: Mutex::new(Inner {
                tables,
                people: people::Tables::default(),
                flows: BTreeMap::new(),
                published: BTreeMap::new(),
                drafts: BTreeMap::new(),
                dice,
                feed: None,
                feed_taken: false,
            }),
        }
    }

    /// Ends the feed, as a store that is closed does.
    pub fn close(&self) {
        self.lock().feed = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no code panics while it holds the lock")
    }

    /// Appends and tells the feed, all at once.
    fn take(&self, append: &Append, answer: oneshot::Sender<Result<Appended, AppendError>>) {
        let now = self.clock.now();
        let mut inner = self.lock();
        let Inner { tables, dice, feed, .. } = &mut *inner;
        let mut answer = Some(answer);
        if dice.happens(self.faults.unknown) {
            let _ = answer.take().map(|answer| answer.send(Err(AppendError::Unknown)));
            if dice.happens(0.5) {
                return;
            }
        }
        let lost = dice.happens(self.faults.lose);
        let fed = match tables.append(append, now, &self.faults, dice) {
            Ok(done) => done.feed(answer),
            Err(error) => {
                let acknowledge = answer.map(|answer| Acknowledge::refusing(error, answer));
                vec![Fed { committed: None, pending: None, acknowledge }]
            }
        };
        if let Some(feed) = feed.as_ref().filter(|_| !lost) {
            // What has no reader is dropped, which answers who waits.
            let _ = feed.try_send(fed);
        }
    }
}

impl Done {
    fn feed(self, answer: Option<oneshot::Sender<Result<Appended, AppendError>>>) -> Batch {
        let Self { appended, committed, pending } = self;
        let mut acknowledge = answer.map(|answer| Acknowledge::new(appended, answer));
        let mut batch = Batch::new();
        if committed.is_some() {
            let acknowledge = if pending.is_none() { acknowledge.take() } else { None };
            batch.push(Fed { committed, pending: None, acknowledge });
        }
        if pending.is_some() || acknowledge.is_some() {
            batch.push(Fed { committed: None, pending, acknowledge });
        }
        batch
    }
}

#[async_trait]
impl Log for MemoryStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (answer, answered) = oneshot::channel();
        self.take(&append, answer);
        answered.await.unwrap_or(Err(AppendError::Unknown))
    }

    fn may_lose(&self) -> bool {
        self.faults.lose > 0.0 || self.faults.unknown > 0.0
    }

    fn feed(&self) -> Option<mpsc::Receiver<Batch>> {
        let mut inner = self.lock();
        if std::mem::replace(&mut inner.feed_taken, true) {
            return None;
        }
        let (feed, reader) = mpsc::channel(FEED);
        inner.feed = Some(feed);
        Some(reader)
    }

    async fn open(&self, room: &RoomName) -> Result<Opened, ReadError> {
        let inner = self.lock();
        let room = inner.tables.rooms.get(room);
        Ok(room.map(|room| Opened { state: room.state.clone(), last_at: room.last_at }).unwrap_or_default())
    }

    async fn after(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, ReadError> {
        let inner = self.lock();
        let Some(room) = inner.tables.rooms.get(room) else { return Ok(Vec::new()) };
        Ok(room.messages().filter(|message| after < message.id && message.id <= upto).take(limit).collect())
    }

    async fn before(&self, room: &RoomName, before: EventId, limit: usize) -> Result<Vec<StoredMessage>, ReadError> {
        let inner = self.lock();
        let Some(room) = inner.tables.rooms.get(room) else { return Ok(Vec::new()) };
        let mut newest: Vec<_> = room.messages().rev().filter(|message| message.id < before).take(limit).collect();
        newest.reverse();
        Ok(newest)
    }

    async fn events(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<Committed>, ReadError> {
        let inner = self.lock();
        let Some(found) = inner.tables.rooms.get(room) else { return Ok(Vec::new()) };
        let wanted = found.events().filter(|(event, _)| after < event.id && event.id <= upto).take(limit);
        let committed = wanted.map(|(event, records)| {
            let trigger = Trigger::Message(event.id);
            let pending =
                inner.tables.pending.iter().any(|pending| pending.room == *room && pending.trigger == trigger);
            Committed { event: Arc::new(event), records, pending }
        });
        Ok(committed.collect())
    }

    async fn controls(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Vec<Part>)>, ReadError> {
        let inner = self.lock();
        let Some(found) = inner.tables.rooms.get(room) else { return Ok(Vec::new()) };
        let wanted = found.events().filter(|(event, _)| after < event.id && event.id <= upto && event.is_control());
        let controls = wanted.take(limit).map(|(event, _)| {
            let parts = event.parts.into_iter().filter(Part::is_control).collect();
            (event.id, parts)
        });
        Ok(controls.collect())
    }

    async fn retain(&self, otherwise: Keep) -> Result<(), ReadError> {
        let now = self.clock.now();
        self.lock().tables.rooms.values_mut().for_each(|room| room.retain(now, otherwise));
        Ok(())
    }

    async fn deleted_bots(&self, room: &RoomName, after: EventId) -> Result<Vec<Bot>, ReadError> {
        let inner = self.lock();
        let rows = inner.tables.bots.values().filter(|row| row.room == *room);
        Ok(rows.filter(|row| row.deleted_by.is_some_and(|id| id > after)).map(|row| row.bot.clone()).collect())
    }

    async fn rooms(&self) -> Result<Vec<(RoomName, EventId)>, ReadError> {
        let inner = self.lock();
        let rooms = inner.tables.rooms.iter().filter(|(_, room)| room.state.exists());
        Ok(rooms.map(|(name, room)| (name.clone(), room.state.last)).collect())
    }
}

#[async_trait]
impl BotRecords for MemoryStore {
    async fn next_bot_id(&self) -> Result<BotId, ReadError> {
        let mut inner = self.lock();
        inner.tables.last_bot += 1;
        Ok(BotId(inner.tables.last_bot))
    }

    async fn bot(&self, id: BotId) -> Result<Option<(RoomName, Bot)>, ReadError> {
        let inner = self.lock();
        let row = inner.tables.bots.get(&id).filter(|row| row.deleted_by.is_none());
        Ok(row.map(|row| (row.room.clone(), row.bot.clone())))
    }

    async fn all_bots(&self) -> Result<Vec<(RoomName, Bot)>, ReadError> {
        let inner = self.lock();
        let rows = inner.tables.bots.values().filter(|row| row.deleted_by.is_none());
        Ok(rows.map(|row| (row.room.clone(), row.bot.clone())).collect())
    }

    async fn secret(&self, id: BotId) -> Result<Option<String>, ReadError> {
        Ok(self.lock().tables.bots.get(&id).and_then(|row| row.secret.clone()))
    }

    async fn set_token(&self, id: BotId, hash: [u8; 32]) -> Result<(), AppendError> {
        if let Some(row) = self.lock().tables.bots.get_mut(&id).filter(|row| row.deleted_by.is_none()) {
            row.token = Some(hash);
        }
        Ok(())
    }

    async fn bot_with_token(&self, hash: [u8; 32]) -> Result<Option<BotId>, ReadError> {
        let inner = self.lock();
        Ok(inner.tables.bots.iter().find(|(_, row)| row.token == Some(hash)).map(|(id, _)| *id))
    }
}

#[async_trait]
impl Activations for MemoryStore {
    async fn begin(&self, activation: Activation, plan: Progress) -> Result<(), AppendError> {
        let mut inner = self.lock();
        inner.tables.progress(&plan);
        inner.tables.put_activation(&activation);
        Ok(())
    }

    async fn progress(&self, progress: Progress) -> Result<(), AppendError> {
        self.lock().tables.progress(&progress);
        Ok(())
    }

    async fn pending(&self) -> Result<Vec<(Pending, Vec<Activation>)>, ReadError> {
        let inner = self.lock();
        let begun = |pending: &Pending| {
            let same = |known: &&Activation| known.room == pending.room.as_str() && known.trigger == pending.trigger;
            inner.tables.activations.iter().filter(same).cloned().collect()
        };
        Ok(inner.tables.pending.iter().map(|pending| (pending.clone(), begun(pending))).collect())
    }

    async fn activations(&self, wanted: Wanted) -> Result<Vec<Activation>, ReadError> {
        let inner = self.lock();
        let matches = |known: &&Activation| {
            wanted.room.as_ref().is_none_or(|room| known.room == room.as_str())
                && wanted.bot.is_none_or(|bot| known.bot == bot)
                && wanted.message.is_none_or(|message| known.trigger.message() == Some(message))
        };
        Ok(inner.tables.activations.iter().rev().filter(matches).take(wanted.limit).cloned().collect())
    }

    async fn activation(&self, id: &ActivationId) -> Result<Option<Activation>, ReadError> {
        Ok(self.lock().tables.activations.iter().find(|known| known.id == *id).cloned())
    }
}
