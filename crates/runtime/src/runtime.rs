//! The runtime itself: what it is made of, how it starts and ends, and the way of every append.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use parlor_rooms::{Clock, EventId, Keep, RoomName, RoomState, Timestamp, policy::Accounts};
use parlor_store::{Append, AppendError, Appended, Key, ReadError, Store};
use tokio::{sync::Notify, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    CommandError, Dispatch, Encoder, EncoderId, Register,
    limits::{Limiter, Limits},
    map::{Map, RoomHandle},
    metrics::Metrics,
    room::Shared,
};

/// How often an append whose fate is unknown is asked for again.
const UNKNOWN_TRIES: u32 = 8;
/// How long between two such tries, at first; doubled each time.
const UNKNOWN_WAIT: Duration = Duration::from_millis(20);
/// How often rooms that nobody refers to are looked for.
const SWEEP: Duration = Duration::from_secs(10);
/// How often messages are looked for that are kept no longer.
const RETAIN: Duration = Duration::from_secs(60);

/// How long a store that had no room counts as full, if nothing has been tried since.
const STAYS_FULL: Duration = Duration::from_secs(15);

/// Why the server should be asked nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// It is about to end.
    Stopping,
    /// There is no room to store anything.
    Full,
}

/// Rooms as running things. Cheap to clone.
#[derive(Clone)]
pub struct Runtime(Arc<Parts>);

struct Parts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limiter,
    /// How long messages are kept where a room says nothing.
    keep: Keep,
    /// A room's settings have changed.
    configured: Notify,
    metrics: Arc<Metrics>,
    /// When the store last had no room, if it has taken nothing since.
    full: Mutex<Option<Timestamp>>,
    map: Arc<Map>,
    shared: Shared,
    /// Appends, drains, activations: what shutdown waits for.
    tracker: TaskTracker,
    /// What works until the very end: the feed's reader.
    essential: TaskTracker,
    stopping: CancellationToken,
    /// Cancelled when the feed's reader ends, be it by a panic.
    ended: CancellationToken,
}

/// Puts a runtime together.
pub struct Builder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    local: bool,
    accounts: Accounts,
    register: Option<Arc<dyn Register>>,
    limits: Limits,
    keep: Keep,
    metrics: Arc<Metrics>,
    encoders: Vec<Arc<dyn Encoder>>,
}

impl Builder {
    /// A runtime over this store, without limits to how often something may be asked.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            local: true,
            accounts: Accounts::Off,
            register: None,
            limits: Limits { on: false, ..Limits::default() },
            keep: Keep::default(),
            metrics: Arc::default(),
            encoders: Vec::new(),
        }
    }

    /// Whether only this machine reaches the server; the policy asks.
    #[must_use]
    pub fn local(mut self, local: bool) -> Self {
        self.local = local;
        self
    }

    /// Whether people have accounts; the policy asks.
    #[must_use]
    pub fn accounts(mut self, accounts: Accounts) -> Self {
        self.accounts = accounts;
        self
    }

    /// Who has an account, where people have them.
    #[must_use]
    pub fn register(mut self, register: Arc<dyn Register>) -> Self {
        self.register = Some(register);
        self
    }

    /// How much may be asked of it.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long messages are kept where a room's settings say nothing.
    #[must_use]
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// Where it counts what it does, if somebody else counts there, too.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = metrics;
        self
    }

    /// Registers a gateway's encoder.
    pub fn encoder(&mut self, encoder: Arc<dyn Encoder>) -> EncoderId {
        self.encoders.push(encoder);
        EncoderId::new(self.encoders.len() - 1)
    }

    /// Starts reading the feed.
    ///
    /// # Panics
    /// If somebody else reads this store's feed.
    pub fn start(self) -> Runtime {
        let metrics = self.metrics;
        let feed = self.store.feed().expect("the runtime is the feed's one reader");
        let runtime = Runtime(Arc::new(Parts {
            map: Arc::new(Map::new(Arc::clone(&self.clock))),
            shared: Shared {
                encoders: self.encoders,
                dispatch: std::sync::OnceLock::new(),
                local: self.local,
                accounts: self.accounts,
                register: self.register,
            },
            store: self.store,
            clock: self.clock,
            limits: Limiter::new(self.limits, Arc::clone(&metrics)),
            metrics,
            full: Mutex::default(),
            keep: self.keep,
            configured: Notify::new(),
            tracker: TaskTracker::new(),
            essential: TaskTracker::new(),
            stopping: CancellationToken::new(),
            ended: CancellationToken::new(),
        }));
        let (reader, ended) = (runtime.clone().read_feed(feed), runtime.0.ended.clone().drop_guard());
        runtime.0.essential.spawn(async move {
            let _ended = ended;
            reader.await;
        });
        runtime.0.tracker.spawn(runtime.clone().sweep());
        runtime.0.tracker.spawn(runtime.clone().retain());
        runtime
    }
}

