//! Putting what is imported into a store, in order: new ids, the old times, and for each thing a key, so that an import that
//! broke off can be repeated.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use anyhow::{Context as _, Result};
use parlor_rooms::{Bot, BotId, EventId, Kind, Message, Part, RoomName, RoomSettings, Timestamp};
use parlor_store::{Append, Appended, Key, SecretChange};
use serde::{Deserialize, Serialize};

use super::{
    lines::Item,
    place::{Entrance, Place},
};

/// How many messages are on their way to the store at once: they share its syncs.
const ON_THE_WAY: usize = 256;
/// Of how many of the last messages it is known which id they have now, for what replies to them.
const KNOWN: usize = 65_536;

/// What was imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) rooms: u64,
    pub(crate) bots: u64,
    pub(crate) messages: u64,
    /// Messages that were there from an earlier try.
    pub(crate) there: u64,
    /// Messages whose time had to be changed, since there are newer ones in the room.
    pub(crate) moved: u64,
    /// Messages that replied to one that is not there.
    pub(crate) alone: u64,
}

type Sending = Pin<Box<dyn Future<Output = Result<Appended>> + Send>>;

/// A message that is on its way.
struct OnTheWay {
    room: RoomName,
    old: Option<EventId>,
    when: Option<Timestamp>,
    sending: Sending,
}

/// Takes one thing after the other.
pub(crate) struct Loader {
    place: Place,
    /// The room that is at its turn.
    entered: Option<(RoomName, Entrance)>,
    /// Under another name: the one room that is imported.
    rename: Option<RoomName>,
    id: String,
    rooms: HashSet<RoomName>,
    counts: Counts,
    /// Bots by their old numbers; each with its room, since numbers of several servers may meet in a file.
    bots: HashMap<(RoomName, BotId), BotId>,
    messages: Known,
    on_the_way: VecDeque<OnTheWay>,
    /// What somebody should know: bots without their secrets.
    pub(crate) notes: Vec<String>,
}

impl Loader {
    pub(crate) fn new(place: Place, rename: Option<RoomName>) -> Self {
        Self {
            place,
            entered: None,
            rename,
            id: String::new(),
            rooms: HashSet::new(),
            counts: Counts::default(),
            bots: HashMap::new(),
            messages: Known::default(),
            on_the_way: VecDeque::new(),
            notes: Vec::new(),
        }
    }

    /// The room's name here.
    fn seen(&mut self, room: RoomName) -> RoomName {
        let room = self.rename.clone().unwrap_or(room);
        if !self.rooms.contains(&room) {
            self.counts.rooms += 1;
            self.rooms.insert(room.clone());
        }
        room
    }

    async fn enter(&mut self, room: &RoomName) -> Result<Entrance> {
        match &self.entered {
            Some((name, entrance)) if name == room => Ok(entrance.clone()),
            _ => {
                let entrance = self.place.enter(room).await?;
                self.entered = Some((room.clone(), entrance.clone()));
                Ok(entrance)
            }
        }
    }

    /// Takes one thing.
    pub(crate) async fn take(&mut self, place: &str, item: Item) -> Result<()> {
        match item {
            Item::Header { id } => self.id = id,
            Item::Room { room, settings } => {
                let room = self.seen(room);
                if let Some(settings) = settings {
                    self.settings(&room, settings).await.with_context(|| place.to_owned())?;
                }
            }
            Item::Bot { room, bot, secret } => {
                let room = self.seen(room);
                self.bot(&room, *bot, secret).await.with_context(|| place.to_owned())?;
            }
            Item::Message { room, id, when, message } => {
                let room = self.seen(room);
                self.message(room, id, when, *message, place).await.with_context(|| place.to_owned())?;
            }
            Item::End => {}
        }
        Ok(())
    }

    /// Waits until everything is stored.
    pub(crate) async fn finish(&mut self) -> Result<Counts> {
        while !self.on_the_way.is_empty() {
            self.arrive().await?;
        }
        Ok(self.counts)
    }

    /// A room that exists keeps its own settings.
    async fn settings(&mut self, room: &RoomName, settings: RoomSettings) -> Result<()> {
        if settings == RoomSettings::default() || self.enter(room).await?.state().await?.exists() {
            return Ok(());
        }
        self.append(Append::new(room.clone(), vec![Part::SettingsPut(settings)])).await?;
        Ok(())
    }

    /// Appends something before the room's messages, which may be older than anything here.
    async fn append(&mut self, mut append: Append) -> Result<()> {
        self.finish().await?;
        append.at = Some(Timestamp(0));
        self.enter(&append.room.clone()).await?.append(append).await?;
        Ok(())
    }

