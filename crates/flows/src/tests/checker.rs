//! What the checker says of files.

use serde_json::{Value, json};

use super::{file, plain, text};
use crate::{Checked, LARGEST_FILE, Severity, check};

fn bot(content: &str, next: &str) -> Value {
    let send = json!({"kind": "BotText", "content": content});
    if next.is_empty() { json!({"sendRequest": send}) } else { json!({"sendRequest": send, "next": next}) }
}

/// The errors and warnings as lines without the column.
fn told(text: &str) -> Vec<String> {
    let Checked { flow, findings, .. } = check("test", text);
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(flow.is_none(), errors, "a flow has no errors");
    findings.iter().map(ToString::to_string).collect()
}

/// Changes a piece of the plain flow at a JSON pointer; null takes it out. Gives what the checker finds.
fn changed(pointer: &str, value: Value) -> Vec<String> {
    let mut flow = plain();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = flow.pointer_mut(parent).expect("it is there");
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(key)),
        (Value::Object(members), value) => drop(members.insert(key.into(), value)),
        (Value::Array(items), value) => items[key.parse::<usize>().expect("a number")] = value,
        _ => panic!("neither an object nor a list"),
    }
    told(&text(&flow, "hello"))
}

#[track_caller]
fn found(findings: &[String], words: &str) {
    assert!(findings.iter().any(|finding| finding.contains(words)), "{words}\n{findings:#?}");
}

#[test]
fn the_plain_form_has_nothing_wrong_with_it() {
    assert_eq!(told(&text(&plain(), "hello")), [""; 0]);
    assert_eq!(told(&format!("\u{feff}{}", text(&plain(), "hello"))), [""; 0]);
}

