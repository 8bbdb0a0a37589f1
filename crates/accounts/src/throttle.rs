//! Guessing is slowed: by account, by address, and by the two together, with delays that grow.
//!
//! Who guesses at somebody's password must not keep that person out. So the short delays begin after a few failures of
//! one address at one account; an account at which many addresses guess is slowed for those only from which nobody has
//! logged in to it; and no delay is longer than a minute. An address may fail often before it is slowed as a whole, since
//! a school has only one.

use std::{net::IpAddr, time::Duration};

use parlor_rooms::Timestamp;

use crate::bounded::Bounded;

/// How many of each are remembered.
const REMEMBERED: usize = 20_000;
/// The longest delay.
const LONGEST: Duration = Duration::from_secs(60);
/// Failures are forgotten when there were no more for so long.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

/// Failures that cost nothing: of an address at an account, at an account, of an address.
const PAIR_FREE: u32 = 5;
const ACCOUNT_FREE: u32 = 50;
const ADDRESS_FREE: u32 = 60;

/// Where somebody comes from: an address, or for IPv6 the network that one customer has.
type Place = Option<IpAddr>;

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    /// The last one.
    at: Timestamp,
}

impl Failures {
    /// How long until the next attempt may be made.
    fn wait(&mut self, free: u32, now: Timestamp) -> Duration {
        if now.since(self.at) >= FORGOTTEN {
            self.count = 0;
        }
        let Some(over) = self.count.checked_sub(free) else { return Duration::ZERO };
        let delay = Duration::from_secs(1 << over.min(10)).min(LONGEST);
        delay.saturating_sub(now.since(self.at))
    }

    fn count(&mut self, now: Timestamp) {
        *self = Self { count: self.count.saturating_add(1), at: now };
    }

    fn forgive(&mut self) {
        self.count = self.count.saturating_sub(1);
    }
}

/// Who failed how often.
#[derive(Debug)]
pub(crate) struct Throttle {
    pairs: Bounded<(String, Place), Failures>,
    accounts: Bounded<String, Failures>,
    addresses: Bounded<Place, Failures>,
    /// From where somebody has logged in to an account.
    known: Bounded<(String, Place), ()>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            pairs: Bounded::new(REMEMBERED),
            accounts: Bounded::new(REMEMBERED),
            addresses: Bounded::new(REMEMBERED),
            known: Bounded::new(REMEMBERED),
        }
    }

    /// An attempt at this account, by its folded name. It counts as failed until [`Throttle::right`] is called, so that
    /// many at once are many; the error says when to come back.
    pub(crate) fn attempt(&mut self, account: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), Duration> {
        let place = place(address);
        let pair = (account.to_owned(), place);
        let known = self.known.get_mut(&pair).is_some();
        let waits = [
            self.pairs.entry(&pair, Failures::default).wait(PAIR_FREE, now),
            self.addresses.entry(&place, Failures::default).wait(ADDRESS_FREE, now),
            if known {
                Duration::ZERO
            } else {
                self.accounts.entry(&pair.0, Failures::default).wait(ACCOUNT_FREE, now)
            },
        ];
        let wait = waits.into_iter().max().unwrap_or_default();
        if wait > Duration::ZERO {
            return Err(wait);
        }
        self.pairs.entry(&pair, Failures::default).count(now);
        self.addresses.entry(&place, Failures::default).count(now);
        self.accounts.entry(&pair.0, Failures::default).count(now);
        Ok(())
    }

    /// The attempt was right.
    pub(crate) fn right(&mut self, account: &str, address: Option<IpAddr>) {
        let place = place(address);
        let pair = (account.to_owned(), place);
        self.pairs.remove(&pair);
        self.forgive(&pair);
        self.known.insert(pair, ());
    }

    /// The attempt was not made after all.
    pub(crate) fn undone(&mut self, account: &str, address: Option<IpAddr>) {
        let pair = (account.to_owned(), place(address));
        if let Some(failures) = self.pairs.get_mut(&pair) {
            failures.forgive();
        }
        self.forgive(&pair);
    }

    fn forgive(&mut self, pair: &(String, Place)) {
        if let Some(failures) = self.addresses.get_mut(&pair.1) {
            failures.forgive();
        }
        if let Some(failures) = self.accounts.get_mut(&pair.0) {
            failures.forgive();
        }
    }
}

