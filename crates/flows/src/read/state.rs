//! Reads a state.

use super::{
    condition::next,
    input, keys,
    reading::{NOWHERE, Object, Reading},
    request,
};
use crate::{
    finding::Position,
    flow::{Choice, Kind, Next},
    json::{Member, Node},
};

/// How many states a choice may lead to; nobody reads more.
const MOST_CHOICES: usize = 100;

/// One state, if it has no error that hides what it does.
pub(super) fn state<'n>(reading: &mut Reading<'n>, member: &'n Member) -> Option<Kind> {
    let object = reading.object(&member.value, "A state", keys::STATE)?;
    let next_node = object.member("next");
    let next = next_node.map(|member| self::next(reading, &member.value));
    let next = Onward { at: next_node.map(|member| member.at), next };
    let heads: Vec<_> =
        object.members.iter().filter(|member| keys::STATE[..4].contains(&member.key.as_str())).collect();
    let [head] = heads[..] else {
        let message = "A state has one of `sendRequest`, `matchResponse`, `request` and `jump`.";
        reading.error(member.at, message);
        return None;
    };
    match head.key.as_str() {
        "sendRequest" => sends(reading, &head.value, next),
        "matchResponse" => matches(reading, &head.value, next, member.at),
        "request" => {
            let read = request::request(reading, &head.value);
            let next = next.needed(reading, member.at, "A request needs a `next`: where it goes on with the answer.");
            let (request, otherwise) = read?;
            Some(Kind::Request { request: Box::new(request), next, otherwise })
        }
        _ => {
            next.none(reading, "A jump has no `next`: it goes on in the other flow.");
            let object = reading.object(&head.value, "`jump`", keys::JUMP)?;
            let flow = reading.needed(&object, "flow", "`jump`")?;
            let flow = reading.filled(flow, "`flow`")?.to_owned();
            let state = object.get("state").and_then(|node| reading.filled(node, "`state`")).map(str::to_owned);
            Some(Kind::Jump { flow, state })
        }
    }
}

/// A state's `next`, which not every state may have, and some must.
struct Onward {
    at: Option<Position>,
    next: Option<Next>,
}

impl Onward {
    fn none(&self, reading: &mut Reading<'_>, message: &str) {
        if let Some(at) = self.at {
            reading.error(at, message);
        }
    }

    fn needed(self, reading: &mut Reading<'_>, at: Position, message: &str) -> Next {
        self.next.unwrap_or_else(|| {
            reading.error(at, message);
            Next::To(NOWHERE)
        })
    }
}

/// The `kind` of an object, which decides what else is in it.
fn kind<'n>(reading: &mut Reading<'n>, node: &'n Node, what: &str, kinds: &[&str], others: &[&str]) -> Option<&'n str> {
    let object = reading.any_object(node, what)?;
    let node = reading.needed(&object, "kind", what)?;
    let kind = reading.string(node, "`kind`")?;
    if kinds.contains(&kind) {
        return Some(kind);
    }
    if others.contains(&kind) {
        let other = if what == "`sendRequest`" { "matchResponse" } else { "sendRequest" };
        reading.error(node.at, format!("`{kind}` is a kind of `{other}`, and not of {what}."));
        return None;
    }
    let near = reading.near(kind, kinds.iter().copied());
    let near = if near.is_empty() { format!(" The kinds are {}.", super::reading::listed(kinds)) } else { near };
    reading.error(node.at, format!("{what} has no kind `{kind}`.{near}"));
    None
}

