//! The hub over real loopback connections, as its clients see it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod files;
mod kit;
