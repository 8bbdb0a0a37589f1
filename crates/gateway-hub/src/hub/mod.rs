//! Who is in the hub and which services there are; what each payload changes, and who is told. No I/O: what is to be sent comes
//! out as a list, in the order in which each client has to get it.

mod answer;
mod client;
mod host;
mod keys;
mod requests;
mod service;
#[cfg(test)]
mod tests;
mod uuid;
mod watched;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

use parlor_wire::hub::{Identify, Request, Unread, VERSION};
use semver::{Version, VersionReq};
use serde_json::value::RawValue;

use answer::Told;
use client::Client;
pub use host::Host;
use host::Server;
pub use keys::Holder;
use keys::KeyHash;
use service::Service;
pub use uuid::Uuid;

/// Clients, each with what one sends to it, in the order in which they came.
pub type Members<S> = Arc<Vec<(Uuid, S)>>;

/// Who gets a payload.
#[derive(Clone, Debug)]
pub enum Audience<S> {
    /// One client.
    One(Uuid, S),
    /// Several, as they were at this moment.
    Group {
        /// These.
        members: Members<S>,
        /// Without this one.
        but: Option<Uuid>,
    },
    /// Those who watch this service.
    Watchers(Arc<str>),
}

/// A payload that is to be sent.
#[derive(Clone, Debug)]
pub struct Sending<S> {
    /// To whom.
    pub to: Audience<S>,
    /// What: JSON.
    pub payload: String,
}

/// How much there may be of everything.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Clients at once.
    pub clients: usize,
    /// Services at once.
    pub services: usize,
    /// Services that one client owns.
    pub owned: usize,
    /// Services to which one client is subscribed.
    pub subscriptions: usize,
    /// Bytes of a name, of a nickname and of a tag.
    pub name: usize,
    /// Tags of a client.
    pub tags: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { clients: 10_000, services: 10_000, owned: 100, subscriptions: 1_000, name: 128, tags: 32 }
    }
}

/// Why a client is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its version is none, or not one that this hub speaks.
    #[error("this hub speaks version ^{VERSION}")]
    Version,
    /// Its name is none.
    #[error("a name is letters, digits and `_`")]
    Name,
    /// Somebody has its name.
    #[error("this name is taken")]
    Taken,
    /// Its nickname or its tags are too long, or too many.
    #[error("the nickname or the tags are too long")]
    TooLong,
    /// There are too many clients.
    #[error("there are as many clients as this hub takes; come back later")]
    Full,
}

static SPOKEN: LazyLock<Option<VersionReq>> = LazyLock::new(|| VersionReq::parse(&format!("^{VERSION}")).ok());

/// The hub's state. `S` is what one sends to a client with.
#[derive(Debug)]
pub struct Hub<S> {
    limits: Limits,
    everybody: Members<S>,
    clients: HashMap<Uuid, Client<S>>,
    names: HashMap<String, Uuid>,
    keys: HashMap<KeyHash, Uuid>,
    services: BTreeMap<String, Service<S>>,
    server: Server,
    /// Services that somebody watches, also such as are not there.
    watched: BTreeSet<String>,
}

/// What is to be sent, being gathered.
type Out<S> = Vec<Sending<S>>;

impl<S: Clone> Hub<S> {
    /// An empty hub. The server is known in it by this uuid, and `version` is its own.
    pub fn new(limits: Limits, server: Uuid, version: &str) -> Self {
        Self {
            limits,
            everybody: Members::default(),
            clients: HashMap::new(),
            names: HashMap::new(),
            keys: HashMap::new(),
            services: BTreeMap::new(),
            server: Server::new(server, version),
            watched: BTreeSet::new(),
        }
    }

