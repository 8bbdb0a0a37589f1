//! The hub over real loopback connections, line by line of its protocol.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod admission;
mod chat;
mod files;
mod hostile;
mod identify;
mod kit;
mod leaving;
mod limits;
mod order;
mod requests;
mod talk;
mod targets;
mod times;
