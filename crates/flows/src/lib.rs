//! Flows of the assistant: a JSON file of states that leads a visitor through a conversation.
//!
//! [`check`] reads a file and says what is wrong with it, with places; a file without errors is a [`Flow`]. A flow takes a
//! session from one [`Progress`] to the next: [`Flow::start`], [`Flow::answer`] and the others give a [`Step`], which is what
//! is said, and the progress to remember. [`check_all`] checks the jumps between flows, [`graph`] draws one, and [`script`]
//! plays a conversation and compares.
//!
//! The format is described in `docs/reference/flows.md`, and for editors in [`SCHEMA`].
//!
//! Never does any I/O, reads no clock, spawns nothing: a flow's requests are made by the caller, who also knows the time that its
//! hours are asked with. Time zones are those of the bundled database.

mod answer;
mod check;
mod condition;
mod engine;
mod finding;
mod flow;
pub mod graph;
mod id;
mod input;
mod json;
mod pattern;
mod progress;
mod read;
mod request;
mod say;
pub mod script;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod walks;
mod words;

pub use crate::{
    answer::{Answer, Given, LONGEST_ANSWER, Record, Refusal},
    check::{Checked, check, version},
    engine::Step,
    finding::{Finding, Position, Severity},
    flow::{Flow, State},
    id::Id,
    progress::{Closed, Progress, Question, Waiting},
    request::{Method, Reply, RequestToMake},
    say::{SaidChoice, SaidInput, Say},
    settings::{Hours, Settings},
    text::{Variable, Variables},
    walks::check_all,
    words::plain,
};

/// The JSON Schema of a flow's file, for editors.
pub const SCHEMA: &str = include_str!("../schema.json");

/// How large a flow's file may be, in bytes.
pub const LARGEST_FILE: usize = 1024 * 1024;
/// How many states a flow may have.
pub const MOST_STATES: usize = 10_000;