impl Runtime {
    pub(crate) fn map(&self) -> &Arc<Map> {
        &self.0.map
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    /// Whether only this machine reaches the server.
    pub fn is_local(&self) -> bool {
        self.0.shared.local
    }

    /// Whether people have accounts.
    pub fn accounts(&self) -> Accounts {
        self.0.shared.accounts
    }

    /// How much may be asked of it, and what has been lately.
    pub fn limits(&self) -> &Limiter {
        &self.0.limits
    }

    /// What it does, in numbers.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Why it should be asked nothing now, if it should not.
    pub fn unready(&self) -> Option<Unready> {
        if self.stopping().is_cancelled() {
            return Some(Unready::Stopping);
        }
        let full = *self.0.full.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether there is room again shows only when somebody tries.
        full.filter(|full| self.clock().now().since(*full) < STAYS_FULL).map(|_| Unready::Full)
    }

    /// The store below.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The clock that everything here reads.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Where work is spawned that shutdown has to wait for.
    pub fn tracker(&self) -> &TaskTracker {
        &self.0.tracker
    }

    /// Cancelled when the server begins to end: nothing new is begun.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// Cancelled when the feed's reader has ended: unless the server is stopping too, nothing works any more.
    pub fn ended(&self) -> &CancellationToken {
        &self.0.ended
    }

    /// Wires the bots in; once, before anything is posted.
    ///
    /// # Panics
    /// When called twice.
    pub fn set_dispatch(&self, dispatch: Arc<dyn Dispatch>) {
        assert!(self.0.shared.dispatch.set(dispatch).is_ok(), "the bots are wired in once");
    }

    /// How long messages are kept in rooms that say nothing of it.
    pub fn keep(&self) -> Keep {
        self.0.keep
    }

    /// How many rooms are in memory.
    pub fn rooms_in_memory(&self) -> usize {
        self.map().len()
    }

    pub(crate) async fn room(&self, name: &RoomName) -> Result<RoomHandle, ReadError> {
        let handle = self.map().handle(name);
        if !handle.loaded.initialized() {
            self.load(&handle).await?;
        }
        Ok(handle)
    }

    /// The room as everybody who follows it sees it now.
    pub async fn snapshot(&self, name: &RoomName) -> Result<RoomState, ReadError> {
        Ok(self.room(name).await?.lock().state.clone())
    }

    /// Appends, in a task of its own: whoever waits here may go away, and it changes nothing but who hears the answer.
    /// Returns when the event is durable, applied, and on its way to everybody who follows the room.
    pub async fn append(&self, append: Append) -> Result<Appended, CommandError> {
        let this = self.clone();
        let task = self.tracker().spawn(async move {
            let handle = this.room(&append.room).await?;
            this.append_in(&handle, append).await
        });
        // The task ends early only if it panics, or the whole runtime is dropped.
        task.await.unwrap_or(Err(CommandError::Stopping))
    }

    pub(crate) async fn append_in(&self, handle: &RoomHandle, append: Append) -> Result<Appended, CommandError> {
        let began = Instant::now();
        let done = self.append_unmeasured(handle, append).await;
        let metrics = self.metrics();
        match &done {
            Ok(_) => {
                metrics.appends.add(began.elapsed());
                if metrics.full.get() != 0 {
                    metrics.full.set(0);
                    *self.0.full.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
            }
            // That is how two who change the same room take turns.
            Err(CommandError::Append(AppendError::Conflict(_))) => {}
            Err(error) => {
                metrics.failed_appends.add(1);
                if matches!(error, CommandError::Append(AppendError::Full)) {
                    metrics.full.set(1);
                    *self.0.full.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clock().now());
                }
            }
        }
        done
    }

    async fn append_unmeasured(&self, handle: &RoomHandle, mut append: Append) -> Result<Appended, CommandError> {
        if !self.store().may_lose() {
            return Ok(self.store().append(append).await?);
        }
        append.key.get_or_insert_with(|| Key::own(&format!("{:032x}", rand_u128())));
        let mut wait = UNKNOWN_WAIT;
        let mut tries = 0;
        let appended = loop {
            match self.store().append(append.clone()).await {
                Err(AppendError::Unknown) if tries < UNKNOWN_TRIES => {
                    tries += 1;
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                other => break other?,
            }
        };
        self.catch_up(handle, appended.id).await;
        Ok(appended)
    }

    /// Whether what is posted gets through: asks for an event that can't be, and waits until the writer and the feed have
    /// refused it. Nothing is stored.
    pub async fn pulse(&self) -> bool {
        let Ok(room) = RoomName::parse("welcome") else { return false };
        let impossible = Append::new(room, Vec::new()).expecting(EventId(u64::MAX));
        matches!(self.store().append(impossible).await, Err(AppendError::Conflict(_) | AppendError::Full))
    }

    async fn sweep(self) {
        let mut ticks = tokio::time::interval(SWEEP);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stopping().cancelled() => return,
                _ = ticks.tick() => self.map().sweep(),
            }
        }
    }

    /// Has what is too old or too many erased, again and again, and when a room's settings have changed.
    async fn retain(self) {
        let mut ticks = tokio::time::interval(RETAIN);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stopping().cancelled() => return,
                _ = ticks.tick() => {}
                () = self.0.configured.notified() => {}
            }
            if let Err(error) = self.store().retain(self.0.keep).await {
                tracing::warn!(%error, "what is too old is not erased; it is tried again");
            }
        }
    }

    /// A room's settings have changed.
    pub(crate) fn configured(&self) {
        self.0.configured.notify_one();
    }

    /// The first phase of ending: nothing new is begun.
    pub fn stop(&self) {
        self.0.stopping.cancel();
        self.0.tracker.close();
    }

    /// The second: waits for what was begun. The caller sets the deadline.
    pub async fn stopped(&self) {
        self.0.tracker.wait().await;
    }
}

/// A key that nobody else has: the store's answers may be lost, and the key finds what became of a command.
fn rand_u128() -> u128 {
    use std::hash::{BuildHasher as _, RandomState};
    // Each `RandomState` is seeded by the operating system and differs from the one before.
    let half = || u128::from(RandomState::new().hash_one(std::thread::current().id()));
    half() << 64 | half()
}
