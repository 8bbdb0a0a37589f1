//! What each payload of a client does.

use std::{borrow::Cow, collections::btree_map::Entry};

use parlor_wire::hub::{Request, Target};
use serde_json::value::RawValue;

use super::{
    Audience, Hub, Out, Sending, Uuid,
    answer::{self, Told},
    service::Service,
};

impl<S: Clone> Hub<S> {
    /// `uuid` is in.
    pub(super) fn carry_out(&mut self, uuid: Uuid, seq: u64, request: Request<'_>, out: &mut Out<S>) {
        match request {
            Request::Subscribe(name) => self.subscribe(uuid, seq, &name, out),
            Request::Unsubscribe(name) => self.unsubscribe(uuid, seq, &name, out),
            Request::CreateService { service, nickname } => self.create_service(uuid, seq, &service, nickname, out),
            Request::DeleteService(name) => self.delete_service(uuid, seq, &name, out),
            Request::Message { target, data } => self.pass_on(uuid, seq, &target, data, out),
            Request::SetSeq(seq) => {
                if let Some(client) = self.clients.get_mut(&uuid) {
                    client.set_seq(seq);
                    client.answer(seq, &Told::Ok, out);
                }
            }
            Request::FetchSelf => {
                if let Some(told) = self.fetched(uuid, |client, subscriptions| Told::Myself { client, subscriptions }) {
                    self.answer(uuid, seq, &told, out);
                }
            }
            Request::FetchClient(wanted) => {
                let found = Uuid::parse(&wanted).and_then(|wanted| {
                    self.fetched(wanted, |client, subscriptions| Told::Client { client, subscriptions })
                });
                self.answer(uuid, seq, &found.unwrap_or(Told::InvalidUuid { uuid: &wanted }), out);
            }
            Request::FetchClients => {
                let shapes =
                    self.everybody.iter().filter_map(|(member, _)| self.clients.get(member)).map(|it| it.shape());
                self.answer(uuid, seq, &Told::Clients { clients: shapes.collect() }, out);
            }
            Request::FetchService(name) => {
                let told = match self.services.get(&*name) {
                    Some(service) => Told::Service { service: service.shape() },
                    None => Told::InvalidService { service: &name },
                };
                self.answer(uuid, seq, &told, out);
            }
            Request::FetchServices => {
                let services = self.services.values().map(Service::shape).collect();
                self.answer(uuid, seq, &Told::Services { services }, out);
            }
        }
    }

    fn answer(&self, uuid: Uuid, seq: u64, told: &Told<'_>, out: &mut Out<S>) {
        if let Some(client) = self.clients.get(&uuid) {
            client.answer(seq, told, out);
        }
    }

