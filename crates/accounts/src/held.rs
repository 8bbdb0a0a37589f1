//! Connections that stay open: who holds one is told when what it was opened with no longer holds.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use crate::{Accounts, Credential, Error, Seen, lock};

/// All that are held.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    next: AtomicU64,
    held: Mutex<HashMap<u64, Hold>>,
}

#[derive(Debug)]
struct Hold {
    account: u64,
    credential: Credential,
    ended: CancellationToken,
}

impl Holds {
    /// Tells those whose account and credential are meant.
    pub(crate) fn end(&self, which: impl Fn(u64, &Credential) -> bool) {
        let held = lock(&self.held);
        held.values().filter(|hold| which(hold.account, &hold.credential)).for_each(|hold| hold.ended.cancel());
    }
}

/// A connection that is held open. Dropping it is forgetting it.
pub struct Held {
    holds: Arc<Holds>,
    serial: u64,
    ended: CancellationToken,
}

impl Held {
    /// Cancelled when the connection must be closed: its session or token has ended, its account was disabled or has
    /// another role.
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.holds.held).remove(&self.serial);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({})", self.serial)
    }
}

impl Accounts {
    /// Watches over a connection that was opened by `seen`. What ended between the two is known, too.
    pub async fn hold(&self, seen: &Seen) -> Result<Held, Error> {
        let parts = self.on()?;
        let (serial, ended) = (parts.holds.next.fetch_add(1, Ordering::Relaxed), CancellationToken::new());
        let hold = Hold { account: seen.person.id, credential: seen.credential, ended: ended.clone() };
        lock(&parts.holds.held).insert(serial, hold);
        let held = Held { holds: Arc::clone(&parts.holds), serial, ended };
        if !parts.still_holds(seen).await? {
            held.ended.cancel();
        }
        Ok(held)
    }
}
