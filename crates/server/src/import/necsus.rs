//! What a NeCSuS server kept, as what is imported: its rooms, its bots, and the messages above each room's last clear.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::Result;
use parlor_rooms::{Bot, BotId, EventId, Json, Kind, Message, RoomName};
use parlor_store_sqlite::{Necsus, NecsusBot, NecsusMessage};

use super::lines::{Item, Line, time};

/// The header that such an import has.
const ID: &str = "necsus";

/// Gives one thing after the other, bots first.
pub(crate) struct Old {
    old: Necsus,
    clears: HashMap<String, i64>,
    /// Names of bots by number, and of which room.
    bots: HashMap<i64, (Option<String>, String)>,
    waiting: VecDeque<Line>,
    rooms: HashSet<String>,
    after: i64,
}

impl Old {
    pub(crate) fn open(path: &std::path::Path) -> Result<Self> {
        let old = Necsus::open(path)?;
        let clears = old.clears()?;
        let mut this = Self {
            old,
            clears,
            bots: HashMap::new(),
            waiting: VecDeque::from([Line { place: String::new(), item: Ok(Item::Header { id: ID.to_owned() }) }]),
            rooms: HashSet::new(),
            after: i64::MIN,
        };
        for bot in this.old.bots()? {
            let name = name_of(&bot);
            this.bots.insert(bot.id, (bot.room.clone(), name.clone()));
            let place = format!("bot {}", bot.id);
            let item = this.room(bot.room.as_deref(), &place).map(|room| {
                let made = Bot {
                    responds_to: bot.responds_to.filter(|pattern| !pattern.is_empty()),
                    ..Bot::new(BotId(bot.id.unsigned_abs()), name, bot.url.unwrap_or_default())
                };
                Item::Bot { room, bot: Box::new(made), secret: None }
            });
            this.waiting.push_back(Line { place, item });
        }
        Ok(this)
    }

    pub(crate) fn next(&mut self) -> Result<Option<Line>> {
        while self.waiting.is_empty() {
            let messages = self.old.messages(self.after)?;
            let Some(last) = messages.last() else {
                return Ok(None);
            };
            self.after = last.id;
            for message in messages {
                let cleared = message.room.as_ref().and_then(|room| self.clears.get(room));
                if cleared.is_some_and(|cleared| message.id <= *cleared) {
                    continue;
                }
                let place = format!("message {}", message.id);
                let room = self.room(message.room.as_deref(), &place);
                let item = room.and_then(|room| self.message(room, message));
                self.waiting.push_back(Line { place, item });
            }
        }
        Ok(self.waiting.pop_front())
    }

    /// A room's name, which comes as a room of its own the first time.
    fn room(&mut self, name: Option<&str>, place: &str) -> Result<RoomName, String> {
        let name = name.filter(|name| !name.is_empty()).ok_or("it is in no room")?;
        let room = RoomName::parse(name).map_err(|why| format!("the room's name `{}` {why}", name.escape_debug()))?;
        if self.rooms.insert(name.to_owned()) {
            let item = Ok(Item::Room { room: room.clone(), settings: None });
            self.waiting.push_back(Line { place: place.to_owned(), item });
        }
        Ok(room)
    }

    fn message(&self, room: RoomName, old: NecsusMessage) -> Result<Item, String> {
        let when = old.when.map(time).transpose()?;
        let bot = old.from_bot.and_then(|id| self.bots.get(&id));
        let author = old.author.filter(|author| !author.is_empty()).or_else(|| bot.map(|(_, name)| name.clone()));
        let author = author.unwrap_or_else(|| "unknown".to_owned());
        let kind = match old.kind.as_deref() {
            Some("user") => Kind::User,
            Some("bot") => Kind::Bot,
            Some("system") => Kind::System,
            // Early versions did not say: what has the name of one of the room's bots was its answer.
            _ if old.from_bot.is_some() || self.is_bot(room.as_str(), &author) => Kind::Bot,
            _ => Kind::User,
        };
        let of_bot = kind == Kind::Bot;
        let message = Message {
            kind,
            image: old.image.filter(|url| !url.is_empty()),
            media: old.media.filter(|url| !url.is_empty()),
            css: old.css.filter(|url| !url.is_empty()),
            js: old.js.filter(|url| !url.is_empty()),
            base_url: old.base_url.filter(|url| !url.is_empty()),
            from_bot: old.from_bot.filter(|_| of_bot).map(|id| BotId(id.unsigned_abs())),
            state: old.state.and_then(|state| Json::parse(&state).ok()).filter(|state| of_bot && !state.is_null()),
            ..Message::user(&author, old.text.unwrap_or_default())
        };
        let id = u64::try_from(old.id).ok().map(EventId);
        Ok(Item::Message { room, id, when, message: Box::new(message) })
    }

    fn is_bot(&self, room: &str, author: &str) -> bool {
        self.bots.values().any(|(of, name)| of.as_deref() == Some(room) && name == author)
    }
}

fn name_of(bot: &NecsusBot) -> String {
    bot.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| format!("Bot {}", bot.id))
}