fn sends<'n>(reading: &mut Reading<'n>, node: &'n Node, next: Onward) -> Option<Kind> {
    let kind = kind(reading, node, "`sendRequest`", keys::SENDS, keys::MATCHES)?;
    match kind {
        "BotText" => {
            let object = reading.object(node, "A BotText", keys::BOT_TEXT)?;
            let content = reading.needed_text(&object, "content", "A BotText");
            Some(Kind::Say { content, next: next.next })
        }
        "ChoiceRequest" => {
            next.none(reading, "A ChoiceRequest has no `next`: each choice goes on at the state that matches it.");
            choice_request(reading, node)
        }
        "StartChatSession" => {
            next.none(reading, "A StartChatSession has no `next`: it goes on at the state that matches its UserText.");
            start_chat(reading, node)
        }
        "EndChatSession" => {
            let object = reading.object(node, "An EndChatSession", keys::END_CHAT)?;
            let session = reading.id(&object, "sessionId", "An EndChatSession");
            Some(Kind::EndChat { session: session?, next: next.next })
        }
        _ => {
            let object = reading.object(node, "A Handoff", keys::HANDOFF)?;
            let message = reading.optional_text(&object, "message");
            let queue = object.get("queue").and_then(|node| reading.filled(node, "`queue`")).map(str::to_owned);
            Some(Kind::Handoff { message, queue, next: next.next })
        }
    }
}

fn choice_request<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Kind> {
    let object = reading.object(node, "A ChoiceRequest", keys::CHOICE_REQUEST)?;
    let group = reading.id(&object, "groupId", "A ChoiceRequest");
    let question = reading.needed_text(&object, "question", "A ChoiceRequest");
    let save = saved(reading, &object);
    let choices = reading.needed(&object, "choices", "A ChoiceRequest")?;
    let items = reading.list(choices, "`choices`")?;
    if items.is_empty() {
        reading.error(choices.at, "`choices` is empty, and so nobody could answer.");
    }
    if items.len() > MOST_CHOICES {
        reading.error(choices.at, format!("`choices` has {}, and at most {MOST_CHOICES} are allowed.", items.len()));
    }
    let mut read: Vec<Choice> = Vec::new();
    for node in items {
        let Some(object) = reading.object(node, "A choice", keys::CHOICE) else { continue };
        let item = reading.id(&object, "itemId", "A choice");
        let content = reading.needed_text(&object, "content", "A choice");
        let Some(item) = item else { continue };
        let at = object.get("itemId").map_or(object.at, |node| node.at);
        if let Some(first) = read.iter().find(|choice| choice.item == item) {
            let message = format!("The itemId `{item}` is in this question twice, first in line {}.", first.at.line);
            reading.error(at, message);
        }
        read.push(Choice { item, content, at });
    }
    Some(Kind::Choice { group: group?, question, choices: read, save })
}

fn start_chat<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Kind> {
    let object = reading.object(node, "A StartChatSession", keys::START_CHAT)?;
    let session = reading.id(&object, "sessionId", "A StartChatSession");
    let prompt = reading.optional_text(&object, "chatPrompt");
    let text = reading.optional_text(&object, "chatText");
    let save = saved(reading, &object);
    let input = object.get("input").and_then(|node| input::input(reading, node)).map(Box::new);
    Some(Kind::Chat { session: session?, prompt, text, save, input })
}

fn saved<'n>(reading: &mut Reading<'n>, object: &Object<'n>) -> Option<String> {
    let node = object.get("as")?;
    let name = reading.string(node, "`as`")?;
    reading.sets(name, node.at)
}

fn matches<'n>(reading: &mut Reading<'n>, node: &'n Node, next: Onward, at: Position) -> Option<Kind> {
    let kind = kind(reading, node, "`matchResponse`", keys::MATCHES, keys::SENDS);
    let next = next.needed(reading, at, "A match needs a `next`: where it goes on with this answer.");
    match kind? {
        "ChoiceResponse" => {
            let object = reading.object(node, "A ChoiceResponse", keys::CHOICE_RESPONSE)?;
            let group = reading.id(&object, "groupId", "A ChoiceResponse");
            let item = reading.id(&object, "itemId", "A ChoiceResponse");
            Some(Kind::MatchChoice { group: group?, item: item?, next })
        }
        _ => {
            let object = reading.object(node, "A UserText", keys::USER_TEXT)?;
            let session = reading.id(&object, "sessionId", "A UserText");
            Some(Kind::MatchText { session: session?, next })
        }
    }
}
