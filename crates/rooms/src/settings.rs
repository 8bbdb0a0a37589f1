//! What can be set for a room.

use serde::{Deserialize, Serialize};

use crate::policy::Accounts;

/// How bots' texts are shown; a later one leaves less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// HTML, styles and scripts, inside the sandboxed frame.
    #[default]
    Open,
    /// Formatting, links, images and forms.
    Formatted,
    /// Text.
    Plain,
}

/// Who may come in. Means something only where accounts are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everybody.
    #[default]
    Public,
    /// Whoever has an account.
    Members,
    /// Whoever is on the room's list.
    Private,
}

/// A room's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomSettings {
    /// How bots' texts are shown, if that was ever chosen; see [`RoomSettings::content`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Whether people's texts are drawn as Markdown.
    pub markdown: bool,
    /// Whether messages outlive a clear, in the archive.
    pub archive: bool,
    /// Who may come in.
    pub access: Access,
    /// Who is on the list of a private room: the names of accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Days for which messages are kept; as long as the server says without.
    pub keep: Option<u32>,
    /// How many messages are kept, the newest; as many as the server says without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_messages: Option<u32>,
}

/// How long messages are kept. What has become too old, or too many, is erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Days; for ever without.
    pub days: Option<u32>,
    /// The newest so many; all without.
    pub messages: Option<u32>,
}

impl RoomSettings {
    /// How long this room's messages are kept, where the server says `otherwise`.
    pub fn keeps(&self, otherwise: Keep) -> Keep {
        Keep { days: self.keep.or(otherwise.days), messages: self.keep_messages.or(otherwise.messages) }
    }
}

impl RoomSettings {
    /// How bots' texts are shown. Where nobody has chosen and a login is required, without scripts: one in the frame could read
    /// what is said in the room.
    pub fn content(&self, accounts: Accounts) -> Content {
        self.content.unwrap_or(match accounts {
            Accounts::Off | Accounts::Optional => Content::Open,
            Accounts::Required => Content::Formatted,
        })
    }

    /// What is different from how it was before, in words; nothing where nothing is.
    pub fn difference(&self, before: &Self) -> String {
        let on = |on: bool| if on { "on" } else { "off" }.to_owned();
        let as_server_says = || "as the server says".to_owned();
        let word = |value: String| value.to_lowercase();
        let mut all = Vec::new();
        let mut tell = |name: &str, differs: bool, now: String| {
            if differs {
                all.push(format!("{name} {now}"));
            }
        };
        tell(
            "content",
            self.content != before.content,
            self.content.map_or_else(as_server_says, |content| word(format!("{content:?}"))),
        );
        tell("access", self.access != before.access, word(format!("{:?}", self.access)));
        tell(
            "members",
            self.members != before.members,
            if self.members.is_empty() { "nobody".to_owned() } else { self.members.join(", ") },
        );
        tell("markdown", self.markdown != before.markdown, on(self.markdown));
        tell("archive", self.archive != before.archive, on(self.archive));
        let days = self.keep.map_or_else(as_server_says, |days| format!("{days} days"));
        tell("keep", self.keep != before.keep, days);
        let messages = self.keep_messages.map_or_else(as_server_says, |messages| format!("{messages} messages"));
        tell("keep", self.keep_messages != before.keep_messages, messages);
        all.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_left_out_where_a_login_is_required_until_somebody_lets_them_in() {
        let never = RoomSettings::default();
        assert_eq!(never.content(Accounts::Off), Content::Open);
        assert_eq!(never.content(Accounts::Optional), Content::Open);
        assert_eq!(never.content(Accounts::Required), Content::Formatted);
        let chosen = RoomSettings { content: Some(Content::Open), ..RoomSettings::default() };
        assert_eq!(chosen.content(Accounts::Required), Content::Open);
    }

    #[test]
    fn what_is_different_is_told_in_words() {
        let before = RoomSettings::default();
        let members = vec!["Ann".to_owned(), "Bob".to_owned()];
        let after = RoomSettings {
            access: Access::Private,
            members,
            keep: Some(30),
            markdown: true,
            ..RoomSettings::default()
        };
        let told = "access private; members Ann, Bob; markdown on; keep 30 days";
        assert_eq!(after.difference(&before), told);
        assert_eq!(before.difference(&after), "access public; members nobody; markdown off; keep as the server says");
        assert_eq!(after.difference(&after), "");
    }
}
