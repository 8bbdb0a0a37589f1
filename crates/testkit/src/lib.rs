//! What tests need: a clock that they turn by hand, a store in memory that fails as a cluster's would.

pub mod clock;
pub mod memory;

pub use clock::FakeClock;
pub use memory::{Faults, MemoryStore};
