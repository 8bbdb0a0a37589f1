//! Each line of the protocol.

use serde_json::{Value, json};

mod documented;
mod model;

use super::*;

/// A hub whose clients are known by letters, and what each of them got.
struct Room {
    hub: Hub<char>,
    uuids: HashMap<char, Uuid>,
    got: HashMap<char, Vec<Value>>,
    next: u8,
}

impl Room {
    fn new(names: &str) -> Self {
        let mut room = Self {
            hub: Hub::new(Limits::default(), Uuid::from_random([9; 16]), "1.2.3"),
            uuids: HashMap::new(),
            got: HashMap::new(),
            next: 0,
        };
        for name in names.chars() {
            room.enter(
                name,
                &json!({"name": name, "nickname": format!("Nick {name}"), "version": "0.2.0", "tags": ["t"]}),
            )
            .expect("let in");
        }
        room.got.clear();
        room
    }

    fn enter(&mut self, letter: char, identify: &Value) -> Result<(), Refused> {
        let text = identify.to_string();
        let identify = serde_json::from_str(&text).expect("an identify");
        self.next += 1;
        let uuid = Uuid::from_random([self.next; 16]);
        let mut out = Vec::new();
        let entered = self.hub.enter(identify, uuid, letter, "key", &mut out);
        if entered.is_ok() {
            self.uuids.insert(letter, uuid);
        }
        self.deliver(out);
        entered
    }

    fn deliver(&mut self, out: Vec<Sending<char>>) {
        for Sending { to, payload } in out {
            let payload: Value = serde_json::from_str(&payload).expect("JSON");
            let to = match to {
                Audience::One(_, one) => vec![one],
                Audience::Group { members, but } => {
                    members.iter().filter(|(uuid, _)| Some(*uuid) != but).map(|(_, letter)| *letter).collect()
                }
                Audience::Watchers(_) => continue,
            };
            for letter in to {
                self.got.entry(letter).or_default().push(payload.clone());
            }
        }
    }

    /// Sends a payload, and gives what the sender got; what others got is in `got`.
    fn send(&mut self, from: char, payload: &Value) -> Vec<Value> {
        self.say(from, &payload.to_string())
    }

    fn say(&mut self, from: char, text: &str) -> Vec<Value> {
        self.got.clear();
        let mut out = Vec::new();
        self.hub.hear(self.uuids[&from], text, &mut out);
        self.deliver(out);
        self.got.remove(&from).unwrap_or_default()
    }

    fn leave(&mut self, letter: char) {
        self.got.clear();
        let mut out = Vec::new();
        self.hub.leave(self.uuids[&letter], &mut out);
        self.deliver(out);
    }

    fn id(&self, letter: char) -> String {
        self.uuids[&letter].to_string()
    }

    fn client(&self, letter: char) -> Value {
        json!({"name": letter, "nickname": format!("Nick {letter}"), "uuid": self.id(letter), "tags": ["t"]})
    }

    fn service(&self, name: &str, owner: char, subscribers: &str) -> Value {
        let subscribers: Vec<String> = subscribers.chars().map(|letter| self.id(letter)).collect();
        json!({"name": name, "nickname": null, "owner_uuid": self.id(owner), "subscribers": subscribers})
    }

    fn got(&self, letter: char) -> &[Value] {
        self.got.get(&letter).map_or(&[], Vec::as_slice)
    }
}

/// A room where `a` owns the service `s`, and these are subscribed.
fn with_service(names: &str, subscribers: &str) -> Room {
    let mut room = Room::new(names);
    room.send('a', &json!({"type": "SERVICE_CREATE", "service": "s"}));
    for letter in subscribers.chars() {
        room.send(letter, &json!({"type": "SELF_SUBSCRIBE", "service": "s"}));
        room.send(letter, &json!({"type": "SELF_SET_SEQ", "seq": -1_i64 as u64}));
    }
    room.send('a', &json!({"type": "SELF_SET_SEQ", "seq": u64::MAX}));
    room
}

#[test]
fn hello_comes_first_and_the_others_hear_of_who_joined() {
    let mut room = Room::new("a");
    room.enter('b', &json!({"name": "b_2", "version": "0.2.7"})).expect("let in");
    let b = json!({"name": "b_2", "nickname": null, "uuid": room.id('b'), "tags": []});
    assert_eq!(room.got('b'), [json!({"type": "HELLO", "uuid": room.id('b'), "version": "0.2.0", "fs_key": "key"})]);
    assert_eq!(room.got('a'), [json!({"type": "CLIENT_JOINED", "client": b})]);
}

