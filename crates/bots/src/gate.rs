//! How much a bot may be busy: so many activations in flight, so many that wait, and no more.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parlor_rooms::BotId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many activations of a bot are in flight at most.
pub(crate) const IN_FLIGHT: usize = 64;
/// How many more may wait.
pub(crate) const WAITING: usize = 1_000;

/// The gates of all bots that are busy.
#[derive(Default)]
pub(crate) struct Gates(Mutex<HashMap<BotId, Arc<Gate>>>);

struct Gate {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Whether the room was told that too many wait; until nobody waits it is not told again.
    told: AtomicBool,
}

/// A turn at a bot, until it is dropped.
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
    _gate: Held,
}

/// More wait than may; `first` if nobody was told yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowded {
    pub(crate) first: bool,
}

/// Keeps a gate among the others as long as somebody is at it.
struct Held {
    gate: Arc<Gate>,
    gates: Arc<Gates>,
    bot: BotId,
}

impl Gates {
    /// Waits for a turn at the bot.
    pub(crate) async fn turn(self: &Arc<Self>, bot: BotId) -> Result<Turn, Crowded> {
        let held = self.hold(bot);
        let turns = Arc::clone(&held.gate.turns);
        if let Ok(permit) = Arc::clone(&turns).try_acquire_owned() {
            return Ok(Turn { _permit: permit, _gate: held });
        }
        let waits = Waits::enter(&held.gate)?;
        let permit = turns.acquire_owned().await.expect("a gate is never closed");
        drop(waits);
        Ok(Turn { _permit: permit, _gate: held })
    }

    fn hold(self: &Arc<Self>, bot: BotId) -> Held {
        let mut gates = self.0.lock().expect("nobody panics while holding the gates");
        let gate = gates.entry(bot).or_insert_with(|| {
            Arc::new(Gate {
                turns: Arc::new(Semaphore::new(IN_FLIGHT)),
                waiting: AtomicUsize::new(0),
                told: AtomicBool::new(false),
            })
        });
        Held { gate: Arc::clone(gate), gates: Arc::clone(self), bot }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut gates = self.gates.0.lock().expect("as above");
        // The map's and this one: nobody else is at the gate.
        if Arc::strong_count(&self.gate) == 2 {
            gates.remove(&self.bot);
        }
    }
}

struct Waits<'a>(&'a Gate);

impl<'a> Waits<'a> {
    fn enter(gate: &'a Gate) -> Result<Self, Crowded> {
        let entered =
            gate.waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < WAITING).then_some(n + 1));
        match entered {
            Ok(_) => Ok(Self(gate)),
            Err(_) => Err(Crowded { first: !gate.told.swap(true, Ordering::AcqRel) }),
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.told.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::task::TaskTracker;

    use super::*;

    #[tokio::test]
    async fn so_many_at_once_so_many_wait_and_the_rest_is_told_once() {
        let gates = Arc::new(Gates::default());
        let mut turns = Vec::new();
        for _ in 0..IN_FLIGHT {
            turns.push(gates.turn(BotId(1)).await.ok().unwrap());
        }
        let tasks = TaskTracker::new();
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let gates = Arc::clone(&gates);
                tasks.spawn(async move { gates.turn(BotId(1)).await.map(drop) })
            })
            .collect();
        while gates.0.lock().unwrap()[&BotId(1)].waiting.load(Ordering::Acquire) < WAITING {
            tokio::task::yield_now().await;
        }
        assert_eq!(gates.turn(BotId(1)).await.err(), Some(Crowded { first: true }));
        assert_eq!(gates.turn(BotId(1)).await.err(), Some(Crowded { first: false }));
        assert!(gates.turn(BotId(2)).await.is_ok(), "other bots are not held up");
        drop(turns);
        for task in waiting {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
        assert!(gates.0.lock().unwrap().is_empty());
    }
}
