//! A client that is in.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    Audience, Out, Sending, Uuid,
    answer::{self, Told},
    keys::KeyHash,
};

/// Somebody who has identified themselves.
#[derive(Debug)]
pub(super) struct Client<S> {
    pub(super) uuid: Uuid,
    pub(super) name: String,
    /// How people see it.
    pub(super) shown: String,
    pub(super) key: KeyHash,
    pub(super) socket: S,
    pub(super) subscriptions: BTreeSet<String>,
    pub(super) owned: BTreeSet<String>,
    /// As payloads show it; it never changes.
    shape: Box<RawValue>,
    seq: u64,
}

#[derive(Serialize)]
struct Shape<'a> {
    name: &'a str,
    nickname: Option<&'a str>,
    uuid: String,
    tags: &'a [String],
}

/// A client as payloads show it.
pub(super) fn shape(name: &str, nickname: Option<&str>, uuid: Uuid, tags: &[String]) -> Box<RawValue> {
    answer::raw(&Shape { name, nickname, uuid: uuid.to_string(), tags })
}

impl<S: Clone> Client<S> {
    pub(super) fn new(
        name: String,
        nickname: Option<String>,
        uuid: Uuid,
        tags: &[String],
        key: KeyHash,
        socket: S,
    ) -> Self {
        let shape = shape(&name, nickname.as_deref(), uuid, tags);
        let shown = nickname.filter(|nickname| !nickname.trim().is_empty()).unwrap_or_else(|| name.clone());
        Self { uuid, name, shown, key, socket, subscriptions: BTreeSet::new(), owned: BTreeSet::new(), shape, seq: 0 }
    }

    pub(super) fn shape(&self) -> &RawValue {
        &self.shape
    }

    /// The number of the payload that has just come.
    pub(super) fn next_seq(&mut self) -> u64 {
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        seq
    }

    /// The payload that has just come has this number.
    pub(super) fn set_seq(&mut self, seq: u64) {
        self.seq = seq.wrapping_add(1);
    }

    /// It, and nobody else.
    pub(super) fn only(&self) -> Audience<S> {
        Audience::One(self.uuid, self.socket.clone())
    }

    pub(super) fn answer(&self, seq: u64, told: &Told<'_>, out: &mut Out<S>) {
        out.push(Sending { to: self.only(), payload: answer::answering(told, seq) });
    }
}
