//! The first room of a new server: bots that show what bots can do, and a word of welcome.

use std::sync::Arc;

use parlor_rooms::{Bot, Message, Part, RoomName};
use parlor_runtime::{CommandError, Runtime};
use parlor_store::{Append, Key};

/// Name, pattern, url.
const BOTS: [(&str, Option<&str>, &str); 5] = [
    ("EchoBot", None, "builtin:echo"),
    ("Decorator", Some(r"\bdecorat(?:e|or)\b"), "builtin:rich"),
    ("Menu", Some(r"\b(?:menu|hungry|dessert)\b"), "builtin:form"),
    ("Counter", Some(r"\bcount(?:er|ing)?\b"), "builtin:counter"),
    ("Oops", Some(r"\boops\b"), "builtin:oops"),
];

/// Furnishes the room `welcome` on a server that has no rooms yet, once.
pub async fn furnish(runtime: &Runtime) -> Result<(), CommandError> {
    if !runtime.store().rooms().await?.is_empty() {
        return Ok(());
    }
    let room = RoomName::parse("welcome").expect("a room's name");
    let mut parts = Vec::with_capacity(BOTS.len() + 1);
    for (name, responds_to, url) in BOTS {
        let bot = Bot::new(runtime.store().next_bot_id().await?, name, url);
        parts.push(Part::BotPut(Arc::new(Bot { responds_to: responds_to.map(str::to_owned), ..bot })));
    }
    parts.push(Part::Message(Arc::new(Message::system(include_str!("welcome.html").trim_end()))));
    runtime.append(Append::new(room, parts).keyed(Some(Key::own("welcome")))).await?;
    Ok(())
}
