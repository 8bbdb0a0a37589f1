//! A store in a temporary folder and the rooms over it, on a runtime of one thread.

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parlor_gateway_web::RoomsEncoder;
use parlor_rooms::{Clock, RoomName, Timestamp};
use parlor_runtime::{Builder, Caller, EncoderId, Runtime, limits::Limits};
use parlor_store_sqlite::{Options, SqliteStore};
use tokio::runtime;

/// A clock that goes on by a microsecond each time somebody looks at it.
#[derive(Debug, Default)]
struct Ticks(AtomicI64);

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the paths go through.
pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) encoder: EncoderId,
    store: Arc<SqliteStore>,
    folder: PathBuf,
}

impl House {
    /// Opens it, does that in it, and closes it.
    pub(crate) fn with(work: impl AsyncFnOnce(&Self)) {
        let tokio = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        tokio.block_on(async {
            let house = Self::open();
            work(&house).await;
            house.runtime.stop();
            house.store.close().await;
            fs::remove_dir_all(&house.folder).expect("it is ours");
        });
    }

    fn open() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Ticks::default());
        let options = Options { readers: 1, ..Options::default() };
        let folder = env::temp_dir().join(format!("parlor-guard-{}", process::id()));
        // The search's thread gathers by the clock, so that what it does differs from run to run: no index can be made where
        // its file would be.
        fs::create_dir_all(folder.join("search.db/taken")).expect("a temporary folder");
        let store = Arc::new(SqliteStore::open(&folder, Arc::clone(&clock), &options).expect("a folder of its own"));
        // Buckets are looked at as on a server that others reach, but nobody is over.
        let plenty = "1000000000/s".parse().expect("a rate");
        let limits = Limits { posts_per_address: plenty, posts_per_room: plenty, ..Limits::default() };
        let mut builder = Builder::new(Arc::clone(&store) as _, clock).local(false).limits(limits);
        let encoder = builder.encoder(Arc::new(RoomsEncoder));
        Self { runtime: builder.start(), encoder, store, folder }
    }
}

/// The room of all paths.
pub(crate) fn room() -> RoomName {
    RoomName::parse("guard").expect("a name")
}

/// Somebody from elsewhere.
pub(crate) fn caller() -> Caller {
    Caller::anyone(Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))))
}

/// What people say: 100 bytes.
pub(crate) const TEXT: &str =
    "Has anybody found out why the second task wants a list where the first one was happy with a tuple?!";
