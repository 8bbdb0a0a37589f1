//! The rooms API's shapes for those who write bots: patterns that are tried, who heard a message, tests, sending again.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::rooms_api::{Activation, Message};

/// A pattern to try.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TryPattern {
    /// The room whose messages it is tried on.
    #[schema(example = "welcome")]
    pub room: String,
    /// The bot's name; looked for if there is no pattern.
    #[schema(example = "MyBot")]
    pub name: Option<String>,
    /// The pattern (Python's `re`).
    #[schema(example = r"repeat (?P<word>\w+)")]
    pub responds_to: Option<String>,
    /// Try it on this text and not on the room's messages; at most 16 KiB of UTF-8.
    pub text: Option<String>,
}

/// Where a pattern is found. Places are counted in UTF-16 code units, as JavaScript counts them.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedPattern {
    /// What is wrong with the pattern; null if nothing is.
    pub error: Option<PatternError>,
    /// The text that was given, or the room's last 20 messages of people, the oldest first.
    pub messages: Vec<TriedText>,
}

/// What is wrong with a pattern.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatternError {
    /// A sentence.
    pub message: String,
    /// Where in the pattern; null if there is no one place.
    pub at: Option<usize>,
}

/// A text that a pattern was tried on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedText {
    /// The message; null for a text that was given.
    pub id: Option<u64>,
    /// Who wrote it; null for a text that was given.
    pub author: Option<String>,
    /// The text.
    pub text: String,
    /// Whether the pattern is found in it.
    pub matched: bool,
    /// Where: start and end.
    #[schema(value_type = Option<Vec<usize>>)]
    pub span: Option<[usize; 2]>,
    /// The pattern's groups in order, those without a name too.
    pub groups: Vec<TriedGroup>,
}

/// What a group took.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedGroup {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where, if it took part.
    #[schema(value_type = Option<Vec<usize>>)]
    pub span: Option<[usize; 2]>,
    /// What it took.
    pub text: Option<String>,
}

/// What a message was to one bot of its room.
#[derive(Debug, Serialize, ToSchema)]
pub struct Match {
    /// The bot.
    pub bot: u64,
    /// Its name.
    pub name: String,
    /// Whether it was asked, or is about to be.
    pub matched: bool,
    /// `matched`, `pattern`, `name`, `paused`, `conversation`, `later`, `kind`, `slow`, `bad_pattern` or `auto`.
    pub reason: String,
    /// The same in a sentence.
    pub why: String,
    /// The id of its activation.
    pub activation: Option<String>,
}

/// A bot to test, as it stands in a form: what is absent is the saved bot's.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TestBot {
    /// The room.
    #[schema(example = "welcome")]
    pub room: String,
    /// The saved bot, if there is one.
    pub id: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// Its pattern; null: none.
    pub responds_to: Option<String>,
    /// Where it lives; needed where there is no `id`.
    #[schema(example = "http://localhost:1234/echo")]
    pub url: Option<String>,
    /// Its time-out in seconds.
    pub timeout: Option<f64>,
    /// What it asked to hear of.
    pub events: Option<Vec<String>>,
    /// Its secret; null: none.
    pub secret: Option<String>,
    /// Who says it.
    #[schema(example = "Ann")]
    pub author: Option<String>,
    /// What; at most 16 KiB of UTF-8.
    #[schema(example = "echo hello")]
    pub text: String,
    /// The state of the conversation that it is tried in; null: in none.
    #[schema(value_type = Option<Object>)]
    pub state: Option<serde_json::Value>,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedBot {
    /// Whether the text would have activated the bot. The test is made in any case.
    pub matched: bool,
    /// Why, or why not.
    pub why: String,
    /// The delivery; it is stored nowhere.
    pub activation: Activation,
    /// What the room would have got, with the id 0: the answer, or the message that explains what went wrong.
    #[schema(value_type = Option<Message>)]
    pub message: Option<Box<RawValue>>,
}

/// Names one activation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ActivationById {
    /// The activation.
    #[schema(example = "act_0123456789abcdef0123456789abcdef")]
    pub id: String,
}
