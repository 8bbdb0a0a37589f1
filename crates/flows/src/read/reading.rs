//! Takes values out of a file's objects, and writes down what is wrong with them.

use std::collections::{HashMap, HashSet};

use crate::{
    finding::{Findings, Position, did_you_mean},
    id::Id,
    json::{Member, Node, Value},
    pattern::Pattern,
    text::{Template, Text, is_name},
};

/// After so many errors nobody looks for near misses any more: it takes time, and helps nobody.
const SUGGESTIONS: usize = 40;

/// How much memory a file's regular expressions may take together, in bytes.
const PATTERNS: usize = 16 * 1024 * 1024;

/// What stands for a state that is not there, so that the rest can be checked. No flow has it.
pub(crate) const NOWHERE: usize = usize::MAX;

/// A variable somewhere in a file.
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) state: Option<String>,
    pub(crate) at: Position,
}

/// A file while it is read.
pub(crate) struct Reading<'n> {
    pub(crate) findings: Findings,
    /// The state that is being read.
    pub(crate) state: Option<&'n str>,
    /// All states by their names.
    pub(crate) states: HashMap<&'n str, usize>,
    pub(crate) languages: Vec<String>,
    /// Where variables are read.
    pub(crate) used: Vec<Use>,
    /// Which are set somewhere.
    pub(crate) set: HashSet<String>,
    /// How much memory the file's regular expressions take.
    patterns: usize,
}

/// An object of the file.
#[derive(Clone, Copy)]
pub(crate) struct Object<'n> {
    pub(crate) at: Position,
    pub(crate) members: &'n [Member],
}

impl<'n> Object<'n> {
    pub(crate) fn member(&self, key: &str) -> Option<&'n Member> {
        self.members.iter().find(|member| member.key == key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.member(key).map(|member| &member.value)
    }
}

impl<'n> Reading<'n> {
    pub(crate) fn new() -> Self {
        Self {
            findings: Findings::default(),
            state: None,
            states: HashMap::new(),
            languages: Vec::new(),
            used: Vec::new(),
            set: HashSet::new(),
            patterns: 0,
        }
    }

    pub(crate) fn error(&mut self, at: Position, message: impl Into<String>) {
        self.findings.error(self.state, at, message);
    }

