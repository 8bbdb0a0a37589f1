//! The keys that a flow's file may have, by what has them.

/// What may stand in `$flow`.
pub(crate) const FLOW: &[&str] = &["title", "fallback", "languages", "hours", "handoff", "variables"];
pub(crate) const HOURS: &[&str] = &["timezone", "days", "closed"];
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
