//! A visitor's answer: read from the wire, and why one is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::id::Id;

/// How long an answer's text may be, in bytes.
pub const LONGEST_ANSWER: usize = 16 * 1024;

/// What a visitor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub given: Given,
    /// The number of the question that it answers, the session's first being 1, if the client says.
    pub answer_to: Option<u64>,
}

/// The answer itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One of a question's choices. What the client says that it reads is not believed.
    Choice {
        /// The question's group.
        group_id: Id,
        /// The choice.
        item_id: Id,
    },
    /// A text.
    Text {
        /// The session that it is for, if the client says.
        session_id: Option<Id>,
        /// The text; a file's name, if it is for a file.
        content: String,
        /// How large the file is, in bytes, by who took it: never what a client says.
        size: Option<u64>,
    },
}

impl Answer {
    /// A choice.
    pub fn choice(group_id: impl Into<Id>, item_id: impl Into<Id>) -> Self {
        Self { given: Given::Choice { group_id: group_id.into(), item_id: item_id.into() }, answer_to: None }
    }

    /// A text.
    pub fn text(session_id: Option<Id>, content: impl Into<String>) -> Self {
        Self { given: Given::Text { session_id, content: content.into(), size: None }, answer_to: None }
    }

    /// The same, for a certain question.
    #[must_use]
    pub fn to(self, number: u64) -> Self {
        Self { answer_to: Some(number), ..self }
    }

    /// Reads one: `{"kind": "ChoiceResponse", "groupId", "itemId"}` or `{"kind": "UserText", "sessionId"?, "content"}`, each
    /// with `answerTo` or not. Other keys are passed over.
    ///
    /// # Errors
    ///
    /// It is none ([`Refusal::NotUnderstood`]), or its text is empty or too long.
    pub fn read(json: &str) -> Result<Self, Refusal> {
        let value = serde_json::from_str(json).map_err(|_| Refusal::NotUnderstood("This is no JSON.".into()))?;
        Self::of(&value)
    }

    /// The same from JSON that was read already.
    ///
    /// # Errors
    ///
    /// As for [`Answer::read`].
    pub fn of(value: &Value) -> Result<Self, Refusal> {
        let wrong = |message: &str| Refusal::NotUnderstood(message.to_owned());
        let object = value.as_object().ok_or_else(|| wrong("A message is an object."))?;
        let id = |key: &str| match object.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match Id::of(value) {
                Some(id) => Ok(Some(id)),
                None => Err(wrong(&format!("`{key}` is a text or a whole number."))),
            },
        };
        let needed = |key: &str| id(key)?.ok_or_else(|| wrong(&format!("`{key}` is missing.")));
        let given = match object.get("kind").and_then(Value::as_str) {
            Some("ChoiceResponse") => Given::Choice { group_id: needed("groupId")?, item_id: needed("itemId")? },
            Some("UserText") => {
                let content = object.get("content").and_then(Value::as_str);
                let content = content.ok_or_else(|| wrong("`content` is missing, or is no text."))?.to_owned();
                Given::Text { session_id: id("sessionId")?, content, size: None }
            }
            Some(_) => return Err(wrong("The kinds of an answer are ChoiceResponse and UserText.")),
            None => return Err(wrong("`kind` is missing, or is no text.")),
        };
        let answer_to = match object.get("answerTo") {
            None | Some(Value::Null) => None,
            Some(number) => Some(number.as_u64().ok_or_else(|| wrong("`answerTo` is the number of a question."))?),
        };
        let answer = Self { given, answer_to };
        answer.fits()?;
        Ok(answer)
    }

    /// Whether it has a text, if it is one, of a length that is taken.
    pub(crate) fn fits(&self) -> Result<(), Refusal> {
        match &self.given {
            Given::Text { content, .. } if content.trim().is_empty() => Err(Refusal::Empty),
            Given::Text { content, .. } if content.len() > LONGEST_ANSWER => Err(Refusal::TooLong),
            _ => Ok(()),
        }
    }

    /// Sixteen digits by which its repeat is known.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        match &self.given {
            Given::Choice { group_id, item_id } => {
                hash.add("choice");
                hash.add(&group_id.key());
                hash.add(&item_id.key());
            }
            Given::Text { session_id, content, .. } => {
                hash.add("text");
                hash.add(session_id.as_ref().map(Id::key).as_deref().unwrap_or_default());
                hash.add(content);
            }
        }
        format!("{:016x}", hash.0)
    }
}

