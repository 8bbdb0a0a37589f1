//! What a store in memory holds, and what one command does to it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use parlor_rooms::{Bot, BotId, Event, EventId, Keep, Part, RoomName, RoomState, Timestamp};
use parlor_store::{
    Activation, Append, AppendError, Appended, Ask, Attachment, Committed, Expect, Key, Pending, Progress,
    StoredMessage, Trigger, log::KEY_LIFE,
};

use super::faults::{Dice, Faults};

#[derive(Default)]
pub(crate) struct Room {
    pub(crate) state: RoomState,
    pub(crate) last_at: Timestamp,
    events: Vec<(Arc<Event>, Vec<Bytes>)>,
    keys: HashMap<Key, (EventId, Timestamp)>,
}

pub(crate) struct BotRow {
    pub(crate) room: RoomName,
    pub(crate) bot: Bot,
    pub(crate) deleted_by: Option<EventId>,
    pub(crate) secret: Option<String>,
    pub(crate) token: Option<[u8; 32]>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) rooms: BTreeMap<RoomName, Room>,
    pub(crate) bots: BTreeMap<BotId, BotRow>,
    pub(crate) last_bot: u64,
    pub(crate) pending: Vec<Pending>,
    /// In the order in which they first began.
    pub(crate) activations: Vec<Activation>,
    /// Rooms of sessions, in the order in which they began.
    pub(crate) sessions: Vec<RoomName>,
    /// Where something was said in sessions, in order.
    pub(crate) spoken: Vec<(RoomName, EventId)>,
    /// Files, by the event with which each came.
    pub(crate) attachments: BTreeMap<(RoomName, EventId), Attachment>,
}

/// What an append came to.
pub(crate) struct Done {
    pub(crate) appended: Appended,
    pub(crate) committed: Option<Committed>,
    pub(crate) pending: Option<Pending>,
}

impl Tables {
    /// Appends, or changes nothing.
    pub(crate) fn append(
        &mut self,
        append: &Append,
        now: Timestamp,
        faults: &Faults,
        dice: &mut Dice,
    ) -> Result<Done, AppendError> {
        let known = self.rooms.get(&append.room);
        let (control, last, last_at) =
            known.map_or_else(Default::default, |room| (room.state.control, room.state.last, room.last_at));
        let at = append.at.map_or(now, |at| at.min(now)).max(last_at);
        if let (Some(key), Some(room)) = (&append.key, known)
            && let Some((id, at)) = room.keys.get(key).copied().filter(|(_, at)| now.since(*at) < KEY_LIFE)
        {
            let appended = Appended { id, at, duplicate: true };
            return Ok(Done { appended, committed: None, pending: None });
        }
        if let Expect::Control(expected) = append.expect
            && (expected != control || dice.happens(faults.refuse))
        {
            return Err(AppendError::Conflict(control));
        }
        let messages = append.parts.iter().filter(|part| !part.is_control()).count();
        if messages != append.records.len() {
            return Err(AppendError::Unavailable("messages and records differ in number".to_owned()));
        }
        let gap = if dice.happens(faults.gaps) { 1 + dice.below(9) } else { 0 };
        let id = if append.parts.is_empty() { EventId::ZERO } else { EventId(last.0 + 1 + gap) };
        if let Some(key) = append.key {
            self.rooms.entry(append.room.clone()).or_default().keys.insert(key, (id, at.max(now)));
        }
        let mut committed = None;
        if !append.parts.is_empty() {
            let event = Event { room: append.room.clone(), id, prev: last, at, parts: append.parts.clone() };
            let event = Arc::new(event);
            self.attachments.extend(append.file.clone().map(|file| ((append.room.clone(), id), file)));
            self.apply(&event, &append.records);
            committed = Some(Committed { event, records: append.records.clone(), pending: false });
        }
        let mut pending = None;
        match &append.ask {
            Some(Ask::Message) if messages > 0 => {
                if let Some(committed) = &mut committed
                    && !self.rooms[&append.room].state.bots.is_empty()
                {
                    let (room, trigger) = (append.room.clone(), Trigger::Message(id));
                    committed.pending = self.ask(Pending { room, trigger, body: None, plan: None });
                }
            }
            Some(Ask::Other { trigger, body }) => {
                let (room, trigger) = (append.room.clone(), trigger.clone());
                let asked = Pending { room, trigger, body: Some(body.clone()), plan: None };
                pending = self.ask(asked.clone()).then_some(asked);
            }
            Some(Ask::Message) | None => {}
        }
        if let Some(progress) = &append.progress {
            self.progress(progress);
        }
        if let Some(change) = &append.secret
            && let Some(row) = self.bots.get_mut(&change.bot).filter(|row| row.deleted_by.is_none())
        {
            row.secret.clone_from(&change.secret);
        }
        Ok(Done { appended: Appended { id, at, duplicate: false }, committed, pending })
    }

