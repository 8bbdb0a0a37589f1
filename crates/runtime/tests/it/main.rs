//! The runtime over a store that fails by a seed: what followers see, what callers hear.

mod accounts;
mod commands;
mod follow;
mod kit;
mod signals;
