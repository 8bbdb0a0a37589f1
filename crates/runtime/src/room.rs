//! One room in memory: its state, who follows it, and what waits to be sent to them.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use parlor_rooms::{
    Event, EventId, Part, RoomName, RoomSettings, RoomState, Timestamp,
    policy::{self, Accounts, Action, Actor, Place, Refusal},
};
use parlor_sockets::{CloseCode, Frame, Socket};
use parlor_store::{Acknowledge, Committed};
use tokio::sync::{Notify, OnceCell};

use crate::{
    Dispatch, Encoder, Register, Signal,
    feed::Question,
    listen::Ear,
    presence::{Presence, Typing},
    signal::Kinds,
};

/// How many of its newest events a room keeps at hand, for those who join while others post.
const RECENT_EVENTS: usize = 256;
/// And how many bytes of records.
const RECENT_BYTES: usize = 256 * 1024;
/// What somebody hears who may not follow the room any more.
pub(crate) const SHUT_OUT: &str = "this room is not open to you any more";

/// Which of the registered encoders writes for a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderId(u16);

impl EncoderId {
    pub(crate) fn new(index: usize) -> Self {
        Self(u16::try_from(index).expect("there are as many encoders as protocols: a few"))
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What all rooms share.
pub(crate) struct Shared {
    pub(crate) encoders: Vec<Arc<dyn Encoder>>,
    pub(crate) dispatch: std::sync::OnceLock<Arc<dyn Dispatch>>,
    /// Whether only this machine reaches the server.
    pub(crate) local: bool,
    pub(crate) accounts: Accounts,
    pub(crate) register: Option<Arc<dyn Register>>,
}

impl Shared {
    /// A room's settings as people are told of them: with what holds where nobody has chosen.
    pub(crate) fn told(&self, settings: &RoomSettings) -> RoomSettings {
        RoomSettings { content: Some(settings.content(self.accounts)), ..settings.clone() }
    }

    /// Asks the policy.
    pub(crate) fn check(
        &self,
        actor: &Actor,
        action: Action,
        room: &RoomName,
        state: &RoomState,
    ) -> Result<(), Refusal> {
        let (local, accounts) = (self.local, self.accounts);
        policy::check(actor, action, Place { room, exists: state.exists(), settings: &state.settings, local, accounts })
    }
}

/// Somebody who follows a room. What a drain looks at stands here itself, not behind another pointer: with many members
/// each such look is a cache miss.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) socket: Socket,
    pub(crate) encoder: EncoderId,
    /// What it asked to be told besides.
    pub(crate) also: Kinds,
    /// Events up to this one came to it by replay.
    pub(crate) joined: EventId,
    pub(crate) behind: Arc<Behind>,
}

// Two to a cache line.
const _: () = assert!(size_of::<Member>() <= 32);

/// What is looked at seldom of somebody who follows a room.
pub(crate) struct Behind {
    /// The last event that it has, if it fell behind and is no member any more.
    last: AtomicU64,
    /// Who it is.
    pub(crate) actor: Actor,
}

/// Nobody who is a member has fallen behind.
const LIVE: u64 = u64::MAX;

impl Behind {
    pub(crate) fn new(actor: Actor) -> Self {
        Self { last: AtomicU64::new(LIVE), actor }
    }

    /// Says that it has everything up to `id`, and nothing beyond.
    pub(crate) fn set(&self, id: EventId) {
        self.last.store(id.0, Ordering::Release);
    }

