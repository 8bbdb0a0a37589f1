//! Events that are no messages become dispatches: who comes and goes, and the ticks of timers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use parlor_rooms::{Bot, BotId, Bots as RoomBots, Interest, Json, RoomName};
use parlor_runtime::{CommandError, PresenceChange};
use parlor_store::{ReadError, Trigger};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    bots::Inner,
    occasion::{Happening, Occasion, hears},
    random,
};

/// The timers that run, by room and bot.
#[derive(Default)]
pub(crate) struct Timers(Mutex<HashMap<RoomName, BTreeMap<BotId, Timer>>>);

/// The timers of one bot. Dropping it stops them.
struct Timer {
    every: Vec<Duration>,
    _stop: DropGuard,
}

/// A timer that is to run.
struct Ticking {
    room: RoomName,
    bot: BotId,
    every: Duration,
    stop: CancellationToken,
    /// Held while the bot is busy with a tick, whichever of its timers it was.
    busy: Arc<tokio::sync::Mutex<()>>,
}

impl Inner {
    /// Lets the timers of a room's bots run as the bots are now. One that stays as it was goes on ticking as before.
    pub(crate) fn set_timers(self: &Arc<Self>, room: &RoomName, bots: &RoomBots) {
        let wanted: BTreeMap<BotId, Vec<Duration>> =
            bots.values().map(|bot| (bot.id, timers(bot))).filter(|(_, every)| !every.is_empty()).collect();
        let mut rooms = self.timers.0.lock().expect("nobody panics while holding the timers");
        if wanted.is_empty() {
            rooms.remove(room);
            return;
        }
        let running = rooms.entry(room.clone()).or_default();
        running.retain(|bot, timer| wanted.get(bot) == Some(&timer.every));
        for (bot, every) in wanted {
            running.entry(bot).or_insert_with(|| self.start_timers(room, bot, every));
        }
    }

    fn start_timers(self: &Arc<Self>, room: &RoomName, bot: BotId, every: Vec<Duration>) -> Timer {
        let stop = self.runtime.stopping().child_token();
        let busy = Arc::default();
        for every in &every {
            let (room, stop, busy) = (room.clone(), stop.clone(), Arc::clone(&busy));
            let ticking = Ticking { room, bot, every: *every, stop, busy };
            self.runtime.tracker().spawn(Arc::clone(self).run_timer(ticking));
        }
        Timer { every, _stop: stop.drop_guard() }
    }

    /// Ticks until it is stopped; what comes while the bot is still busy with the tick before is left out.
    async fn run_timer(self: Arc<Self>, ticking: Ticking) {
        let Ticking { room, bot, every, stop, busy } = ticking;
        let word = Interest::Every(every).to_string();
        let word = word.strip_prefix("every:").unwrap_or(&word);
        let begun = Instant::now();
        let run = async {
            loop {
                // Counted from the beginning, so that nothing drifts; what was due meanwhile is not made up for.
                let gone = begun.elapsed().as_secs() / every.as_secs().max(1);
                let next = u32::try_from(gone + 1).unwrap_or(u32::MAX);
                tokio::time::sleep_until(begun + every * next).await;
                let _busy = busy.lock().await;
                let occasion = Occasion::Every { every: word.to_owned() };
                match self.happened(&room, Happening { bot: Some(bot), occasion }).await {
                    Ok(trigger) => self.waiters.over(&room, &trigger).await,
                    Err(error) => tracing::warn!(%room, %bot, %error, "a timer's tick is lost"),
                }
            }
        };
        tokio::select! {
            () = run => {}
            () = stop.cancelled() => {}
        }
    }

    /// Starts the timers of all bots, after a start of the server.
    pub(crate) async fn start_all_timers(self: &Arc<Self>) -> Result<(), ReadError> {
        let all = self.runtime.store().all_bots().await?;
        let rooms = all.into_iter().filter(|(_, bot)| !timers(bot).is_empty()).map(|(room, _)| room);
        for room in rooms.collect::<std::collections::BTreeSet<_>>() {
            let state = self.runtime.snapshot(&room).await?;
            self.set_timers(&room, &state.bots);
        }
        Ok(())
    }

    /// Somebody came or went.
    pub(crate) fn presence(self: &Arc<Self>, room: &RoomName, bots: &RoomBots, change: &PresenceChange) {
        let occasion = Occasion::from(change);
        if !bots.values().any(|bot| hears(bot) && occasion.is_wanted(bot)) {
            return;
        }
        let (this, room) = (Arc::clone(self), room.clone());
        self.runtime.tracker().spawn(async move {
            if let Err(error) = this.happened(&room, Happening { bot: None, occasion }).await {
                tracing::warn!(%room, %error, "bots do not hear who came or went");
            }
        });
    }

    /// Stores what happened as a dispatch that is pending.
    async fn happened(self: &Arc<Self>, room: &RoomName, happening: Happening) -> Result<Trigger, CommandError> {
        let trigger = Trigger::Event(random::hex::<16>(&*self.options.random));
        let written = serde_json::to_string(&happening).expect("strings and numbers can be written");
        let body = Json::parse(&written).expect("what was just written can be read");
        self.dispatch(room, &trigger, body).await?;
        Ok(trigger)
    }
}

/// How often a bot wants to hear that a while went by.
fn timers(bot: &Bot) -> Vec<Duration> {
    if !hears(bot) {
        return Vec::new();
    }
    bot.events
        .iter()
        .filter_map(|interest| if let Interest::Every(every) = interest { Some(*every) } else { None })
        .collect()
}