    /// A bot that is there already, by name, address and pattern, is not made again.
    async fn bot(&mut self, room: &RoomName, bot: Bot, secret: Option<String>) -> Result<()> {
        let (old, bots) = (bot.id, self.enter(room).await?.state().await?.bots);
        let same = |there: &&Arc<Bot>| {
            (&there.name, &there.url, &there.responds_to) == (&bot.name, &bot.url, &bot.responds_to)
        };
        if let Some(there) = bots.values().find(same) {
            self.bots.insert((room.clone(), old), there.id);
            return Ok(());
        }
        let id = self.place.next_bot_id().await?;
        if bot.signed && secret.is_none() {
            self.notes
                .push(format!("the bot `{}` of the room `{room}` comes without its secret; set one again", bot.name));
        }
        if bot.url.trim() == "socket:" {
            self.notes
                .push(format!("the bot `{}` of the room `{room}` connects itself, and needs a new token", bot.name));
        }
        let made = Bot { id, signed: secret.is_some(), ..bot };
        let mut append = Append::new(room.clone(), vec![Part::BotPut(Arc::new(made))]);
        append.secret = secret.map(|secret| SecretChange { bot: id, secret: Some(secret) });
        self.append(append).await?;
        self.bots.insert((room.clone(), old), id);
        self.counts.bots += 1;
        Ok(())
    }

    async fn message(
        &mut self,
        room: RoomName,
        old: Option<EventId>,
        when: Option<Timestamp>,
        mut message: Message,
        place: &str,
    ) -> Result<()> {
        let key = self.key(&room, old, when, &message, place);
        if let Some(from) = message.from_bot {
            message.from_bot = self.bots.get(&(room.clone(), from)).copied();
        }
        if let Some(to) = message.reply_to {
            while self.on_the_way.iter().any(|sent| sent.old == Some(to) && sent.room == room) {
                self.arrive().await?;
            }
            message.reply_to = self.messages.get(&room, to);
            self.counts.alone += u64::from(message.reply_to.is_none());
        }
        // What was delivered to bots elsewhere is not here.
        message.activation = None;
        if message.kind != Kind::Bot {
            message.state = None;
        }
        let mut append = Append::new(room.clone(), vec![Part::Message(Arc::new(message))]).keyed(Some(key));
        append.at = when;
        let entrance = self.enter(&append.room.clone()).await?;
        // Without tokio's own turns: it would let go of one that has its place, and those after it would pass it.
        let mut sending: Sending = Box::pin(tokio::task::unconstrained(async move { entrance.append(append).await }));
        // Looked at once, it is on its way, behind those before it.
        let first = std::future::poll_fn(|context| Poll::Ready(sending.as_mut().poll(context))).await;
        if let Poll::Ready(appended) = first {
            sending = Box::pin(std::future::ready(appended));
        }
        self.on_the_way.push_back(OnTheWay { room, old, when, sending });
        if self.on_the_way.len() >= ON_THE_WAY {
            self.arrive().await?;
        }
        Ok(())
    }

    /// Waits for the first of those that are on their way.
    async fn arrive(&mut self) -> Result<()> {
        let Some(first) = self.on_the_way.pop_front() else { return Ok(()) };
        let appended = first.sending.await?;
        if let Some(old) = first.old {
            self.messages.put(first.room, old, appended.id);
        }
        if appended.duplicate {
            self.counts.there += 1;
        } else {
            self.counts.messages += 1;
            self.counts.moved += u64::from(first.when.is_some_and(|when| when != appended.at));
        }
        Ok(())
    }

    /// The same for the same message of the same export, whatever became of the lines around it.
    fn key(
        &self,
        room: &RoomName,
        old: Option<EventId>,
        when: Option<Timestamp>,
        message: &Message,
        place: &str,
    ) -> Key {
        let which = old.map_or_else(|| place.to_owned(), |id| id.to_string());
        let when = when.map_or(0, |when| when.0);
        let (id, author, text) = (&self.id, &message.author, &message.text);
        Key::own(&format!("import\n{id}\n{room}\n{which}\n{when}\n{author}\n{text}"))
    }
}

/// The new ids of the last messages.
#[derive(Default)]
struct Known {
    ids: HashMap<(RoomName, EventId), EventId>,
    order: VecDeque<(RoomName, EventId)>,
}

impl Known {
    fn get(&self, room: &RoomName, old: EventId) -> Option<EventId> {
        self.ids.get(&(room.clone(), old)).copied()
    }

    fn put(&mut self, room: RoomName, old: EventId, new: EventId) {
        self.ids.insert((room.clone(), old), new);
        self.order.push_back((room, old));
        if self.order.len() > KNOWN
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}