#[test]
fn each_mistake_is_found_with_its_state_and_what_to_do() {
    for (pointer, value, words) in [
        (
            "/hello/next",
            json!("aks"),
            "state `hello`: `next` leads to `aks`, and there is no such state. Did you mean `ask`?",
        ),
        (
            "/hello/next",
            json!(3),
            "state `hello`: `next` is a state's name, or a list of transitions, and not a number.",
        ),
        ("/hello/next", json!([]), "The last transition says where it goes on if none holds"),
        ("/hello/nxet", json!("ask"), "A state has no key `nxet`. Did you mean `next`?"),
        ("/hello", json!({}), "A state has one of `sendRequest`, `matchResponse`, `request` and `jump`."),
        ("/hello", json!([]), "A state is an object, and not a list."),
        ("/hello/request", json!({"url": "https://x.org"}), "A state has one of"),
        ("/hello/sendRequest/kind", json!("BotTxt"), "has no kind `BotTxt`. Did you mean `BotText`?"),
        ("/hello/sendRequest/kind", json!("Poem"), "has no kind `Poem`. The kinds are `BotText`, `ChoiceRequest`"),
        (
            "/hello/sendRequest/kind",
            json!("UserText"),
            "`UserText` is a kind of `matchResponse`, and not of `sendRequest`.",
        ),
        ("/hello/sendRequest/kind", json!(null), "`sendRequest` needs the key `kind`."),
        ("/hello/sendRequest/content", json!(null), "A BotText needs the key `content`."),
        ("/hello/sendRequest/content", json!(1), "`content` is a text, or texts by language, and not a number."),
        ("/hello/sendRequest/text", json!("x"), "A BotText has no key `text`."),
        ("/ask/next", json!("more"), "A ChoiceRequest has no `next`"),
        ("/open/next", json!("more"), "A StartChatSession has no `next`"),
        ("/ask/sendRequest/groupId", json!(null), "A ChoiceRequest needs the key `groupId`."),
        ("/ask/sendRequest/groupId", json!(1.5), "`groupId` is a text or a whole number, and not a number."),
        ("/ask/sendRequest/choices", json!([]), "`choices` is empty"),
        ("/ask/sendRequest/choices", json!({}), "`choices` is a list, and not an object."),
        ("/ask/sendRequest/choices/0/itemId", json!("2"), "The itemId `2` is in this question twice"),
        ("/ask/sendRequest/choices/0/itemId", json!(9), "No state matches the choice `9` of the group `plant`"),
        (
            "/ask/sendRequest/choices/0/itemId",
            json!("herb"),
            "The group `plant` has no choice `herbs`, so this is never matched. Did you mean `herb`?",
        ),
        ("/ask/sendRequest/choices/0/content", json!(null), "A choice needs the key `content`."),
        ("/herbs", json!(null), "state `ask`: No state matches the choice `herbs` of the group `plant`"),
        ("/herbs/next", json!(null), "state `herbs`: A match needs a `next`"),
        (
            "/herbs/matchResponse/groupId",
            json!("plants"),
            "No ChoiceRequest asks the group `plants`, so this is never matched. Did you mean `plant`?",
        ),
        ("/herbs/matchResponse/itemId", json!("else"), "The choice `else` of the group `plant` is matched already"),
        ("/typed", json!(null), "state `open`: No state matches the text of the session `which`"),
        (
            "/typed/matchResponse/sessionId",
            json!("witch"),
            "No StartChatSession starts the session `witch`, so it is never matched. Did you mean `which`?",
        ),
        (
            "/roses/matchResponse",
            json!({"kind": "UserText", "sessionId": "which"}),
            "The text of the session `which` is matched already",
        ),
        (
            "/close/sendRequest/sessionId",
            json!("witch"),
            "No StartChatSession starts the session `witch`, so it can't be ended.",
        ),
        ("/yes/next", json!("yes"), "state `yes`: `yes` → `yes` goes round without ever waiting"),
        ("/ask/sendRequest/as", json!("my plant"), "`my plant` is no variable's name"),
        ("/bye/sendRequest/content", json!("Bye {{name}}"), "state `bye`: No state sets the variable `name`."),
        ("/bye/sendRequest/content", json!({"en": "Bye"}), "`content` is by language; name the languages in `$flow`"),
        ("/$flow", json!({"languages": ["en", "x!", "EN"]}), "`x!` is no language's tag"),
        ("/$flow", json!({"languages": ["en", "EN"]}), "The language `EN` is named twice."),
        (
            "/$flow",
            json!({"fallback": "byye"}),
            "`fallback` leads to `byye`, and there is no such state. Did you mean `bye`?",
        ),
        ("/$flow", json!({"colour": 1}), "`$flow` has no key `colour`. It has `title`"),
        ("/$flow", json!({"hours": {"timezone": "here it is", "days": {}}}), "is no time zone"),
        (
            "/$flow",
            json!({"hours": {"timezone": "Z", "days": {"mo": []}}}),
            "`days` has no key `mo`. Did you mean `mon`?",
        ),
        ("/$flow", json!({"hours": {"timezone": "Z", "days": {"mon": ["9-13"]}}}), "`9-13` are no hours"),
        (
            "/$flow",
            json!({"hours": {"timezone": "Z", "days": {"mon": ["09:00-13:00", "12:00-18:00"]}}}),
            "begins before the hours in front of it end",
        ),
        ("/$flwo", json!({}), "`$flwo` is no setting. Did you mean `$flow`?"),
        ("/$schema", json!(1), "`$schema` is a text"),
        (
            "/open/sendRequest/input",
            json!({"type": "emial"}),
            "There is no type of input `emial`. Did you mean `email`?",
        ),
        ("/open/sendRequest/input", json!({}), "`input` needs the key `type`."),
        ("/open/sendRequest/input", json!({"type": "text", "pattern": "("}), "`pattern` is no regular expression"),
        ("/open/sendRequest/input", json!({"type": "text", "min": 5, "max": 2}), "`max` is less than `min`"),
        (
            "/open/sendRequest/input",
            json!({"type": "text", "min": "5"}),
            "`min` is a whole number of characters, and not a text.",
        ),
        ("/open/sendRequest/input", json!({"type": "date", "min": "2027-02-30"}), "`min` of a date is a day"),
        ("/open/sendRequest/input", json!({"type": "choice"}), "needs the key `choices`"),
        ("/open/sendRequest/input", json!({"type": "text", "choices": ["a"]}), "of the type `text` has no `choices`"),
        ("/open/sendRequest/input", json!({"type": "file", "pattern": "a"}), "of the type `file` has no `pattern`"),
        ("/open/sendRequest/input", json!({"type": "text", "else": "bye"}), "`else` is for an input with `retries`"),
        (
            "/open/sendRequest/input",
            json!({"type": "text", "retries": 0}),
            "`retries` is a whole number from 1 to 100.",
        ),
        (
            "/hello",
            json!({"request": {"url": "https://{{host}}/x"}, "next": "ask"}),
            "`url` has a variable in its host",
        ),
        ("/hello", json!({"request": {"url": "example.org"}, "next": "ask"}), "`url` begins with https:// or http://."),
        ("/hello", json!({"request": {"url": "https://x.org"}}), "A request needs a `next`"),
        ("/hello", json!({"request": {"url": "https://x.org", "method": "get"}, "next": "ask"}), "`get` is no method"),
        ("/hello", json!({"request": {"url": "https://x.org", "body": 1}, "next": "ask"}), "A GET has no `body`"),
        (
            "/hello",
            json!({"request": {"url": "https://x.org", "timeout": 31}, "next": "ask"}),
            "`timeout` is a whole number from 1 to 30.",
        ),
        (
            "/hello",
            json!({"request": {"url": "https://x.org", "keep": {"a": "b"}}, "next": "ask"}),
            "`b` is no place in an answer",
        ),
        (
            "/hello",
            json!({"request": {"url": "https://x.org", "headers": {"a b": "c"}}, "next": "ask"}),
            "`a b` is no name of a header.",
        ),
        (
            "/hello",
            json!({"request": {"url": "https://x.org", "else": "hello"}, "next": "ask"}),
            "goes round without ever waiting",
        ),
        ("/bye", json!({"jump": {"flow": "other"}, "next": "ask"}), "A jump has no `next`"),
        ("/bye", json!({"jump": {}}), "`jump` needs the key `flow`."),
    ] {
        found(&changed(pointer, value), words);
    }
}

