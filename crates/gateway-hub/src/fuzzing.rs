//! For the fuzz targets: what clients say, and what the hub makes of it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use parlor_wire::hub::{First, Request};
use serde::Deserialize;

use crate::{Audience, Host, Hub, Limits, Sending, Uuid};

/// The service that is the server's own.
const HOSTED: &str = "chat_service";

/// Takes anybody, and refuses what has an `x` in it.
#[derive(Debug, Default)]
struct Hosting(Mutex<HashMap<Uuid, String>>);

impl Host<()> for Hosting {
    fn enter(&self, uuid: Uuid, (): &(), name: &str) -> Result<String, String> {
        if name.starts_with('x') {
            return Err("no x here".to_owned());
        }
        let had = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(uuid, name.to_owned());
        assert_eq!(had, None, "nobody enters twice");
        Ok(name.to_owned())
    }

    fn leave(&self, uuid: Uuid) -> Option<String> {
        let had = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&uuid);
        assert!(had.is_some(), "who leaves has entered");
        had
    }

    fn say(&self, uuid: Uuid, text: &str) -> Result<(), String> {
        assert!(self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&uuid), "who speaks has entered");
        if text.contains('x') { Err("no x here".to_owned()) } else { Ok(()) }
    }
}

/// What every payload of the hub is.
#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow, rename = "type")]
    tag: Cow<'a, str>,
    seq: Option<u64>,
    #[serde(default)]
    successful: bool,
    #[serde(borrow)]
    origin: Option<Origin<'a>>,
}

#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(borrow)]
    uuid: Cow<'a, str>,
}

/// A hub, who is in it with the number of their next payload, and how many services there are.
struct Model {
    hub: Hub<()>,
    clients: BTreeMap<u8, (Uuid, u64)>,
    services: usize,
    came: u8,
}

/// Lines, each of which somebody says that its first byte stands for: IDENTIFY and then requests; a line with nothing more is that
/// they leave.
pub fn talk(bytes: &[u8]) {
    let limits = Limits { clients: 5, services: 6, owned: 3, subscriptions: 3, name: 20, tags: 2 };
    let mut hub = Hub::new(limits, Uuid::from_random([0; 16]), "1.2.3");
    hub.host(HOSTED, None, std::sync::Arc::new(Hosting::default()));
    let mut model = Model { hub, clients: BTreeMap::new(), services: 1, came: 0 };
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((who, payload)) = line.split_first() else { continue };
        let Ok(text) = std::str::from_utf8(payload) else { continue };
        model.step(*who, text);
        assert_eq!(model.hub.count(), (model.clients.len(), model.services));
    }
    for who in model.clients.keys().copied().collect::<Vec<_>>() {
        model.step(who, "");
    }
    assert_eq!(model.hub.count(), (0, 1), "nothing stays of who is gone");
}

impl Model {
    fn step(&mut self, who: u8, text: &str) {
        let mut out = Vec::new();
        match self.clients.get(&who).copied() {
            None => self.enter(who, text, &mut out),
            Some((uuid, _)) if text.is_empty() => {
                self.hub.leave(uuid, &mut out);
                self.clients.remove(&who);
                self.check(&out);
            }
            Some((uuid, next)) => {
                self.hub.hear(uuid, text, &mut out);
                let request = Request::read(text);
                let seq = if let Ok(Request::SetSeq(seq)) = request { seq } else { next };
                self.clients.insert(who, (uuid, seq.wrapping_add(1)));
                self.check(&out);
                let answers = out.iter().filter_map(|sending| Some((&sending.to, payload(sending).seq?)));
                let answers: Vec<_> = answers.collect();
                assert!(
                    matches!(answers[..], [(Audience::One(to, ()), given)] if *to == uuid && given == seq),
                    "{answers:?} to {seq}"
                );
                if let Ok(Request::Message { data, .. }) = request {
                    let (uuid, end) = (uuid.to_string(), format!(r#","data":{data}}}"#));
                    for sending in &out {
                        let theirs = payload(sending).origin.is_some_and(|origin| origin.uuid == uuid);
                        assert!(!theirs || sending.payload.ends_with(&end), "{} of {data}", sending.payload);
                    }
                }
            }
        }
    }

    fn enter(&mut self, who: u8, text: &str, out: &mut Vec<Sending<()>>) {
        let Ok(First::Identify(identify)) = First::read(text) else { return };
        self.came = self.came.wrapping_add(1);
        let uuid = Uuid::from_random([self.came; 16]);
        if self.hub.enter(identify, uuid, (), "key", out).is_err() {
            assert!(out.is_empty(), "nobody hears of who is refused");
            return;
        }
        self.clients.insert(who, (uuid, 0));
        self.check(out);
        let first =
            out.first().map(|hello| (payload(hello).tag, matches!(hello.to, Audience::One(to, ()) if to == uuid)));
        assert!(matches!(first, Some((tag, true)) if tag == "HELLO"), "the first payload is HELLO");
    }

    /// All is JSON, and for those who are there; services are made and deleted as all are told.
    fn check(&mut self, out: &[Sending<()>]) {
        for sending in out {
            let payload = payload(sending);
            match (&*payload.tag, payload.seq) {
                ("SERVICE_CREATE_RESULT", None) if payload.successful => self.services += 1,
                ("SERVICE_DELETE_RESULT", None) => self.services -= 1,
                _ => {}
            }
            let here = |uuid: &Uuid| self.clients.values().any(|(client, _)| client == uuid);
            let meant = match &sending.to {
                Audience::One(uuid, ()) => here(uuid),
                Audience::Group { members, .. } => !members.is_empty() && members.iter().all(|(uuid, ())| here(uuid)),
                Audience::Watchers(_) => continue,
            };
            assert!(meant, "{} is for somebody who is not there", sending.payload);
        }
    }
}

fn payload(sending: &Sending<()>) -> Payload<'_> {
    serde_json::from_str(&sending.payload).unwrap_or_else(|error| panic!("{error}: {}", sending.payload))
}

#[cfg(test)]
mod tests {
    use super::talk;

    #[test]
    fn a_talk_of_several_is_read() {
        talk(include_bytes!("../../../fuzz/corpus/hub/talk"));
        talk(include_bytes!("../../../fuzz/corpus/hub/odd"));
    }
}
