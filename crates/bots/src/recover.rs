//! After a start: what was pending when the server ended goes on, in order.

use parlor_rooms::{EventId, Message, RoomName, RoomState};
use parlor_runtime::Asked;
use parlor_store::{Activation, Pending, ReadError, Trigger, record};
use std::{collections::HashMap, sync::Arc};

use crate::{Bots, bots::Inner, dispatch::Left, plan::Plan};

impl Bots {
    /// Takes up what the server left when it ended, and lets timers run. To be called once, before anybody posts. Returns as soon as all of
    /// it is under way, with the number of dispatches.
    pub async fn recover(&self) -> Result<usize, ReadError> {
        let inner = &self.inner;
        let mut rooms: HashMap<RoomName, RoomState> = HashMap::new();
        let mut found = Vec::new();
        for (pending, begun) in inner.runtime.store().pending().await? {
            if !rooms.contains_key(&pending.room) {
                rooms.insert(pending.room.clone(), inner.runtime.snapshot(&pending.room).await?);
            }
            match inner.left(&rooms[&pending.room], &pending, begun).await? {
                Some(left) => found.push(left),
                None => inner.over(&pending.room, &pending.trigger).await,
            }
        }
        let count = found.len();
        inner.take_all(found);
        inner.start_all_timers().await?;
        Ok(count)
    }
}

impl Inner {
    /// All at once: what goes on first must not change a room before the rest stands in its lane.
    fn take_all(self: &Arc<Self>, found: Vec<(Asked, Left)>) {
        let mut lanes = self.lanes();
        for (asked, left) in found {
            self.take(asked, Some(left), &mut lanes);
        }
    }

    /// What was left of one dispatch; `None` if its message is gone.
    async fn left(
        &self,
        room: &RoomState,
        pending: &Pending,
        begun: Vec<Activation>,
    ) -> Result<Option<(Asked, Left)>, ReadError> {
        let message = match &pending.trigger {
            Trigger::Message(id) => match self.message(&pending.room, *id).await? {
                Some(message) => Some((*id, Arc::new(message))),
                None => return Ok(None),
            },
            Trigger::Form(_) | Trigger::Event(_) | Trigger::Again { .. } | Trigger::Test(_) => None,
        };
        let plan = pending.plan.as_ref().and_then(|plan| {
            Plan::read(plan)
                .inspect_err(|error| tracing::error!(room = %pending.room, %error, "a stored plan can't be read"))
                .ok()
        });
        let asked = Asked {
            room: pending.room.clone(),
            trigger: pending.trigger.clone(),
            message,
            body: pending.body.clone(),
            bots: Arc::clone(&room.bots),
            conversation: room.conversation.clone(),
        };
        Ok(Some((asked, Left { plan, begun })))
    }

    /// A message that is not cleared.
    pub(crate) async fn message(&self, room: &RoomName, id: EventId) -> Result<Option<Message>, ReadError> {
        let before = EventId(id.0.saturating_sub(1));
        let stored = self.runtime.store().after(room, before, id, 1).await?.pop();
        Ok(stored.and_then(|stored| {
            record::read_message(&stored.record)
                .inspect_err(|error| tracing::error!(%room, %id, %error, "a stored message can't be read"))
                .ok()
        }))
    }
}
