//! What follows a session that is over: all tabs of a browser come back at once, each with the old cookie, and are to meet in one
//! new session.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use parlor_rooms::Timestamp;

use crate::cookie::Secret;

/// How long the tabs have.
const LIFE: Duration = Duration::from_secs(60);
/// How many are remembered.
const MOST: usize = 10_000;

/// The secrets that follow those that lead nowhere any more, by their ids.
#[derive(Default)]
pub(crate) struct Heirs(Mutex<HashMap<String, (Secret, Timestamp)>>);

impl Heirs {
    /// The one that follows this one.
    pub(crate) fn of(&self, id: &str, now: Timestamp) -> Secret {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((heir, since)) = all.get(id)
            && now.since(*since) < LIFE
        {
            return heir.clone();
        }
        if all.len() >= MOST {
            all.retain(|_, (_, since)| now.since(*since) < LIFE);
        }
        if all.len() >= MOST {
            all.clear();
        }
        let heir = Secret::new();
        all.insert(id.to_owned(), (heir.clone(), now));
        heir
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_who_come_with_one_secret_get_one_new_one() {
        let heirs = Heirs::default();
        let heir = heirs.of("a", Timestamp(0));
        assert_eq!(heirs.of("a", Timestamp(0).plus(LIFE / 2)), heir);
        assert_ne!(heirs.of("b", Timestamp(0)), heir);
        assert_ne!(heirs.of("a", Timestamp(0).plus(LIFE)), heir, "it is too late");
    }

    #[test]
    fn not_more_are_remembered_than_there_is_room_for() {
        let heirs = Heirs::default();
        for number in 0..=MOST {
            heirs.of(&number.to_string(), Timestamp(0));
        }
        assert!(heirs.0.lock().expect("a lock").len() <= MOST);
    }
}
