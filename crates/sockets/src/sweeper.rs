//! One task that pings silent clients and closes those that are dead or hopelessly behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::outbox::State;
use crate::socket::Shared;
use crate::{CloseCode, Connection, Frame};

/// How many sockets are walked over before others get their turn.
const BATCH: usize = 256;
const SHARDS: usize = 16;

/// What tells that a client lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Whatever it sends, and that it takes what had to wait.
    Anything,
    /// Pings and pongs alone. While something waits that the client takes bit by bit, it is neither asked nor closed.
    Beats,
}

/// When the sweeper does what. Everything is rounded up to whole intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// The time between two walks over all sockets.
    pub interval: Duration,
    /// What counts as a sign of life.
    pub signs: Signs,
    /// A client that gave no sign of life for so long is pinged.
    pub silent: Duration,
    /// A client that gives none for so long after the ping is closed.
    pub answer: Duration,
    /// With this.
    pub dead: (CloseCode, &'static str),
    /// A client that takes nothing of what waits for it for so long is closed with 1013.
    pub stalled: Duration,
    /// The reason in that close frame; it should tell the client how to come back.
    pub stalled_reason: &'static str,
}

impl Default for Sweep {
    /// A walk every 5 s, a ping after 30 s, closed 20 s later; 30 s without progress is hopeless.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            signs: Signs::Anything,
            silent: Duration::from_secs(30),
            answer: Duration::from_secs(20),
            dead: (CloseCode::AWAY, "no answer to a ping"),
            stalled: Duration::from_secs(30),
            stalled_reason: "too far behind: come back with ?since= and the last id that you have",
        }
    }
}

impl Sweep {
    /// How many walks a time is.
    fn walks(&self, time: Duration) -> u32 {
        let walks = time.as_nanos().div_ceil(self.interval.as_nanos().max(1));
        u32::try_from(walks).unwrap_or(u32::MAX).max(1)
    }
}

/// The registry of all sockets and the task that walks over it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sweeper(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    settings: Sweep,
    shards: [Mutex<Vec<Weak<Shared>>>; SHARDS],
    next: AtomicUsize,
    count: AtomicUsize,
    stopped: Mutex<Option<(CloseCode, String)>>,
    /// One walk at a time: removing what is gone moves others to places that a second walk may have passed.
    walking: tokio::sync::Mutex<()>,
}

/// Held by a connection that is registered.
#[derive(Debug)]
pub(crate) struct Watched(Arc<Registry>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Sweeper {
    /// An empty registry.
    #[must_use]
    pub fn new(settings: Sweep) -> Self {
        Self(Arc::new(Registry {
            settings,
            shards: Default::default(),
            next: AtomicUsize::new(0),
            count: AtomicUsize::new(0),
            stopped: Mutex::new(None),
            walking: tokio::sync::Mutex::new(()),
        }))
    }

    /// Registers a connection, until it is dropped. After [`Sweeper::close_all`] it is closed at once in the same way.
    pub fn watch(&self, connection: &mut Connection) {
        if connection.watched.is_some() {
            return;
        }
        let registry = &self.0;
        connection.watched = Some(Watched(Arc::clone(registry)));
        registry.count.fetch_add(1, Ordering::Relaxed);
        let shard = registry.next.fetch_add(1, Ordering::Relaxed) % SHARDS;
        lock(&registry.shards[shard]).push(Arc::downgrade(&connection.socket().0));
        // Only now: one that comes while all are being closed is in the registry already, or sees this.
        if let Some((code, reason)) = &*lock(&registry.stopped) {
            connection.socket().close(*code, reason);
        }
    }

    /// How many registered connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }

    /// Walks, until cancelled. To be spawned once, on the server's task tracker.
    pub async fn run(self, token: CancellationToken) {
        let every = self.0.settings.interval.max(Duration::from_millis(1));
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ping = Frame::ping(b"");
        loop {
            tokio::select! {
                () = token.cancelled() => return,
                _ = ticks.tick() => {}
            }
            tokio::select! {
                () = token.cancelled() => return,
                () = self.walk(|shared| self.look(shared, &ping)) => {}
            }
        }
    }

    /// Closes all, and those that come later too; for a shutdown with [`CloseCode::RESTART`]. Yields now and then. Each connection's
    /// task sees its `Closed` when the client has answered, or when [`crate::Limits::closing`] is over.
    pub async fn close_all(&self, code: CloseCode, reason: &str) {
        *lock(&self.0.stopped) = Some((code, reason.to_owned()));
        self.walk(|shared| shared.close(code, reason, false)).await;
    }

    /// Looks at one socket.
    fn look(&self, shared: &Shared, ping: &Frame) {
        let settings = &self.0.settings;
        let (state, backlog) = {
            let outbox = shared.outbox();
            (outbox.state(), outbox.backlog())
        };
        if state != State::Open {
            return;
        }
        if backlog.stalled >= settings.stalled {
            shared.close(CloseCode::TRY_AGAIN, settings.stalled_reason, true);
            return;
        }
        let sign = match settings.signs {
            Signs::Anything => &shared.heard,
            Signs::Beats => &shared.beat,
        };
        if sign.swap(false, Ordering::Relaxed) {
            shared.silent.store(0, Ordering::Relaxed);
            return;
        }
        // A ping would stand behind what waits, and so would its answer: until that is taken, only a standstill counts.
        if settings.signs == Signs::Beats && backlog.frames > 0 {
            return;
        }
        let silent = shared.silent.fetch_add(1, Ordering::Relaxed) + 1;
        let patience = settings.walks(settings.silent);
        if silent == patience {
            shared.ping(ping);
        } else if silent >= patience.saturating_add(settings.walks(settings.answer)) {
            let (code, reason) = settings.dead;
            shared.close(code, reason, true);
        }
    }

    /// Visits all live sockets, no lock held meanwhile, and forgets those that are gone.
    async fn walk(&self, visit: impl Fn(&Shared)) {
        let _alone = self.0.walking.lock().await;
        for shard in &self.0.shards {
            let mut start = 0;
            loop {
                let batch = take_batch(&mut lock(shard), start);
                if batch.is_empty() {
                    break;
                }
                start += batch.len();
                batch.iter().for_each(|shared| visit(shared));
                drop(batch);
                tokio::task::yield_now().await;
            }
        }
    }
}

/// The next sockets from `start` on; what is gone is removed on the way.
fn take_batch(sockets: &mut Vec<Weak<Shared>>, start: usize) -> Vec<Arc<Shared>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH && start + batch.len() < sockets.len() {
        match sockets[start + batch.len()].upgrade() {
            Some(shared) => batch.push(shared),
            None => drop(sockets.swap_remove(start + batch.len())),
        }
    }
    if sockets.capacity() > 64 && sockets.len() < sockets.capacity() / 4 {
        sockets.shrink_to(sockets.len() * 2);
    }
    batch
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