#[test]
fn conditions_are_checked() {
    for (condition, words) in [
        (json!({"equals": 1}), "A condition has one of `variable`, `all`, `any` and `not`."),
        (json!({"variable": "x", "all": []}), "A condition has one of"),
        (json!({"variable": "x"}), "No state sets the variable `x`."),
        (json!({"variable": "plant"}), "A condition on a variable has one test"),
        (json!({"variable": "plant", "equals": 1, "atLeast": 1}), "A condition on a variable has one test"),
        (json!({"variable": "plant", "equal": 1}), "A condition has no key `equal`. Did you mean `equals`?"),
        (json!({"variable": "plant", "exists": "yes"}), "`exists` is true or false, and not a text."),
        (json!({"variable": "plant", "matches": "[a"}), "`matches` is no regular expression"),
        (json!({"variable": "plant", "equals": []}), "`equals` is a text or a number, and not a list."),
        (json!({"any": []}), "`any` has no conditions in it."),
        (json!({"not": {"variable": "plant", "exists": true}, "all": []}), "A condition has one of"),
    ] {
        let mut flow = plain();
        flow["ask"]["sendRequest"]["as"] = json!("plant");
        flow["herbs"]["next"] = json!([{"when": condition, "to": "bye"}, {"else": "more"}]);
        found(&told(&text(&flow, "hello")), words);
    }
    for (next, words) in [
        (json!([{"else": "more"}, {"else": "bye"}]), "Nothing may stand behind the transition with `else`"),
        (json!([{"else": "more", "to": "bye"}]), "or `else` alone"),
        (json!([{"to": "more"}, {"else": "bye"}]), "A transition needs the key `when`."),
        (
            json!([{"when": {"variable": "plant", "exists": true}, "to": "mroe"}, {"else": "bye"}]),
            "Did you mean `more`?",
        ),
    ] {
        let mut flow = plain();
        flow["ask"]["sendRequest"]["as"] = json!("plant");
        flow["herbs"]["next"] = next;
        found(&told(&text(&flow, "hello")), words);
    }
}

#[test]
fn languages_are_checked_where_texts_have_them() {
    let file = |content: Value| {
        let send = json!({"sendRequest": {"kind": "BotText", "content": content}});
        file(&[("$flow", json!({"languages": ["en", "de"]})), ("a", send)])
    };
    assert_eq!(told(&file(json!({"en": "Hi", "de": "Hallo"}))), [""; 0]);
    assert_eq!(told(&file(json!("Hi"))), [""; 0]);
    found(&told(&file(json!({"de": "Hallo"}))), "`content` lacks `en`, the flow's first language.");
    found(&told(&file(json!({"en": "Hi", "fr": "Salut"}))), "`fr` is none of the flow's languages.");
}

