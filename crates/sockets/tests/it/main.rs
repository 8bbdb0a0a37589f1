//! The sockets over real loopback connections and over memory, seen by a client that speaks raw bytes.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod client;
mod closing;
mod handshake;
mod properties;
mod reading;
mod sending;
mod sweeping;
