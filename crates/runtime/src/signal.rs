//! Signals: what followers who asked for it are told, and what is never stored nor replayed.
//!
//! They go the way of events, through the room's drain and each outbox, so that their order with events holds. In rooms
//! where nobody asked they cost a look at one byte.

use std::ops::{BitAnd, BitOr, BitOrAssign};

use parlor_rooms::{BotId, EventId, RoomName, RoomSettings};
use parlor_store::Activation;

use crate::{
    Runtime,
    room::{EncoderId, Inner, Outgoing, Shared, Todo},
};

/// Kinds of signals, as a set: what a follower asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Who is here.
    pub const PRESENCE: Self = Self(1);
    /// Who is typing.
    pub const TYPING: Self = Self(2);
    /// What bots are doing.
    pub const ACTIVATION: Self = Self(4);
    /// The room's settings.
    pub const SETTINGS: Self = Self(8);

    /// Every kind there is, by the name that followers ask with.
    const NAMES: [(&str, Self); 4] = [
        ("presence", Self::PRESENCE),
        ("typing", Self::TYPING),
        ("activation", Self::ACTIVATION),
        ("settings", Self::SETTINGS),
    ];

    /// What is lost on somebody who is behind: it means nothing later. The others stand for something that lasts.
    pub(crate) const PASSING: Self = Self(Self::TYPING.0 | Self::ACTIVATION.0);

    /// The kinds in a list with commas; names that are unknown are passed over.
    pub fn named(list: &str) -> Self {
        let known = |name: &str| Self::NAMES.iter().find(|(known, _)| *known == name.trim());
        list.split(',').filter_map(known).fold(Self::NONE, |all, (_, kind)| all | *kind)
    }

    pub(crate) fn has(self, any: Self) -> bool {
        self & any != Self::NONE
    }

    pub(crate) fn without(self, kinds: Self) -> Self {
        Self(self.0 & !kinds.0)
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Kinds {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAnd for Kinds {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// What an encoder makes a frame of, for those who asked.
#[derive(Clone, Copy, Debug)]
pub enum Signal<'a> {
    /// Who is here: the first thing that somebody hears who asked for presence.
    Here {
        /// Distinct names, sorted.
        names: &'a [&'a str],
        /// How many connections have no name.
        unnamed: usize,
    },
    /// Who came and went since.
    Presence {
        /// Names that are here now, sorted.
        joined: &'a [&'a str],
        /// Names that are here no more, sorted.
        left: &'a [&'a str],
        /// How many connections have no name now.
        unnamed: usize,
    },
    /// Somebody is typing.
    Typing {
        /// Who.
        author: &'a str,
    },
    /// A delivery to a bot began or ended: its record.
    Activation(&'a Activation),
    /// A bot that connects to us came or went; told with [`Kinds::ACTIVATION`].
    BotConnection {
        /// The bot.
        bot: BotId,
        /// Whether it has a connection now.
        connected: bool,
    },
    /// The room's settings, as they are now.
    Settings(&'a RoomSettings),
}

impl Signal<'_> {
    /// What one has to have asked for to be told.
    pub fn kind(&self) -> Kinds {
        match self {
            Self::Here { .. } | Self::Presence { .. } => Kinds::PRESENCE,
            Self::Typing { .. } => Kinds::TYPING,
            Self::Activation(_) | Self::BotConnection { .. } => Kinds::ACTIVATION,
            Self::Settings(_) => Kinds::SETTINGS,
        }
    }
}

/// What a follower says on its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Its name; none, or an empty one, if it has none any more.
    Presence(Option<String>),
    /// It is typing; under this name, if it gave no other.
    Typing(Option<String>),
}

impl Runtime {
    /// Tells those in a room who asked for it. Never waits, and costs nothing where nobody asked.
    pub fn signal(&self, room: &RoomName, signal: &Signal<'_>) {
        let Some(room) = self.map().find(room) else { return };
        let mut todo = Todo::default();
        room.lock().signal(&room.name, self.shared(), signal, &mut todo);
        self.follow_up(&room, todo);
    }
}

impl Inner {
    /// The same, under the room's lock.
    pub(crate) fn signal(&mut self, room: &RoomName, shared: &Shared, signal: &Signal<'_>, todo: &mut Todo) {
        let to = signal.kind();
        if !self.asked.has(to) {
            return;
        }
        let mut frames = Vec::with_capacity(1);
        for (index, encoder) in shared.encoders.iter().enumerate() {
            let id = EncoderId::new(index);
            if shared.encoders.len() > 1 && !self.members.iter().any(|one| one.encoder == id && one.also.has(to)) {
                continue;
            }
            frames.extend(encoder.signal(room, signal).map(|frame| (id, vec![frame])));
        }
        // Behind what happened so far, before what comes next: whoever joined at this moment is told, too.
        let before = self.state.last;
        self.send(Outgoing { id: EventId(before.0 + 1), before, to, frames }, todo);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_a_list_and_unknown_ones_are_passed_over() {
        assert_eq!(Kinds::named("typing, presence"), Kinds::TYPING | Kinds::PRESENCE);
        assert_eq!(Kinds::named("typing,typing,,nonsense,message,TYPING"), Kinds::TYPING);
        assert_eq!(Kinds::named(""), Kinds::NONE);
        let all = Kinds::NAMES.map(|(name, _)| name).join(",");
        assert_eq!(Kinds::named(&all).0, 15);
    }
}
