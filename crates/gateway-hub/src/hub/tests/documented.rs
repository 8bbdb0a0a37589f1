//! The page of the protocol, `docs/reference/hub.md`, held against the code: what its examples of clients send is understood, each
//! key of it, and what its examples of the hub say is what the hub says.

use std::collections::BTreeSet;

use parlor_wire::hub::{First, Target};

use super::{super::answer::Told, *};
use crate::session::codes;

const PAGE: &str = include_str!("../../../../../docs/reference/hub.md");

/// The blocks of the page with this info string, each with the text as it stands there.
fn examples(info: &str) -> Vec<&'static str> {
    let fence = format!("```{info}\n");
    let found: Vec<_> = PAGE.split(&fence).skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!found.is_empty(), "the page has no {info}");
    found
}

fn parsed(example: &str) -> Value {
    serde_json::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"))
}

fn tag(payload: &Value) -> String {
    payload["type"].as_str().unwrap_or_else(|| panic!("no type: {payload}")).to_owned()
}

#[test]
fn all_json_is_from_a_client_or_from_the_hub_or_said_in_the_chat() {
    let known: usize = ["json client", "json hub", "json chat"].into_iter().map(|info| examples(info).len()).sum();
    assert_eq!(PAGE.matches("```json").count(), known);
}

/// What a payload of a client is understood as, or that it is not.
fn understood(text: &str) -> String {
    match First::read(text) {
        Ok(First::Identify(identify)) => format!("{identify:?}"),
        Ok(First::Other) => format!("{:?}", Request::read(text)),
        Err(error) => error.to_string(),
    }
}

/// The payload without each of its keys in turn; what is data has none that concern the hub.
fn without_a_key(payload: &Value) -> Vec<(String, Value)> {
    let Some(object) = payload.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in object {
        let mut less = object.clone();
        less.remove(key);
        found.push((key.clone(), Value::Object(less)));
        if key == "data" {
            continue;
        }
        for (inner, value) in without_a_key(value) {
            let mut less = object.clone();
            less.insert(key.clone(), value);
            found.push((format!("{key}.{inner}"), Value::Object(less)));
        }
    }
    found
}

#[test]
fn what_the_page_lets_clients_send_is_understood_to_the_last_key() {
    for example in examples("json client") {
        match First::read(example) {
            Ok(First::Identify(_)) => {}
            _ => drop(Request::read(example).unwrap_or_else(|error| panic!("{error}: {example}"))),
        }
        let payload = parsed(example);
        let whole = understood(&payload.to_string());
        for (key, less) in without_a_key(&payload) {
            assert_ne!(understood(&less.to_string()), whole, "{key} changes nothing: {example}");
        }
    }
}