    /// Takes the place from which it has to be replayed, if it fell behind.
    pub(crate) fn take(&self) -> Option<EventId> {
        match self.last.swap(LIVE, Ordering::AcqRel) {
            LIVE => None,
            id => Some(EventId(id)),
        }
    }
}

/// An event or a signal that waits to be sent, in the encodings that members need.
pub(crate) struct Outgoing {
    /// Goes to those who joined below.
    pub(crate) id: EventId,
    pub(crate) before: EventId,
    /// To whom, by what they asked for; nothing: to all.
    pub(crate) to: Kinds,
    pub(crate) frames: Vec<(EncoderId, Vec<Frame>)>,
}

/// A room that is in memory.
pub(crate) struct Room {
    pub(crate) name: RoomName,
    pub(crate) loaded: OnceCell<()>,
    /// How many handles there are; changed from zero only under the map's shard lock.
    pub(crate) users: AtomicUsize,
    /// Told whenever a gap was filled.
    pub(crate) applied: Notify,
    inner: Mutex<Inner>,
}

pub(crate) struct Inner {
    /// Whether `state` is the room's; until then events are held.
    pub(crate) ready: bool,
    /// Whether a task is reading what the feed lost; until it is done events are held.
    pub(crate) filling: bool,
    /// That task reads up to here, even if nothing is held.
    pub(crate) fill_to: EventId,
    pub(crate) state: RoomState,
    pub(crate) held: BTreeMap<EventId, (Committed, Option<Acknowledge>)>,
    pub(crate) members: Arc<Vec<Member>>,
    /// What any of them asked for.
    pub(crate) asked: Kinds,
    /// Who is here; none as long as nobody asks.
    pub(crate) presence: Option<Box<Presence>>,
    pub(crate) typing: Typing,
    /// Who listens from within the server.
    pub(crate) ears: Vec<Ear>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) draining: bool,
    recent: VecDeque<Committed>,
    recent_bytes: usize,
    /// When the last handle went away.
    pub(crate) idle_since: Option<Timestamp>,
}

/// What a room wants done after an event, outside its lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Todo {
    pub(crate) drain: bool,
    pub(crate) fill: bool,
}

impl Room {
    pub(crate) fn new(name: RoomName) -> Self {
        Self {
            name,
            loaded: OnceCell::new(),
            users: AtomicUsize::new(0),
            applied: Notify::new(),
            inner: Mutex::new(Inner {
                ready: false,
                filling: false,
                fill_to: EventId::ZERO,
                state: RoomState::default(),
                held: BTreeMap::new(),
                members: Arc::default(),
                asked: Kinds::NONE,
                presence: None,
                typing: Typing::default(),
                ears: Vec::new(),
                outgoing: Vec::new(),
                draining: false,
                recent: VecDeque::new(),
                recent_bytes: 0,
                idle_since: None,
            }),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no code panics while it holds a room's lock")
    }

    /// Takes an event from the feed: applies it if it is the next one, else holds it.
    pub(crate) fn take(
        &self,
        shared: &Shared,
        committed: Committed,
        acknowledge: Option<Acknowledge>,
        todo: &mut Todo,
    ) {
        let mut inner = self.lock();
        if inner.ready && committed.event.id <= inner.state.last {
            return;
        }
        if !inner.ready || inner.filling || committed.event.prev != inner.state.last {
            todo.fill |= inner.ready && !inner.filling;
            inner.filling |= inner.ready;
            inner.held.insert(committed.event.id, (committed, acknowledge));
            return;
        }
        inner.apply(&self.name, shared, committed, todo);
        drop(inner);
        // Only now: who is answered finds the room as the answer says.
        drop(acknowledge);
    }
}

impl Inner {
    /// Applies the next event, tells the dispatcher, and encodes it for those who follow.
    pub(crate) fn apply(&mut self, room: &RoomName, shared: &Shared, committed: Committed, todo: &mut Todo) {
        let before = self.state.last;
        let event = &*committed.event;
        self.state.apply(event);
        if let Some(dispatch) = shared.dispatch.get() {
            if event.is_control() {
                dispatch.changed(room, &self.state.bots, self.state.conversation.as_ref());
            }
            if let Some(question) = Question::of(&committed) {
                dispatch.asked(question.in_room(&self.state));
            }
        }
        self.encode(shared, &committed, before, todo);
        if committed.event.parts.iter().any(|part| matches!(part, Part::SettingsPut(_))) {
            self.shut_out(room, shared);
            // What was stored under other settings is read again by who joins, and cleaned where that holds up nobody.
            (self.recent, self.recent_bytes) = (VecDeque::new(), 0);
            let settings = shared.told(&self.state.settings);
            self.signal(room, shared, &Signal::Settings(&settings), todo);
        }
        self.remember(committed);
        self.ears.iter().for_each(|ear| ear.news.notify_one());
    }