/// FNV-1a. Who makes two answers that are alike by it makes the second one ignored, no more.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, text: &str) {
        // No text has the byte 255, so none runs into the next.
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// An answer as it is to be stored, and sent to the session's other connections: with the choice's own content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Record {
    /// A choice.
    #[serde(rename_all = "camelCase")]
    ChoiceResponse {
        /// The question's group.
        group_id: Id,
        /// The choice.
        item_id: Id,
        /// What it reads, in HTML.
        content: String,
    },
    /// A text.
    #[serde(rename_all = "camelCase")]
    UserText {
        /// The session that it was for; none if it was for a choice and fitted none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session_id: Option<Id>,
        /// The text, as it was typed; a file's name.
        content: String,
        /// How large the file is, in bytes, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
    },
}

/// Why an answer is not taken. It has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The exact repeat of an answer that was taken: to be passed over in silence.
    #[error("This was answered so already.")]
    Repeat,
    /// The question that it answers is not open.
    #[error("This question is not open.")]
    NotOpen,
    /// A file, where none is asked for.
    #[error("No file is asked for now.")]
    NoFile,
    /// The question has no such choice.
    #[error("The question has no such choice.")]
    UnknownChoice,
    /// A text without anything in it.
    #[error("The text is empty.")]
    Empty,
    /// A text over [`LONGEST_ANSWER`].
    #[error("The text is too long.")]
    TooLong,
    /// The flow waits for something else than the visitor.
    #[error("Please wait a moment; the answer before is still worked on.")]
    Busy,
    /// A person has taken over.
    #[error("A person answers here now.")]
    HandedOff,
    /// The flow is at its end.
    #[error("This conversation has ended.")]
    Ended,
    /// The flow is another than the one that asked.
    #[error("The question is not there any more; please start over.")]
    Changed,
    /// It is no answer; the text says why.
    #[error("{0}")]
    NotUnderstood(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_from_the_wire() {
        for (json, answer) in [
            (
                r#"{"kind": "ChoiceResponse", "groupId": "tea", "itemId": 1, "content": "x", "more": []}"#,
                Answer::choice("tea", 1),
            ),
            (
                r#"{"kind": "UserText", "sessionId": 7, "content": " hi ", "answerTo": 3}"#,
                Answer::text(Some(7.into()), " hi ").to(3),
            ),
            (r#"{"kind": "UserText", "content": "hi"}"#, Answer::text(None, "hi")),
        ] {
            assert_eq!(Answer::read(json), Ok(answer), "{json}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_in_words() {
        for (json, words) in [
            ("{", "no JSON"),
            ("[]", "an object"),
            ("{}", "`kind`"),
            (r#"{"kind": "BotText", "content": "x"}"#, "kinds"),
            (r#"{"kind": "ChoiceResponse", "groupId": "a"}"#, "`itemId` is missing"),
            (r#"{"kind": "ChoiceResponse", "groupId": {}, "itemId": 1}"#, "`groupId` is a text"),
            (r#"{"kind": "UserText", "sessionId": "a"}"#, "`content`"),
            (r#"{"kind": "UserText", "content": " \n"}"#, "empty"),
            (r#"{"kind": "UserText", "content": "x", "answerTo": -1}"#, "`answerTo`"),
        ] {
            let refusal = Answer::read(json).expect_err(json).to_string();
            assert!(refusal.contains(words), "{json}: {refusal}");
        }
        let long = format!(r#"{{"kind": "UserText", "content": "{}"}}"#, "x".repeat(LONGEST_ANSWER + 1));
        assert_eq!(Answer::read(&long), Err(Refusal::TooLong));
    }

    #[test]
    fn fingerprints_tell_answers_apart() {
        let prints = [
            Answer::choice("a", "b"),
            Answer::choice("ab", ""),
            Answer::text(Some("a".into()), "b"),
            Answer::text(None, "b"),
        ]
        .map(|answer| answer.fingerprint());
        assert_eq!(prints.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert_eq!(Answer::choice(1, 2).to(5).fingerprint(), Answer::choice("1", "2").fingerprint());
    }
}
