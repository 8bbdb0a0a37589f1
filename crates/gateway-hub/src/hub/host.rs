//! Services that the server itself owns. They speak the chat service's words: STATUS who comes and goes, TEXT what is said.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Hub, Out, Sending, Uuid,
    answer::{self, Told},
    client,
    service::Service,
};

/// What a service of the server's own is behind: called under the hub's lock, so it never waits, and never calls back.
pub trait Host<S>: fmt::Debug + Send + Sync {
    /// Somebody wants to subscribe, and calls itself so. Gives the name that it has here; the error is a sentence that says why
    /// it may not.
    fn enter(&self, uuid: Uuid, seat: &S, name: &str) -> Result<String, String>;

    /// Somebody is gone; gives the name that it had.
    fn leave(&self, uuid: Uuid) -> Option<String>;

    /// A subscriber says something. The error is for it alone: a sentence that says why it is not taken.
    fn say(&self, uuid: Uuid, text: &str) -> Result<(), String>;
}

/// The author of what one client alone gets.
const SYSTEM: &str = "System Message";
const PRIVATE: &str = "(Only you can see this!)";
const ABOUT: &str = "/about";

/// What the chat service says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Said<'a> {
    Status { text: &'a str },
    Text { author: &'a str, author_uuid: &'a str, text: &'a str },
}

/// What it hears.
#[derive(Deserialize)]
struct Saying<'a> {
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum To<'a> {
    Service { service: &'a str },
    ServiceClientUuid { service: &'a str, uuid: String },
}

/// The server, as the owner of services: no client, but known by a shape like theirs.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) uuid: Uuid,
    shape: Box<RawValue>,
    version: String,
}

impl Server {
    pub(super) fn new(uuid: Uuid, version: &str) -> Self {
        let shape = client::shape("parlor", Some("Parlor"), uuid, &["server".to_owned()]);
        Self { uuid, shape, version: version.to_owned() }
    }

    pub(super) fn shape(&self) -> &RawValue {
        &self.shape
    }
}

impl<S: Clone> Hub<S> {
    /// Has a service of the server's own. To be called before anybody comes.
    pub fn host(&mut self, name: &str, nickname: Option<&str>, host: Arc<dyn Host<S>>) {
        let service = Service::new(name.to_owned(), nickname.map(str::to_owned), self.server.uuid);
        self.services.insert(name.to_owned(), service.behind(host));
    }

    /// What a service of the server's own says to all its subscribers, in somebody's name.
    pub fn announce(&self, service: &str, author: &str, author_uuid: &str, text: &str, out: &mut Out<S>) {
        self.broadcast(service, &Said::Text { author, author_uuid, text }, out);
    }

    /// What a service of the server's own tells all its subscribers of who comes and goes.
    pub fn status(&self, service: &str, text: &str, out: &mut Out<S>) {
        self.broadcast(service, &Said::Status { text }, out);
    }

    /// What a service of the server's own tells one subscriber alone.
    pub fn whisper(&self, service: &str, uuid: Uuid, text: &str, out: &mut Out<S>) {
        let (Some(service), Some(client)) = (self.services.get(service), self.clients.get(&uuid)) else { return };
        if service.has(uuid) {
            let text = format!("{PRIVATE}\n{text}");
            let said = answer::raw(&Said::Text { author: SYSTEM, author_uuid: "0", text: &text });
            let target = answer::raw(&To::ServiceClientUuid { service: service.name(), uuid: uuid.to_string() });
            let payload = answer::message(&self.server.shape, Some(service.shape()), &target, &said);
            out.push(Sending { to: client.only(), payload });
            self.saw_message(service, &self.server.shape, &uuid.to_string(), &said, out);
        }
    }

    /// Takes a subscriber out of a service of the server's own that it may not follow any more, and tells it and the others.
    pub fn expel(&mut self, name: &str, uuid: Uuid, out: &mut Out<S>) {
        let (Some(client), Some(service)) = (self.clients.get_mut(&uuid), self.services.get_mut(name)) else { return };
        if !service.unsubscribe(uuid) {
            return;
        }
        client.subscriptions.remove(name);
        service.tell(&Told::Unsubscribed { client: client.shape(), service: service.shape() }, out);
        let told = Told::Unsubscribe { successful: true, service: service.shape() };
        out.push(Sending { to: client.only(), payload: answer::unasked(&told) });
        self.saw_client(name, "unsubscribed", uuid, out);
        self.left(name, uuid, out);
    }

    fn broadcast(&self, name: &str, said: &Said<'_>, out: &mut Out<S>) {
        let Some(service) = self.services.get(name) else { return };
        if service.subscribers.is_empty() {
            return;
        }
        let target = answer::raw(&To::Service { service: name });
        let said = answer::raw(said);
        let payload = answer::message(&self.server.shape, Some(service.shape()), &target, &said);
        service.send(payload, None, out);
        self.saw_message(service, &self.server.shape, "subscribers", &said, out);
    }

    fn about(&self, service: &str) -> String {
        let shown = self.services.get(service).map_or(service, Service::shown);
        format!("{shown} (Parlor)\nVersion: {}", self.server.version)
    }

    /// Says who has come, where the server is the host.
    pub(super) fn joined(&self, service: &str, name: &str, out: &mut Out<S>) {
        self.status(service, &format!("{name} joined the chat."), out);
    }

    /// Says who has gone, where the server is the host.
    pub(super) fn left(&self, service: &str, uuid: Uuid, out: &mut Out<S>) {
        let host = self.services.get(service).and_then(|service| service.host.as_ref());
        if let Some(name) = host.and_then(|host| host.leave(uuid)) {
            self.status(service, &format!("{name} left the chat."), out);
        }
    }

    /// A subscriber says something to a service of the server's own; it has been answered.
    pub(super) fn said(&self, service: &str, host: &dyn Host<S>, uuid: Uuid, data: &RawValue, out: &mut Out<S>) {
        let Ok(Saying { text }) = serde_json::from_str(data.get()) else {
            let hint = r#"This service understands {"text": "…"}; /about as the text says what it is."#;
            return self.whisper(service, uuid, hint, out);
        };
        let whispered = if text.trim() == ABOUT { Err(self.about(service)) } else { host.say(uuid, &text) };
        if let Err(sentence) = whispered {
            self.whisper(service, uuid, &sentence, out);
        }
    }
}
