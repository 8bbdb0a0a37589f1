//! A service that is a room: what its subscribers say is posted there, and what is said there they get, from whomever it comes.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlor_rooms::{Event, EventId, Kind, Message, Part, RoomName, html, policy::Action};
use parlor_runtime::{Arrival, Caller, CommandError, Heard, Link, Listener, PresenceChange, Runtime};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Uuid,
    hub::Host,
    running::{Running, Seat},
};

/// How much of what one subscriber says may wait to be stored.
const WAITING_MAX: usize = 32;
/// How long a room takes at most to tell that somebody came or went.
const TOLD_WITHIN: Duration = Duration::from_secs(5);
/// Whose uuids are remembered, of the newest messages.
const AUTHORS: usize = 1_024;
/// How long to wait before a room that could not be read is read again.
const RETRY: Duration = Duration::from_secs(1);

/// A service, and the room that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The service's name.
    pub service: String,
    /// How it is shown.
    pub nickname: Option<String>,
    /// The room. If it is not there it is made.
    pub room: RoomName,
}

impl Tie {
    /// The chat service that is built in.
    pub fn chat_service() -> Option<Self> {
        let room = RoomName::parse("~hub/chat_service").ok()?;
        Some(Self { service: "chat_service".to_owned(), nickname: Some("Chat Service".to_owned()), room })
    }

    /// What the room says first of all.
    fn founding(&self) -> String {
        format!(
            "This room is the service <code>{}</code> of the hub: what is said here its subscribers get, and what they say \
             appears here.",
            html::escape(&self.service)
        )
    }
}

/// The hub's side of a tie.
pub(crate) struct Tied {
    runtime: Runtime,
    link: Link,
    subscribers: Mutex<HashMap<Uuid, Subscriber>>,
    said: mpsc::UnboundedSender<Said>,
    /// Names whose coming and going the hub has told itself already.
    told: Mutex<Told>,
}

struct Subscriber {
    caller: Arc<Caller>,
    /// The name that it has in the room.
    name: String,
    /// How much of what it said waits.
    waiting: usize,
    _arrival: Arrival,
}

struct Said {
    uuid: Uuid,
    caller: Arc<Caller>,
    author: String,
    text: String,
}

/// What the room will tell, and the hub's clients know.
#[derive(Default)]
struct Told {
    joined: HashMap<String, Instant>,
    left: HashMap<String, Instant>,
}

impl Told {
    /// Whether it was told by the hub; that counts once.
    fn take(told: &mut HashMap<String, Instant>, name: &str) -> bool {
        let now = Instant::now();
        told.retain(|_, at| now - *at < TOLD_WITHIN);
        told.remove(name).is_some()
    }
}

impl fmt::Debug for Tied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tied({})", self.link.room())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Host<Seat> for Tied {
    fn enter(&self, uuid: Uuid, seat: &Seat, name: &str) -> Result<String, String> {
        let name = name.trim();
        self.link.check(&seat.caller, Action::Read).map_err(|error| error.to_string())?;
        let name = self.runtime.author(&seat.caller, name).map_err(|error| error.to_string())?;
        lock(&self.told).joined.insert(name.clone(), Instant::now());
        let arrival = self.link.arrive(&name);
        let subscriber =
            Subscriber { caller: Arc::clone(&seat.caller), name: name.clone(), waiting: 0, _arrival: arrival };
        lock(&self.subscribers).insert(uuid, subscriber);
        Ok(name)
    }

    fn leave(&self, uuid: Uuid) -> Option<String> {
        let subscriber = lock(&self.subscribers).remove(&uuid)?;
        lock(&self.told).left.insert(subscriber.name.clone(), Instant::now());
        Some(subscriber.name)
    }

    fn say(&self, uuid: Uuid, text: &str) -> Result<(), String> {
        if text.trim().is_empty() {
            return Err("there is nothing in it: `text` is empty".to_owned());
        }
        let most = self.runtime.limits().limits().text;
        if text.len() > most {
            return Err(format!("`text` is longer than {most} bytes: say it in pieces"));
        }
        let mut subscribers = lock(&self.subscribers);
        let Some(subscriber) = subscribers.get_mut(&uuid) else { return Ok(()) };
        if subscriber.waiting >= WAITING_MAX {
            return Err("not said: too much of what you say still waits to be stored; wait a moment".to_owned());
        }
        subscriber.waiting += 1;
        let (caller, author) = (Arc::clone(&subscriber.caller), subscriber.name.clone());
        let said = Said { uuid, caller, author, text: text.to_owned() };
        self.said.send(said).map_err(|_| CommandError::Stopping.to_string())
    }
}

/// What runs for a tie.
pub(crate) struct Task {
    tied: Arc<Tied>,
    listener: Listener,
    said: mpsc::UnboundedReceiver<Said>,
    service: String,
    /// Which clients wrote the newest messages.
    authors: VecDeque<(EventId, Uuid)>,
}