/// The name of each variant, and the list of all of them: a new one does not compile until it stands here, and then wants an
/// example.
macro_rules! variants {
    ($all:ident, $name:ident($type:ident): $($variant:ident = $tag:literal),+ $(,)?) => {
        const $all: &[&str] = &[$($tag),+];
        fn $name(value: &$type<'_>) -> &'static str {
            match value {
                $($type::$variant { .. } => $tag),+
            }
        }
    };
}

variants!(REQUESTS, request(Request):
    Subscribe = "SELF_SUBSCRIBE",
    Unsubscribe = "SELF_UNSUBSCRIBE",
    FetchSelf = "SELF_FETCH",
    SetSeq = "SELF_SET_SEQ",
    CreateService = "SERVICE_CREATE",
    DeleteService = "SERVICE_DELETE",
    FetchService = "SERVICE_FETCH",
    FetchServices = "SERVICE_FETCH_ALL",
    FetchClient = "CLIENT_FETCH",
    FetchClients = "CLIENT_FETCH_ALL",
    Message = "MESSAGE",
);

variants!(TARGETS, target(Target):
    Name = "NAME",
    Uuid = "UUID",
    Service = "SERVICE",
    ServiceClientUuid = "SERVICE_CLIENT_UUID",
    All = "ALL",
);

variants!(ANSWERS, answer(Told):
    Subscribe = "SELF_SUBSCRIBE_RESULT",
    Unsubscribe = "SELF_UNSUBSCRIBE_RESULT",
    Myself = "SELF_FETCH_RESULT",
    ServiceCreated = "SERVICE_CREATE_RESULT",
    ServiceDeleted = "SERVICE_DELETE_RESULT",
    Service = "SERVICE_FETCH_RESULT",
    Services = "SERVICE_FETCH_ALL_RESULT",
    Client = "CLIENT_FETCH_RESULT",
    Clients = "CLIENT_FETCH_ALL_RESULT",
    Subscribed = "SERVICE_CLIENT_SUBSCRIBED",
    Unsubscribed = "SERVICE_CLIENT_UNSUBSCRIBED",
    ClientJoined = "CLIENT_JOINED",
    ClientLeft = "CLIENT_LEFT",
    Ok = "OK",
    Bad = "BAD",
    InvalidService = "INVALID_SERVICE",
    InvalidName = "INVALID_NAME",
    InvalidUuid = "INVALID_UUID",
    Protocol = "ERROR_PROTOCOL",
    Unsupported = "ERROR_UNSUPPORTED",
);

fn set<T: ToString>(names: &[T]) -> BTreeSet<String> {
    names.iter().map(T::to_string).collect()
}

#[test]
fn everything_that_a_client_may_send_has_an_example() {
    let (mut requests, mut targets) = (BTreeSet::new(), BTreeSet::new());
    let (mut whole_identify, mut whole_creation) = (false, false);
    for example in examples("json client") {
        if let Ok(First::Identify(Identify { name: _, nickname, version: _, secret, tags })) = First::read(example) {
            whole_identify |= nickname.is_some() && secret.is_some() && tags.is_some();
            continue;
        }
        let read = Request::read(example).unwrap_or_else(|error| panic!("{error}: {example}"));
        requests.insert(request(&read).to_owned());
        assert_eq!(request(&read), tag(&parsed(example)));
        match read {
            Request::Message { target: to, data: _ } => drop(targets.insert(target(&to).to_owned())),
            Request::CreateService { service: _, nickname } => whole_creation |= nickname.is_some(),
            _ => {}
        }
    }
    assert!(whole_identify && whole_creation, "an example with every key");
    assert_eq!(requests, set(REQUESTS));
    assert_eq!(targets, set(TARGETS));
}

/// A value without what it says: only which keys there are, and of which type their values are.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let inner = |(key, value): (&String, &Value)| {
                (key.clone(), if key == "data" { json!("anything") } else { shape(value) })
            };
            // The type stays: it is what the others go with.
            let mut shapes: serde_json::Map<_, _> = object.iter().map(inner).collect();
            shapes.extend(object.get("type").map(|tag| ("type".to_owned(), tag.clone())));
            Value::Object(shapes)
        }
        // Lists are of one kind of thing, however many there are.
        Value::Array(items) => {
            let shapes: BTreeSet<String> = items.iter().map(|item| shape(item).to_string()).collect();
            json!(shapes)
        }
        Value::String(_) => json!("string"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("bool"),
        Value::Null => Value::Null,
    }
}

/// All that a hub says while everything is done that can be done.
fn said() -> Vec<Value> {
    let ann = json!({"name": "ann", "nickname": "Ann", "version": "0.2.0", "tags": ["player"]});
    let ben = json!({"name": "ben", "version": "0.2.0"});
    let mut said = Vec::new();
    // The second time the service has a nickname.
    for nickname in [Value::Null, json!("Game tables")] {
        let mut room = Room::new("");
        let mut step = |room: &mut Room| said.extend(std::mem::take(&mut room.got).into_values().flatten());
        let tables = |tag: &str| json!({"type": tag, "service": "tables", "nickname": nickname});
        room.enter('b', &ben).expect("let in");
        step(&mut room);
        room.enter('a', &ann).expect("let in");
        step(&mut room);
        // Before, while and after both are subscribed, and there is a service at all.
        let about = |room: &Room| {
            let mut all: Vec<Value> =
                [json!({"type": "NAME", "name": "ben"}), json!({"type": "NAME", "name": "x"}), json!({"type": "ALL"})]
                    .into_iter()
                    .chain([json!({"type": "SERVICE", "service": "tables"}), json!({"type": "UUID", "uuid": "x"})])
                    .chain([json!({"type": "UUID", "uuid": room.id('b')})])
                    .chain([json!({"type": "SERVICE_CLIENT_UUID", "service": "tables", "uuid": room.id('b')})])
                    .map(|target| json!({"type": "MESSAGE", "target": target, "data": 1}))
                    .collect();
            all.extend(["SELF_FETCH", "CLIENT_FETCH_ALL", "SERVICE_FETCH_ALL"].map(|tag| json!({"type": tag})));
            all.extend(['a', 'b'].map(|letter| json!({"type": "CLIENT_FETCH", "uuid": room.id(letter)})));
            all.extend([tables("SERVICE_FETCH"), json!({"type": "SELF_SET_SEQ", "seq": 41}), json!({"type": "WHAT"})]);
            all.push(json!({"type": "MESSAGE"}));
            all
        };
        let doings = [
            ('b', "SELF_SUBSCRIBE"),
            ('a', "SERVICE_CREATE"),
            ('b', "SERVICE_DELETE"),
            ('b', "SELF_SUBSCRIBE"),
            ('b', "SELF_UNSUBSCRIBE"),
            ('b', "SELF_SUBSCRIBE"),
            ('a', "SELF_SUBSCRIBE"),
            ('b', "SELF_UNSUBSCRIBE"),
            ('b', "SELF_SUBSCRIBE"),
            ('a', "SELF_UNSUBSCRIBE"),
            ('a', "SERVICE_DELETE"),
        ];
        for (letter, tag) in doings {
            let own = room.send(letter, &tables(tag));
            room.got.insert(letter, own);
            step(&mut room);
            for letter in ['a', 'b'] {
                for payload in about(&room) {
                    let own = room.send(letter, &payload);
                    room.got.insert(letter, own);
                    step(&mut room);
                }
            }
        }
        room.leave('a');
        step(&mut room);
    }
    said
}

