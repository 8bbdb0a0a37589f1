//! The hub over real sockets, line by line of its protocol.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod admission;
mod chat;
mod hostile;
mod identify;
mod leaving;
mod limits;
mod order;
mod requests;
mod talk;
mod targets;
mod times;
