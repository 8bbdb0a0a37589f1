//! Limits: who may do how much, in token buckets for addresses, accounts, rooms and bots.
//!
//! The runtime's commands take from them, by their caller, so no gateway can forget to; what never comes to a command
//! (connections, trials) asks here by itself. A bucket is one number, the moment at which it is full again (GCRA).

mod open;
mod over;
mod rate;
mod settings;
mod table;

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use parlor_rooms::{BotId, RoomName};
use tokio::time::Instant;

use self::{open::Counts, table::Table};
pub use self::{
    open::Open,
    over::{Limited, What, Whose},
    rate::{NotARate, Rate},
    settings::Limits,
};
use crate::{Caller, metrics::Metrics};

/// How many buckets are remembered, of 16 bytes each.
const BUCKETS: usize = 1 << 16;
/// How long to wait before another connection is tried, where too many are open.
const CLOSING: Duration = Duration::from_secs(5);

/// What has been asked of the server lately, and the settings to hold it against.
pub struct Limiter {
    limits: RwLock<Limits>,
    table: Table,
    counts: Arc<Counts>,
    hasher: RandomState,
    began: Instant,
    metrics: Arc<Metrics>,
}

impl Limiter {
    /// With these settings; what is refused is counted.
    pub fn new(limits: Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            limits: RwLock::new(limits),
            table: Table::new(BUCKETS),
            counts: Arc::default(),
            hasher: RandomState::new(),
            began: Instant::now(),
            metrics,
        }
    }

    /// The settings as they are.
    pub fn limits(&self) -> Limits {
        *self.limits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes other settings from now on. What was used up stays so.
    pub fn set(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// Takes one from what the caller's address has, then from what its account has. The server itself has no limit.
    pub fn take(&self, caller: &Caller, what: What) -> Result<(), Limited> {
        let limits = self.limits();
        if !limits.on {
            return Ok(());
        }
        let now = self.now();
        if let Some(address) = caller.address {
            self.bucket(what, Whose::Address, block(address), &limits, now)?;
        }
        if let Some(person) = caller.actor.person() {
            self.bucket(what, Whose::Account, person.id, &limits, now)?;
        }
        Ok(())
    }

    /// Takes one from what may happen in a room, whoever does it; but the server itself always may.
    pub(crate) fn take_in(&self, caller: &Caller, room: &RoomName) -> Result<(), Limited> {
        let limits = self.limits();
        if !limits.on || *caller == Caller::SERVER {
            return Ok(());
        }
        self.bucket(What::Posts, Whose::Room, room, &limits, self.now())
    }

    fn bucket(
        &self,
        what: What,
        whose: Whose,
        key: impl std::hash::Hash,
        limits: &Limits,
        now: u64,
    ) -> Result<(), Limited> {
        let rate = limits.rate(what, whose);
        if !rate.is_on() {
            return Ok(());
        }
        let key = self.hasher.hash_one((what, whose, key));
        self.table.take(key, rate, now).map_err(|retry_after| {
            self.metrics.limited(what);
            Limited { what, whose, retry_after }
        })
    }

    /// Takes one from what a bot may be asked; if there is none, gives how long to wait before asking again.
    pub fn activate(&self, bot: BotId) -> Result<(), Duration> {
        let limits = self.limits();
        let rate = limits.activations_per_bot;
        if !limits.on || !rate.is_on() {
            return Ok(());
        }
        self.table.take(self.hasher.hash_one(("bot", bot)), rate, self.now())
    }

    /// Counts a connection or a websocket of an address, if it may open another. To be kept while it is open.
    pub fn open(&self, what: What, address: IpAddr) -> Result<Option<Open>, Limited> {
        let limits = self.limits();
        if !limits.on {
            return Ok(None);
        }
        self.bucket(what, Whose::Address, block(address), &limits, self.now())?;
        let max = if what == What::Sockets { limits.open_sockets } else { limits.open_connections };
        self.counts.open(what, address, max).map(Some).ok_or_else(|| {
            self.metrics.limited(what);
            Limited { what, whose: Whose::Address, retry_after: CLOSING }
        })
    }

    /// A bucket of one's own for what one websocket says.
    pub(crate) fn talk(&self) -> Talk {
        Talk::default()
    }

    /// What to do with something that a websocket says.
    pub(crate) fn hear(&self, talk: &mut Talk) -> Heed {
        let limits = self.limits();
        if !limits.on || !limits.signals.is_on() {
            return Heed::Listen;
        }
        let now = self.now();
        if let Ok(full_at) = limits.signals.take(talk.full_at, now) {
            talk.full_at = full_at;
            return Heed::Listen;
        }
        match limits.signals.times(ABUSE).take(talk.abused_at, now) {
            Ok(full_at) => {
                talk.abused_at = full_at;
                Heed::PassOver
            }
            Err(_) => Heed::Close,
        }
    }

    /// How long a client of the hub has to wait before its next payload is heard. It has taken one, however.
    pub fn pace(&self, pace: &mut Pace) -> Duration {
        let limits = self.limits();
        if !limits.on || !limits.payloads.is_on() {
            return Duration::ZERO;
        }
        match limits.payloads.take(pace.full_at, self.now()) {
            Ok(full_at) => {
                pace.full_at = full_at;
                Duration::ZERO
            }
            Err(wait) => wait,
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Whoever says so many times more than is listened to is closed.
const ABUSE: u32 = 10;

/// How much a client of the hub has said lately.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    full_at: u64,
}

/// What a websocket has said lately.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Talk {
    full_at: u64,
    abused_at: u64,
}

/// What to do with what a websocket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heed {
    Listen,
    PassOver,
    Close,
}

impl Limits {
    fn rate(&self, what: What, whose: Whose) -> Rate {
        match (what, whose) {
            (What::Posts, Whose::Address) => self.posts_per_address,
            (What::Posts, Whose::Account) => self.posts_per_account,
            (What::Posts, Whose::Room) => self.posts_per_room,
            (What::Searches, Whose::Address) => self.searches_per_address,
            (What::Searches, Whose::Account) => self.searches_per_account,
            (What::Patterns, Whose::Address) => self.patterns_per_address,
            (What::Patterns, Whose::Account) => self.patterns_per_account,
            (What::Trials, Whose::Address) => self.trials_per_address,
            (What::Trials, Whose::Account) => self.trials_per_account,
            (What::Rooms, Whose::Address) => self.rooms_per_address,
            (What::Rooms, Whose::Account) => self.rooms_per_account,
            (What::Bots, Whose::Address) => self.bots_per_address,
            (What::Bots, Whose::Account) => self.bots_per_account,
            (What::Connections, Whose::Address) => self.connections_per_address,
            (What::Sockets, Whose::Address) => self.sockets_per_address,
            (_, Whose::Room | Whose::Server) | (What::Connections | What::Sockets, Whose::Account) => Rate::OFF,
        }
    }
}

/// What counts as one address for every limit: an IPv4 address, but of IPv6 the network that one customer has.
pub fn block(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address) & u128::from(Ipv6Addr::new(!0, !0, !0, !0, 0, 0, 0, 0)),
    }
}

#[cfg(test)]
mod tests;
