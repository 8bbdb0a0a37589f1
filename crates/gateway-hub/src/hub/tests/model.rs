//! Random clients that come, go, own services, subscribe and speak, against a model that keeps plain lists and says for each step
//! who gets which types of payloads.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use proptest::prelude::*;

use super::*;

const CLIENTS: &str = "abcde";

#[derive(Clone, Debug)]
enum Step {
    Enter(char),
    Leave(char),
    Create(char, u8),
    Delete(char, u8),
    Subscribe(char, u8),
    Unsubscribe(char, u8),
    ToName(char, char),
    ToService(char, u8),
    ToOne(char, u8, char),
    ToAll(char),
    Nonsense(char),
}

fn step() -> impl Strategy<Value = Step> {
    let letter = || prop::sample::select(CLIENTS.chars().collect::<Vec<_>>());
    let service = || 0_u8..3;
    prop_oneof![
        3 => letter().prop_map(Step::Enter),
        1 => letter().prop_map(Step::Leave),
        2 => (letter(), service()).prop_map(|(who, service)| Step::Create(who, service)),
        1 => (letter(), service()).prop_map(|(who, service)| Step::Delete(who, service)),
        4 => (letter(), service()).prop_map(|(who, service)| Step::Subscribe(who, service)),
        1 => (letter(), service()).prop_map(|(who, service)| Step::Unsubscribe(who, service)),
        1 => (letter(), letter()).prop_map(|(who, to)| Step::ToName(who, to)),
        4 => (letter(), service()).prop_map(|(who, service)| Step::ToService(who, service)),
        2 => (letter(), service(), letter()).prop_map(|(who, service, to)| Step::ToOne(who, service, to)),
        1 => letter().prop_map(Step::ToAll),
        1 => letter().prop_map(Step::Nonsense),
    ]
}

/// Who is there, and for each service its owner and its subscribers.
#[derive(Default)]
struct Model {
    clients: BTreeSet<char>,
    services: BTreeMap<u8, (char, BTreeSet<char>)>,
}

/// What each client gets, as types in order.
type Got = BTreeMap<char, Vec<&'static str>>;

impl Model {
    /// What a step of somebody who is there brings.
    fn take(&mut self, step: &Step) -> Got {
        let mut got = Got::new();
        let all = self.clients.clone();
        let mut tell = |to: &BTreeSet<char>, but: Option<char>, tag| {
            to.iter()
                .filter(|letter| Some(**letter) != but)
                .for_each(|letter| got.entry(*letter).or_default().push(tag));
        };
        let one = |letter| BTreeSet::from([letter]);
        match *step {
            Step::Enter(who) => {
                tell(&one(who), None, "HELLO");
                tell(&all, Some(who), "CLIENT_JOINED");
                self.clients.insert(who);
            }
            Step::Leave(who) => {
                self.clients.remove(&who);
                for (_, subscribers) in self.services.values_mut() {
                    if subscribers.remove(&who) {
                        tell(subscribers, None, "SERVICE_CLIENT_UNSUBSCRIBED");
                    }
                }
                for _ in self.services.extract_if(.., |_, (owner, _)| *owner == who) {
                    tell(&self.clients, None, "SERVICE_DELETE_RESULT");
                }
                tell(&self.clients, None, "CLIENT_LEFT");
            }
            Step::Create(who, service) => {
                if let Entry::Vacant(free) = self.services.entry(service) {
                    free.insert((who, BTreeSet::new()));
                    tell(&all, None, "SERVICE_CREATE_RESULT");
                }
                tell(&one(who), None, "SERVICE_CREATE_RESULT");
            }
            Step::Delete(who, service) => match self.services.get(&service) {
                None => tell(&one(who), None, "INVALID_SERVICE"),
                Some((owner, _)) if *owner != who => tell(&one(who), None, "BAD"),
                Some(_) => {
                    self.services.remove(&service);
                    tell(&all, None, "SERVICE_DELETE_RESULT");
                    tell(&one(who), None, "SERVICE_DELETE_RESULT");
                }
            },
            Step::Subscribe(who, service) => match self.services.get_mut(&service) {
                None => tell(&one(who), None, "INVALID_SERVICE"),
                Some((_, subscribers)) => {
                    if subscribers.insert(who) {
                        tell(subscribers, Some(who), "SERVICE_CLIENT_SUBSCRIBED");
                    }
                    tell(&one(who), None, "SELF_SUBSCRIBE_RESULT");
                }
            },
            Step::Unsubscribe(who, service) => match self.services.get_mut(&service) {
                None => tell(&one(who), None, "INVALID_SERVICE"),
                Some((_, subscribers)) => {
                    if subscribers.remove(&who) {
                        tell(subscribers, None, "SERVICE_CLIENT_UNSUBSCRIBED");
                    }
                    tell(&one(who), None, "SELF_UNSUBSCRIBE_RESULT");
                }
            },
            Step::ToName(who, to) => {
                if all.contains(&to) {
                    tell(&one(to), None, "MESSAGE");
                }
                tell(&one(who), None, if all.contains(&to) { "OK" } else { "INVALID_NAME" });
            }
            Step::ToService(who, service) => match self.services.get(&service) {
                None => tell(&one(who), None, "INVALID_SERVICE"),
                Some((owner, subscribers)) if *owner == who => {
                    tell(subscribers, Some(who), "MESSAGE");
                    tell(&one(who), None, "OK");
                }
                Some((owner, subscribers)) if subscribers.contains(&who) => {
                    tell(&one(*owner), None, "MESSAGE");
                    tell(&one(who), None, "OK");
                }
                Some(_) => tell(&one(who), None, "BAD"),
            },
            Step::ToOne(who, service, to) => match self.services.get(&service) {
                None => tell(&one(who), None, "INVALID_SERVICE"),
                Some((owner, _)) if *owner != who => tell(&one(who), None, "BAD"),
                Some(_) if !all.contains(&to) => tell(&one(who), None, "INVALID_UUID"),
                Some(_) => {
                    tell(&one(to), None, "MESSAGE");
                    tell(&one(who), None, "OK");
                }
            },
            Step::ToAll(who) => {
                tell(&all, None, "MESSAGE");
                tell(&one(who), None, "OK");
            }
            Step::Nonsense(who) => tell(&one(who), None, "ERROR_PROTOCOL"),
        }
        got
    }
}

