//! Keys to the files of a room's bots, for its frame: that has no cookie, since its origin is opaque. A room's page hands one
//! over; it opens the files of that room's bots for a day, or until the server ends.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use parlor_rooms::{RoomName, Timestamp, policy::Action};
use parlor_runtime::{Caller, Runtime};
use sha2::Sha256;

/// How long a key opens; who keeps a page open asks for another before (`GET /api/files-key`).
pub(crate) const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// What the keys of this process are made with.
pub(crate) struct FileKeys([u8; 32]);

impl FileKeys {
    /// With a secret of its own.
    pub(crate) fn new() -> Self {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the operating system has random bytes");
        Self(secret)
    }

    /// A key for those who may read a room that not everybody may read; elsewhere none is needed.
    pub(crate) async fn wanted(&self, runtime: &Runtime, room: &RoomName) -> Option<String> {
        let anyone = Caller::anyone(None);
        let open = runtime.check(&anyone, Action::Read, room).await.is_ok();
        (!open).then(|| self.make(room, runtime.clock().now()))
    }

    /// A key to the files of this room's bots: when it ends, and the proof.
    fn make(&self, room: &RoomName, now: Timestamp) -> String {
        let until = now.plus(LIFE).0;
        let proof = self.proof(room, until).finalize().into_bytes();
        proof.iter().fold(format!("{until:x}."), |key, byte| key + &format!("{byte:02x}"))
    }

    /// Whether a key opens the files of this room's bots now.
    pub(crate) fn opens(&self, key: &str, room: &RoomName, now: Timestamp) -> bool {
        let Some((until, proof)) = key.split_once('.') else { return false };
        let Ok(until) = i64::from_str_radix(until, 16) else { return false };
        let digits = |at: usize| proof.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let Some(proof) = (0..proof.len()).step_by(2).map(digits).collect::<Option<Vec<u8>>>() else { return false };
        until > now.0 && self.proof(room, until).verify_slice(&proof).is_ok()
    }

    fn proof(&self, room: &RoomName, until: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(&until.to_be_bytes());
        mac.update(room.as_str().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_its_room_for_a_day_and_nothing_else() {
        let (keys, others) = (FileKeys([1; 32]), FileKeys([2; 32]));
        let (room, other) = (RoomName::parse("a").expect("a name"), RoomName::parse("b").expect("a name"));
        let now = Timestamp(1_700_000_000_000_000);
        let key = keys.make(&room, now);
        assert!(keys.opens(&key, &room, now.plus(LIFE - Duration::from_secs(1))));
        assert!(!keys.opens(&key, &room, now.plus(LIFE)));
        assert!(!keys.opens(&key, &other, now));
        assert!(!others.opens(&key, &room, now));
        let (until, proof) = key.split_once('.').expect("two parts");
        let later = i64::from_str_radix(until, 16).expect("a number") + 1;
        for wrong in [
            "",
            ".",
            "x.y",
            until,
            &format!("{later:x}.{proof}"),
            &format!("{until}."),
            &format!("{until}.é0"),
            &key[..key.len() - 2],
        ] {
            assert!(!keys.opens(wrong, &room, now), "{wrong}");
        }
    }
}
