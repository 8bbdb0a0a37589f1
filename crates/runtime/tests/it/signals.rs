//! Signals: where they stand among events, and what becomes of them with somebody who does not read.

use std::sync::{Arc, Mutex};

use parlor_rooms::{BotId, Bots, Conversation, RoomName};
use parlor_runtime::{Asked, Dispatch, Kinds, PresenceChange, Signal};
use parlor_sockets::Limits;
use parlor_testkit::Faults;

use crate::kit::{Kit, room};

fn signal(kit: &Kit, number: u64) {
    kit.runtime.signal(&room(), &Signal::BotConnection { bot: BotId(number), connected: true });
}

#[tokio::test]
async fn a_signal_stands_where_it_happened_among_the_messages() {
    let kit = Kit::new(Faults::none(), 1);
    let (mut asks, mut does_not) = (kit.ask(Kinds::ACTIVATION, Limits::CLIENT, 65_536), kit.join(None));
    asks.told().await;
    kit.say("first").await.expect("posted");
    assert!(does_not.next().await.ends_with(" first"));
    let mut expected = Vec::new();
    for number in 0..50 {
        signal(&kit, number);
        kit.say(&number.to_string()).await.expect("posted");
        expected.extend([format!("connection {number}"), number.to_string()]);
    }
    assert!(asks.next().await.ends_with(" first"));
    for wanted in &expected {
        let came = asks.next().await;
        assert!(came == *wanted || came.ends_with(&format!(" {wanted}")), "{came}, not {wanted}");
    }
    for number in 0..50 {
        assert!(does_not.next().await.ends_with(&format!(" {number}")));
    }
}

#[tokio::test]
async fn somebody_who_is_behind_misses_signals_and_nothing_else() {
    let kit = Kit::new(Faults::none(), 1);
    let mut slow = kit.ask(Kinds::ACTIVATION, Limits { outbox: 200_000, ..Limits::CLIENT }, 64);
    slow.told().await;
    let text = "x".repeat(1_000);
    for _ in 0..100 {
        kit.say(&text).await.expect("posted");
    }
    // Far more than its outbox holds.
    for number in 0..50_000 {
        signal(&kit, number);
        if number % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    kit.say("the end").await.expect("posted");
    let mut signals = 0;
    let mut said = 0;
    loop {
        let came = slow.next().await;
        if came.ends_with(" the end") {
            break;
        }
        assert!(!came.starts_with("here"), "it was put back to replay because of signals");
        if came.starts_with("connection") { signals += 1 } else { said += 1 }
    }
    assert_eq!(said, 100);
    assert!(signals < 5_000, "{signals}");
}

/// Notes what bots would hear.
#[derive(Default)]
struct Ears(Mutex<Vec<PresenceChange>>);

impl Dispatch for Ears {
    fn asked(&self, _: Asked) {}

    fn changed(&self, _: &RoomName, _: &Bots, _: Option<&Conversation>) {}

    fn presence(&self, _: &RoomName, _: &Bots, change: &PresenceChange) {
        self.0.lock().expect("no panic").push(change.clone());
    }
}

#[tokio::test]
async fn bots_hear_who_comes_goes_and_takes_another_name() {
    let kit = Kit::new(Faults::none(), 1);
    let ears = Arc::new(Ears::default());
    kit.runtime.set_dispatch(Arc::clone(&ears) as _);
    let mut client = kit.ask(Kinds::PRESENCE, Limits::CLIENT, 65_536);
    client.told().await;
    for (say, told) in [("name Ann", "+Ann"), ("name Bob", "+Bob -Ann")] {
        client.say(say).await;
        while !client.next().await.contains(told) {}
    }
    let renamed = PresenceChange::Renamed { from: "Ann".into(), to: "Bob".into() };
    assert_eq!(*ears.0.lock().expect("no panic"), [PresenceChange::Joined("Ann".into()), renamed]);
    let mut other = kit.ask(Kinds::PRESENCE, Limits::CLIENT, 65_536);
    assert_eq!(other.next().await, "here Bob 0");
    drop(client);
    while !other.next().await.contains("-Bob") {}
    assert_eq!(ears.0.lock().expect("no panic").last(), Some(&PresenceChange::Left("Bob".into())));
}
