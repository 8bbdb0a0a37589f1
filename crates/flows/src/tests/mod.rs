//! Flows as a whole: what the checker says of files, and how sessions go.

mod answers;
mod checker;
mod extended;
mod jumps;
mod random;

use serde_json::{Value, json};

use crate::{Answer, Flow, Say, Step, check};

/// The form that flows have had from the start: a greeting, a choice, an editor for another, and round again.
pub(crate) fn plain() -> Value {
    json!({
        "hello": {"sendRequest": {"kind": "BotText", "content": "Welcome to the <b>garden</b>."}, "next": "ask"},
        "ask": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "plant", "question": "What do you grow?", "choices": [
            {"itemId": "herbs", "content": "Herbs"},
            {"itemId": 2, "content": "Roses"},
            {"itemId": "else", "content": "Something else"},
        ]}},
        "herbs": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "plant", "itemId": "herbs"}, "next": "more"},
        "roses": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "plant", "itemId": "2"}, "next": "more"},
        "else": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "plant", "itemId": "else"}, "next": "open"},
        "open": {"sendRequest": {
            "kind": "StartChatSession", "sessionId": "which", "chatPrompt": "Name it", "chatText": "What is it?",
        }},
        "typed": {"matchResponse": {"kind": "UserText", "sessionId": "which"}, "next": "close"},
        "close": {"sendRequest": {"kind": "EndChatSession", "sessionId": "which"}, "next": "more"},
        "more": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "again", "question": "Anything more?", "choices": [
            {"itemId": "y", "content": "Yes"},
            {"itemId": "n", "content": "No"},
        ]}},
        "yes": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "again", "itemId": "y"}, "next": "ask"},
        "no": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "again", "itemId": "n"}, "next": "bye"},
        "bye": {"sendRequest": {"kind": "BotText", "content": "Thank you."}},
    })
}

/// A file in which the states' order is that of the list.
pub(crate) fn file(states: &[(&str, Value)]) -> String {
    let members: Vec<_> = states.iter().map(|(name, state)| format!("{}: {state}", json!(name))).collect();
    format!("{{{}}}", members.join(",\n"))
}

/// The file of a value. Its keys are sorted where serde_json sorts them, so the first state is put in front.
pub(crate) fn text(value: &Value, first: &str) -> String {
    let object = value.as_object().expect("an object");
    let mut states: Vec<_> = object.iter().map(|(name, state)| (name.as_str(), state.clone())).collect();
    states.sort_by_key(|(name, _)| (*name != first, !name.starts_with('$')));
    file(&states)
}

pub(crate) fn flow(text: &str) -> Flow {
    let checked = check("test", text);
    let told: Vec<_> = checked.findings.iter().map(ToString::to_string).collect();
    checked.flow.unwrap_or_else(|| panic!("{}", told.join("\n")))
}

pub(crate) fn plain_flow() -> Flow {
    flow(&text(&plain(), "hello"))
}

/// What a step says, as text alone.
pub(crate) fn said(step: &Step) -> Vec<String> {
    let text = |say: &Say| match say {
        Say::BotText { content } => content.clone(),
        Say::ChoiceRequest { question, .. } => format!("? {question}"),
        Say::StartChatSession { chat_text, .. } => format!("> {}", chat_text.clone().unwrap_or_default()),
        Say::EndChatSession { .. } => "<".into(),
        Say::Handoff { message } => format!("! {}", message.clone().unwrap_or_default()),
    };
    step.says.iter().map(text).collect()
}

/// Goes on with an answer that is right.
pub(crate) fn go(flow: &Flow, step: &Step, answer: &Answer) -> Step {
    flow.answer(&step.progress, answer).unwrap_or_else(|refusal| panic!("{answer:?}: {refusal}"))
}

/// The names of the states that a step came to.
fn passed(step: &Step) -> Vec<&str> {
    step.passed.iter().map(|passed| &*passed.state).collect()
}
