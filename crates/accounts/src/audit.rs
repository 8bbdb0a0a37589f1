//! What happened, noted for admins: by whom, about whom, from where. Never a secret.

use std::{net::IpAddr, time::Duration};

use parlor_rooms::{
    RoomName, Timestamp,
    policy::{Actor, Person},
};
use parlor_store::people::{Change, Changed, Happened, Note};

use crate::{Accounts, Client, Error, Parts, bounded::Bounded, may_manage};

/// Failed log-ins that are noted in a minute; guesses must not push out what else happened.
const FAILURES_A_MINUTE: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// The longest text of an entry, in bytes.
const ABOUT_MAX: usize = 500;
/// The most entries of one page.
const PAGE_MAX: usize = 500;

/// Who does something, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// From which address.
    pub address: Option<IpAddr>,
}

impl By {
    /// Somebody.
    pub fn new(actor: Actor, address: Option<IpAddr>) -> Self {
        Self { actor, address }
    }

    /// Who sits at the server's command line.
    pub fn server() -> Self {
        Self { actor: Actor::Server, address: None }
    }

    /// What the audit calls them.
    pub(crate) fn name(&self) -> String {
        match &self.actor {
            Actor::Person(person, _) => person.name.clone(),
            Actor::Server => "the command line".to_owned(),
            Actor::Anyone => "somebody without an account".to_owned(),
        }
    }
}

/// Which failures were noted lately.
#[derive(Debug)]
pub(crate) struct Failures {
    since: Timestamp,
    count: u32,
    noted: Bounded<(String, Option<IpAddr>), Timestamp>,
}

impl Default for Failures {
    fn default() -> Self {
        Self { since: Timestamp::default(), count: 0, noted: Bounded::new(1_000) }
    }
}

impl Failures {
    /// Whether this one is to be noted: one a minute of each account and address, and so many in all.
    pub(crate) fn may_note(&mut self, account: &str, address: Option<IpAddr>, now: Timestamp) -> bool {
        if now.since(self.since) >= MINUTE {
            (self.since, self.count) = (now, 0);
        }
        let key = (account.to_owned(), address);
        let again = self.noted.get_mut(&key).is_some_and(|noted| now.since(*noted) < MINUTE);
        if again || self.count >= FAILURES_A_MINUTE {
            return false;
        }
        self.noted.insert(key, now);
        self.count += 1;
        true
    }
}

impl Parts {
    pub(crate) fn note(
        &self,
        who: impl Into<String>,
        what: Happened,
        about: impl Into<String>,
        address: Option<IpAddr>,
    ) -> Note {
        let mut about: String = about.into();
        about.truncate(about.floor_char_boundary(ABOUT_MAX));
        Note { at: self.now(), who: who.into(), what, about, address: address.map(|address| address.to_string()) }
    }

    pub(crate) fn noted_by(&self, by: &By, what: Happened, about: impl Into<String>) -> Note {
        self.note(by.name(), what, about, by.address)
    }

    pub(crate) fn noted_of(&self, person: &Person, what: Happened, about: impl Into<String>, from: &Client) -> Note {
        self.note(person.name.clone(), what, about, from.address)
    }

    /// Carries out a change that nothing in memory knows of.
    pub(crate) async fn change(&self, change: Change, note: Note, gone: &'static str) -> Result<u64, Error> {
        match self.store.change_people(change, Some(note)).await? {
            Changed::Done(id) => Ok(id),
            _ => Err(Error::Gone(gone)),
        }
    }
}

impl Accounts {
    /// What happened, the newest first, with numbers below `before`; for who runs the server.
    pub async fn audit(&self, by: &By, before: Option<u64>, limit: usize) -> Result<Vec<(u64, Note)>, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        Ok(parts.store.notes(before.unwrap_or(u64::MAX), limit.min(PAGE_MAX)).await?)
    }

    /// Notes that somebody changed a room's settings: `what` says to what. Where there are no accounts nothing is noted.
    pub async fn room_configured(&self, by: &By, room: &RoomName, what: &str) -> Result<(), Error> {
        let Some(parts) = &self.parts else { return Ok(()) };
        let note = parts.noted_by(by, Happened::RoomConfigured, format!("{room}: {what}"));
        parts.store.change_people(Change::Nothing, Some(note)).await?;
        Ok(())
    }

    /// Notes what somebody did with a flow. Where there are no accounts nothing is noted.
    pub async fn flow_changed(&self, by: &By, what: Happened, flow: &str) -> Result<(), Error> {
        let Some(parts) = &self.parts else { return Ok(()) };
        let note = parts.noted_by(by, what, flow);
        parts.store.change_people(Change::Nothing, Some(note)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_never_flood_what_happened() {
        let (mut failures, start) = (Failures::default(), Timestamp(1_700_000_000_000_000));
        let address = |last| Some(IpAddr::from([192, 0, 2, last]));
        let mut noted = |last, now| failures.may_note("ann", address(last), now);
        assert!(noted(0, start));
        assert!(!noted(0, start), "the same once more");
        assert_eq!((1..100).filter(|last| noted(*last, start)).count(), FAILURES_A_MINUTE as usize - 1);
        assert!(noted(0, start.plus(MINUTE)));
    }
}
