//! Sending: one drain for each room at a time, over the members as they were, outside the room's lock.

use std::sync::Arc;

use parlor_rooms::EventId;
use parlor_sockets::{Frame, Sent};

use crate::{
    metrics::Metrics,
    room::{EncoderId, Member, Outgoing, Room},
    signal::Kinds,
};

/// After so many sockets (about 0.6 ms) others get a turn: writing without blocking has no budget of its own. A post in
/// another room waits for about four turns on its way.
const YIELD_EVERY: usize = 128;

/// Whoever has more than this waiting misses signals that mean nothing later.
const NEARLY_EMPTY: usize = 16 * 1024;

/// What waits, as one encoder wrote it for those who asked for certain signals, for one vectored write a socket.
struct Bundle {
    encoder: EncoderId,
    /// Which signals are in it.
    signals: Kinds,
    frames: Vec<Frame>,
    /// The event of each frame.
    ids: Vec<EventId>,
}

/// Sends what waits until nothing does. Whoever set `draining` runs it, once.
pub(crate) async fn run(room: Arc<Room>, metrics: Arc<Metrics>) {
    loop {
        let (outgoing, members) = {
            let mut inner = room.lock();
            if inner.outgoing.is_empty() {
                inner.draining = false;
                return;
            }
            (std::mem::take(&mut inner.outgoing), Arc::clone(&inner.members))
        };
        let before = outgoing.first().map_or(EventId::ZERO, |first| first.before);
        let mut bundles = Bundles::new(outgoing);
        let mut gone = Vec::new();
        for (index, member) in members.iter().enumerate() {
            if index % YIELD_EVERY == YIELD_EVERY - 1 {
                // First the writer's thread, where there are fewer cores than threads: it would wait for as long as the system
                // lets a thread run (about 3 ms).
                std::thread::yield_now();
                tokio::task::yield_now().await;
            }
            if !bundles.send(member, before) {
                gone.push(member.socket.clone());
            }
        }
        drop(members);
        metrics.frames.add(bundles.sent);
        if !gone.is_empty() {
            let mut inner = room.lock();
            inner.release(|socket| gone.contains(socket));
            drop(inner);
            // After it is no member any more, so that it can't be woken before.
            for socket in gone {
                socket.wake();
            }
        }
    }
}

/// What waits, put together for whom it concerns when the first such member comes.
struct Bundles {
    outgoing: Vec<Outgoing>,
    /// The signals among it; nearly always none.
    signals: Kinds,
    bundles: Vec<Bundle>,
    /// How many frames were handed over.
    sent: u64,
}

impl Bundles {
    fn new(outgoing: Vec<Outgoing>) -> Self {
        let signals = outgoing.iter().fold(Kinds::NONE, |all, one| all | one.to);
        Self { outgoing, signals, bundles: Vec::with_capacity(1), sent: 0 }
    }

    fn of(&mut self, encoder: EncoderId, signals: Kinds) -> &Bundle {
        let found = self.bundles.iter().position(|bundle| bundle.encoder == encoder && bundle.signals == signals);
        let index = found.unwrap_or_else(|| {
            self.bundles.push(Bundle::new(&self.outgoing, encoder, signals));
            self.bundles.len() - 1
        });
        &self.bundles[index]
    }

    /// Sends a member what it has not got by replay. False if it is to be a member no more.
    fn send(&mut self, member: &Member, before: EventId) -> bool {
        let mut signals = member.also & self.signals;
        if signals.has(Kinds::PASSING) && member.socket.queued() > NEARLY_EMPTY {
            signals = signals.without(Kinds::PASSING);
        }
        let mut sent = self.of(member.encoder, signals).send(member);
        if sent == Sent::Overflow && signals.has(Kinds::PASSING) {
            sent = self.of(member.encoder, signals.without(Kinds::PASSING)).send(member);
        }
        match sent {
            Sent::Written | Sent::Queued => {
                self.sent += self.of(member.encoder, signals).frames.len() as u64;
                true
            }
            Sent::Overflow => {
                member.behind.set(before.max(member.joined));
                false
            }
            Sent::Closed => false,
        }
    }
}

impl Bundle {
    fn new(outgoing: &[Outgoing], encoder: EncoderId, signals: Kinds) -> Self {
        let mut bundle = Self { encoder, signals, frames: Vec::new(), ids: Vec::new() };
        for Outgoing { id, to, frames, .. } in outgoing {
            if *to != Kinds::NONE && !signals.has(*to) {
                continue;
            }
            for (_, frames) in frames.iter().filter(|(by, _)| *by == encoder) {
                bundle.ids.extend(std::iter::repeat_n(*id, frames.len()));
                bundle.frames.extend_from_slice(frames);
            }
        }
        bundle
    }

    fn send(&self, member: &Member) -> Sent {
        let first = self.ids.partition_point(|id| *id <= member.joined);
        if first == self.frames.len() {
            return Sent::Written;
        }
        member.socket.send(&self.frames[first..])
    }
}