#[test]
fn who_is_not_let_in_is_told_why_and_nobody_hears_of_it() {
    for (identify, refused) in [
        (json!({"name": "b", "version": "0.3.0"}), Refused::Version),
        (json!({"name": "b", "version": "0.1.9"}), Refused::Version),
        (json!({"name": "b", "version": "latest"}), Refused::Version),
        (json!({"name": "b", "version": ""}), Refused::Version),
        (json!({"name": "", "version": "0.2.0"}), Refused::Name),
        (json!({"name": "b c", "version": "0.2.0"}), Refused::Name),
        (json!({"name": "é", "version": "0.2.0"}), Refused::Name),
        (json!({"name": "b".repeat(129), "version": "0.2.0"}), Refused::Name),
        (json!({"name": "b", "version": "0.2.0", "nickname": "n".repeat(129)}), Refused::TooLong),
        (json!({"name": "a", "version": "0.2.0"}), Refused::Taken),
    ] {
        let mut room = Room::new("a");
        assert_eq!(room.enter('b', &identify), Err(refused), "{identify}");
        assert!(room.got.is_empty());
    }
    let mut room = Room::new("a");
    room.leave('a');
    room.enter('b', &json!({"name": "a", "version": "0.2.0"})).expect("the name is free again");
}

#[test]
fn payloads_are_counted_those_too_that_cant_be_decoded() {
    let mut room = Room::new("a");
    let seqs: Vec<Value> = [
        r#"{"type": "CLIENT_FETCH_ALL"}"#,
        "no JSON",
        r#"{"type": "WHAT_EVER"}"#,
        r#"{"type": "SELF_SET_SEQ", "seq": 41}"#,
        r#"{"type": "SERVICE_FETCH_ALL"}"#,
        r#"{"type": "SELF_SET_SEQ", "seq": "x"}"#,
        r#"{"type": "MESSAGE", "target": {"type": "ALL"}}"#,
        r#"{"type": "IDENTIFY", "name": "x", "version": "0.2.0"}"#,
        "[]",
    ]
    .iter()
    .map(|text| room.say('a', text).pop().expect("an answer"))
    .map(|answer| json!([answer["type"], answer["seq"]]))
    .collect();
    let expected = json!([
        ["CLIENT_FETCH_ALL_RESULT", 0],
        ["ERROR_PROTOCOL", 1],
        ["ERROR_UNSUPPORTED", 2],
        ["OK", 41],
        ["SERVICE_FETCH_ALL_RESULT", 42],
        ["ERROR_PROTOCOL", 43],
        ["ERROR_PROTOCOL", 44],
        ["ERROR_PROTOCOL", 45],
        ["ERROR_PROTOCOL", 46],
    ]);
    assert_eq!(json!(seqs), expected);
}

#[test]
fn a_service_is_created_once_and_everybody_hears_of_it() {
    let mut room = Room::new("ab");
    let answer = room.send('a', &json!({"type": "SERVICE_CREATE", "service": "s"}));
    let made = json!({"type": "SERVICE_CREATE_RESULT", "successful": true, "service": room.service("s", 'a', "")});
    let mut answered = made.clone();
    answered["seq"] = json!(0);
    assert_eq!(answer, [made.clone(), answered], "the creator hears it too, before the answer");
    assert_eq!(room.got('b'), [made]);
    let again = room.send('b', &json!({"type": "SERVICE_CREATE", "service": "s", "nickname": "mine"}));
    assert_eq!(
        again,
        [
            json!({"type": "SERVICE_CREATE_RESULT", "successful": false, "service": room.service("s", 'a', ""), "seq": 0})
        ]
    );
    assert!(room.got('a').is_empty());
}

#[test]
fn the_owner_alone_deletes_a_service() {
    let mut room = with_service("ab", "b");
    assert_eq!(room.send('b', &json!({"type": "SERVICE_DELETE", "service": "s"})), [json!({"type": "BAD", "seq": 0})]);
    let none = room.send('b', &json!({"type": "SERVICE_DELETE", "service": "x"}));
    assert_eq!(none, [json!({"type": "INVALID_SERVICE", "service": "x", "seq": 1})]);
    let deleted = json!({"type": "SERVICE_DELETE_RESULT", "service": room.service("s", 'a', "b")});
    let mut answered = deleted.clone();
    answered["seq"] = json!(0);
    assert_eq!(room.send('a', &json!({"type": "SERVICE_DELETE", "service": "s"})), [deleted.clone(), answered]);
    assert_eq!(room.got('b'), [deleted]);
    let mine = room.send('b', &json!({"type": "SELF_FETCH"}));
    assert_eq!(mine[0]["subscriptions"], json!([]));
}