impl Step {
    fn who(&self) -> char {
        match *self {
            Self::Enter(who) | Self::Leave(who) | Self::ToAll(who) | Self::Nonsense(who) | Self::ToName(who, _) => who,
            Self::Create(who, _) | Self::Delete(who, _) | Self::Subscribe(who, _) | Self::Unsubscribe(who, _) => who,
            Self::ToService(who, _) | Self::ToOne(who, ..) => who,
        }
    }

    /// Carries it out.
    fn run(&self, room: &mut Room) {
        let service = |service: u8| format!("service {service}");
        let message = |target: Value| json!({"type": "MESSAGE", "target": target, "data": null});
        let payload = match *self {
            Self::Enter(who) => {
                room.got.clear();
                return room.enter(who, &json!({"name": who, "version": "0.2.0"})).expect("let in");
            }
            Self::Leave(who) => return room.leave(who),
            Self::Create(_, name) => json!({"type": "SERVICE_CREATE", "service": service(name)}),
            Self::Delete(_, name) => json!({"type": "SERVICE_DELETE", "service": service(name)}),
            Self::Subscribe(_, name) => json!({"type": "SELF_SUBSCRIBE", "service": service(name)}),
            Self::Unsubscribe(_, name) => json!({"type": "SELF_UNSUBSCRIBE", "service": service(name)}),
            Self::ToName(_, to) => message(json!({"type": "NAME", "name": to})),
            Self::ToService(_, name) => message(json!({"type": "SERVICE", "service": service(name)})),
            Self::ToOne(_, name, to) => {
                let uuid = room.uuids.get(&to).map_or_else(String::new, Uuid::to_string);
                message(json!({"type": "SERVICE_CLIENT_UUID", "service": service(name), "uuid": uuid}))
            }
            Self::ToAll(_) => message(json!({"type": "ALL"})),
            Self::Nonsense(_) => json!({"type": 1}),
        };
        let own = room.send(self.who(), &payload);
        room.got.insert(self.who(), own);
    }
}

proptest! {
    #[test]
    fn random_clients_get_what_a_simple_model_says(steps in prop::collection::vec(step(), 1..80)) {
        let (mut room, mut model) = (Room::new(""), Model::default());
        for step in steps {
            let here = model.clients.contains(&step.who());
            if here == matches!(step, Step::Enter(_)) {
                continue;
            }
            step.run(&mut room);
            let expected = model.take(&step);
            let got: BTreeMap<char, Vec<String>> = room
                .got
                .iter()
                .map(|(letter, payloads)| (*letter, payloads.iter().map(|it| it["type"].as_str().unwrap_or_default().to_owned()).collect()))
                .filter(|(_, payloads): &(char, Vec<String>)| !payloads.is_empty())
                .collect();
            let expected: BTreeMap<char, Vec<String>> =
                expected.into_iter().map(|(letter, tags)| (letter, tags.into_iter().map(str::to_owned).collect())).collect();
            prop_assert_eq!(got, expected, "{:?}", step);
            prop_assert_eq!(room.hub.count(), (model.clients.len(), model.services.len()));
        }
    }
}
