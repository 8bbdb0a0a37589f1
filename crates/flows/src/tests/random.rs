//! Flows and answers made up: whatever the checker lets through, the engine walks.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::file;
use crate::{Answer, Checked, Flow, Progress, Reply, Step, Waiting, check, check_all};

const NAMES: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h"];
const IDS: &[&str] = &["1", "x", "y"];

fn name() -> impl Strategy<Value = Value> {
    select(NAMES).prop_map(Value::from)
}

fn id() -> impl Strategy<Value = Value> {
    prop_oneof![select(IDS).prop_map(Value::from), Just(json!(1))]
}

fn words() -> impl Strategy<Value = Value> {
    select(&["Hi", "<b>Yes</b>", "No {{v}}", "{{ w }}", "Tea & cake", "{{u}}"][..]).prop_map(Value::from)
}

fn condition() -> impl Strategy<Value = Value> {
    let test = prop_oneof![
        select(&["equals", "notEquals", "contains", "startsWith", "endsWith", "matches", "atLeast", "atMost"][..])
            .prop_map(|key| (key, json!("1"))),
        any::<bool>().prop_map(|wanted| ("exists", json!(wanted))),
    ];
    (select(&["v", "w"][..]), test).prop_map(|(variable, (key, value))| json!({"variable": variable, key: value}))
}

fn next() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => name(),
        1 => (vec((condition(), name()), 0..3), name()).prop_map(|(when, last)| {
            let mut all: Vec<_> = when.into_iter().map(|(when, to)| json!({"when": when, "to": to})).collect();
            all.push(json!({"else": last}));
            all.into()
        }),
    ]
}

fn input() -> impl Strategy<Value = Value> {
    let kind = select(&["text", "email", "number", "phone", "url", "date", "file"][..]);
    (kind, proptest::option::of(1..3_u32), name()).prop_map(|(kind, retries, name)| match retries {
        Some(retries) => json!({"type": kind, "retries": retries, "else": name}),
        None => json!({"type": kind}),
    })
}

fn state() -> impl Strategy<Value = Value> {
    let send = |send: Value, next: Option<Value>| match next {
        Some(next) => json!({"sendRequest": send, "next": next}),
        None => json!({"sendRequest": send}),
    };
    let onward = || proptest::option::of(next());
    prop_oneof![
        (words(), onward()).prop_map(move |(text, next)| send(json!({"kind": "BotText", "content": text}), next)),
        (id(), words(), vec((id(), words()), 1..3), any::<bool>()).prop_map(move |(group, text, choices, save)| {
            let choices: Vec<_> =
                choices.into_iter().map(|(id, text)| json!({"itemId": id, "content": text})).collect();
            let mut ask = json!({"kind": "ChoiceRequest", "groupId": group, "question": text, "choices": choices});
            if save {
                ask["as"] = json!("v");
            }
            send(ask, None)
        }),
        (id(), words(), proptest::option::of(input())).prop_map(move |(session, text, input)| {
            let mut chat = json!({"kind": "StartChatSession", "sessionId": session, "chatText": text, "as": "w"});
            if let Some(input) = input {
                chat["input"] = input;
            }
            send(chat, None)
        }),
        (id(), onward())
            .prop_map(move |(session, next)| send(json!({"kind": "EndChatSession", "sessionId": session}), next)),
        onward().prop_map(move |next| send(json!({"kind": "Handoff"}), next)),
        (name(), next()).prop_map(|(other, next)| {
            json!({"request": {"url": "https://x.example/{{v}}", "keep": {"w": "/a"}, "else": other}, "next": next})
        }),
        proptest::option::of(name())
            .prop_map(|state| json!({"jump": {"flow": "test", "state": state.unwrap_or(json!("a"))}})),
    ]
}

