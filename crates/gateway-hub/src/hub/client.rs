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

impl<S: Clone> Client<S> {
    pub(super) fn new(
        name: String,
        nickname: Option<String>,
        uuid: Uuid,
        tags: Vec<String>,
        key: KeyHash,
        socket: S,
    ) -> Self {
        let shape = Shape { name: &name, nickname: nickname.as_deref(), uuid: uuid.to_string(), tags: &tags };
        let shape = answer::raw(&shape);
        Self { uuid, name, key, socket, subscriptions: BTreeSet::new(), owned: BTreeSet::new(), shape, seq: 0 }
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
