//! The dispatcher as a whole: what it is made of, and its settings.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_outbound::Client;
use parlor_rooms::{BotId, Random, RoomName};
use parlor_runtime::Runtime;
use tokio::sync::Semaphore;

use crate::{
    builtin::Registry, connected::Connected, dispatch::Work, gate::Gates, happen::Timers, lane::Lane,
    matching::Matcher, trials::Trials, waiters::Waiters,
};

/// How many dispatches that a crash left over go on at once.
const RECOVERING: usize = 32;

/// The settings of all bots.
#[derive(Clone)]
pub struct Options {
    /// How long a bot may take, where its own record says nothing.
    pub timeout: Duration,
    /// How long what is under way may take when the server ends, before it is left for the next start.
    pub grace: Duration,
    /// The built-in bots.
    pub builtin: Registry,
    /// Where names and tokens come from.
    pub random: Arc<dyn Random>,
}

impl Options {
    /// What holds where nothing else is said, with names and tokens from this source.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self {
            timeout: Duration::from_secs(120),
            grace: Duration::from_secs(2),
            builtin: Registry::demonstration(),
            random,
        }
    }
}

/// Activates bots and brings their answers back. Implements both of the runtime's ports.
pub struct Bots {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) runtime: Runtime,
    pub(crate) client: Client,
    pub(crate) options: Options,
    /// `options.timeout` as it is now, in milliseconds.
    pub(crate) timeout: AtomicU64,
    pub(crate) matcher: Matcher,
    pub(crate) gates: Arc<Gates>,
    pub(crate) trials: Trials,
    /// The lanes of rooms in conversation.
    pub(crate) lanes: Mutex<HashMap<RoomName, Lane<Work>>>,
    /// Who waits for which dispatch.
    pub(crate) waiters: Arc<Waiters>,
    pub(crate) timers: Timers,
    /// What a room was told last about a bot that fails at events which nobody sent it, until it does well again.
    pub(crate) told: Mutex<HashMap<BotId, String>>,
    pub(crate) recovering: Arc<Semaphore>,
    /// Bots that connect to us.
    pub(crate) connected: Arc<Connected>,
}

impl Bots {
    /// Bots for the rooms of `runtime`, called through `outbound`. To be given to [`Runtime::set_dispatch`], and then
    /// told to [`Bots::recover`].
    pub fn new(runtime: Runtime, outbound: Client, options: Options) -> Arc<Self> {
        let matcher = Matcher::new(runtime.tracker().clone());
        Arc::new(Self {
            inner: Arc::new(Inner {
                runtime,
                client: outbound,
                timeout: AtomicU64::new(millis(options.timeout)),
                options,
                matcher,
                gates: Arc::default(),
                trials: Trials::new(),
                lanes: Mutex::default(),
                waiters: Arc::default(),
                timers: Timers::default(),
                told: Mutex::default(),
                recovering: Arc::new(Semaphore::new(RECOVERING)),
                connected: Arc::new(Connected::new()),
            }),
        })
    }

    /// How long a bot may take from now on, where its own record says nothing.
    pub fn set_timeout(&self, timeout: Duration) {
        self.inner.timeout.store(millis(timeout), Ordering::Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
