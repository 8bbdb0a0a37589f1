//! One task that pings silent clients and closes those that are dead or hopelessly behind.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{CloseCode, Connection};

/// When the sweeper does what. Everything is rounded up to whole intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// The time between two walks over all sockets.
    pub interval: Duration,
    /// A client that said nothing for so long is pinged.
    pub silent: Duration,
    /// A client that says nothing for so long after the ping is closed with 1001.
    pub answer: Duration,
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
            silent: Duration::from_secs(30),
            answer: Duration::from_secs(20),
            stalled: Duration::from_secs(30),
            stalled_reason: "too far behind: come back with ?since= and the last id that you have",
        }
    }
}

/// The registry of all sockets and the task that walks over it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sweeper {}

impl Sweeper {
    /// An empty registry.
    #[must_use]
    pub fn new(settings: Sweep) -> Self {
        let _ = settings;
        unimplemented!("being built")
    }

    /// Registers a connection, until it is dropped. After [`Sweeper::close_all`] it is closed at once in the same way.
    pub fn watch(&self, connection: &mut Connection) {
        let _ = connection;
        unimplemented!("being built")
    }

    /// How many registered connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        unimplemented!("being built")
    }

    /// Walks, until cancelled. To be spawned once, on the server's task tracker.
    pub async fn run(self, token: CancellationToken) {
        let _ = token;
        unimplemented!("being built")
    }

    /// Closes all, and those that come later too; for a shutdown with [`CloseCode::RESTART`]. Yields now and then. Each connection's task sees
    /// its `Closed` when the client has answered, or when [`crate::Limits::closing`] is over.
    pub async fn close_all(&self, code: CloseCode, reason: &str) {
        let _ = (code, reason);
        unimplemented!("being built")
    }
}
