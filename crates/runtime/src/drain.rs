//! Sending: one drain for each room at a time, over the members as they were, outside the room's lock.

use std::sync::Arc;

use parlor_rooms::EventId;
use parlor_sockets::{Frame, Sent};

use crate::room::{EncoderId, Member, Outgoing, Room};

/// After so many sockets others get a turn: writing without blocking has no budget of its own.
const YIELD_EVERY: usize = 256;

/// The waiting events as one encoder wrote them, for one vectored write a socket.
struct Bundle {
    encoder: EncoderId,
    frames: Vec<Frame>,
    /// The event of each frame.
    ids: Vec<EventId>,
}

/// Sends what waits until nothing does. Whoever set `draining` runs it, once.
pub(crate) async fn run(room: Arc<Room>) {
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
        let bundles = bundle(outgoing);
        let mut gone = Vec::new();
        for (index, member) in members.iter().enumerate() {
            if index % YIELD_EVERY == YIELD_EVERY - 1 {
                tokio::task::yield_now().await;
            }
            if let Some(bundle) = bundles.iter().find(|bundle| bundle.encoder == member.encoder)
                && !send(member, bundle, before)
            {
                gone.push(member.socket.clone());
            }
        }
        drop(members);
        if !gone.is_empty() {
            let mut inner = room.lock();
            Arc::make_mut(&mut inner.members).retain(|member| !gone.contains(&member.socket));
            drop(inner);
            // After it is no member any more, so that it can't be woken before.
            for socket in gone {
                socket.wake();
            }
        }
    }
}

fn bundle(outgoing: Vec<Outgoing>) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = Vec::with_capacity(1);
    for Outgoing { id, frames, .. } in outgoing {
        for (encoder, frames) in frames {
            let index = bundles.iter().position(|bundle| bundle.encoder == encoder).unwrap_or_else(|| {
                bundles.push(Bundle { encoder, frames: Vec::new(), ids: Vec::new() });
                bundles.len() - 1
            });
            let bundle = &mut bundles[index];
            bundle.ids.extend(std::iter::repeat_n(id, frames.len()));
            bundle.frames.extend(frames);
        }
    }
    bundles
}

/// Sends a member what it has not got by replay. False if it is to be a member no more.
fn send(member: &Member, bundle: &Bundle, before: EventId) -> bool {
    let first = bundle.ids.partition_point(|id| *id <= member.joined);
    if first == bundle.frames.len() {
        return true;
    }
    match member.socket.send(&bundle.frames[first..]) {
        Sent::Written | Sent::Queued => true,
        Sent::Overflow => {
            member.behind.set(before.max(member.joined));
            false
        }
        Sent::Closed => false,
    }
}
