//! Why a bot was asked about a message or was not, in a sentence for a beginner, as plain text.

use parlor_rooms::Bot;

use crate::{
    html,
    matching::{Verdict, source},
};

/// How much is shown of a name, and of a pattern or a reason.
const NAME: usize = 100;
const PATTERN: usize = 300;

macro_rules! words {
    ($name:literal) => {
        include_str!(concat!("why/", $name, ".txt"))
    };
}

/// What can be said about a bot and a message.
#[derive(Clone, Debug)]
pub(crate) enum Why<'a> {
    /// It was asked, since its name or pattern is in the text.
    Asked,
    /// It asked for messages like this one.
    Event,
    /// It matches; its turn comes.
    Pending,
    /// It matches now, but there is no activation.
    Unknown,
    /// It was in conversation.
    InConversation,
    /// This other bot was.
    OtherConversation(&'a str),
    /// It was put after the message.
    Later,
    /// It rests.
    Paused,
    /// It stands for a form's address.
    Auto,
    /// A bot's message.
    OfBot,
    /// A system message.
    OfSystem,
    /// It was asked, and is gone.
    Gone,
    /// This is what the text is to it.
    Not(&'a Verdict),
}

/// A part of a pattern. Blanks at its ends would be lost between the quotes, unless it is nothing else.
fn shown(part: &str) -> String {
    let trimmed = part.trim();
    html::shorten(if trimmed.is_empty() { part } else { trimmed }, PATTERN)
}

/// Says it.
pub(crate) fn say(why: &Why<'_>, bot: &Bot) -> String {
    let has_pattern = bot.responds_to.as_deref().is_some_and(|pattern| !pattern.is_empty());
    let mut own = Vec::new();
    let template = match why {
        Why::Asked if has_pattern => words!("matched_pattern"),
        Why::Asked => words!("matched_name"),
        Why::Not(Verdict::Found(_)) if has_pattern => words!("would_pattern"),
        Why::Not(Verdict::Found(_)) => words!("would_name"),
        Why::Event => words!("event"),
        Why::Pending => words!("pending"),
        Why::Unknown => words!("unknown"),
        Why::InConversation => words!("conversation_own"),
        Why::OtherConversation(other) => {
            own.push(("other", html::shorten(other, NAME)));
            words!("conversation_other")
        }
        Why::Later => words!("later"),
        Why::Paused => words!("paused"),
        Why::Auto => words!("auto"),
        Why::OfBot => words!("kind_bot"),
        Why::OfSystem => words!("kind_system"),
        Why::Gone => words!("gone"),
        Why::Not(Verdict::Missing(Some(near))) if has_pattern => {
            let (upto, rest) = source(bot).split_at(near.upto);
            own.extend([("upto", shown(upto)), ("rest", shown(rest))]);
            words!("near")
        }
        Why::Not(Verdict::Missing(_)) if has_pattern => words!("pattern"),
        Why::Not(Verdict::Missing(_)) => words!("name"),
        Why::Not(Verdict::Slow) => words!("slow"),
        Why::Not(Verdict::Bad(sentence)) => {
            own.push(("why", html::shorten(sentence, PATTERN)));
            words!("bad_pattern")
        }
    };
    let (name, pattern) = (html::shorten(&bot.name, NAME), html::shorten(source(bot), PATTERN));
    let mut values = vec![("bot", name.as_str()), ("pattern", pattern.as_str())];
    values.extend(own.iter().map(|(key, value)| (*key, value.as_str())));
    html::sentence(template, &values)
}