#[test]
fn places_are_those_of_the_file() {
    let text = "{\n  \"a\": {\"sendRequest\": {\"kind\": \"BotText\", \"content\": \"Hi\"},\n    \"next\": \"b\"}\n}";
    let finding = &check("test", text).findings[0];
    assert_eq!((finding.line, finding.column, finding.state.as_deref()), (3, 13, Some("a")));
    let broken = check("test", "{\n \"a\": }");
    assert_eq!((broken.findings[0].line, broken.findings[0].column), (2, 7));
}

#[test]
fn a_state_or_a_key_that_is_there_twice_is_found() {
    let twice = format!("{{\"a\": {0},\n \"a\": {0}}}", bot("Hi", ""));
    assert_eq!(told(&twice), ["2:2: error: The state `a` is there twice, first in line 1."]);
    let key = r#"{"a": {"sendRequest": {"kind": "BotText", "content": "x", "content": "y"}}}"#;
    assert_eq!(told(key), ["1:59: error: The key `content` is there twice, first in line 1."]);
}

#[test]
fn a_state_that_nobody_comes_to_is_a_warning() {
    let text = file(&[("a", bot("Hi", "")), ("b", bot("Alone", "c")), ("c", bot("Behind it", ""))]);
    let lines = told(&text);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("warning: state `b`: No way leads here"), "{lines:?}");
    assert!(check("test", &text).flow.is_some());
}

#[test]
fn a_fallback_a_handoff_and_an_else_lead_somewhere() {
    let mut flow = plain();
    flow["$flow"] = json!({"fallback": "sorry"});
    flow["sorry"] = bot("Pardon?", "");
    flow["open"]["sendRequest"]["input"] = json!({"type": "email", "retries": 2, "else": "person"});
    flow["person"] = json!({"sendRequest": {"kind": "Handoff"}, "next": "back"});
    flow["back"] = bot("Here I am again.", "");
    assert_eq!(told(&text(&flow, "hello")), [""; 0]);
}

#[test]
fn rounds_and_long_walks_are_found_through_conditions_too() {
    let mut flow = plain();
    flow["ask"]["sendRequest"]["as"] = json!("plant");
    flow["herbs"]["next"] = json!([{"when": {"variable": "plant", "equals": "x"}, "to": "loop"}, {"else": "more"}]);
    flow["loop"] = bot("Round", "herbs");
    found(&told(&text(&flow, "hello")), "goes round without ever waiting for the visitor.");
    let line = |length: usize| {
        let name = |at: usize| if at < length { format!("s{at}") } else { String::new() };
        let states: Vec<_> = (0..length).map(|at| (name(at), bot("x", &name(at + 1)))).collect();
        file(&states.iter().map(|(name, state)| (name.as_str(), state.clone())).collect::<Vec<_>>())
    };
    assert_eq!(told(&line(1_000)), [""; 0]);
    found(&told(&line(1_001)), "From here 1001 states follow each other");
    found(&told(&line(10_001)), "at most 10000 are allowed");
}

#[test]
fn files_that_are_no_flows_are_refused() {
    for (text, words) in [
        ("", "the file ends"),
        ("[]", "A flow is an object whose keys are its states, and not a list."),
        ("{}", "The flow has no states"),
        (r#"{"$flow": {}}"#, "The flow has no states"),
        (r#"{"": {"jump": {"flow": "x"}}}"#, "A state needs a name."),
    ] {
        found(&told(text), words);
    }
    found(&told(&" ".repeat(LARGEST_FILE + 1)), "at most 1048576 are allowed");
}

#[test]
fn a_file_with_thousands_of_mistakes_is_checked_soon() {
    let states: Vec<_> = (0..9_000).map(|at| (format!("state{at}"), bot("{{x}}", &format!("stat{at}")))).collect();
    let states: Vec<_> = states.iter().map(|(name, state)| (name.as_str(), state.clone())).collect();
    assert_eq!(check("test", &file(&states)).findings.len(), 500);
}