    fn apply(&mut self, event: &Arc<Event>, records: &[Bytes]) {
        let room = self.rooms.entry(event.room.clone()).or_default();
        room.state.apply(event);
        room.last_at = event.at;
        if room.state.session.is_some() && !self.sessions.contains(&event.room) {
            self.sessions.push(event.room.clone());
        }
        if event.parts.iter().any(|part| matches!(part, Part::Said(_))) {
            self.spoken.push((event.room.clone(), event.id));
        }
        room.events.push((Arc::clone(event), records.to_vec()));
        for part in &event.parts {
            let (bot, deleted_by) = match part {
                Part::BotPut(bot) => (bot, None),
                Part::BotDeleted(bot) => (bot, Some(event.id)),
                _ => continue,
            };
            self.last_bot = self.last_bot.max(bot.id.0);
            let kept = self.bots.remove(&bot.id).filter(|_| deleted_by.is_none());
            let (secret, token) = kept.map_or((None, None), |row| (row.secret, row.token));
            let row = BotRow { room: event.room.clone(), bot: Bot::clone(bot), deleted_by, secret, token };
            self.bots.insert(bot.id, row);
        }
    }

    fn ask(&mut self, pending: Pending) -> bool {
        let same = |other: &Pending| (&other.room, &other.trigger) == (&pending.room, &pending.trigger);
        let new = !self.pending.iter().any(same);
        if new {
            self.pending.push(pending);
        }
        new
    }

    /// Takes over a plan, and a record.
    pub(crate) fn progress(&mut self, progress: &Progress) {
        if let Some(activation) = &progress.activation {
            self.put_activation(activation);
        }
        let same = |other: &Pending| other.room == progress.room && other.trigger == progress.trigger;
        match &progress.plan {
            None => self.pending.retain(|pending| !same(pending)),
            Some(plan) => {
                if let Some(pending) = self.pending.iter_mut().find(|pending| same(pending)) {
                    pending.plan = Some(plan.clone());
                }
            }
        }
    }

    /// Stores a record, in place of the one with the same id.
    pub(crate) fn put_activation(&mut self, activation: &Activation) {
        match self.activations.iter_mut().find(|known| known.id == activation.id) {
            Some(known) => known.clone_from(activation),
            None => self.activations.push(activation.clone()),
        }
    }
}

/// What is left of an event whose messages are erased.
fn strip(event: &mut Event) {
    event.parts.retain(|part| part.is_control() && !matches!(part, Part::Said(_)));
}

impl Room {
    /// Erases messages that are too old or too many.
    pub(crate) fn retain(&mut self, now: Timestamp, otherwise: Keep) {
        let keep = self.state.settings.keeps(otherwise);
        let life = keep.days.map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60));
        let mut left: usize = self.events.iter().map(|(_, records)| records.len()).sum();
        for (event, records) in &mut self.events {
            let old = life.is_some_and(|life| event.at < now.minus(life));
            // The newest ones stay, and what belongs to them.
            left -= records.len();
            let many = keep.messages.is_some_and(|most| left >= most as usize);
            if !old && !many {
                break;
            }
            records.clear();
            strip(Arc::make_mut(event));
        }
    }

    /// The messages above the mark, ascending.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = StoredMessage> {
        let all = self.events.iter().flat_map(|(event, records)| {
            let stored = move |(index, record): (usize, &Bytes)| StoredMessage {
                id: event.id.message(index),
                at: event.at,
                record: record.clone(),
            };
            records.iter().enumerate().map(stored)
        });
        all.filter(|message| message.id > self.state.mark)
    }

    /// The events as they are now: below the mark, messages are gone.
    pub(crate) fn events(&self) -> impl Iterator<Item = (Event, Vec<Bytes>)> {
        self.events.iter().filter_map(|(event, records)| {
            let (mut event, mut records) = (Event::clone(event), records.clone());
            if event.id < self.state.mark {
                strip(&mut event);
                records.clear();
            }
            (!event.parts.is_empty()).then_some((event, records))
        })
    }
}
