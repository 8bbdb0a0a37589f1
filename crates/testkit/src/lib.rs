//! What tests need: a clock that they turn by hand, a store in memory that fails as a cluster's would.

pub mod bot;
pub mod clock;
pub mod folder;
pub mod http;
pub mod memory;
pub mod random;
pub mod seed;
pub mod server;
pub mod ws;

pub use clock::FakeClock;
pub use memory::{Faults, MemoryStore};
pub use random::FakeRandom;
