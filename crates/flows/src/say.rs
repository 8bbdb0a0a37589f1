//! What a flow says: messages as they go over the wire.

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// A message of the flow. It is written as the flow's file has it, with its texts in the visitor's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Say {
    /// A text.
    BotText {
        /// HTML.
        content: String,
    },
    /// A question with choices; it waits for one.
    #[serde(rename_all = "camelCase")]
    ChoiceRequest {
        /// What its answers name.
        group_id: Id,
        /// HTML.
        question: String,
        /// What can be answered.
        choices: Vec<SaidChoice>,
        /// Whether a text is taken, too, so that the editor stays open.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fallback: bool,
    },
    /// Opens the editor; it waits for a text.
    #[serde(rename_all = "camelCase")]
    StartChatSession {
        /// What its answers name.
        session_id: Id,
        /// What stands in the empty editor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat_prompt: Option<String>,
        /// What the bot says with it, HTML.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat_text: Option<String>,
        /// What the text must be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<SaidInput>,
    },
    /// Closes the editor.
    #[serde(rename_all = "camelCase")]
    EndChatSession {
        /// The one that opened it.
        session_id: Id,
    },
    /// A person is asked for.
    Handoff {
        /// HTML.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// A choice of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaidChoice {
    /// What an answer names.
    pub item_id: Id,
    /// HTML.
    pub content: String,
}

/// What a client can know of what a text must be. The flow checks it in any case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaidInput {
    /// `text`, `email`, `number`, `phone`, `url`, `date`, `choice` or `file`.
    pub r#type: String,
    /// The least: characters, bytes of a file, a number itself, a date as a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<serde_json::Value>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<serde_json::Value>,
    /// A regular expression for the whole text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What is offered, for `choice`; HTML.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}