#[test]
fn subscribers_hear_of_who_subscribes_and_who_goes() {
    let mut room = with_service("abc", "b");
    let answer = room.send('c', &json!({"type": "SELF_SUBSCRIBE", "service": "s"}));
    let shape = room.service("s", 'a', "bc");
    assert_eq!(answer, [json!({"type": "SELF_SUBSCRIBE_RESULT", "successful": true, "service": shape, "seq": 0})]);
    assert_eq!(
        room.got('b'),
        [json!({"type": "SERVICE_CLIENT_SUBSCRIBED", "client": room.client('c'), "service": shape})]
    );
    assert!(room.got('a').is_empty(), "the owner is not subscribed");
    let again = room.send('c', &json!({"type": "SELF_SUBSCRIBE", "service": "s"}));
    assert_eq!((&again[0]["successful"], room.got('b').len()), (&json!(false), 0));
    let answer = room.send('c', &json!({"type": "SELF_UNSUBSCRIBE", "service": "s"}));
    let shape = room.service("s", 'a', "b");
    assert_eq!(answer, [json!({"type": "SELF_UNSUBSCRIBE_RESULT", "successful": true, "service": shape, "seq": 2})]);
    assert_eq!(
        room.got('b'),
        [json!({"type": "SERVICE_CLIENT_UNSUBSCRIBED", "client": room.client('c'), "service": shape})]
    );
    let again = room.send('c', &json!({"type": "SELF_UNSUBSCRIBE", "service": "s"}));
    assert_eq!((&again[0]["successful"], room.got('b').len()), (&json!(false), 0));
    for tag in ["SELF_SUBSCRIBE", "SELF_UNSUBSCRIBE", "SERVICE_FETCH"] {
        let answer = room.send('c', &json!({"type": tag, "service": "nowhere"}));
        assert_eq!(
            (&answer[0]["type"], &answer[0]["service"]),
            (&json!("INVALID_SERVICE"), &json!("nowhere")),
            "{tag}"
        );
    }
}

#[test]
fn what_is_fetched_is_as_it_is_now() {
    let mut room = with_service("ab", "b");
    let (a, b, s) = (room.client('a'), room.client('b'), room.service("s", 'a', "b"));
    let asked = [
        (json!({"type": "SELF_FETCH"}), json!({"type": "SELF_FETCH_RESULT", "client": b, "subscriptions": [s]})),
        (json!({"type": "SERVICE_FETCH", "service": "s"}), json!({"type": "SERVICE_FETCH_RESULT", "service": s})),
        (json!({"type": "SERVICE_FETCH_ALL"}), json!({"type": "SERVICE_FETCH_ALL_RESULT", "services": [s]})),
        (
            json!({"type": "CLIENT_FETCH", "uuid": room.id('a')}),
            json!({"type": "CLIENT_FETCH_RESULT", "client": a, "subscriptions": []}),
        ),
        (json!({"type": "CLIENT_FETCH_ALL"}), json!({"type": "CLIENT_FETCH_ALL_RESULT", "clients": [a, b]})),
        (json!({"type": "CLIENT_FETCH", "uuid": "0"}), json!({"type": "INVALID_UUID", "uuid": "0"})),
    ];
    for (seq, (payload, mut expected)) in asked.into_iter().enumerate() {
        expected["seq"] = json!(seq);
        assert_eq!(room.send('b', &payload), [expected], "{payload}");
        assert!(room.got.is_empty(), "nobody else hears of {payload}");
    }
}