    /// ` Did you mean `x`?`
    pub(crate) fn near<'a>(&self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
        if self.findings.errors() < SUGGESTIONS { did_you_mean(wrong, known) } else { String::new() }
    }

    /// An object that has no other keys than these. `what` is how messages call it.
    pub(crate) fn object(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<Object<'n>> {
        let object = self.any_object(node, what)?;
        for member in object.members {
            if !keys.contains(&member.key.as_str()) {
                let near = self.near(&member.key, keys.iter().copied());
                let near = if near.is_empty() { format!(" It has {}.", listed(keys)) } else { near };
                self.error(member.at, format!("{what} has no key `{}`.{near}", member.key));
            }
        }
        Some(object)
    }

    /// An object with whatever keys.
    pub(crate) fn any_object(&mut self, node: &'n Node, what: &str) -> Option<Object<'n>> {
        match &node.value {
            Value::Object(members) => Some(Object { at: node.at, members }),
            _ => self.wrong(node, what, "an object"),
        }
    }

    /// Says that a value is of another type than it should be.
    pub(crate) fn wrong<T>(&mut self, node: &Node, what: &str, wanted: &str) -> Option<T> {
        self.error(node.at, format!("{what} is {wanted}, and not {}.", node.what()));
        None
    }

    /// A key that has to be there.
    pub(crate) fn needed(&mut self, object: &Object<'n>, key: &str, what: &str) -> Option<&'n Node> {
        let node = object.get(key);
        if node.is_none() {
            // A key that is like it was told of already.
            self.error(object.at, format!("{what} needs the key `{key}`."));
        }
        node
    }

    pub(crate) fn list(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => self.wrong(node, what, "a list"),
        }
    }

    pub(crate) fn string(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => self.wrong(node, what, "a text"),
        }
    }

    /// A string that says something.
    pub(crate) fn filled(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = self.string(node, what)?;
        if text.trim().is_empty() {
            self.error(node.at, format!("{what} is empty."));
            return None;
        }
        Some(text)
    }

    pub(crate) fn whole(&mut self, node: &Node, what: &str, from: u32, to: u32) -> Option<u32> {
        let whole = match &node.value {
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            _ => None,
        };
        let whole = whole.filter(|number| (from..=to).contains(number));
        if whole.is_none() {
            self.error(node.at, format!("{what} is a whole number from {from} to {to}."));
        }
        whole
    }

    /// A text or a whole number, which names a group, a session or an item.
    pub(crate) fn id(&mut self, object: &Object<'n>, key: &str, what: &str) -> Option<Id> {
        let node = self.needed(object, key, what)?;
        match &node.value {
            Value::Text(text) if text.is_empty() => {
                self.error(node.at, format!("`{key}` is empty."));
                None
            }
            Value::Text(text) => Some(Id::Text(text.clone())),
            Value::Number(number) if number.is_i64() => number.as_i64().map(Id::Number),
            _ => self.wrong(node, &format!("`{key}`"), "a text or a whole number"),
        }
    }

    /// The state that a text names; nowhere, once that has been told, if there is none.
    pub(crate) fn link(&mut self, node: &'n Node, what: &str) -> usize {
        let Some(name) = self.string(node, what) else { return NOWHERE };
        let to = self.states.get(name).copied();
        if to.is_none() {
            let near = self.near(name, self.states.keys().copied());
            self.error(node.at, format!("{what} leads to `{name}`, and there is no such state.{near}"));
        }
        to.unwrap_or(NOWHERE)
    }

    /// A regular expression, read by what it is for.
    pub(crate) fn pattern(
        &mut self,
        node: &'n Node,
        what: &str,
        read: fn(&str) -> Result<Pattern, String>,
    ) -> Option<Pattern> {
        let source = self.string(node, what)?;
        if self.patterns > PATTERNS {
            self.error(node.at, "The regular expressions of this flow are too large together; make them simpler.");
            return None;
        }
        match read(source) {
            Ok(pattern) => {
                self.patterns += pattern.size();
                Some(pattern)
            }
            Err(reason) => {
                self.error(node.at, format!("{what} is no regular expression: {reason}."));
                None
            }
        }
    }

    /// The name of a variable that is set here.
    pub(crate) fn sets(&mut self, name: &str, at: Position) -> Option<String> {
        self.set.insert(name.to_owned());
        if !is_name(name) {
            let message =
                format!("`{name}` is no variable's name: it begins with a letter and has letters, digits and `_`.");
            self.error(at, message);
            return None;
        }
        Some(name.to_owned())
    }

    /// A text with variables in it.
    pub(crate) fn template(&mut self, text: &str, at: Position) -> Template {
        let template = Template::read(text);
        for name in template.variables() {
            self.uses(name, at);
        }
        template
    }

    pub(crate) fn uses(&mut self, name: &str, at: Position) {
        self.used.push(Use { name: name.to_owned(), state: self.state.map(str::to_owned), at });
    }

    /// A text, in one language or by languages.
    pub(crate) fn text(&mut self, node: &'n Node, what: &str) -> Option<Text> {
        match &node.value {
            Value::Text(text) => Some(Text::One(self.template(text, node.at))),
            Value::Object(members) => {
                if self.languages.is_empty() {
                    self.error(node.at, format!("{what} is by language; name the languages in `$flow`, `languages`."));
                    return None;
                }
                for member in members {
                    if !self.languages.contains(&member.key) {
                        let near = self.near(&member.key, self.languages.iter().map(String::as_str));
                        let message = format!("`{}` is none of the flow's languages.{near}", member.key);
                        self.error(member.at, message);
                    }
                }
                let first = self.languages[0].clone();
                if !members.iter().any(|member| member.key == first) {
                    self.error(node.at, format!("{what} lacks `{first}`, the flow's first language."));
                }
                let mut texts = std::collections::BTreeMap::new();
                for member in members {
                    let text = self.string(&member.value, what)?;
                    texts.insert(member.key.clone(), self.template(text, member.value.at));
                }
                Some(Text::Many(texts))
            }
            _ => self.wrong(node, what, "a text, or texts by language"),
        }
    }

    /// A text that has to be there; an empty one, once that has been told, if it is not.
    pub(crate) fn needed_text(&mut self, object: &Object<'n>, key: &str, what: &str) -> Text {
        let text = self.needed(object, key, what).and_then(|node| self.text(node, &format!("`{key}`")));
        text.unwrap_or_else(|| Text::One(Template::default()))
    }

    pub(crate) fn optional_text(&mut self, object: &Object<'n>, key: &str) -> Option<Text> {
        let node = object.get(key)?;
        self.text(node, &format!("`{key}`"))
    }
}

/// `a`, `b` and `c`, in backticks.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
