//! The store in memory against the suite for all drivers.

use std::sync::Arc;

use parlor_testkit::{FakeClock, Faults, MemoryStore};

mod without_faults {
    use super::*;

    parlor_store::conformance_tests!(async |clock: Arc<FakeClock>| MemoryStore::new(clock));
}

mod with_gaps {
    use super::*;

    parlor_store::conformance_tests!(async |clock: Arc<FakeClock>| MemoryStore::with_faults(clock, Faults::gaps(), 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_all_faults_what_is_acknowledged_is_there_once() {
    for seed in 0..20 {
        let make = async |clock: Arc<FakeClock>| MemoryStore::with_faults(clock, Faults::all(0.2), seed);
        parlor_store::conformance::faults::what_is_acknowledged_is_there_once_whatever_fails(make).await;
    }
}
