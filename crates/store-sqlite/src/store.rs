//! The ports, as this driver has them.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use async_trait::async_trait;
use parlor_rooms::{Bot, BotId, EventId, Keep, Part, RoomName};
use parlor_store::{
    Activation, ActivationId, Activations, Append, AppendError, Appended, Batch, BotRecords, Committed, Log, Opened,
    Pending, Progress, ReadError, StoredMessage, Wanted,
};
use tokio::sync::mpsc;

use crate::{
    SqliteStore,
    read::{activations, bots, log, retention},
    writer::Command,
};

#[async_trait]
impl Log for SqliteStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.commanded(|answer| Command::Append(Box::new(append), answer)).await
    }

    fn feed(&self) -> Option<mpsc::Receiver<Batch>> {
        self.take_feed()
    }

    async fn open(&self, room: &RoomName) -> Result<Opened, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::open(conn, &room)).await
    }

    async fn after(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::after(conn, &room, after, upto, limit)).await
    }

    async fn before(&self, room: &RoomName, before: EventId, limit: usize) -> Result<Vec<StoredMessage>, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::before(conn, &room, before, limit)).await
    }

    async fn events(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<Committed>, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::events(conn, &room, after, upto, limit)).await
    }

    async fn controls(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Vec<Part>)>, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::controls(conn, &room, after, upto, limit)).await
    }

    async fn retain(&self, otherwise: Keep) -> Result<(), ReadError> {
        let mut after = Some(0);
        while let Some(from) = after {
            let (now, counts) = (self.clock.now(), Arc::clone(&self.counts));
            let due = self.readers.read(move |conn| {
                let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                retention::due(conn, from, now, otherwise, &mut counts)
            });
            let due = due.await?;
            for (room, upto) in due.rooms {
                self.command(Command::Retain(room, upto)).await.map_err(|error| ReadError(error.to_string()))?;
            }
            after = due.next;
        }
        Ok(())
    }

    fn is_lost(&self, id: EventId) -> bool {
        self.holes.iter().any(|(after, upto)| *after < id && id <= *upto)
    }

    async fn deleted_bots(&self, room: &RoomName, after: EventId) -> Result<Vec<Bot>, ReadError> {
        let room = room.clone();
        self.readers.read(move |conn| log::deleted_bots(conn, &room, after)).await
    }

    async fn rooms(&self) -> Result<Vec<(RoomName, EventId)>, ReadError> {
        self.readers.read(log::rooms).await
    }
}

#[async_trait]
impl BotRecords for SqliteStore {
    async fn next_bot_id(&self) -> Result<BotId, ReadError> {
        Ok(BotId(self.last_bot.fetch_add(1, Ordering::Relaxed) + 1))
    }

    async fn bot(&self, id: BotId) -> Result<Option<(RoomName, Bot)>, ReadError> {
        self.readers.read(move |conn| bots::bot(conn, id)).await
    }

    async fn all_bots(&self) -> Result<Vec<(RoomName, Bot)>, ReadError> {
        self.readers.read(bots::all_bots).await
    }

    async fn secret(&self, id: BotId) -> Result<Option<String>, ReadError> {
        self.readers.read(move |conn| bots::secret(conn, id)).await
    }

    async fn set_token(&self, id: BotId, hash: [u8; 32]) -> Result<(), AppendError> {
        self.commanded(|answer| Command::Token(id, hash, answer)).await
    }

    async fn bot_with_token(&self, hash: [u8; 32]) -> Result<Option<BotId>, ReadError> {
        self.readers.read(move |conn| bots::bot_with_token(conn, hash)).await
    }
}

#[async_trait]
impl Activations for SqliteStore {
    async fn begin(&self, activation: Activation, plan: Progress) -> Result<(), AppendError> {
        self.commanded(|answer| Command::Begin(Box::new((activation, plan)), answer)).await
    }

    async fn progress(&self, progress: Progress) -> Result<(), AppendError> {
        self.command(Command::Progress(Box::new(progress))).await
    }

    async fn pending(&self) -> Result<Vec<(Pending, Vec<Activation>)>, ReadError> {
        self.readers.read(activations::pending).await
    }

    async fn activations(&self, wanted: Wanted) -> Result<Vec<Activation>, ReadError> {
        self.readers.read(move |conn| activations::activations(conn, &wanted)).await
    }

    async fn activation(&self, id: &ActivationId) -> Result<Option<Activation>, ReadError> {
        let id = id.clone();
        self.readers.read(move |conn| activations::activation(conn, &id)).await
    }
}