    fn fetched<'a>(
        &'a self,
        uuid: Uuid,
        told: impl FnOnce(&'a RawValue, Vec<&'a RawValue>) -> Told<'a>,
    ) -> Option<Told<'a>> {
        if uuid == self.server.uuid {
            return Some(told(self.server.shape(), Vec::new()));
        }
        let client = self.clients.get(&uuid)?;
        let subscriptions = client.subscriptions.iter().filter_map(|name| self.services.get(name)).map(Service::shape);
        Some(told(client.shape(), subscriptions.collect()))
    }

    fn subscribe(&mut self, uuid: Uuid, seq: u64, name: &str, out: &mut Out<S>) {
        let (Some(client), service) = (self.clients.get_mut(&uuid), self.services.get_mut(name)) else { return };
        let Some(service) = service else {
            return client.answer(seq, &Told::InvalidService { service: name }, out);
        };
        if client.subscriptions.len() >= self.limits.subscriptions && !service.has(uuid) {
            let desc =
                format!("you are subscribed to {} services, which is as many as you may", self.limits.subscriptions);
            return client.answer(seq, &Told::Protocol { desc }, out);
        }
        let host = service.host.clone().filter(|_| !service.has(uuid));
        let here = match host.map(|host| host.enter(uuid, &client.socket, &client.shown)).transpose() {
            Ok(here) => here,
            Err(desc) => return client.answer(seq, &Told::Protocol { desc }, out),
        };
        let successful = service.subscribe(uuid, client.socket.clone());
        if successful {
            client.subscriptions.insert(name.to_owned());
            let told = Told::Subscribed { client: client.shape(), service: service.shape() };
            service.send(answer::unasked(&told), Some(uuid), out);
        }
        client.answer(seq, &Told::Subscribe { successful, service: service.shape() }, out);
        if successful {
            self.saw_client(name, "subscribed", uuid, out);
        }
        if let Some(here) = here {
            self.joined(name, &here, out);
        }
    }

    fn unsubscribe(&mut self, uuid: Uuid, seq: u64, name: &str, out: &mut Out<S>) {
        let (Some(client), service) = (self.clients.get_mut(&uuid), self.services.get_mut(name)) else { return };
        let Some(service) = service else {
            return client.answer(seq, &Told::InvalidService { service: name }, out);
        };
        let successful = service.unsubscribe(uuid);
        if successful {
            client.subscriptions.remove(name);
            service.tell(&Told::Unsubscribed { client: client.shape(), service: service.shape() }, out);
        }
        client.answer(seq, &Told::Unsubscribe { successful, service: service.shape() }, out);
        if successful {
            self.saw_client(name, "unsubscribed", uuid, out);
            self.left(name, uuid, out);
        }
    }

    fn create_service(&mut self, uuid: Uuid, seq: u64, name: &str, nickname: Option<Cow<'_, str>>, out: &mut Out<S>) {
        if let Err(desc) = self.may_create(uuid, name, nickname.as_deref()) {
            return self.answer(uuid, seq, &Told::Protocol { desc }, out);
        }
        let service = match self.services.entry(name.to_owned()) {
            Entry::Occupied(there) => {
                let payload =
                    answer::answering(&Told::ServiceCreated { successful: false, service: there.get().shape() }, seq);
                if let Some(client) = self.clients.get(&uuid) {
                    out.push(Sending { to: client.only(), payload });
                }
                return;
            }
            Entry::Vacant(free) => {
                free.insert(Service::new(name.to_owned(), nickname.map(Cow::into_owned), uuid)).shape().to_owned()
            }
        };
        if let Some(client) = self.clients.get_mut(&uuid) {
            client.owned.insert(name.to_owned());
        }
        let told = Told::ServiceCreated { successful: true, service: &service };
        self.tell_all(&told, None, out);
        self.answer(uuid, seq, &told, out);
    }

    /// The sentence says why not.
    fn may_create(&self, uuid: Uuid, name: &str, nickname: Option<&str>) -> Result<(), String> {
        let longest = self.limits.name;
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err("the name of a service has at least one character, and none that controls".to_owned());
        }
        if name.len().max(nickname.map_or(0, str::len)) > longest {
            return Err(format!("names and nicknames have at most {longest} bytes"));
        }
        let owned = self.clients.get(&uuid).map_or(0, |client| client.owned.len());
        if !self.services.contains_key(name)
            && (owned >= self.limits.owned || self.services.len() >= self.limits.services)
        {
            return Err(format!("there are too many services; a client may have {}", self.limits.owned));
        }
        Ok(())
    }

    fn delete_service(&mut self, uuid: Uuid, seq: u64, name: &str, out: &mut Out<S>) {
        let told = match self.services.get(name) {
            None => Told::InvalidService { service: name },
            Some(service) if service.owner != uuid => Told::Bad,
            Some(service) => {
                let service = service.shape().to_owned();
                self.remove_service(name, out);
                return self.answer(uuid, seq, &Told::ServiceDeleted { service: &service }, out);
            }
        };
        self.answer(uuid, seq, &told, out);
    }

    fn pass_on(&self, uuid: Uuid, seq: u64, target: &Target<'_>, data: &RawValue, out: &mut Out<S>) {
        let told = match self.send(uuid, target, data, out) {
            Ok(()) => Told::Ok,
            Err(told) => told,
        };
        self.answer(uuid, seq, &told, out);
        let Target::Service { service: name } = target else { return };
        if let Some(service) = self.services.get(&**name).filter(|service| service.has(uuid))
            && let Some(host) = &service.host
        {
            self.said(name, &**host, uuid, data, out);
        }
    }

    fn send<'a>(&self, uuid: Uuid, target: &'a Target<'_>, data: &RawValue, out: &mut Out<S>) -> Result<(), Told<'a>> {
        let Some(sender) = self.clients.get(&uuid) else { return Ok(()) };
        let written = answer::raw(target);
        let message =
            |service: Option<&Service<S>>| answer::message(sender.shape(), service.map(Service::shape), &written, data);
        let to_client = |id: &str| Uuid::parse(id).and_then(|id| self.clients.get(&id));
        let service_of = |name: &'a str| self.services.get(name).ok_or(Told::InvalidService { service: name });
        match target {
            Target::Name { name } => {
                let client = self.names.get(&**name).and_then(|id| self.clients.get(id));
                let client = client.ok_or(Told::InvalidName { name })?;
                out.push(Sending { to: client.only(), payload: message(None) });
            }
            Target::Uuid { uuid } => {
                let client = to_client(uuid).ok_or(Told::InvalidUuid { uuid })?;
                out.push(Sending { to: client.only(), payload: message(None) });
            }
            Target::Service { service: name } => {
                let service = service_of(name)?;
                if service.owner == uuid {
                    service.send(message(Some(service)), Some(uuid), out);
                    self.saw_message(service, sender.shape(), "subscribers", data, out);
                } else if service.has(uuid) && service.host.is_some() {
                    // It hears it once this is answered.
                    self.saw_message(service, sender.shape(), "owner", data, out);
                } else if service.has(uuid) {
                    let owner = self.clients.get(&service.owner).ok_or(Told::InvalidService { service: name })?;
                    out.push(Sending { to: owner.only(), payload: message(Some(service)) });
                    self.saw_message(service, sender.shape(), "owner", data, out);
                } else {
                    return Err(Told::Bad);
                }
            }
            Target::ServiceClientUuid { service: name, uuid: to } => {
                let service = service_of(name)?;
                if service.owner != uuid {
                    return Err(Told::Bad);
                }
                let client = to_client(to).ok_or(Told::InvalidUuid { uuid: to })?;
                out.push(Sending { to: client.only(), payload: message(Some(service)) });
                self.saw_message(service, sender.shape(), to, data, out);
            }
            Target::All => {
                let members = self.everybody.clone();
                out.push(Sending { to: Audience::Group { members, but: None }, payload: message(None) });
            }
        }
        Ok(())
    }
}
