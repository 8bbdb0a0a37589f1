//! Who is here, by the names that followers give themselves: counted, told in differences, a few at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use parlor_rooms::RoomName;
use parlor_sockets::Frame;
use tokio::time::Instant;

use crate::{
    Caller, Encoder, PresenceChange, Runtime, Said, Signal,
    map::RoomHandle,
    room::{EncoderId, Inner, Shared, Todo},
    signal::Kinds,
};

/// The longest name, in bytes.
const NAME_MAX: usize = 200;
/// A room is told at most once in this time who came and went.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// And not before this: who comes says its name right after.
const SETTLING: Duration = Duration::from_millis(30);
/// How often a follower may say that it is typing.
const TYPING_EVERY: Duration = Duration::from_secs(1);
/// How many may say so in a room in that time: each costs a frame for every member.
const TYPING_MAX: u32 = 20;
/// How many changes of a name are told as such at once: each is looked for among the others.
const RENAMES_MAX: usize = 64;

/// A name. Followers share it with the room.
type Name = Arc<str>;

/// Who is in a room, and what of it has been told.
#[derive(Default)]
pub(crate) struct Presence {
    /// How many connections each name has.
    names: BTreeMap<Name, usize>,
    unnamed: usize,
    told: BTreeSet<Name>,
    told_unnamed: usize,
    /// Names that came or went since.
    touched: BTreeSet<Name>,
    /// From which name to which, since.
    renamed: Vec<(Name, Name)>,
    /// Whether a task is about to tell.
    waking: bool,
    told_at: Option<Instant>,
    /// What those who come are told first, until that changes.
    here: Vec<(EncoderId, Frame)>,
}

/// What there is to tell.
struct Difference {
    joined: Vec<Name>,
    left: Vec<Name>,
    renamed: Vec<(Name, Name)>,
}

impl Presence {
    pub(crate) fn add(&mut self, name: Option<&Name>) {
        let Some(name) = name else {
            self.unnamed += 1;
            return;
        };
        *self.names.entry(Arc::clone(name)).or_default() += 1;
        self.touched.insert(Arc::clone(name));
    }

    pub(crate) fn remove(&mut self, name: Option<&Name>) {
        let Some(name) = name else {
            self.unnamed = self.unnamed.saturating_sub(1);
            return;
        };
        if let Some(count) = self.names.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                self.names.remove(name);
            }
        }
        self.touched.insert(Arc::clone(name));
    }

    fn rename(&mut self, from: Option<&Name>, to: Option<&Name>) {
        self.remove(from);
        self.add(to);
        if let (Some(from), Some(to)) = (from, to) {
            // Who changes it twice before it is told has changed it once.
            let has_place = self.renamed.len() < RENAMES_MAX;
            match self.renamed.iter_mut().rev().find(|(_, last)| last == from) {
                Some((_, last)) => *last = Arc::clone(to),
                None if has_place => self.renamed.push((Arc::clone(from), Arc::clone(to))),
                // Beyond that they are told as one who went and one who came.
                None => {}
            }
        }
    }

    /// What changed since it was told last; from now on it is told.
    fn tell(&mut self) -> Option<Difference> {
        self.waking = false;
        let renamed = std::mem::take(&mut self.renamed);
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for name in std::mem::take(&mut self.touched) {
            match (self.names.contains_key(&name), self.told.contains(&name)) {
                (true, false) => joined.push(name),
                (false, true) => left.push(name),
                _ => {}
            }
        }
        if joined.is_empty() && left.is_empty() && self.unnamed == self.told_unnamed {
            return None;
        }
        left.iter().for_each(|name| {
            self.told.remove(name);
        });
        self.told.extend(joined.iter().cloned());
        self.told_unnamed = self.unnamed;
        self.told_at = Some(Instant::now());
        self.here.clear();
        Some(Difference { joined, left, renamed })
    }

    fn is_over(&self) -> bool {
        self.names.is_empty() && self.unnamed == 0 && self.touched.is_empty() && !self.waking
    }
}

impl Difference {
    /// One change a person, for the dispatcher: a name that became another is one change, not two.
    fn changes(mut self) -> Vec<PresenceChange> {
        let mut changes = Vec::with_capacity(self.joined.len() + self.left.len());
        for (from, to) in self.renamed {
            let places = (self.left.binary_search(&from), self.joined.binary_search(&to));
            if let (Ok(left), Ok(joined)) = places {
                self.left.remove(left);
                self.joined.remove(joined);
                changes.push(PresenceChange::Renamed { from: from.to_string(), to: to.to_string() });
            }
        }
        changes.extend(self.left.iter().map(|name| PresenceChange::Left(name.to_string())));
        changes.extend(self.joined.iter().map(|name| PresenceChange::Joined(name.to_string())));
        changes
    }
}

