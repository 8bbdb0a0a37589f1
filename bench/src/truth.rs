//! What was acknowledged, what each client got, and every way in which the two differ.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, RandomState};

use serde::Deserialize;

/// How many violations are told in full.
const TOLD: usize = 20;

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: Message<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(default)]
    id: u64,
    #[serde(borrow, default)]
    room: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
}

#[derive(Default)]
struct Room {
    /// Id and text of each acknowledged message.
    acknowledged: HashMap<u64, String>,
    newest: u64,
    /// Each message's bytes, as a hash, and its text, as the first client got them.
    delivered: HashMap<u64, (u64, String)>,
}

/// One client's view of a room, over all its connections.
#[derive(Debug)]
pub(crate) struct Viewer {
    pub(crate) name: String,
    pub(crate) room: usize,
    ids: Vec<u64>,
}

impl Viewer {
    pub(crate) fn new(name: String, room: usize) -> Self {
        Self { name, room, ids: Vec::new() }
    }

    /// The id that it comes back with.
    pub(crate) fn last(&self) -> u64 {
        self.ids.last().copied().unwrap_or(0)
    }
}

/// All rooms' truth.
pub(crate) struct Truth {
    rooms: Vec<Room>,
    hasher: RandomState,
    pub(crate) violations: Vec<String>,
    pub(crate) deliveries: usize,
}

/// The name of a room by its number.
pub(crate) fn room_name(room: usize) -> String {
    format!("integrity/{room}")
}

impl Truth {
    pub(crate) fn new(rooms: usize) -> Self {
        Self {
            rooms: (0..rooms).map(|_| Room::default()).collect(),
            hasher: RandomState::new(),
            violations: Vec::new(),
            deliveries: 0,
        }
    }

    pub(crate) fn violation(&mut self, what: String) {
        self.violations.push(what);
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.rooms.iter().map(|room| room.acknowledged.len()).sum()
    }

    /// A post of this text was answered.
    pub(crate) fn answer(&mut self, room: usize, text: &str, status: u16, body: &[u8]) {
        if !matches!(status, 200..=202) {
            return self.violation(format!("a post was answered with {status}: {}", String::from_utf8_lossy(body)));
        }
        let message: Message<'_> = match serde_json::from_slice(body) {
            Ok(message) => message,
            Err(error) => return self.violation(format!("the answer to a post is no message: {error}")),
        };
        if message.text != text || message.room != room_name(room) || message.id == 0 {
            return self.violation(format!("the post {text:?} was answered with another message"));
        }
        let id = message.id;
        let truth = &mut self.rooms[room];
        truth.newest = truth.newest.max(id);
        if let Some(other) = truth.acknowledged.insert(id, text.to_owned()) {
            self.violation(format!("{other:?} and {text:?} were both acknowledged with the id {id}"));
        }
    }

    /// A client got a frame.
    pub(crate) fn deliver(&mut self, viewer: &mut Viewer, payload: &[u8]) {
        self.deliveries += 1;
        let frame: Frame<'_> = match serde_json::from_slice(payload) {
            Ok(frame) => frame,
            Err(error) => return self.violation(format!("{} got a frame that is no message: {error}", viewer.name)),
        };
        let name = &viewer.name;
        if frame.kind != "message" || frame.data.room != room_name(viewer.room) {
            let text = String::from_utf8_lossy(payload);
            return self.violation(format!("{name} in {} got {text}", room_name(viewer.room)));
        }
        let (id, last) = (frame.data.id, viewer.last());
        if id <= last {
            let how = if viewer.ids.binary_search(&id).is_ok() { "again" } else { "out of order" };
            return self.violation(format!("{name} got {id} {how}, after {last}"));
        }
        viewer.ids.push(id);
        let hash = self.hasher.hash_one(payload);
        match self.rooms[viewer.room].delivered.entry(id) {
            Entry::Vacant(place) => drop(place.insert((hash, frame.data.text.into_owned()))),
            Entry::Occupied(first) if first.get().0 == hash => {}
            Entry::Occupied(_) => self.violation(format!("{name} got {id} with other bytes than others did")),
        }
    }

    /// Whether a client has everything that was acknowledged, as far as ids tell.
    pub(crate) fn is_complete(&self, viewer: &Viewer) -> bool {
        viewer.last() >= self.rooms[viewer.room].newest
    }

    /// Compares what all clients got with what was acknowledged, at the end.
    pub(crate) fn compare(&mut self, viewers: &[Viewer]) {
        let mut found = Vec::new();
        for (number, room) in self.rooms.iter().enumerate() {
            for (id, text) in &room.acknowledged {
                if let Some((_, delivered)) = room.delivered.get(id)
                    && delivered != text
                {
                    found.push(format!(
                        "{id} in {} was acknowledged as {text:?} and sent as {delivered:?}",
                        room_name(number)
                    ));
                }
            }
        }
        for viewer in viewers {
            let room = &self.rooms[viewer.room];
            let list = |ids: Vec<u64>| {
                let more = if ids.len() > 5 { " …" } else { "" };
                let first: Vec<String> = ids.iter().take(5).map(u64::to_string).collect();
                format!("{} ({}{more})", ids.len(), first.join(", "))
            };
            let mut missing: Vec<u64> =
                room.acknowledged.keys().copied().filter(|id| viewer.ids.binary_search(id).is_err()).collect();
            missing.sort_unstable();
            let invented: Vec<u64> =
                viewer.ids.iter().copied().filter(|id| !room.acknowledged.contains_key(id)).collect();
            let whose = format!("{} in {}", viewer.name, room_name(viewer.room));
            if !missing.is_empty() {
                let all = room.acknowledged.len();
                found.push(format!("{whose} never got {} of {all} acknowledged messages", list(missing)));
            }
            if !invented.is_empty() {
                found.push(format!("{whose} got {} that were never acknowledged", list(invented)));
            }
        }
        self.violations.append(&mut found);
    }

    /// The violations, the first ones in full.
    pub(crate) fn report(&self) -> String {
        let mut lines: Vec<String> = self.violations.iter().take(TOLD).map(|line| format!("  {line}")).collect();
        if self.violations.len() > TOLD {
            lines.push(format!("  … and {} more", self.violations.len() - TOLD));
        }
        lines.join("\n")
    }
}