/// Of IPv6 the first 64 bits: the rest is for each customer to choose.
fn place(address: Option<IpAddr>) -> Place {
    address.map(|address| match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000_000);

    fn address(last: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(std::net::Ipv4Addr::from_bits(0xc000_0200 + last)))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn delays_grow_up_to_a_minute_and_end() {
        let (mut throttle, mut now) = (Throttle::new(), START);
        for _ in 0..PAIR_FREE {
            assert_eq!(throttle.attempt("ann", address(1), now), Ok(()));
        }
        for delay in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(throttle.attempt("ann", address(1), now), Err(seconds(delay)));
            now = now.plus(seconds(delay) - Duration::from_millis(1));
            assert!(throttle.attempt("ann", address(1), now).is_err());
            now = now.plus(Duration::from_millis(1));
            assert_eq!(throttle.attempt("ann", address(1), now), Ok(()));
        }
        assert_eq!(throttle.attempt("ann", address(1), now.plus(FORGOTTEN)), Ok(()));
        assert_eq!(throttle.attempt("ann", address(1), now.plus(FORGOTTEN)), Ok(()), "all is forgotten");
    }

    #[test]
    fn who_is_right_begins_anew() {
        let mut throttle = Throttle::new();
        for _ in 0..100 {
            for _ in 0..PAIR_FREE {
                assert_eq!(throttle.attempt("ann", address(1), START), Ok(()));
            }
            throttle.right("ann", address(1));
            throttle.accounts.remove(&"ann".to_owned());
            throttle.addresses.remove(&place(address(1)));
        }
    }

    #[test]
    fn guesses_of_others_do_not_keep_somebody_out() {
        let mut throttle = Throttle::new();
        throttle.attempt("ann", address(1), START).unwrap();
        throttle.right("ann", address(1));
        for other in 2..1_000 {
            let _ = throttle.attempt("ann", address(other), START);
        }
        assert!(throttle.attempt("ann", address(2_000), START).is_err(), "a new address is slowed");
        assert_eq!(throttle.attempt("ann", address(1), START), Ok(()), "the one she uses is not");
        let now = START.plus(LONGEST);
        assert_eq!(throttle.attempt("ann", address(2_000), now), Ok(()), "and nobody for more than a minute");
    }

    #[test]
    fn a_class_behind_one_address_may_mistype_and_a_flood_may_not() {
        let mut throttle = Throttle::new();
        for pupil in 0..30 {
            for _ in 0..2 {
                assert_eq!(throttle.attempt(&format!("pupil {pupil}"), address(1), START), Ok(()));
            }
        }
        assert_eq!(throttle.attempt("another", address(1), START), Err(seconds(1)));
        assert_eq!(throttle.attempt("another", address(2), START), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_place() {
        let mut throttle = Throttle::new();
        for last in 0..PAIR_FREE {
            let address: IpAddr = format!("2001:db8::{last:x}").parse().unwrap();
            assert_eq!(throttle.attempt("ann", Some(address), START), Ok(()));
        }
        assert!(throttle.attempt("ann", "2001:db8::ffff:1".parse().ok(), START).is_err());
        assert_eq!(throttle.attempt("ann", "2001:db8:0:1::1".parse().ok(), START), Ok(()));
        assert!(throttle.attempt("bob", "::ffff:192.0.2.1".parse().ok(), START).is_ok());
    }

    #[test]
    fn an_attempt_that_was_not_made_costs_nothing() {
        let mut throttle = Throttle::new();
        for _ in 0..100 {
            assert_eq!(throttle.attempt("ann", address(1), START), Ok(()));
            throttle.undone("ann", address(1));
        }
    }
}