/// How much typing a room has passed on lately.
#[derive(Default)]
pub(crate) struct Typing {
    since: Option<Instant>,
    count: u32,
}

impl Typing {
    fn may(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now - since >= TYPING_EVERY) {
            (self.since, self.count) = (Some(now), 0);
        }
        self.count += 1;
        self.count <= TYPING_MAX
    }
}

/// What a follower has said of itself.
#[derive(Default)]
pub(crate) struct Visit {
    /// The name of its account, which is the only one that it may give itself.
    account: Option<Name>,
    name: Option<Name>,
    typed: Option<Instant>,
}

impl Visit {
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { account: caller.actor.person().map(|person| person.name.as_str().into()), ..Self::default() }
    }
}

impl Runtime {
    /// Somebody who asked for it is here.
    pub(crate) fn come(&self, handle: &RoomHandle, also: Kinds) {
        if also.has(Kinds::PRESENCE) {
            self.change(handle, |presence| presence.add(None));
        }
    }

    /// It is gone.
    pub(crate) fn go(&self, handle: &RoomHandle, also: Kinds, visit: &Visit) {
        if also.has(Kinds::PRESENCE) {
            self.change(handle, |presence| presence.remove(visit.name.as_ref()));
        }
    }

    /// A follower said something; what is none of its business, or of nobody's, is passed over.
    pub(crate) fn heard(&self, handle: &RoomHandle, also: Kinds, encoder: &dyn Encoder, visit: &mut Visit, text: &str) {
        if also == Kinds::NONE {
            return;
        }
        match encoder.said(text) {
            Some(Said::Presence(name)) if also.has(Kinds::PRESENCE) => {
                let name = name.and_then(|name| self.named(visit, &name));
                if name != visit.name {
                    self.change(handle, |presence| presence.rename(visit.name.as_ref(), name.as_ref()));
                    visit.name = name;
                }
            }
            Some(Said::Typing(name)) if also.has(Kinds::TYPING) => {
                let now = Instant::now();
                if visit.typed.is_some_and(|typed| now - typed < TYPING_EVERY) {
                    return;
                }
                let Some(author) = visit.name.clone().or_else(|| name.and_then(|name| self.named(visit, &name))) else {
                    return;
                };
                visit.typed = Some(now);
                let mut todo = Todo::default();
                let mut inner = handle.lock();
                if inner.typing.may(now) {
                    inner.signal(&handle.name, self.shared(), &Signal::Typing { author: &author }, &mut todo);
                }
                drop(inner);
                self.follow_up(handle, todo);
            }
            _ => {}
        }
    }

    /// The name that somebody has who says so; none where it is an account's, and not theirs.
    fn named(&self, visit: &Visit, said: &str) -> Option<Name> {
        let said = clean(said)?;
        match &visit.account {
            Some(account) => Some(Arc::clone(account)),
            None => (!self.belongs_to_an_account(&said)).then_some(said),
        }
    }

    /// Changes who is here, and sees to it that it is told soon.
    pub(crate) fn change(&self, handle: &RoomHandle, change: impl FnOnce(&mut Presence)) {
        let mut inner = handle.lock();
        let presence = inner.presence.get_or_insert_default();
        change(presence);
        if std::mem::replace(&mut presence.waking, true) {
            return;
        }
        let now = Instant::now();
        let at = presence.told_at.map_or(now, |told| told + TOLD_EVERY).max(now + SETTLING);
        drop(inner);
        let (this, handle) = (self.clone(), handle.clone());
        self.tracker().spawn(async move {
            tokio::select! {
                () = this.stopping().cancelled() => {}
                () = tokio::time::sleep_until(at) => this.tell(&handle),
            }
        });
    }

    /// Tells who asked, and the bots, who came and went.
    fn tell(&self, handle: &RoomHandle) {
        let mut todo = Todo::default();
        let mut guard = handle.lock();
        let inner = &mut *guard;
        let Some(presence) = &mut inner.presence else { return };
        let (difference, unnamed) = (presence.tell(), presence.unnamed);
        if presence.is_over() {
            inner.presence = None;
        }
        if let Some(difference) = difference {
            let (joined, left) = (texts(&difference.joined), texts(&difference.left));
            let signal = Signal::Presence { joined: &joined, left: &left, unnamed };
            inner.signal(&handle.name, self.shared(), &signal, &mut todo);
            let changes = difference.changes();
            if let Some(dispatch) = self.shared().dispatch.get() {
                for change in &changes {
                    dispatch.presence(&handle.name, &inner.state.bots, change);
                }
            }
            for ear in &inner.ears {
                // Nobody hears it who is about to go.
                changes.iter().for_each(|change| drop(ear.changes.send(change.clone())));
            }
        }
        drop(guard);
        self.follow_up(handle, todo);
    }
}

