//! Bots: who is activated by what, how activations reach them, and what becomes of their answers.
//!
//! [`Bots`] stands behind the runtime's two ports. What asks for bots (`dispatch`) becomes work; the work of a room in
//! conversation stands in its `lane`; `work` decides who is asked and asks one bot after another; `attempt` stores
//! that it tries, and tries; `settle` brings the answer, or what went wrong (`explain`), into the room together with
//! the record. Nothing is sent that was not stored as begun, and nothing is answered twice.

mod again;
mod answer;
mod attempt;
mod bots;
pub mod builtin;
mod connected;
mod control;
mod delivery;
mod dispatch;
mod elsewhere;
mod endpoint;
mod explain;
mod fault;
mod form;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod happen;
mod heard;
mod html;
mod lane;
mod matching;
mod occasion;
mod plan;
mod probe;
mod random;
mod record;
mod recover;
mod request;
mod settle;
mod sign;
#[cfg(test)]
mod tests;
mod trial;
mod trials;
mod waiters;
mod welcome;
mod why;
mod work;

pub use answer::Reply;
pub use bots::{Bots, Options};
pub use builtin::{Builtin, Registry};
pub use welcome::furnish;