impl Task {
    /// Makes the room if need be, and begins to listen to it.
    pub(crate) async fn begin(runtime: &Runtime, tie: &Tie) -> Result<Self, CommandError> {
        runtime.found(&tie.room, &tie.founding()).await?;
        let listener = runtime.listen(&tie.room).await?;
        let (tell, said) = mpsc::unbounded_channel();
        let tied = Tied {
            runtime: runtime.clone(),
            link: listener.link().clone(),
            subscribers: Mutex::default(),
            said: tell,
            told: Mutex::default(),
        };
        Ok(Self { tied: Arc::new(tied), listener, said, service: tie.service.clone(), authors: VecDeque::new() })
    }

    pub(crate) fn host(&self) -> Arc<dyn Host<Seat>> {
        Arc::clone(&self.tied) as Arc<dyn Host<Seat>>
    }

    /// Until the server ends.
    pub(crate) async fn run(mut self, running: Arc<Running>) {
        let stopping = self.tied.runtime.stopping().clone();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                Some(said) = self.said.recv() => self.post(said, &running).await,
                heard = self.listener.next() => match heard {
                    Ok(Heard::Events(events)) => {
                        for committed in &events {
                            self.pass_on(&committed.event, &running);
                        }
                    }
                    Ok(Heard::Presence(change)) => self.tell(&change, &running),
                    Err(error) => {
                        tracing::error!(room = %self.tied.link.room(), %error, "a room of the hub can't be read; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                },
            }
        }
    }

    /// One after the other, so that what a client says keeps its order.
    async fn post(&mut self, said: Said, running: &Arc<Running>) {
        let Said { uuid, caller, author, text } = said;
        let room = self.tied.link.room().clone();
        let posted = self.tied.runtime.post(&caller, room, Message::user(&author, text), None).await;
        if let Some(subscriber) = lock(&self.tied.subscribers).get_mut(&uuid) {
            subscriber.waiting -= 1;
        }
        match posted {
            Ok(posted) => {
                if self.authors.len() == AUTHORS {
                    self.authors.pop_front();
                }
                self.authors.push_back((posted.message.id, uuid));
            }
            Err(error) => {
                let sentence = format!("not said: {error}");
                running.with(|hub, out| hub.whisper(&self.service, uuid, &sentence, out));
            }
        }
    }

    fn pass_on(&self, event: &Event, running: &Arc<Running>) {
        for (id, message) in event.messages() {
            let known = self.authors.iter().rev().find(|(known, _)| *known == id);
            let author_uuid = known.map_or_else(|| of_author(message), |(_, uuid)| *uuid).to_string();
            let text = shown(message);
            running.with(|hub, out| hub.announce(&self.service, &message.author, &author_uuid, &text, out));
        }
        if event.parts.iter().any(|part| matches!(part, Part::SettingsPut(_))) {
            self.shut_out(running);
        }
    }

    /// Takes those out who may not read the room any more.
    fn shut_out(&self, running: &Arc<Running>) {
        let may = |subscriber: &Subscriber| self.tied.link.check(&subscriber.caller, Action::Read).is_ok();
        let out: Vec<Uuid> =
            lock(&self.tied.subscribers).iter().filter(|(_, it)| !may(it)).map(|(uuid, _)| *uuid).collect();
        for uuid in out {
            running.with(|hub, out| {
                hub.whisper(&self.service, uuid, "This room is not open to you any more.", out);
                hub.expel(&self.service, uuid, out);
            });
        }
    }

    /// Who comes and goes elsewhere: on the page, or over another protocol.
    fn tell(&self, change: &PresenceChange, running: &Arc<Running>) {
        let mut lines = Vec::with_capacity(2);
        let mut told = lock(&self.tied.told);
        let (joined, left) = match change {
            PresenceChange::Joined(name) => (Some(name), None),
            PresenceChange::Left(name) => (None, Some(name)),
            PresenceChange::Renamed { from, to } => (Some(to), Some(from)),
        };
        if let Some(name) = left.filter(|name| !Told::take(&mut told.left, name)) {
            lines.push(format!("{name} left the chat."));
        }
        if let Some(name) = joined.filter(|name| !Told::take(&mut told.joined, name)) {
            lines.push(format!("{name} joined the chat."));
        }
        drop(told);
        for line in lines {
            running.with(|hub, out| hub.status(&self.service, &line, out));
        }
    }
}

/// What people read of a message, with what it shows as addresses.
fn shown(message: &Message) -> String {
    let mut text = match message.kind {
        Kind::User => message.text.clone(),
        Kind::Bot | Kind::System => html::plain(&message.text),
    };
    let mut seen = HashSet::new();
    for address in [&message.image, &message.media].into_iter().flatten().filter(|address| seen.insert(*address)) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(address);
    }
    text
}

/// A uuid for whoever is no client of the hub: the same for the same name as long as the server runs.
fn of_author(message: &Message) -> Uuid {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, &message.author, message.from_bot.map(|bot| bot.0)).hash(&mut hasher);
        hasher.finish().to_be_bytes()
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&half(0));
    bytes[8..].copy_from_slice(&half(1));
    Uuid::from_random(bytes)
}
