//! Reads a flow's file: from JSON with places to states, with everything that is wrong on the way.

mod condition;
mod input;
pub(crate) mod keys;
pub(crate) mod reading;
mod request;
mod settings;
mod state;

use self::reading::Reading;
use crate::{
    MOST_STATES,
    flow::State,
    json::{Node, Repeated, Value},
    settings::Settings,
};

/// What could be read.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) settings: Settings,
    pub(crate) states: Vec<State>,
    /// Whether every state could be read: else what is missing elsewhere may stand in those.
    pub(crate) whole: bool,
}

/// Reads a file. A repeated state is read where it stands first.
pub(crate) fn file<'n>(reading: &mut Reading<'n>, root: &'n Node, repeated: &[Repeated]) -> File {
    for one in repeated {
        let what = if one.depth == 1 && !one.key.starts_with('$') { "state" } else { "key" };
        let message = format!("The {what} `{}` is there twice, first in line {}.", one.key, one.first.line);
        reading.error(one.at, message);
    }
    let Value::Object(members) = &root.value else {
        reading.wrong::<()>(root, "A flow", "an object whose keys are its states");
        return File::default();
    };
    let mut named = Vec::new();
    for member in members.iter().filter(|member| !member.key.starts_with('$')) {
        if member.key.trim().is_empty() {
            reading.error(member.at, "A state needs a name.");
        }
        if !reading.states.contains_key(member.key.as_str()) {
            reading.states.insert(&member.key, named.len());
            named.push(member);
        }
    }
    if named.is_empty() {
        reading.error(root.at, "The flow has no states; the first one is where it starts.");
    }
    if named.len() > MOST_STATES {
        reading.error(root.at, format!("The flow has {} states, and at most {MOST_STATES} are allowed.", named.len()));
        return File::default();
    }
    let own = |key: &str| members.iter().find(|member| member.key == key).map(|member| &member.value);
    for member in members.iter().filter(|member| member.key.starts_with('$')) {
        if !["$flow", "$schema"].contains(&member.key.as_str()) {
            let near = reading.near(&member.key, ["$flow", "$schema"]);
            let message = format!("A state's name does not begin with `$`, and `{}` is no setting.{near}", member.key);
            reading.error(member.at, message);
        }
    }
    if let Some(node) = own("$schema") {
        reading.string(node, "`$schema`");
    }
    let settings = own("$flow").map(|node| {
        settings::languages(reading, node);
        settings::settings(reading, node)
    });
    let mut states = Vec::new();
    let mut whole = true;
    for member in named {
        reading.state = Some(&member.key);
        match state::state(reading, member) {
            // Places in `states` are those that links lead to, so one that can't be read is there, too.
            None => {
                whole = false;
                states.push(State { name: member.key.as_str().into(), at: member.at, kind: unread() });
            }
            Some(kind) => states.push(State { name: member.key.as_str().into(), at: member.at, kind }),
        }
    }
    reading.state = None;
    File { settings: settings.unwrap_or_default(), states, whole }
}

/// What stands in for a state that could not be read: it leads nowhere and asks nothing.
fn unread() -> crate::flow::Kind {
    crate::flow::Kind::Jump { flow: String::new(), state: None }
}
