//! Reads `next`, and the conditions in it.

use super::{
    keys,
    reading::{NOWHERE, Object, Reading, listed},
};
use crate::{
    condition::{Condition, Test},
    flow::Next,
    json::{Node, Value},
    pattern::Pattern,
};

/// A state's `next`: a state's name, or transitions with conditions.
pub(super) fn next<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Next {
    let transitions = match &node.value {
        Value::Text(_) => return Next::To(reading.link(node, "`next`")),
        Value::List(transitions) => transitions,
        _ => {
            reading.wrong::<()>(node, "`next`", "a state's name, or a list of transitions");
            return Next::To(NOWHERE);
        }
    };
    let mut when = Vec::new();
    let mut last = NOWHERE;
    let mut complete = false;
    for transition in transitions {
        if complete {
            reading.error(transition.at, "Nothing may stand behind the transition with `else`; it is the last one.");
            break;
        }
        let Some(object) = reading.object(transition, "A transition", keys::TRANSITION) else { continue };
        if let Some(node) = object.get("else") {
            complete = true;
            if object.members.len() > 1 {
                reading.error(object.at, "A transition has `when` and `to`, or `else` alone.");
            }
            last = reading.link(node, "`else`");
            continue;
        }
        let condition = reading.needed(&object, "when", "A transition");
        let condition = condition.and_then(|node| self::condition(reading, node));
        let to = reading.needed(&object, "to", "A transition").map(|node| reading.link(node, "`to`"));
        // Without its condition it leads there still, for whoever looks what can be reached.
        when.extend(to.map(|to| (condition.unwrap_or(Condition::All(Vec::new())), to)));
    }
    if !complete {
        reading.error(node.at, "The last transition says where it goes on if none holds: {\"else\": \"a state\"}.");
    }
    Next::When(when, last)
}

fn condition<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Condition> {
    let object = reading.object(node, "A condition", keys::CONDITION)?;
    let heads: Vec<_> = ["variable", "all", "any", "not"].into_iter().filter(|key| object.get(key).is_some()).collect();
    let [head] = heads[..] else {
        reading.error(object.at, "A condition has one of `variable`, `all`, `any` and `not`.");
        return None;
    };
    if head != "variable" && object.members.len() > 1 {
        reading.error(object.at, format!("A condition with `{head}` has no other key."));
    }
    let node = object.get(head)?;
    match head {
        "not" => Some(Condition::Not(Box::new(condition(reading, node)?))),
        "variable" => tested(reading, &object, node),
        _ => {
            let items = reading.list(node, &format!("`{head}`"))?;
            if items.is_empty() {
                reading.error(node.at, format!("`{head}` has no conditions in it."));
            }
            let all: Vec<_> = items.iter().map(|item| condition(reading, item)).collect();
            let all = all.into_iter().collect::<Option<_>>()?;
            Some(if head == "all" { Condition::All(all) } else { Condition::Any(all) })
        }
    }
}

fn tested<'n>(reading: &mut Reading<'n>, object: &Object<'n>, variable: &'n Node) -> Option<Condition> {
    let name = reading.string(variable, "`variable`")?;
    reading.uses(name, variable.at);
    let tests: Vec<_> = object.members.iter().filter(|member| keys::TESTS.contains(&member.key.as_str())).collect();
    let [test] = tests[..] else {
        reading.error(object.at, format!("A condition on a variable has one test: one of {}.", listed(keys::TESTS)));
        return None;
    };
    let key = test.key.as_str();
    let node = &test.value;
    let test = match (key, &node.value) {
        ("exists", Value::Bool(wanted)) => Test::Exists(*wanted),
        ("exists", _) => return reading.wrong(node, "`exists`", "true or false"),
        ("matches", _) => Test::Matches(reading.pattern(node, "`matches`", Pattern::anywhere)?),
        (_, Value::Text(_) | Value::Number(_)) => {
            let value = match &node.value {
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            match key {
                "equals" => Test::Equals(value),
                "notEquals" => Test::NotEquals(value),
                "contains" => Test::Contains(value),
                "startsWith" => Test::StartsWith(value),
                "endsWith" => Test::EndsWith(value),
                "atLeast" => Test::AtLeast(value),
                _ => Test::AtMost(value),
            }
        }
        _ => return reading.wrong(node, &format!("`{key}`"), "a text or a number"),
    };
    Some(Condition::Test { variable: name.to_owned(), test })
}