#[test]
fn what_the_page_says_of_the_hub_is_what_the_hub_says() {
    let said: BTreeSet<String> = said().iter().map(|payload| shape(payload).to_string()).collect();
    for example in examples("json hub") {
        let payload = parsed(example);
        let shape = shape(&payload).to_string();
        let of_its_type: Vec<&String> =
            said.iter().filter(|said| said.contains(&format!("{:?}", tag(&payload)))).collect();
        assert!(said.contains(&shape), "the hub never says\n{shape}\nbut\n{of_its_type:#?}");
    }
}

#[test]
fn everything_that_the_hub_says_has_an_example() {
    // With a number and without: each is another thing to be ready for.
    let kind = |payload: &Value| format!("{} {}", tag(payload), payload.get("seq").map_or("unasked", |_| "answering"));
    let kinds = |payloads: &[Value]| payloads.iter().map(kind).collect::<BTreeSet<_>>();
    let shown: Vec<Value> = examples("json hub").into_iter().map(parsed).collect();
    let said = said();
    assert_eq!(kinds(&shown), kinds(&said));
    let mut all = set(ANSWERS);
    all.extend(["HELLO".to_owned(), "MESSAGE".to_owned()]);
    assert_eq!(shown.iter().map(tag).collect::<BTreeSet<_>>(), all);
    assert_eq!(answer(&Told::Ok), "OK");
}

/// A room that takes everybody and everything.
#[derive(Debug)]
struct Open;

impl Host<char> for Open {
    fn enter(&self, _: Uuid, _: &char, name: &str) -> Result<String, String> {
        Ok(name.to_owned())
    }

    fn leave(&self, _: Uuid) -> Option<String> {
        None
    }

    fn say(&self, _: Uuid, _: &str) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn what_the_chat_service_says_is_what_the_page_says() {
    let mut room = Room::new("");
    room.hub.host("chat_service", Some("Chat Service"), Arc::new(Open));
    room.enter('a', &json!({"name": "ann", "nickname": "Ann", "version": "0.2.0"})).expect("let in");
    let mut said = room.send('a', &json!({"type": "SELF_SUBSCRIBE", "service": "chat_service"}));
    let target = json!({"type": "SERVICE", "service": "chat_service"});
    said.extend(room.send('a', &json!({"type": "MESSAGE", "target": target, "data": {"text": "/about"}})));
    let mut out = Vec::new();
    room.hub.announce("chat_service", "Ann", "0b0f6c1e-6a0e-4f2b-9a3c-5d1e8c7a4b21", "Hello, everybody", &mut out);
    room.got.clear();
    room.deliver(out);
    said.extend_from_slice(room.got('a'));
    let chat: Vec<String> =
        said.iter().filter(|payload| payload["type"] == "MESSAGE").map(|message| message["data"].to_string()).collect();
    let examples = examples("json chat");
    assert_eq!(chat.len(), examples.len());
    for example in examples {
        // The server of the tests is another version.
        let example = parsed(&example.replace("Version: 0.1.0", "Version: 1.2.3")).to_string();
        assert!(chat.contains(&example), "{example} is not among {chat:#?}");
    }
}

#[test]
fn every_code_and_every_limit_is_on_the_page() {
    for code in [
        codes::UNKNOWN,
        codes::UNDECODABLE,
        codes::NO_IDENTIFY,
        codes::TOO_LATE,
        codes::NAME_TAKEN,
        codes::SECRET,
        codes::VERSION,
        codes::NAME,
        codes::HEARTBEAT,
    ] {
        assert!(PAGE.contains(&format!("\n| {code} |")), "{code}");
    }
    let Limits { clients, services, owned, subscriptions, name, tags } = Limits::default();
    assert_eq!(clients, services);
    let number = |number: usize| match (number / 1000, number % 1000) {
        (0, units) => units.to_string(),
        (thousands, units) => format!("{thousands},{units:03}"),
    };
    for row in [
        format!("\n| clients, services at once | {} each |", number(clients)),
        format!("\n| services that a client owns | {} |", number(owned)),
        format!("\n| services that it is subscribed to | {} |", number(subscriptions)),
        format!("\n| a name, a nickname, a tag, a service's name | {name} bytes |"),
        format!("\n| tags of a client | {tags} |"),
    ] {
        assert!(PAGE.contains(&row), "{row}");
    }
}
