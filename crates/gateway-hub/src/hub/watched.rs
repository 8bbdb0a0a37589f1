//! What goes through a service, written down for those who watch it.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Audience, Hub, Out, Sending, Uuid, answer, service::Service};

/// Something that went through a service.
#[derive(Serialize)]
struct Entry<'a> {
    kind: &'a str,
    /// Who did it.
    client: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl<S: Clone> Hub<S> {
    /// From now on somebody watches a service, or nobody does any more.
    pub fn watch(&mut self, service: &str, watched: bool) {
        if watched {
            self.watched.insert(service.to_owned());
        } else {
            self.watched.remove(service);
        }
    }

    /// Somebody came to a service or left it, or it is gone.
    pub(super) fn saw(&self, service: &str, kind: &str, client: &RawValue, out: &mut Out<S>) {
        if self.watched.contains(service) {
            let payload = answer::json(&Entry { kind, client, to: None, data: None });
            out.push(Sending { to: Audience::Watchers(service.into()), payload });
        }
    }

    /// The same, of somebody who is here.
    pub(super) fn saw_client(&self, service: &str, kind: &str, uuid: Uuid, out: &mut Out<S>) {
        if let Some(client) = self.clients.get(&uuid) {
            self.saw(service, kind, client.shape(), out);
        }
    }

    /// A message went through a service. `to`: its owner, its subscribers, or a uuid.
    pub(super) fn saw_message(
        &self,
        service: &Service<S>,
        client: &RawValue,
        to: &str,
        data: &RawValue,
        out: &mut Out<S>,
    ) {
        if self.watched.contains(service.name()) {
            let payload = answer::json(&Entry { kind: "message", client, to: Some(to), data: Some(data) });
            out.push(Sending { to: Audience::Watchers(service.name().into()), payload });
        }
    }
}