    /// Lets a client in, under a uuid that nobody has. `fs_key` is a secret of its own for its files, which HELLO tells it.
    pub fn enter(
        &mut self,
        identify: Identify<'_>,
        uuid: Uuid,
        socket: S,
        fs_key: &str,
        out: &mut Out<S>,
    ) -> Result<(), Refused> {
        let spoken = Version::parse(&identify.version)
            .is_ok_and(|version| SPOKEN.as_ref().is_some_and(|spoken| spoken.matches(&version)));
        if !spoken {
            return Err(Refused::Version);
        }
        let name = identify.name.into_owned();
        if name.is_empty()
            || name.len() > self.limits.name
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            return Err(Refused::Name);
        }
        let tags = identify.tags.unwrap_or_default();
        let nickname = identify.nickname.map(|nickname| nickname.into_owned());
        let longest = tags.iter().chain(&nickname).map(String::len).max().unwrap_or_default();
        if longest > self.limits.name || tags.len() > self.limits.tags {
            return Err(Refused::TooLong);
        }
        if self.names.contains_key(&name) || self.clients.contains_key(&uuid) {
            return Err(Refused::Taken);
        }
        if self.clients.len() >= self.limits.clients {
            return Err(Refused::Full);
        }
        let key = KeyHash::of(fs_key);
        let client = Client::new(name.clone(), nickname, uuid, &tags, key, socket.clone());
        out.push(Sending { to: Audience::One(uuid, socket.clone()), payload: answer::hello(uuid, fs_key) });
        self.tell_all(&Told::ClientJoined { client: client.shape() }, Some(uuid), out);
        self.names.insert(name, uuid);
        self.keys.insert(key, uuid);
        self.clients.insert(uuid, client);
        Arc::make_mut(&mut self.everybody).push((uuid, socket));
        Ok(())
    }

    /// Takes a client out: out of services, its own with it.
    pub fn leave(&mut self, uuid: Uuid, out: &mut Out<S>) {
        let Some(client) = self.clients.remove(&uuid) else { return };
        self.names.remove(&client.name);
        self.keys.remove(&client.key);
        Arc::make_mut(&mut self.everybody).retain(|(member, _)| *member != uuid);
        for name in &client.subscriptions {
            if let Some(service) = self.services.get_mut(name) {
                service.unsubscribe(uuid);
                service.tell(&Told::Unsubscribed { client: client.shape(), service: service.shape() }, out);
                self.saw(name, "unsubscribed", client.shape(), out);
                self.left(name, uuid, out);
            }
        }
        for name in &client.owned {
            self.remove_service(name, out);
        }
        self.tell_all(&Told::ClientLeft { client: client.shape() }, None, out);
    }

    /// A text payload of a client that is in.
    pub fn hear(&mut self, uuid: Uuid, text: &str, out: &mut Out<S>) {
        let Some(client) = self.clients.get_mut(&uuid) else { return };
        let seq = client.next_seq();
        let told = match Request::read(text) {
            Ok(request) => return self.carry_out(uuid, seq, request, out),
            Err(Unread::Unsupported(_)) => Told::Unsupported,
            Err(error @ Unread::Undecodable(_)) => Told::Protocol { desc: error.to_string() },
        };
        client.answer(seq, &told, out);
    }

    /// A payload that can't be one, such as bytes that are no text.
    pub fn hear_nonsense(&mut self, uuid: Uuid, desc: &str, out: &mut Out<S>) {
        if let Some(client) = self.clients.get(&uuid) {
            let payload = answer::unasked(&Told::Protocol { desc: desc.to_owned() });
            out.push(Sending { to: client.only(), payload });
        }
    }

    /// How many clients and services there are.
    pub fn count(&self) -> (usize, usize) {
        (self.clients.len(), self.services.len())
    }

    fn tell_all(&self, told: &Told<'_>, but: Option<Uuid>, out: &mut Out<S>) {
        if !self.everybody.is_empty() {
            let to = Audience::Group { members: Arc::clone(&self.everybody), but };
            out.push(Sending { to, payload: answer::unasked(told) });
        }
    }

    /// Deletes a service, and tells everybody.
    fn remove_service(&mut self, name: &str, out: &mut Out<S>) {
        let Some(service) = self.services.remove(name) else { return };
        for (subscriber, _) in service.subscribers.iter() {
            if let Some(client) = self.clients.get_mut(subscriber) {
                client.subscriptions.remove(name);
            }
        }
        if let Some(owner) = self.clients.get_mut(&service.owner) {
            owner.owned.remove(name);
        }
        self.tell_all(&Told::ServiceDeleted { service: service.shape() }, None, out);
        self.saw(name, "deleted", RawValue::NULL, out);
    }
}