impl Inner {
    /// What somebody is told who joins now: the state of what it asked for. Differences follow from there.
    pub(crate) fn greeting(&mut self, room: &RoomName, shared: &Shared, id: EncoderId, also: Kinds) -> Vec<Frame> {
        let mut frames = Vec::new();
        let encoder = &shared.encoders[id.index()];
        if also.has(Kinds::SETTINGS) {
            frames.extend(encoder.signal(room, &Signal::Settings(&shared.told(&self.state.settings))));
        }
        if also.has(Kinds::PRESENCE) {
            let presence = self.presence.get_or_insert_default();
            if let Some((_, frame)) = presence.here.iter().find(|(encoder, _)| *encoder == id) {
                frames.push(frame.clone());
            } else {
                let names: Vec<&str> = presence.told.iter().map(AsRef::as_ref).collect();
                let here = Signal::Here { names: &names, unnamed: presence.told_unnamed };
                if let Some(frame) = encoder.signal(room, &here) {
                    presence.here.push((id, frame.clone()));
                    frames.push(frame);
                }
            }
        }
        frames
    }
}

fn texts(names: &[Name]) -> Vec<&str> {
    names.iter().map(AsRef::as_ref).collect()
}

/// A name without control characters and outer spaces, and not longer than a name may be; none if nothing is left.
fn clean(name: &str) -> Option<Name> {
    let mut clean: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect();
    clean.truncate(clean.floor_char_boundary(NAME_MAX));
    let clean = clean.trim();
    (!clean.is_empty()).then(|| Name::from(clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from(text)
    }

    fn told(presence: &mut Presence) -> (String, String, usize) {
        let difference =
            presence.tell().map(|difference| (texts(&difference.joined).join(" "), texts(&difference.left).join(" ")));
        let (joined, left) = difference.unwrap_or_default();
        (joined, left, presence.unnamed)
    }

    #[test]
    fn a_name_on_two_connections_is_here_once_until_both_are_gone() {
        let mut presence = Presence::default();
        presence.add(Some(&name("B")));
        presence.add(Some(&name("A")));
        presence.add(Some(&name("A")));
        presence.add(None);
        assert_eq!(told(&mut presence), ("A B".into(), String::new(), 1));
        presence.remove(Some(&name("A")));
        presence.remove(None);
        assert_eq!(told(&mut presence), (String::new(), String::new(), 0));
        presence.remove(Some(&name("A")));
        assert_eq!(told(&mut presence), (String::new(), "A".into(), 0));
        presence.remove(Some(&name("B")));
        assert!(!presence.is_over());
        assert_eq!(told(&mut presence), (String::new(), "B".into(), 0));
        assert!(presence.is_over());
    }

    #[test]
    fn who_comes_and_goes_before_it_is_told_was_never_here() {
        let mut presence = Presence::default();
        presence.add(Some(&name("A")));
        presence.remove(Some(&name("A")));
        assert!(presence.tell().is_none());
        assert!(presence.is_over());
    }

    #[test]
    fn bots_hear_of_a_new_name_as_one_change() {
        let mut presence = Presence::default();
        presence.add(Some(&name("A")));
        presence.add(Some(&name("X")));
        presence.tell();
        presence.rename(Some(&name("A")), Some(&name("B")));
        presence.rename(Some(&name("B")), Some(&name("C")));
        presence.rename(Some(&name("X")), None);
        presence.add(Some(&name("D")));
        let difference = presence.tell().expect("a difference");
        assert_eq!((texts(&difference.joined), texts(&difference.left)), (vec!["C", "D"], vec!["A", "X"]));
        let renamed = PresenceChange::Renamed { from: "A".into(), to: "C".into() };
        let (left, joined) = (PresenceChange::Left("X".into()), PresenceChange::Joined("D".into()));
        assert_eq!(difference.changes(), [renamed, left, joined]);
    }

    #[test]
    fn names_are_cleaned_and_cut() {
        assert_eq!(clean(" A\u{0}\u{7}\nB\u{9b} ").as_deref(), Some("AB"));
        assert_eq!(clean("\t\r\n \u{0}"), None);
        let long = clean(&"é".repeat(500)).expect("a name");
        assert_eq!(long.len(), 200);
        assert_eq!(clean(&format!("x{}", "é".repeat(500))).expect("a name").len(), 199);
    }

    #[test]
    fn a_room_passes_on_only_so_much_typing() {
        let (mut typing, now) = (Typing::default(), Instant::now());
        assert_eq!((0..100).filter(|_| typing.may(now)).count(), TYPING_MAX as usize);
        assert!(typing.may(now + TYPING_EVERY));
    }
}
