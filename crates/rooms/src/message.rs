//! Messages: the events that people read.

use serde::{Deserialize, Serialize};

use crate::{BotId, Content, EventId, Json};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person, or a program that posts as one.
    User,
    /// A bot's answer.
    Bot,
    /// The server itself; its text is HTML.
    System,
}

/// The author of system messages.
pub const SYSTEM_AUTHOR: &str = "Parlor";

/// A message without its id and time, which the log gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who wrote it, as shown.
    pub author: String,
    /// Who speaks.
    pub kind: Kind,
    /// Text of people, HTML of bots and of the system.
    pub text: String,
    /// An absolute URL of an image.
    pub image: Option<String>,
    /// An absolute URL of a sound or a film.
    pub media: Option<String>,
    /// An absolute URL of a style sheet.
    pub css: Option<String>,
    /// An absolute URL of a script.
    pub js: Option<String>,
    /// What relative links in the text are relative to.
    pub base_url: Option<String>,
    /// The bot whose answer it is.
    pub from_bot: Option<BotId>,
    /// What the bot keeps of the conversation, if this message began it or went on with it.
    pub state: Option<Json>,
    /// The message that this one answers to.
    pub reply_to: Option<EventId>,
    /// The activation that it is the answer to, or whose failure it explains.
    pub activation: Option<String>,
    /// To which setting's measure a bot's text was cleaned.
    pub content: Content,
}

impl Message {
    fn plain(author: &str, kind: Kind, text: String) -> Self {
        Self {
            author: author.to_owned(),
            kind,
            text,
            image: None,
            media: None,
            css: None,
            js: None,
            base_url: None,
            from_bot: None,
            state: None,
            reply_to: None,
            activation: None,
            content: Content::Open,
        }
    }

    /// Drops what a room with this setting shows of nobody: style sheets and scripts, and where there is only text, pictures
    /// and sounds.
    pub fn bare(&mut self, content: Content) {
        if content > Content::Open {
            (self.css, self.js) = (None, None);
        }
        if content > Content::Formatted {
            (self.image, self.media) = (None, None);
        }
    }

    /// Whether [`Self::bare`] would change nothing.
    pub fn is_bare(&self, content: Content) -> bool {
        let runs = self.css.is_some() || self.js.is_some();
        let shows = self.image.is_some() || self.media.is_some();
        !(runs && content > Content::Open || shows && content > Content::Formatted)
    }

    /// What a person says.
    pub fn user(author: &str, text: impl Into<String>) -> Self {
        Self::plain(author, Kind::User, text.into())
    }

    /// What a bot says; the rest of its answer is filled in by the caller.
    pub fn bot(author: &str, bot: BotId, text: impl Into<String>) -> Self {
        Self { from_bot: Some(bot), ..Self::plain(author, Kind::Bot, text.into()) }
    }

    /// What the server says, as HTML.
    pub fn system(html: impl Into<String>) -> Self {
        Self::plain(SYSTEM_AUTHOR, Kind::System, html.into())
    }
}