/// A file out of those states, and of a match for each question in it, so that many of them are right.
fn whole() -> impl Strategy<Value = String> {
    let states = vec((state(), any::<u8>()), 2..=NAMES.len());
    (states, vec(next(), 12), proptest::option::of(name()), 0..10_u8).prop_map(|(made, mut nexts, fallback, broken)| {
        let mut states = vec![("$flow".to_owned(), json!({"variables": ["u", "v", "w"]}))];
        if let Some(fallback) = fallback {
            states[0].1["fallback"] = fallback;
        }
        let mut matches: Vec<(String, Value)> = Vec::new();
        for (at, (state, _)) in made.iter().enumerate() {
            let send = &state["sendRequest"];
            let plain = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            if let Some(choices) = send["choices"].as_array() {
                for choice in choices {
                    let (group, item) = (plain(&send["groupId"]), plain(&choice["itemId"]));
                    let wanted = json!({"kind": "ChoiceResponse", "groupId": group, "itemId": item});
                    matches.push((format!("m{group}-{item}"), wanted));
                }
            } else if send["kind"] == "StartChatSession" {
                let session = plain(&send["sessionId"]);
                matches.push((format!("t{session}"), json!({"kind": "UserText", "sessionId": session})));
            }
            states.push((NAMES[at].to_owned(), state.clone()));
        }
        matches.sort_by(|one, other| one.0.cmp(&other.0));
        matches.dedup_by(|one, other| one.0 == other.0);
        if broken == 0 {
            matches.pop();
        }
        for (name, wanted) in matches {
            let next = nexts.pop().unwrap_or_else(|| json!("a"));
            states.push((name, json!({"matchResponse": wanted, "next": next})));
        }
        // Most flows that are made up go round or lead nowhere; these bring some of them to an end.
        for name in &NAMES[made.len()..] {
            states.push(((*name).to_owned(), json!({"sendRequest": {"kind": "BotText", "content": "End"}})));
        }
        file(&states.iter().map(|(name, state)| (name.as_str(), state.clone())).collect::<Vec<_>>())
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    let given = prop_oneof![
        (select(IDS), select(IDS)).prop_map(|(group, item)| Answer::choice(group, item)),
        (proptest::option::of(select(IDS)), select(&["yes", "tea", "1", "ann@example.org", "2027-01-01", "?"][..]))
            .prop_map(|(session, text)| Answer::text(session.map(Into::into), text)),
    ];
    (given, proptest::option::of(0..6_u64)).prop_map(|(answer, to)| Answer { answer_to: to, ..answer })
}

/// Looks whether a step leaves a session where it can go on.
fn legal(flow: &Flow, step: &Step) {
    let progress = &step.progress;
    let written = serde_json::to_string(progress).expect("JSON");
    assert_eq!(&serde_json::from_str::<Progress>(&written).expect("it reads what it wrote"), progress);
    assert!(step.passed.len() <= flow.states().len() && step.passed.iter().all(|name| flow.state(name).is_some()));
    match &progress.waiting {
        Waiting::Answer => {
            let open = progress.open.as_ref().expect("an open question");
            assert!(flow.state(&open.state).expect("its state").asks());
            assert!(open.number <= progress.asked);
        }
        Waiting::Request { .. } => assert!(flow.resolve_request(progress).is_some()),
        Waiting::Handoff { state, .. } => assert!(flow.state(state).is_some()),
        Waiting::Jump { .. } => {}
        Waiting::End => assert!(progress.open.is_none()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_right_is_walked(text in whole(), answers in vec(answer(), 0..40)) {
        let Checked { flow, findings, .. } = check("test", &text);
        let Some(flow) = flow else {
            prop_assert!(!findings.is_empty());
            return Ok(());
        };
        let jumps = check_all(&[("test", &flow)]).is_empty();
        let mut step = flow.start(&["en"]);
        legal(&flow, &step);
        for answer in answers {
            let next = match step.progress.waiting.clone() {
                Waiting::Answer => match flow.answer(&step.progress, &answer) {
                    Ok(next) => next,
                    Err(_) => continue,
                },
                Waiting::Request { .. } if answer.answer_to.is_none() => {
                    flow.requested(&step.progress, None).expect("it waits for it")
                }
                Waiting::Request { .. } => {
                    let reply = Reply { status: 200, body: br#"{"a": "1"}"# };
                    flow.requested(&step.progress, Some(reply)).expect("it waits for it")
                }
                Waiting::Handoff { .. } => flow.handed_back(&step.progress).expect("it waits for it"),
                Waiting::Jump { state, .. } if jumps => flow.arrive(&step.progress, state.as_deref()).expect("it is there"),
                Waiting::Jump { .. } => break,
                Waiting::End => {
                    prop_assert!(flow.answer(&step.progress, &answer).is_err());
                    break;
                }
            };
            legal(&flow, &next);
            // An answer that was taken is never taken for the same question again.
            if let (Some(number), true) = (step.progress.number(), next.progress.open != step.progress.open) {
                prop_assert!(flow.answer(&next.progress, &answer.to(number)).is_err());
            }
            step = next;
        }
    }

    #[test]
    fn every_open_question_can_be_answered(text in whole()) {
        let Some(flow) = check("test", &text).flow else { return Ok(()) };
        for state in flow.states().iter().filter(|state| state.asks()) {
            let step = flow.arrive(&Progress::new(&[]), Some(state.name())).expect("it is there");
            let say = serde_json::to_value(&step.says[0]).expect("JSON");
            if state.kind() == "ChoiceRequest" {
                for choice in say["choices"].as_array().expect("a list") {
                    let answer = json!({"kind": "ChoiceResponse", "groupId": say["groupId"], "itemId": choice["itemId"]});
                    let next = flow.answer(&step.progress, &Answer::of(&answer).expect("an answer"));
                    legal(&flow, &next.expect("it is one of its choices"));
                }
            } else {
                let answer = json!({"kind": "UserText", "sessionId": say["sessionId"], "content": "x"});
                legal(&flow, &flow.answer(&step.progress, &Answer::of(&answer).expect("an answer")).expect("it is open"));
            }
        }
    }

    #[test]
    fn no_file_breaks_the_checker(text in r#"(\{|\}|\[|\]|,|:|"[a-c$]{0,3}"|"next"|"sendRequest"|"kind"|"BotText"|1|null| ){0,40}"#) {
        let checked = check("test", &text);
        prop_assert_eq!(checked.flow.is_some(), checked.findings.iter().all(|one| one.severity == crate::Severity::Warning));
    }

    #[test]
    fn a_value_in_a_wrong_place_breaks_nothing(text in whole(), at in any::<prop::sample::Index>(), by in state()) {
        let Ok(mut value) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let mut places = Vec::new();
        collect(&value, String::new(), &mut places);
        let place = at.get(&places).clone();
        if let Some(there) = value.pointer_mut(&place) {
            *there = by;
        }
        if let Some(flow) = check("test", &value.to_string()).flow {
            legal(&flow, &flow.start(&[]));
        }
    }
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| collect(value, format!("{place}/{key}"), places));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| collect(value, format!("{place}/{at}"), places));
        }
        _ => {}
    }
    places.push(place);
}

/// If hardly any were right, the tests above would say little.
#[test]
fn enough_of_what_is_made_up_is_right() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut files = (0..300).map(|_| whole().new_tree(&mut runner).expect("a file").current());
    let right = files.by_ref().filter(|text| check("test", text).flow.is_some()).count();
    assert!(right > 60, "{right} of 300");
}
