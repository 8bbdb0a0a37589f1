//! What a visitor says to a flow, what the flow has to say to that, and what the log has to hold of it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// The flow's name and its file, in the shape of a survey on a web site: choices, an editor, a loop.
pub(crate) const FLOW: &str = "tea";
const FILE: &str = include_str!("../flows/tea.json");

/// The way through it: the answer, and the states that speak then.
const WAY: [(Given, &[&str]); 6] = [
    (Given::Choice("tea", "other", "Other"), &["open"]),
    (Given::Text("own"), &["close", "more"]),
    (Given::Choice("more", "yes", "Yes"), &["ask"]),
    (Given::Choice("tea", "other", "Other"), &["open"]),
    (Given::Text("own"), &["close", "more"]),
    (Given::Choice("more", "no", "No"), &["done"]),
];
/// Who speaks before anybody has answered.
const GREETING: &[&str] = &["hello", "ask"];

/// An answer.
enum Given {
    /// To this group, this item, which reads so.
    Choice(&'static str, &'static str, &'static str),
    /// In this editor. No two visitors write the same.
    Text(&'static str),
}

impl Given {
    /// As this visitor gives it, and as the log has it.
    fn message(&self, visitor: u64) -> Value {
        match self {
            Self::Choice(group, item, content) => {
                json!({"kind": "ChoiceResponse", "groupId": group, "itemId": item, "content": content})
            }
            Self::Text(session) => json!({"kind": "UserText", "sessionId": session, "content": text(visitor)}),
        }
    }
}

fn text(visitor: u64) -> String {
    format!("The one that visitor {visitor} had in the mountains")
}

/// What a flow has to say, and the bytes in which it was found to say it.
struct Wanted {
    message: Value,
    known: RefCell<Vec<u8>>,
}

/// A way through the flow.
pub(crate) struct Script {
    /// What comes at first, and after each answer.
    says: Vec<Vec<Wanted>>,
}

impl Script {
    pub(crate) fn read() -> Result<Self> {
        let flow: Value = serde_json::from_str(FILE)?;
        let wanted = |state: &&str| {
            let message = flow[*state]["sendRequest"].clone();
            ensure!(message.is_object(), "the flow has no state {state} that says something");
            Ok(Wanted { message, known: RefCell::default() })
        };
        let all = std::iter::once(GREETING).chain(WAY.iter().map(|(_, states)| *states));
        let says = all.map(|states| states.iter().map(wanted).collect::<Result<_>>());
        Ok(Self { says: says.collect::<Result<_>>()? })
    }

    /// How many answers a visitor gives.
    pub(crate) const fn answers() -> usize {
        WAY.len()
    }

    /// A visitor's answer number so many, from 0, as it is sent.
    pub(crate) fn answer(place: usize, visitor: u64) -> Vec<u8> {
        WAY[place].0.message(visitor).to_string().into_bytes()
    }

    /// Compares what came with what has to come after so many answers, as message number so many; whether it is the last before the
    /// next answer.
    pub(crate) fn hear(&self, answers: usize, place: usize, came: &[u8]) -> Result<bool> {
        let wanted = self.says[answers].get(place).context("more was said than the flow says")?;
        let mut known = wanted.known.borrow_mut();
        if *known != came {
            let message: Value = serde_json::from_slice(came)?;
            ensure!(message == wanted.message, "after {answers} answers {message} came and not {}", wanted.message);
            came.clone_into(&mut known);
        }
        Ok(place + 1 == self.says[answers].len())
    }

    /// What a server sends at first, and after each answer.
    pub(crate) fn frames(&self) -> Vec<Vec<u8>> {
        let frame = |wanted: &Wanted| parlor_sockets::Frame::text(&wanted.message.to_string()).bytes().to_vec();
        self.says.iter().map(|says| says.iter().flat_map(frame).collect()).collect()
    }

    /// What the log has of a visitor's session, record after record, as payloads; the first has none.
    fn log(&self, visitor: u64) -> Vec<Value> {
        let mut payloads = vec![Value::Null];
        for (answers, says) in self.says.iter().enumerate() {
            if let Some((given, _)) = answers.checked_sub(1).map(|place| &WAY[place]) {
                payloads.push(json!({"kind": "Response", "message": given.message(visitor)}));
            }
            payloads.extend(says.iter().map(|wanted| json!({"kind": "Request", "message": wanted.message})));
        }
        payloads
    }

    /// Checks that the log, a record a line, has the whole sessions of so many visitors, from number 1, and nothing else: of each
    /// one, under an id of its own.
    pub(crate) fn check(&self, log: impl BufRead, visitors: u64) -> Result<()> {
        /// A session of which something was read.
        struct Read {
            records: usize,
            visitor: Option<u64>,
        }
        let plain = self.log(0);
        let mut sessions: HashMap<String, Read> = HashMap::new();
        for line in log.lines() {
            let record: Value = serde_json::from_str(&line?)?;
            let id = record["sid"].as_str().context("a record without an id")?;
            let session = match sessions.get_mut(id) {
                Some(session) => session,
                None => sessions.entry(id.to_owned()).or_insert(Read { records: 0, visitor: None }),
            };
            let wanted = plain.get(session.records).with_context(|| format!("{record} comes after all was said"))?;
            session.records += 1;
            let payload = record.get("payload").unwrap_or(&Value::Null);
            if payload == wanted {
                continue;
            }
            // Only a text differs from visitor to visitor.
            let number = payload["message"]["content"]
                .as_str()
                .and_then(|text| text.split(' ').find_map(|word| word.parse().ok()));
            let number = number.with_context(|| format!("the log has {payload} and not {wanted}"))?;
            let who = *session.visitor.get_or_insert(number);
            let mut theirs = wanted.clone();
            theirs["message"]["content"] = text(who).into();
            ensure!(*payload == theirs, "the log has {payload} and not {theirs}");
        }
        let mut came = HashSet::new();
        for (id, session) in &sessions {
            ensure!(session.records == plain.len(), "the log has {} records of {id}", session.records);
            let visitor = session.visitor.with_context(|| format!("the log has nobody's text in {id}"))?;
            let known = (1..=visitors).contains(&visitor);
            ensure!(known && came.insert(visitor), "visitor {visitor} is in the log once too often");
        }
        if came.len() as u64 != visitors {
            bail!("the log has {} sessions, and {visitors} visitors were answered", came.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(script: &Script, id: &str, visitor: u64) -> Vec<String> {
        let record = |payload: Value| match payload {
            Value::Null => json!({"sid": id}).to_string(),
            payload => json!({"sid": id, "payload": payload}).to_string(),
        };
        script.log(visitor).into_iter().map(record).collect()
    }

    #[test]
    fn what_is_missing_in_the_log_or_another_s_is_noticed() {
        let script = Script::read().unwrap();
        let check = |lines: &[String], visitors| script.check(lines.join("\n").as_bytes(), visitors);
        let (one, two) = (lines(&script, "a", 1), lines(&script, "b", 2));
        let both = [one.clone(), two.clone()].concat();
        check(&both, 2).unwrap();
        assert!(check(&both, 3).is_err(), "a visitor is missing");
        assert!(check(&both[1..], 2).is_err(), "a record is missing");
        assert!(check(&both[..both.len() - 1], 2).is_err(), "the last record is missing");
        assert!(check(&[both.clone(), lines(&script, "c", 2)].concat(), 2).is_err(), "a session is there twice");
        assert!(check(&[both.clone(), vec![both[3].clone()]].concat(), 2).is_err(), "a record is there twice");
        let mut swapped = both;
        swapped.swap(1, 2);
        assert!(check(&swapped, 2).is_err(), "the order is wrong");
        let mixed = [one, two[..8].to_vec(), lines(&script, "b", 3)[8..].to_vec()].concat();
        assert!(check(&mixed, 2).is_err(), "two visitors are in one session");
    }

    #[test]
    fn what_the_flow_does_not_say_is_noticed() {
        let script = Script::read().unwrap();
        let done = script.says[6][0].message.to_string();
        assert!(script.hear(6, 0, done.as_bytes()).unwrap());
        assert!(script.hear(6, 0, done.as_bytes()).unwrap());
        assert!(script.hear(6, 1, done.as_bytes()).is_err());
        assert!(script.hear(0, 0, done.as_bytes()).is_err());
        assert!(script.hear(6, 0, done.replace("Great", "Fine").as_bytes()).is_err());
        assert!(script.hear(6, 0, b"{").is_err());
        assert!(!script.hear(2, 0, script.says[2][0].message.to_string().as_bytes()).unwrap());
    }
}
