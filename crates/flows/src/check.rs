//! The checker: what is wrong with a flow's file, and if nothing is, the flow.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use crate::{
    LARGEST_FILE,
    finding::{Finding, Position, Severity},
    flow::{Flow, Inner, Kind, State},
    json,
    read::{self, File, reading::Reading},
    walks,
};

/// What the checker found of a file.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The flow, if there are no errors.
    pub flow: Option<Flow>,
    /// Errors and warnings, in the order of the file.
    pub findings: Vec<Finding>,
    /// What could be read, with its errors: good to be drawn, and for nothing else.
    pub(crate) read: Option<Flow>,
}

/// The version that a text is, right or wrong: twelve hexadecimal digits that are others when the text is another.
pub fn version(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Checks a flow's file, which knows nothing of its own name.
pub fn check(name: &str, text: &str) -> Checked {
    let broken = |at: Position, message: String| {
        let (line, column) = (at.line, at.column);
        let finding = Finding { severity: Severity::Error, state: None, line, column, message };
        Checked { flow: None, findings: vec![finding], read: None }
    };
    if text.len() > LARGEST_FILE {
        let message = format!("The file is {} bytes long, and at most {LARGEST_FILE} are allowed.", text.len());
        return broken(Position::START, message);
    }
    let (root, repeated) = match json::read(text) {
        Ok(read) => read,
        Err(error) => return broken(error.at, error.message),
    };
    let mut reading = Reading::new();
    let file = read::file(&mut reading, &root, &repeated);
    let answers = Answers::of(&mut reading, &file.states);
    if file.whole {
        answers.pair(&mut reading, &file.states);
        walks::check_reach(&mut reading, &file, &answers);
    }
    walks::check_waits(&mut reading, &file.states);
    check_variables(&mut reading);
    let findings = reading.findings;
    let read = flow(name, text, file, answers);
    let flow = (!findings.any_errors()).then(|| read.clone());
    Checked { flow, findings: findings.sorted(), read: Some(read) }
}

fn flow(name: &str, text: &str, file: File, answers: Answers) -> Flow {
    let version = version(text);
    let index = file.states.iter().enumerate().map(|(at, state)| (state.name.clone(), at)).collect();
    let (name, text) = (name.to_owned(), text.to_owned());
    let Answers { choices, sessions } = answers;
    let File { settings, states, .. } = file;
    Flow(Arc::new(Inner { name, text, version, settings, states, index, choices, sessions }))
}

/// Which state matches which answer.
pub(crate) struct Answers {
    pub(crate) choices: HashMap<(String, String), usize>,
    pub(crate) sessions: HashMap<String, usize>,
}

impl Answers {
    fn of(reading: &mut Reading<'_>, states: &[State]) -> Self {
        let mut answers = Self { choices: HashMap::new(), sessions: HashMap::new() };
        for (at, state) in states.iter().enumerate() {
            let (earlier, what) = match &state.kind {
                Kind::MatchChoice { group, item, .. } => {
                    let key = (group.key().into_owned(), item.key().into_owned());
                    let what = format!("the choice `{item}` of the group `{group}`");
                    (*answers.choices.entry(key).or_insert(at), what)
                }
                Kind::MatchText { session, .. } => {
                    let what = format!("the text of the session `{session}`");
                    (*answers.sessions.entry(session.key().into_owned()).or_insert(at), what)
                }
                _ => continue,
            };
            if earlier != at {
                let message = format!("{what} is matched already, by the state `{}`.", states[earlier].name);
                reading.findings.error(Some(&state.name), state.at, capital(&message));
            }
        }
        answers
    }

    /// Every question has its answers' matches, and every match its question.
    fn pair(&self, reading: &mut Reading<'_>, states: &[State]) {
        let mut groups: HashMap<String, BTreeSet<String>> = HashMap::new();
        let mut sessions = BTreeSet::new();
        for state in states {
            match &state.kind {
                Kind::Choice { group, choices, .. } => {
                    let items = groups.entry(group.key().into_owned()).or_default();
                    for choice in choices {
                        items.insert(choice.item.key().into_owned());
                        let key = (group.key().into_owned(), choice.item.key().into_owned());
                        if !self.choices.contains_key(&key) {
                            let message = format!(
                                "No state matches the choice `{}` of the group `{group}`; add one with a ChoiceResponse.",
                                choice.item
                            );
                            reading.findings.error(Some(&state.name), choice.at, message);
                        }
                    }
                }
                Kind::Chat { session, .. } => {
                    sessions.insert(session.key().into_owned());
                    if !self.sessions.contains_key(&*session.key()) {
                        let message =
                            format!("No state matches the text of the session `{session}`; add one with a UserText.");
                        reading.findings.error(Some(&state.name), state.at, message);
                    }
                }
                _ => {}
            }
        }
        for state in states {
            let message = match &state.kind {
                Kind::MatchChoice { group, item, .. } => match groups.get(&*group.key()) {
                    None => {
                        let near = reading.near(&group.key(), groups.keys().map(String::as_str));
                        format!("No ChoiceRequest asks the group `{group}`, so this is never matched.{near}")
                    }
                    Some(items) if items.contains(&*item.key()) => continue,
                    Some(items) => {
                        let near = reading.near(&item.key(), items.iter().map(String::as_str));
                        format!("The group `{group}` has no choice `{item}`, so this is never matched.{near}")
                    }
                },
                Kind::MatchText { session, .. } | Kind::EndChat { session, .. } => {
                    if sessions.contains(&*session.key()) {
                        continue;
                    }
                    let near = reading.near(&session.key(), sessions.iter().map(String::as_str));
                    let so =
                        if matches!(state.kind, Kind::EndChat { .. }) { "can't be ended" } else { "is never matched" };
                    format!("No StartChatSession starts the session `{session}`, so it {so}.{near}")
                }
                _ => continue,
            };
            reading.findings.error(Some(&state.name), state.at, message);
        }
    }
}

fn check_variables(reading: &mut Reading<'_>) {
    for one in std::mem::take(&mut reading.used) {
        if !reading.set.contains(&one.name) {
            let near = reading.near(&one.name, reading.set.iter().map(String::as_str));
            let near = if near.is_empty() {
                " Set it by `as` or `keep`, or name it in `$flow`, `variables`, if another flow or the page sets it."
            } else {
                &near
            };
            let message = format!("No state sets the variable `{}`.{near}", one.name);
            reading.findings.error(one.state.as_deref(), one.at, message);
        }
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
