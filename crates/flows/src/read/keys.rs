//! The keys that a flow's file may have, by what has them.

/// What may stand in `$flow`.
pub(crate) const FLOW: &[&str] = &["title", "fallback", "languages", "hours", "handoff", "variables"];
pub(crate) const HOURS: &[&str] = &["timezone", "days", "closed", "thanks"];
pub(crate) const HANDOFF_SETTINGS: &[&str] = &["queue"];
/// What may stand in a state, one of the first four alone.
pub(crate) const STATE: &[&str] = &["sendRequest", "matchResponse", "request", "jump", "next"];
pub(crate) const TRANSITION: &[&str] = &["when", "to", "else"];
pub(crate) const BOT_TEXT: &[&str] = &["kind", "content"];
pub(crate) const CHOICE_REQUEST: &[&str] = &["kind", "groupId", "question", "choices", "as"];
pub(crate) const CHOICE: &[&str] = &["itemId", "content"];
pub(crate) const START_CHAT: &[&str] = &["kind", "sessionId", "chatPrompt", "chatText", "as", "input"];
pub(crate) const END_CHAT: &[&str] = &["kind", "sessionId"];
pub(crate) const HANDOFF: &[&str] = &["kind", "message", "queue"];
pub(crate) const CHOICE_RESPONSE: &[&str] = &["kind", "groupId", "itemId"];
pub(crate) const USER_TEXT: &[&str] = &["kind", "sessionId"];
pub(crate) const INPUT: &[&str] = &["type", "min", "max", "pattern", "choices", "error", "retries", "else"];
pub(crate) const REQUEST: &[&str] = &["method", "url", "headers", "query", "body", "timeout", "keep", "else"];
pub(crate) const JUMP: &[&str] = &["flow", "state"];
/// The tests of a condition.
pub(crate) const TESTS: &[&str] =
    &["equals", "notEquals", "contains", "startsWith", "endsWith", "matches", "atLeast", "atMost", "exists"];
/// A condition: a variable with a test, or others put together.
pub(crate) const CONDITION: &[&str] = &[
    "variable",
    "equals",
    "notEquals",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "atLeast",
    "atMost",
    "exists",
    "all",
    "any",
    "not",
];
/// The kinds of `sendRequest`.
pub(crate) const SENDS: &[&str] = &["BotText", "ChoiceRequest", "StartChatSession", "EndChatSession", "Handoff"];
/// The kinds of `matchResponse`.
pub(crate) const MATCHES: &[&str] = &["ChoiceResponse", "UserText"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::{Method, SCHEMA, input::InputType, settings::Hours};

    const PAGE: &str = include_str!("../../../../docs/reference/flows.md");

    #[test]
    fn the_schema_and_the_page_have_the_same_keys_and_kinds() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let definitions = &schema["$defs"];
        for (name, keys) in [
            ("flow", FLOW),
            ("hours", HOURS),
            ("handoffSettings", HANDOFF_SETTINGS),
            ("state", STATE),
            ("transition", TRANSITION),
            ("condition", CONDITION),
            ("botText", BOT_TEXT),
            ("choiceRequest", CHOICE_REQUEST),
            ("choice", CHOICE),
            ("startChatSession", START_CHAT),
            ("endChatSession", END_CHAT),
            ("handoff", HANDOFF),
            ("choiceResponse", CHOICE_RESPONSE),
            ("userText", USER_TEXT),
            ("input", INPUT),
            ("request", REQUEST),
            ("jump", JUMP),
        ] {
            let there: BTreeSet<_> =
                definitions[name]["properties"].as_object().expect(name).keys().map(String::as_str).collect();
            assert_eq!(there, keys.iter().copied().collect(), "{name}");
            assert_eq!(definitions[name]["additionalProperties"], false, "{name}");
            for key in keys {
                assert!(
                    PAGE.contains(&format!("`{key}`")) || PAGE.contains(&format!("\"{key}\"")),
                    "{key} is not in the page"
                );
            }
        }
        let days = definitions["hours"]["properties"]["days"]["properties"].as_object().expect("days");
        assert!(days.len() == 7 && Hours::DAYS.iter().all(|day| days.contains_key(*day)));
        let types = &definitions["input"]["properties"]["type"]["enum"];
        assert_eq!(*types, Value::from(InputType::ALL.map(|(name, _)| name).to_vec()));
        let methods = &definitions["request"]["properties"]["method"]["enum"];
        assert_eq!(*methods, Value::from(Method::ALL.map(Method::name).to_vec()));
        let state = &definitions["state"]["properties"];
        for (key, kinds) in [("sendRequest", SENDS), ("matchResponse", MATCHES)] {
            let named: Vec<_> = state[key]["oneOf"]
                .as_array()
                .expect(key)
                .iter()
                .map(|one| one["$ref"].as_str().expect("a reference").trim_start_matches("#/$defs/"))
                .map(|name| definitions[name]["properties"]["kind"]["const"].as_str().expect(name))
                .collect();
            assert_eq!(named, kinds);
        }
    }
}