    /// Applies held events as long as each is the next one; gives those whose callers can be answered.
    pub(crate) fn apply_held(&mut self, room: &RoomName, shared: &Shared, todo: &mut Todo) -> Vec<Option<Acknowledge>> {
        let mut acknowledged = Vec::new();
        while let Some(entry) = self.held.first_entry() {
            let prev = entry.get().0.event.prev;
            if *entry.key() > self.state.last && prev > self.state.last {
                break;
            }
            let (committed, acknowledge) = entry.remove();
            if committed.event.id > self.state.last {
                self.apply(room, shared, committed, todo);
            }
            acknowledged.push(acknowledge);
        }
        acknowledged
    }

    fn encode(&mut self, shared: &Shared, committed: &Committed, before: EventId, todo: &mut Todo) {
        if self.members.is_empty() {
            return;
        }
        let mut frames = Vec::with_capacity(1);
        for (index, encoder) in shared.encoders.iter().enumerate() {
            let id = EncoderId::new(index);
            if shared.encoders.len() > 1 && !self.members.iter().any(|member| member.encoder == id) {
                continue;
            }
            let mut encoded = Vec::new();
            encoder.event(committed, self.state.settings.content(shared.accounts), &mut encoded);
            if !encoded.is_empty() {
                frames.push((id, encoded));
            }
        }
        self.send(Outgoing { id: committed.event.last_id(), before, to: Kinds::NONE, frames }, todo);
    }

    /// Puts it behind what waits to be sent.
    pub(crate) fn send(&mut self, outgoing: Outgoing, todo: &mut Todo) {
        if outgoing.frames.is_empty() {
            return;
        }
        self.outgoing.push(outgoing);
        if !self.draining {
            self.draining = true;
            todo.drain = true;
        }
    }

    /// Takes somebody among the members.
    pub(crate) fn admit(&mut self, member: Member) {
        self.asked |= member.also;
        Arc::make_mut(&mut self.members).push(member);
    }

    /// Lets those go who may not read the room any more: from here on nothing is sent to them.
    fn shut_out(&mut self, room: &RoomName, shared: &Shared) {
        if shared.accounts == Accounts::Off {
            return;
        }
        let may = |member: &Member| shared.check(&member.behind.actor, Action::Read, room, &self.state).is_ok();
        let out: Vec<Socket> =
            self.members.iter().filter(|member| !may(member)).map(|member| member.socket.clone()).collect();
        if !out.is_empty() {
            self.release(|socket| out.contains(socket));
            out.iter().for_each(|socket| socket.close(CloseCode::POLICY, SHUT_OUT));
        }
    }

    /// Lets members go.
    pub(crate) fn release(&mut self, gone: impl Fn(&Socket) -> bool) {
        let members = Arc::make_mut(&mut self.members);
        members.retain(|member| !gone(&member.socket));
        self.asked = members.iter().fold(Kinds::NONE, |all, member| all | member.also);
    }

    fn remember(&mut self, committed: Committed) {
        self.recent_bytes += weight(&committed);
        self.recent.push_back(committed);
        while self.recent.len() > RECENT_EVENTS || (self.recent_bytes > RECENT_BYTES && self.recent.len() > 1) {
            if let Some(oldest) = self.recent.pop_front() {
                self.recent_bytes -= weight(&oldest);
            }
        }
    }

    /// The events after `position`, if all of them are at hand.
    pub(crate) fn recent_after(&self, position: EventId) -> Option<Vec<Committed>> {
        if position == self.state.last {
            return Some(Vec::new());
        }
        let first = self.recent.iter().position(|committed| committed.event.prev == position)?;
        Some(self.recent.iter().skip(first).cloned().collect())
    }
}

/// About how many bytes it takes.
pub(crate) fn weight(committed: &Committed) -> usize {
    size_of::<Event>() + committed.records.iter().map(bytes::Bytes::len).sum::<usize>()
}
