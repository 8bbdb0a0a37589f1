//! A clock that tests turn by hand.

pub use parlor_store::conformance::FakeClock;
