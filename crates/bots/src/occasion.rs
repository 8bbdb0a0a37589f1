//! What bots that asked for events are told, beside what every bot is told.

use parlor_rooms::{Bot, BotId, Bots, Interest};
use parlor_runtime::PresenceChange;
use serde::{Deserialize, Serialize};

use crate::plan::{How, Target};

/// What happened, as it stands in the body that a bot gets: `event`, and the keys that belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(crate) enum Occasion {
    /// A person said something.
    Message,
    /// A person said something that begins with a word that the bot asked for; `args` is the rest.
    Command { command: String, args: String },
    /// Somebody submitted a form.
    Form,
    /// Somebody came.
    Join { author: String },
    /// Somebody went.
    Leave { author: String },
    /// Somebody is called `author` now.
    Nick { author: String, before: String },
    /// A while went by: `10s`.
    Every { every: String },
}

/// What happened in a room that is no message, as it is stored with its pending dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Happening {
    /// The only bot that it concerns; without, all that asked for it.
    pub(crate) bot: Option<BotId>,
    /// What.
    pub(crate) occasion: Occasion,
}

impl Occasion {
    /// What a message is to a bot that asked for events, if it did.
    pub(crate) fn of_message(bot: &Bot, text: &str) -> Option<Self> {
        let mut commands = bot.events.iter().filter_map(|interest| match interest {
            Interest::Command(command) => Some((command, Interest::arguments(command, text)?)),
            _ => None,
        });
        match commands.next() {
            Some((command, args)) => Some(Self::Command { command: command.clone(), args: args.to_owned() }),
            None => (!bot.events.is_empty()).then_some(Self::Message),
        }
    }

    /// What a form is to a bot that asked for events, if it did.
    pub(crate) fn of_form(bot: &Bot) -> Option<Self> {
        (!bot.events.is_empty()).then_some(Self::Form)
    }

    /// Whether the bot asked for this one.
    pub(crate) fn is_wanted(&self, bot: &Bot) -> bool {
        bot.events.iter().any(|interest| match (self, interest) {
            (Self::Message | Self::Command { .. }, Interest::Message)
            | (Self::Join { .. }, Interest::Join)
            | (Self::Leave { .. }, Interest::Leave)
            | (Self::Nick { .. }, Interest::Nick) => true,
            (Self::Command { command, .. }, Interest::Command(wanted)) => command == wanted,
            (Self::Every { every }, Interest::Every(_)) => interest.to_string().strip_prefix("every:") == Some(every),
            _ => false,
        })
    }
}

impl From<&PresenceChange> for Occasion {
    fn from(change: &PresenceChange) -> Self {
        match change.clone() {
            PresenceChange::Joined(author) => Self::Join { author },
            PresenceChange::Left(author) => Self::Leave { author },
            PresenceChange::Renamed { from, to } => Self::Nick { author: to, before: from },
        }
    }
}

impl Happening {
    /// Whom it concerns, in order of id.
    pub(crate) fn targets(&self, bots: &Bots) -> Vec<Target> {
        let concerns =
            |bot: &Bot| hears(bot) && self.bot.is_none_or(|only| only == bot.id) && self.occasion.is_wanted(bot);
        let concerned = bots.values().filter(|bot| concerns(bot));
        concerned.map(|bot| Target { bot: bot.id, how: How::Event, event: Some(self.occasion.clone()) }).collect()
    }
}

/// Whether a bot hears anything that nobody sent it by name.
pub(crate) fn hears(bot: &Bot) -> bool {
    !bot.paused && !bot.auto
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(events: &[&str]) -> Bot {
        Bot { events: events.iter().map(|word| word.parse().unwrap()).collect(), ..Bot::new(BotId(1), "B", "") }
    }

    #[track_caller]
    fn check(occasion: &Occasion, json: &str) {
        assert_eq!(serde_json::to_string(occasion).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Occasion>(json).unwrap(), occasion);
    }

    #[test]
    fn the_table_of_what_a_bot_is_told() {
        check(&Occasion::Message, r#"{"event":"message"}"#);
        let command = Occasion::Command { command: "!time".into(), args: "in Rome".into() };
        check(&command, r#"{"event":"command","command":"!time","args":"in Rome"}"#);
        check(&Occasion::Form, r#"{"event":"form"}"#);
        check(&Occasion::Join { author: "Ann".into() }, r#"{"event":"join","author":"Ann"}"#);
        check(&Occasion::Leave { author: "Ann".into() }, r#"{"event":"leave","author":"Ann"}"#);
        let nick = Occasion::Nick { author: "Anna".into(), before: "Ann".into() };
        check(&nick, r#"{"event":"nick","author":"Anna","before":"Ann"}"#);
        check(&Occasion::Every { every: "10s".into() }, r#"{"event":"every","every":"10s"}"#);
    }

    #[test]
    fn a_message_is_a_command_first_and_nothing_to_who_asked_for_nothing() {
        let of = |events: &[&str], text: &str| Occasion::of_message(&bot(events), text);
        assert_eq!(of(&[], "!time"), None);
        assert_eq!(of(&["join"], "!time"), Some(Occasion::Message));
        let command =
            |command: &str, args: &str| Some(Occasion::Command { command: command.into(), args: args.into() });
        assert_eq!(of(&["message", "command:!date", "command:!time"], "!TIME now"), command("!time", "now"));
        assert_eq!(of(&["command:!time"], "what !time"), Some(Occasion::Message));
    }

    #[test]
    fn each_hears_what_it_asked_for() {
        let every = |every: &str| Occasion::Every { every: every.into() };
        let join = Occasion::Join { author: "A".into() };
        assert!(join.is_wanted(&bot(&["join"])) && !join.is_wanted(&bot(&["leave", "message"])));
        assert!(every("1m").is_wanted(&bot(&["every:60s"])) && !every("2m").is_wanted(&bot(&["every:60s"])));
        assert!(Occasion::Message.is_wanted(&bot(&["message"])) && !Occasion::Message.is_wanted(&bot(&["command:x"])));
        assert!(!Occasion::Form.is_wanted(&bot(&["message"])));
    }
}