#[test]
fn messages_go_where_they_are_meant_to_and_carry_their_origin() {
    let mut room = with_service("abcd", "bc");
    let service = room.service("s", 'a', "bc");
    let origin = |room: &Room, letter, service: &Value| {
        let mut origin = room.client(letter);
        origin["service"] = service.clone();
        origin
    };
    let (by_uuid, nobody) = (room.id('c'), Uuid::from_random([77; 16]).to_string());
    let cases = [
        // From, to whom, who gets it, what the answer is, whether the origin names the service.
        ('b', json!({"type": "NAME", "name": "c"}), "c", json!({"type": "OK"}), false),
        ('b', json!({"type": "NAME", "name": "b"}), "b", json!({"type": "OK"}), false),
        ('b', json!({"type": "NAME", "name": "x"}), "", json!({"type": "INVALID_NAME", "name": "x"}), false),
        ('b', json!({"type": "UUID", "uuid": by_uuid}), "c", json!({"type": "OK"}), false),
        ('b', json!({"type": "UUID", "uuid": nobody}), "", json!({"type": "INVALID_UUID", "uuid": nobody}), false),
        ('a', json!({"type": "SERVICE", "service": "s"}), "bc", json!({"type": "OK"}), true),
        ('b', json!({"type": "SERVICE", "service": "s"}), "a", json!({"type": "OK"}), true),
        ('d', json!({"type": "SERVICE", "service": "s"}), "", json!({"type": "BAD"}), true),
        ('d', json!({"type": "SERVICE", "service": "x"}), "", json!({"type": "INVALID_SERVICE", "service": "x"}), true),
        (
            'a',
            json!({"type": "SERVICE_CLIENT_UUID", "service": "s", "uuid": by_uuid}),
            "c",
            json!({"type": "OK"}),
            true,
        ),
        (
            'b',
            json!({"type": "SERVICE_CLIENT_UUID", "service": "s", "uuid": by_uuid}),
            "",
            json!({"type": "BAD"}),
            true,
        ),
        (
            'a',
            json!({"type": "SERVICE_CLIENT_UUID", "service": "x", "uuid": by_uuid}),
            "",
            json!({"type": "INVALID_SERVICE", "service": "x"}),
            true,
        ),
        (
            'a',
            json!({"type": "SERVICE_CLIENT_UUID", "service": "s", "uuid": "?"}),
            "",
            json!({"type": "INVALID_UUID", "uuid": "?"}),
            true,
        ),
        ('d', json!({"type": "ALL"}), "abcd", json!({"type": "OK"}), false),
    ];
    for (from, target, to, answer, names_service) in cases {
        let mut own = room.send(from, &json!({"type": "MESSAGE", "target": target, "data": {"n": 1}}));
        let mut answered = own.pop().expect("an answer, after what is broadcast");
        answered.as_object_mut().expect("an object").remove("seq");
        assert_eq!(answered, answer, "{target}");
        room.got.insert(from, own);
        let origin = origin(&room, from, if names_service { &service } else { &Value::Null });
        for letter in "abcd".chars() {
            let expected = json!({"type": "MESSAGE", "origin": origin, "target": target, "data": {"n": 1}});
            let expected = if to.contains(letter) { vec![expected] } else { Vec::new() };
            assert_eq!(room.got(letter), expected, "{letter} of {target} from {from}");
        }
    }
}

#[test]
fn data_is_passed_on_byte_for_byte() {
    let data = "{ \"b\" :1e400,\t\"a\":[ 1.0,1.00, \"\\u00e9\\/\" ] ,\"a\":null}";
    let mut room = Room::new("ab");
    let mut out = Vec::new();
    let text = format!(r#"{{"data":{data} ,"target":{{"name":"b","type":"NAME"}},"type":"MESSAGE","more":[[]]}}"#);
    room.hub.hear(room.uuids[&'a'], &text, &mut out);
    assert!(out[0].payload.ends_with(&format!(r#""data":{data}}}"#)), "{}", out[0].payload);
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let text = format!(r#"{{"type":"MESSAGE","target":{{"type":"ALL"}},"data":{deep}}}"#);
    out.clear();
    room.hub.hear(room.uuids[&'a'], &text, &mut out);
    assert!(out[0].payload.contains(&deep), "however deep it is nested");
    room.deliver(Vec::new());
}

#[test]
fn who_leaves_is_taken_out_of_services_and_their_own_are_deleted() {
    let mut room = with_service("abcd", "bcd");
    room.send('b', &json!({"type": "SERVICE_CREATE", "service": "of_b"}));
    room.send('c', &json!({"type": "SELF_SUBSCRIBE", "service": "of_b"}));
    let (b, of_b) = (room.client('b'), room.service("of_b", 'b', "c"));
    room.leave('b');
    let unsubscribed =
        json!({"type": "SERVICE_CLIENT_UNSUBSCRIBED", "client": b, "service": room.service("s", 'a', "cd")});
    let deleted = json!({"type": "SERVICE_DELETE_RESULT", "service": of_b});
    let left = json!({"type": "CLIENT_LEFT", "client": b});
    assert_eq!(room.got('c'), [unsubscribed.clone(), deleted.clone(), left.clone()]);
    assert_eq!(room.got('d'), [unsubscribed, deleted.clone(), left.clone()]);
    assert_eq!(room.got('a'), [deleted, left]);
    assert!(room.got('b').is_empty());
    assert_eq!(room.send('c', &json!({"type": "SELF_FETCH"}))[0]["subscriptions"].as_array().map(Vec::len), Some(1));
    assert_eq!(room.hub.count(), (3, 1));
}
