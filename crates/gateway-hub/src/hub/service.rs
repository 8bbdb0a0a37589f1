//! A service: a name to which clients subscribe, and whose owner speaks to all of them.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    Audience, Host, Members, Out, Sending, Uuid,
    answer::{self, Told},
};

#[derive(Debug)]
pub(super) struct Service<S> {
    pub(super) owner: Uuid,
    pub(super) subscribers: Members<S>,
    name: String,
    nickname: Option<String>,
    subscribed: HashSet<Uuid>,
    /// What is behind it, if the server itself owns it.
    pub(super) host: Option<Arc<dyn Host<S>>>,
    /// As payloads show it, until somebody comes or goes: with a thousand subscribers it is 40 kB.
    shape: OnceLock<Box<RawValue>>,
}

#[derive(Serialize)]
struct Shape<'a> {
    name: &'a str,
    nickname: Option<&'a str>,
    owner_uuid: String,
    subscribers: Vec<String>,
}

impl<S: Clone> Service<S> {
    pub(super) fn new(name: String, nickname: Option<String>, owner: Uuid) -> Self {
        let (subscribers, subscribed) = (Members::default(), HashSet::new());
        Self { owner, subscribers, name, nickname, subscribed, host: None, shape: OnceLock::new() }
    }

    /// The same, of the server's own.
    pub(super) fn behind(self, host: Arc<dyn Host<S>>) -> Self {
        Self { host: Some(host), ..self }
    }

    pub(super) fn shown(&self) -> &str {
        self.nickname.as_deref().unwrap_or(&self.name)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn shape(&self) -> &RawValue {
        self.shape.get_or_init(|| {
            answer::raw(&Shape {
                name: &self.name,
                nickname: self.nickname.as_deref(),
                owner_uuid: self.owner.to_string(),
                subscribers: self.subscribers.iter().map(|(uuid, _)| uuid.to_string()).collect(),
            })
        })
    }

    pub(super) fn has(&self, uuid: Uuid) -> bool {
        self.subscribed.contains(&uuid)
    }

    /// False if it was subscribed.
    pub(super) fn subscribe(&mut self, uuid: Uuid, socket: S) -> bool {
        let new = self.subscribed.insert(uuid);
        if new {
            Arc::make_mut(&mut self.subscribers).push((uuid, socket));
            self.shape = OnceLock::new();
        }
        new
    }

    /// False if it was not subscribed.
    pub(super) fn unsubscribe(&mut self, uuid: Uuid) -> bool {
        let was = self.subscribed.remove(&uuid);
        if was {
            Arc::make_mut(&mut self.subscribers).retain(|(subscriber, _)| *subscriber != uuid);
            self.shape = OnceLock::new();
        }
        was
    }

    /// Tells the subscribers.
    pub(super) fn tell(&self, told: &Told<'_>, out: &mut Out<S>) {
        self.send(answer::unasked(told), None, out);
    }

    pub(super) fn send(&self, payload: String, but: Option<Uuid>, out: &mut Out<S>) {
        if !self.subscribers.is_empty() {
            out.push(Sending { to: Audience::Group { members: Arc::clone(&self.subscribers), but }, payload });
        }
    }
}
