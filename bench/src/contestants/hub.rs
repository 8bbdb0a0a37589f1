//! Parlor's hub: a service whose owner speaks to all who are subscribed to it, or to everybody who is there.

use std::cell::Cell;

use anyhow::Result;

use super::{About, Contestant, Heard, Parlor, Who};
use crate::frames;
use crate::process::{Process, Target};
use crate::swarm::{Event, Id, Swarm};

/// Who gets what the owner says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// The service's subscribers. Each message names all of them.
    Subscribers,
    /// Every client of the hub, the owner too.
    All,
}

pub(crate) struct Hub {
    parlor: Parlor,
    /// To whom posts go from now on.
    pub(crate) to: Cell<To>,
    /// How many clients have introduced themselves: each has a name of its own.
    named: Cell<usize>,
}

impl Hub {
    pub(crate) fn start(target: &Target) -> Result<Self> {
        Ok(Self { parlor: Parlor::start(target)?, to: Cell::new(To::Subscribers), named: Cell::new(0) })
    }
}

impl Contestant for Hub {
    fn about(&self) -> About {
        let does = "its hub: the owner of a service sends a MESSAGE, which is answered with OK; stores nothing";
        About { does: does.into(), ..self.parlor.about() }
    }

    fn process(&self) -> Process {
        self.parlor.process()
    }

    fn join(&self, swarm: &mut Swarm, _: &str) -> Result<Id> {
        swarm.websocket(self.process().address, "/hub/ws")
    }

    /// The owner: without it there is no service.
    fn sender_stays(&self) -> bool {
        true
    }

    fn sender(&self, swarm: &mut Swarm) -> Result<(Id, bool)> {
        Ok((swarm.websocket(self.process().address, "/hub/ws")?, false))
    }

    fn post(&self, into: &mut Vec<u8>, _: &str, text: &str) {
        let target = match self.to.get() {
            To::Subscribers => r#"{"type":"SERVICE","service":"bench"}"#,
            To::All => r#"{"type":"ALL"}"#,
        };
        say(into, &format!(r#"{{"type":"MESSAGE","target":{target},"data":"{text}"}}"#));
    }

    fn hear<'a>(&self, who: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), reply: &mut Vec<u8>) {
        match event {
            Event::Opened => {
                let number = self.named.replace(self.named.get() + 1);
                say(reply, &format!(r#"{{"type":"IDENTIFY","name":"bench_{number}","version":"0.2.0","tags":[]}}"#));
            }
            Event::Text(payload) => take(who, payload, heard, reply),
            Event::Gone(why) => heard(Heard::Wrong(format!("a connection is gone: {why}"))),
            Event::Bytes(_) | Event::Response { .. } => {}
        }
    }
}

fn say(into: &mut Vec<u8>, payload: &str) {
    into.extend(frames::masked(frames::TEXT, payload.as_bytes()));
}

/// What a payload means, by its type, which stands in front. The rest is not read: it may be 40 kB, and a thousand get it.
fn take<'a>(who: Who<'_>, payload: &'a [u8], heard: &mut dyn FnMut(Heard<'a>), reply: &mut Vec<u8>) {
    let kind = payload.strip_prefix(br#"{"type":""#).and_then(|rest| rest.split(|byte| *byte == b'"').next());
    match (who, kind.unwrap_or_default()) {
        (Who::Member(_), b"HELLO") => say(reply, r#"{"type":"SELF_SUBSCRIBE","service":"bench"}"#),
        (Who::Member(_), b"SELF_SUBSCRIBE_RESULT") => heard(Heard::Ready),
        (Who::Member(_), b"MESSAGE") => heard(Heard::Message(payload)),
        (Who::Sender, b"HELLO") => say(reply, r#"{"type":"SERVICE_CREATE","service":"bench"}"#),
        // It hears of it twice, as everybody and as who asked.
        (Who::Sender, b"SERVICE_CREATE_RESULT") if !payload.ends_with(br#","seq":0}"#) => {}
        (Who::Sender, b"SERVICE_CREATE_RESULT") => heard(Heard::Ready),
        (Who::Sender, b"OK") => heard(Heard::Taken),
        // What went to all.
        (Who::Sender, b"MESSAGE") | (_, b"CLIENT_JOINED" | b"SERVICE_CLIENT_SUBSCRIBED") => {}
        _ => {
            let start = String::from_utf8_lossy(&payload[..payload.len().min(200)]);
            heard(Heard::Wrong(format!("the hub says {start:?}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_says_what_comes_next_and_hears_what_is_theirs() {
        let check = |who: Who<'_>, payload: &str, wanted: &str| {
            let (mut came, mut reply) = (String::new(), Vec::new());
            take(who, payload.as_bytes(), &mut |heard| came = format!("{heard:?}"), &mut reply);
            came.push_str(&String::from_utf8_lossy(reply.get(6..).unwrap_or_default()));
            assert!(if wanted.is_empty() { came.is_empty() } else { came.contains(wanted) }, "{payload}: {came:?}");
        };
        let member = Who::Member("hub-0");
        check(member, r#"{"type":"HELLO","uuid":"1"}"#, "SELF_SUBSCRIBE");
        check(member, r#"{"type":"SERVICE_CLIENT_SUBSCRIBED","client":{}}"#, "");
        check(member, r#"{"type":"SELF_SUBSCRIBE_RESULT","successful":true,"service":{},"seq":0}"#, "Ready");
        check(member, r#"{"type":"MESSAGE","data":"bench#00000001"}"#, "Message");
        check(member, r#"{"type":"INVALID_SERVICE","service":"bench","seq":0}"#, "Wrong");
        check(member, r#"{"type":"SERVICE_DELETE_RESULT","service":{}}"#, "Wrong");
        check(Who::Sender, r#"{"type":"HELLO","uuid":"0"}"#, "SERVICE_CREATE");
        check(Who::Sender, r#"{"type":"SERVICE_CREATE_RESULT","successful":true,"service":{}}"#, "");
        check(Who::Sender, r#"{"type":"SERVICE_CREATE_RESULT","successful":true,"service":{},"seq":0}"#, "Ready");
        check(Who::Sender, r#"{"type":"OK","seq":1}"#, "Taken");
        check(Who::Sender, r#"{"type":"BAD","seq":1}"#, "Wrong");
        check(Who::Sender, "{}", "Wrong");
    }
}
