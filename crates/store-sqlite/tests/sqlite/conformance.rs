//! The suite for all drivers.

use std::sync::Arc;

use parlor_store_sqlite::{Options, SqliteStore};
use parlor_testkit::FakeClock;

parlor_store::conformance_tests!(async |clock: Arc<FakeClock>| {
    SqliteStore::temporary(clock, &Options::default()).expect("a temporary store")
});
