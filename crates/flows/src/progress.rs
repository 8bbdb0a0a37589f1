//! Where a session is in its flow: all that it remembers, as JSON.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{
    id::Id,
    text::{Variable, Variables, is_name},
};

/// How many closed questions are remembered.
const CLOSED: usize = 100;
/// How many languages of a browser are, and how long their tags may be.
const LANGUAGES: (usize, usize) = (10, 35);

/// Where a session is. Nothing in it is to be changed by others; it is written and read as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The flow that it is in; another than it began with after a jump.
    pub flow: String,
    /// That flow's version.
    pub version: String,
    /// What it waits for.
    pub waiting: Waiting,
    /// The open question. It stays open while a fallback goes its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Question>,
    /// The question that stays open behind the one for an e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Question>,
    /// How many questions were asked.
    #[serde(default)]
    pub asked: u64,
    /// The session of the editor that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editor: Option<Id>,
    /// What is known by a name.
    #[serde(default, skip_serializing_if = "Variables::is_empty")]
    pub variables: Variables,
    /// How often the open question was answered wrongly.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries: u32,
    /// The last questions that were answered, and how.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub closed: VecDeque<Closed>,
    /// The languages that the browser wants, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "lowercase")]
pub enum Waiting {
    /// For the visitor's answer to the open question.
    Answer,
    /// For what a request is answered: see [`crate::Flow::resolve_request`].
    Request {
        /// The state.
        state: String,
    },
    /// For a person, who has taken over or is asked to.
    Handoff {
        /// The state.
        state: String,
        /// Whom it asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
    },
    /// For another flow, in which it goes on: see [`crate::Flow::arrive`].
    Jump {
        /// The other flow.
        flow: String,
        /// The state there; the first one if none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
    },
    /// For nothing: it is at its end.
    End,
}

/// A question that can be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The state that asks it.
    pub state: String,
    /// Its number; the session's first is 1.
    pub number: u64,
}

/// A question that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed(
    /// Its number.
    pub u64,
    /// A fingerprint of the answer.
    pub String,
);

impl Progress {
    /// Before the first state, for a browser that wants these languages, best first.
    pub fn new(languages: &[&str]) -> Self {
        let (many, long) = LANGUAGES;
        let languages = languages.iter().filter(|tag| tag.len() <= long).take(many).map(|tag| (*tag).to_owned());
        Self {
            flow: String::new(),
            version: String::new(),
            waiting: Waiting::End,
            open: None,
            aside: None,
            asked: 0,
            editor: None,
            variables: Variables::new(),
            tries: 0,
            closed: VecDeque::new(),
            languages: languages.collect(),
        }
    }

    /// Sets a variable, as the page or the server knows it; not one whose name is none.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        if is_name(name) {
            self.variables.insert(name.to_owned(), Variable::new(value));
        }
    }

    /// The number of the open question.
    pub fn number(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.number)
    }

    /// Opens a question.
    pub(crate) fn ask(&mut self, state: &str) {
        self.asked += 1;
        self.tries = 0;
        self.open = Some(Question { state: state.to_owned(), number: self.asked });
        self.waiting = Waiting::Answer;
    }

    /// Closes the open question by an answer.
    pub(crate) fn close(&mut self, fingerprint: String) {
        if let Some(open) = self.open.take() {
            self.closed.push_back(Closed(open.number, fingerprint));
            if self.closed.len() > CLOSED {
                self.closed.pop_front();
            }
        }
        self.tries = 0;
    }

    /// Whether a question was closed by an answer; any question if none is named.
    pub(crate) fn was_closed(&self, number: Option<u64>, fingerprint: &str) -> bool {
        self.closed.iter().any(|closed| number.is_none_or(|number| closed.0 == number) && closed.1 == fingerprint)
    }
}
