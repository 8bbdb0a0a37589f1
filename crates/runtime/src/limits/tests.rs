//! The limits together: a class that is not slowed down, a flood that is, whose bucket is whose.

use parlor_rooms::policy::{Actor, Person, Role, Scopes};

use super::*;

fn limiter(limits: Limits) -> Limiter {
    Limiter::new(limits, Arc::default())
}

fn from(address: &str) -> Caller {
    Caller::anyone(Some(address.parse().expect("an address")))
}

fn person(id: u64, address: &str) -> Caller {
    let person = Person { id, name: format!("p{id}"), role: Role::Member };
    Caller { actor: Actor::Person(person, Scopes::ALL), ..from(address) }
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a name")
}

/// Posts as the runtime does.
fn post(limiter: &Limiter, caller: &Caller, name: &str) -> Result<(), Limited> {
    limiter.take(caller, What::Posts)?;
    limiter.take_in(caller, &room(name))
}

#[tokio::test(start_paused = true)]
async fn sixty_behind_one_address_who_each_post_every_two_seconds_are_never_slowed_down() {
    let limiter = limiter(Limits::default());
    let caller = from("192.0.2.1");
    for _ in 0..30 * 60 {
        // All at the same moment, as when a teacher says “now”.
        for _ in 0..60 {
            assert_eq!(post(&limiter, &caller, "class"), Ok(()));
        }
        tokio::time::advance(Duration::from_secs(2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_times_that_is_refused_and_goes_on_when_it_was_told_to() {
    let limiter = limiter(Limits::default());
    let caller = from("192.0.2.1");
    let mut posted = 0;
    for _ in 0..60 * 100 {
        posted += u32::from(post(&limiter, &caller, "class").is_ok());
    }
    assert_eq!(posted, 300);
    let limited = post(&limiter, &caller, "class").expect_err("over");
    assert_eq!((limited.what, limited.whose, limited.seconds()), (What::Posts, Whose::Address, 1));
    assert_eq!(post(&limiter, &from("192.0.2.2"), "class"), Ok(()), "others go on");
    tokio::time::advance(Duration::from_secs(limited.seconds())).await;
    assert_eq!(post(&limiter, &caller, "class"), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_address_is_one_of_ipv4_and_a_network_of_ipv6() {
    let limiter = limiter(Limits { posts_per_address: Rate::new(1, 60), ..Limits::default() });
    for (first, same, other) in [
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
        ("127.0.0.1", "127.0.0.1", "::1"),
    ] {
        assert_eq!(limiter.take(&from(first), What::Posts), Ok(()), "{first}");
        assert!(limiter.take(&from(same), What::Posts).is_err(), "{same}");
        assert_eq!(limiter.take(&from(other), What::Posts), Ok(()), "{other}");
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_rooms_and_kinds_of_things_have_buckets_of_their_own() {
    let one = Rate::new(1, 60);
    let limits = Limits { posts_per_account: one, searches_per_address: one, posts_per_room: one, ..Limits::default() };
    let limiter = limiter(limits);
    let whose = |result: Result<(), Limited>| result.expect_err("over").whose;
    assert_eq!(post(&limiter, &person(1, "192.0.2.1"), "a"), Ok(()));
    assert_eq!(whose(post(&limiter, &person(1, "192.0.2.9"), "b")), Whose::Account);
    assert_eq!(whose(post(&limiter, &person(2, "192.0.2.1"), "a")), Whose::Room);
    assert_eq!(post(&limiter, &from("192.0.2.1"), "c"), Ok(()));
    assert_eq!(limiter.take(&from("192.0.2.1"), What::Searches), Ok(()));
    assert_eq!(whose(limiter.take(&from("192.0.2.1"), What::Searches)), Whose::Address);
    for _ in 0..1_000 {
        assert_eq!(post(&limiter, &Caller::SERVER, "a"), Ok(()), "the server itself has no limit");
    }
}

#[tokio::test(start_paused = true)]
async fn off_means_off_and_other_settings_hold_at_once() {
    let limiter = limiter(Limits { on: false, posts_per_address: Rate::new(1, 60), ..Limits::default() });
    let (caller, address) = (from("192.0.2.1"), "192.0.2.1".parse().expect("an address"));
    for _ in 0..10 {
        assert_eq!(post(&limiter, &caller, "a"), Ok(()));
        assert_eq!(limiter.activate(BotId(1)), Ok(()));
        assert!(limiter.open(What::Sockets, address).is_ok_and(|open| open.is_none()));
    }
    limiter.set(Limits { on: true, open_sockets: 1, ..limiter.limits() });
    assert_eq!(post(&limiter, &caller, "a"), Ok(()));
    assert!(post(&limiter, &caller, "a").is_err());
    let open = limiter.open(What::Sockets, address).expect("the first");
    assert!(limiter.open(What::Sockets, address).is_err());
    drop(open);
    assert!(limiter.open(What::Sockets, address).is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_says_too_much_on_a_websocket_is_passed_over_and_closed_only_if_it_does_not_stop() {
    let limiter = limiter(Limits { signals: Rate::new(5, 10), ..Limits::default() });
    let mut talk = limiter.talk();
    let heard: Vec<Heed> = (0..56).map(|_| limiter.hear(&mut talk)).collect();
    assert!(heard[..5].iter().all(|heed| *heed == Heed::Listen));
    assert!(heard[5..55].iter().all(|heed| *heed == Heed::PassOver));
    assert_eq!(heard[55], Heed::Close);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(limiter.hear(&mut talk), Heed::Listen);
}
