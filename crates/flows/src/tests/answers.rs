//! How sessions of the plain form go, and what is refused in them.

use serde_json::{Value, json};

use super::{go, passed, plain, plain_flow, said, text};
use crate::{Answer, Progress, Record, Refusal, Waiting, check};

fn wire(step: &crate::Step) -> Vec<Value> {
    step.says.iter().map(|say| serde_json::to_value(say).expect("JSON")).collect()
}

#[test]
fn the_plain_form_runs_and_says_what_its_file_says() {
    let flow = plain_flow();
    let file = plain();
    let start = flow.start(&["de"]);
    assert_eq!(wire(&start), [file["hello"]["sendRequest"].clone(), file["ask"]["sendRequest"].clone()]);
    assert_eq!(passed(&start), ["hello", "ask"]);
    assert_eq!(start.answer, None);
    let other = go(&flow, &start, &Answer::choice("plant", "else"));
    assert_eq!(wire(&other), [file["open"]["sendRequest"].clone()]);
    assert_eq!(other.progress.editor, Some("which".into()));
    let typed = go(&flow, &other, &Answer::text(Some("which".into()), "Moss"));
    assert_eq!(wire(&typed), [file["close"]["sendRequest"].clone(), file["more"]["sendRequest"].clone()]);
    assert_eq!(typed.progress.editor, None);
    assert_eq!(passed(&typed), ["typed", "close", "more"]);
    let again = go(&flow, &typed, &Answer::choice("again", "y"));
    let roses = go(&flow, &again, &Answer::choice("plant", 2));
    let end = go(&flow, &roses, &Answer::choice("again", "n"));
    assert_eq!(said(&end), ["Thank you."]);
    assert_eq!(end.progress.waiting, Waiting::End);
    assert_eq!(end.progress.asked, 5);
}

#[test]
fn messages_have_their_keys_in_the_order_of_the_wire() {
    let flow = plain_flow();
    let start = flow.start(&[]);
    let sent = serde_json::to_string(&start.says[1]).expect("JSON");
    let begin =
        r#"{"kind":"ChoiceRequest","groupId":"plant","question":"What do you grow?","choices":[{"itemId":"herbs","#;
    assert!(sent.starts_with(begin), "{sent}");
    assert!(sent.contains(r#"{"itemId":2,"content":"Roses"}"#), "{sent}");
    let step = go(&flow, &start, &Answer::choice("plant", "2").to(1));
    let record = serde_json::to_string(&step.answer).expect("JSON");
    assert_eq!(record, r#"{"kind":"ChoiceResponse","groupId":"plant","itemId":2,"content":"Roses"}"#);
    let open = go(&flow, &start, &Answer::choice("plant", "else"));
    let typed = go(&flow, &open, &Answer::text(None, "Moss "));
    let record = Record::UserText { session_id: Some("which".into()), content: "Moss ".into(), size: None };
    assert_eq!(typed.answer, Some(record));
}

#[test]
fn what_does_not_fit_is_refused_and_the_repeat_is_known() {
    let flow = plain_flow();
    let start = flow.start(&[]).progress;
    let herbs = Answer::choice("plant", "herbs");
    let after = flow.answer(&start, &herbs).expect("it fits").progress;
    let end = flow.answer(&after, &Answer::choice("again", "n")).expect("it fits").progress;
    for (progress, answer, refusal) in [
        (&start, Answer::choice("plant", "trees"), Refusal::UnknownChoice),
        (&start, Answer::choice("again", "y"), Refusal::NotOpen),
        (&start, Answer::text(Some("which".into()), "x"), Refusal::NotOpen),
        (&start, Answer::text(None, " "), Refusal::Empty),
        (&start, herbs.clone().to(2), Refusal::NotOpen),
        (&start, herbs.clone().to(0), Refusal::NotOpen),
        (&after, herbs.clone(), Refusal::Repeat),
        (&after, herbs.clone().to(1), Refusal::Repeat),
        (&after, herbs.to(2), Refusal::NotOpen),
        (&after, Answer::choice("plant", 2), Refusal::NotOpen),
        (&after, Answer::choice("plant", 2).to(1), Refusal::NotOpen),
        (&end, Answer::choice("again", "n"), Refusal::Repeat),
        (&end, Answer::choice("again", "n").to(2), Refusal::Repeat),
        (&end, Answer::choice("again", "y"), Refusal::Ended),
    ] {
        assert_eq!(flow.answer(progress, &answer), Err(refusal), "{answer:?}");
    }
}

#[test]
fn an_old_answer_is_known_by_its_number_when_a_loop_asks_again() {
    let flow = plain_flow();
    let one = go(&flow, &flow.start(&[]), &Answer::choice("plant", "herbs").to(1));
    let two = go(&flow, &one, &Answer::choice("again", "y").to(2));
    let old = Answer::choice("plant", "herbs");
    assert_eq!(flow.answer(&two.progress, &old.clone().to(1)), Err(Refusal::Repeat));
    assert!(flow.answer(&two.progress, &old.clone().to(3)).is_ok());
    assert!(flow.answer(&two.progress, &old).is_ok(), "without a number it fits");
}

#[test]
fn the_closed_questions_are_bounded() {
    let flow = plain_flow();
    let mut step = flow.start(&[]);
    for _ in 0..100 {
        step = go(&flow, &step, &Answer::choice("plant", "herbs"));
        step = go(&flow, &step, &Answer::choice("again", "y"));
    }
    assert_eq!(step.progress.closed.len(), 100);
    assert_eq!(step.progress.number(), Some(201));
    assert!(serde_json::to_string(&step.progress).expect("JSON").len() < 3_500);
}

#[test]
fn a_progress_of_another_version_is_refused_and_breaks_nothing() {
    let flow = plain_flow();
    let progress = flow.start(&[]).progress;
    let mut other = plain();
    other.as_object_mut().expect("an object").retain(|name, _| name == "bye" || name == "hello");
    other["hello"]["next"] = json!("bye");
    let other = check("test", &text(&other, "hello")).flow.expect("it is right");
    assert_ne!(flow.version(), other.version());
    assert_eq!(other.answer(&progress, &Answer::choice("plant", 2)), Err(Refusal::Changed));
    assert!(other.requested(&progress, None).is_none() && other.handed_back(&progress).is_none());
    assert!(other.arrive(&progress, Some("ask")).is_none());
}

#[test]
fn progress_is_small_and_round_trips() {
    let progress = plain_flow().start(&["de-AT"]).progress;
    let written = serde_json::to_string(&progress).expect("JSON");
    let version = &progress.version;
    let wanted = format!(
        r#"{{"flow":"test","version":"{version}","waiting":{{"for":"answer"}},"open":{{"state":"ask","number":1}},"asked":1,"languages":["de-AT"]}}"#
    );
    assert_eq!(written, wanted);
    assert_eq!(serde_json::from_str::<Progress>(&written).expect("it is one"), progress);
}
