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

use crate::counted;

/// A clock that goes on by a microsecond each time somebody looks at it.
#[derive(Debug, Default)]
struct Ticks(AtomicI64);

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the search's thread does: it goes by the clock on the wall, so that it differs from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// It waits for posts; for paths on which there are none.
    Waits,
    /// It can't make its index, and looks every few seconds whether it can now; for paths with posts, which it would gather.
    Blocked,
}

/// What the paths go through.
pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) encoder: EncoderId,
    store: Arc<SqliteStore>,
    folder: PathBuf,
}

impl House {
    /// Opens it, prepares what is needed, counts the work, and closes it.
    pub(crate) fn with<P>(search: Search, prepare: impl AsyncFnOnce(&Self) -> P, work: impl AsyncFnOnce(&Self, P)) {
        let tokio = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (house, prepared) = tokio.block_on(async {
            let house = Self::open(search);
            let prepared = prepare(&house).await;
            (house, prepared)
        });
        counted(|| tokio.block_on(work(&house, prepared)));
        tokio.block_on(async {
            house.runtime.stop();
            house.store.close().await;
        });
        fs::remove_dir_all(&house.folder).expect("it is ours");
    }

    fn open(search: Search) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Ticks::default());
        let options = Options { readers: 1, ..Options::default() };
        let folder = env::temp_dir().join(format!("parlor-guard-{}", process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        if search == Search::Blocked {
            // No index can be made where its file would be.
            fs::create_dir_all(folder.join("search.db/taken")).expect("a temporary folder");
        }
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
