//! Which bot the relay is: its own from before, a new one, or one that it takes over.

use serde_json::json;

use crate::{
    Failure, Options,
    kept::{Kept, Mine},
    server::{Bot, Server, Trouble},
    settings::Wanted,
    terminal::Terminal,
};

/// The bot.
#[derive(Debug)]
pub(crate) struct Joined {
    /// Its id, where that is known.
    pub(crate) bot: Option<u64>,
    pub(crate) name: String,
    pub(crate) responds_to: Option<String>,
    pub(crate) token: String,
    /// Whether the token was kept from before, and may be out of date.
    pub(crate) was_kept: bool,
    /// The bot as it is: it is only changed to what the command line says once the kept token was accepted.
    pub(crate) unchanged: Option<Bot>,
}

impl Joined {
    /// The bot was changed to this.
    pub(crate) fn changed(&mut self, bot: Bot) {
        (self.name, self.responds_to) = (bot.name, bot.responds_to);
    }
}

/// Finds the bot or makes it.
pub(crate) async fn join(
    server: &Server,
    wanted: &Wanted,
    options: &Options,
    terminal: &Terminal,
    kept: &mut Kept,
) -> Result<Joined, Failure> {
    if let Some(token) = &options.token {
        let (name, responds_to) = (wanted.name.clone(), None);
        return Ok(Joined { bot: None, name, responds_to, token: token.clone(), was_kept: false, unchanged: None });
    }
    let told = |trouble: Trouble| Failure(trouble.to_string());
    let bots = server.bots(&wanted.room).await.map_err(told)?;
    let mine = kept.find(server, &wanted.room, &wanted.name).cloned();
    // In a database that was emptied or put back, the id may be that of somebody else's bot.
    let is_mine = |bot: &&Bot, mine: &Mine| bot.id == mine.bot && bot.name == wanted.name && is_socket(bot);
    if let Some((mine, bot)) = mine.and_then(|mine| bots.iter().find(|bot| is_mine(bot, &mine)).map(|bot| (mine, bot)))
    {
        return Ok(Joined { unchanged: Some(bot.clone()), ..joined(bot.clone(), mine.token, true) });
    }
    // One that nobody runs now is free for the taking; any other needs a word.
    let same: Vec<&Bot> = bots.iter().filter(|bot| bot.name == wanted.name).collect();
    let free = same.iter().find(|bot| is_socket(bot) && bot.connected != Some(true));
    let bot = match free.or(same.first()) {
        None => {
            let new = json!({
                "room": wanted.room, "name": wanted.name, "responds_to": wanted.responds_to, "url": "socket:",
                "only_new": true,
            });
            match server.put_bot(new).await {
                // Somebody made it since the look a moment ago.
                Err(trouble) if trouble.is_conflict() => return beside(server, wanted, kept).await,
                made => made.map_err(told)?,
            }
        }
        Some(bot) => {
            if let Some(reason) = taken(bot) {
                may_take(bot, &reason, wanted, options, terminal)?;
            }
            adapt(server, bot, wanted).await.map_err(told)?
        }
    };
    let token = server.token(bot.id).await.map_err(told)?;
    kept.keep(server, &wanted.room, &wanted.name, bot.id, &token);
    Ok(joined(bot, token, false))
}

/// Another relay has made the bot at this moment. One of this person's may have kept its token already.
async fn beside(server: &Server, wanted: &Wanted, kept: &mut Kept) -> Result<Joined, Failure> {
    *kept = Kept::open();
    let mine = kept.find(server, &wanted.room, &wanted.name).ok_or_else(|| beaten(wanted))?;
    let bots = server.bots(&wanted.room).await.map_err(|trouble| Failure(trouble.to_string()))?;
    let bot = bots.into_iter().find(|bot| bot.id == mine.bot && is_socket(bot)).ok_or_else(|| beaten(wanted))?;
    Ok(Joined { unchanged: Some(bot.clone()), ..joined(bot, mine.token.clone(), true) })
}

/// The server does not know the bot's token any more: another relay, perhaps of this person, has got a new one since.
pub(crate) async fn again(
    server: &Server,
    wanted: &Wanted,
    options: &Options,
    terminal: &Terminal,
    kept: &mut Kept,
    before: Joined,
) -> Result<Joined, Failure> {
    *kept = Kept::open();
    match kept.find(server, &wanted.room, &wanted.name) {
        Some(mine) if mine.token != before.token && Some(mine.bot) == before.bot => {
            Ok(Joined { token: mine.token.clone(), was_kept: true, ..before })
        }
        _ if before.was_kept => {
            kept.forget(server, &wanted.room, &wanted.name);
            join(server, wanted, options, terminal, kept).await
        }
        _ => Err(beaten(wanted)),
    }
}

/// Somebody else was faster.
pub(crate) fn beaten(wanted: &Wanted) -> Failure {
    let Wanted { name, room, .. } = wanted;
    Failure(format!(
        "another program has become the bot “{name}” of the room “{room}” at this moment; leave that to it, or choose another \
         name with --name"
    ))
}

fn joined(bot: Bot, token: String, was_kept: bool) -> Joined {
    Joined { bot: Some(bot.id), name: bot.name, responds_to: bot.responds_to, token, was_kept, unchanged: None }
}

fn is_socket(bot: &Bot) -> bool {
    bot.url.trim() == "socket:"
}

/// Why somebody may still need this bot.
fn taken(bot: &Bot) -> Option<String> {
    match (is_socket(bot), bot.connected) {
        (true, Some(true)) => Some("somebody’s program is connected as it".to_owned()),
        (true, _) => None,
        (false, _) if bot.url.trim().is_empty() => None,
        (false, _) => Some(format!("it has the address {}", bot.url)),
    }
}

fn may_take(bot: &Bot, reason: &str, wanted: &Wanted, options: &Options, terminal: &Terminal) -> Result<(), Failure> {
    let (name, room) = (&bot.name, &wanted.room);
    let question = format!("The room “{room}” has a bot “{name}” already, and {reason}. Take it over?");
    if options.take_over || terminal.confirms(&question)? {
        return Ok(());
    }
    Err(Failure(format!(
        "the room “{room}” has a bot “{name}” already, and {reason}; choose another name with --name, or say --take-over"
    )))
}

/// Makes the bot what the command line says.
pub(crate) async fn adapt(server: &Server, bot: &Bot, wanted: &Wanted) -> Result<Bot, Trouble> {
    let mut change = json!({ "id": bot.id });
    if !is_socket(bot) {
        change["url"] = json!("socket:");
    }
    if wanted.responds_to.is_some() && wanted.responds_to != bot.responds_to {
        change["responds_to"] = json!(wanted.responds_to);
    }
    if change.as_object().is_some_and(|change| change.len() > 1) {
        server.put_bot(change).await
    } else {
        Ok(bot.clone())
    }
}
