//! Timers: one tick at a time, no ticks that pile up, and what their answers do.

use std::time::Duration;

use parlor_runtime::BotChange;
use serde_json::json;
use tokio::time::Instant;

use super::house::{Call, House};

async fn ticking(house: &House, events: &[&str]) -> parlor_rooms::BotId {
    let bot = house.bot("clock", "builtin:a").await;
    change(house, bot, events).await;
    bot
}

async fn change(house: &House, bot: parlor_rooms::BotId, events: &[&str]) {
    let events = events.iter().map(|word| word.parse().unwrap()).collect();
    house.change(bot, BotChange { events: Some(events), ..BotChange::default() }).await;
}

/// The next tick, and after how many seconds it came.
async fn tick(house: &House) -> (Call, u64) {
    let before = Instant::now();
    let call = house.call("a").await;
    (call, before.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn ticks_come_in_time_and_what_comes_while_the_bot_is_busy_is_left_out() {
    let house = House::new().await;
    ticking(&house, &["every:10s"]).await;
    let (call, after) = tick(&house).await;
    assert_eq!((call.got.clone(), after), (json!({"room": "room", "event": "every", "every": "10s"}), 10));
    call.say("");
    let (slow, after) = tick(&house).await;
    assert_eq!(after, 10);
    // The bot takes three and a half ticks for this one: they are lost, and the next comes when it is due.
    tokio::time::sleep(Duration::from_secs(35)).await;
    assert!(house.is_quiet().await);
    slow.say("");
    let (call, after) = tick(&house).await;
    assert!((4..=5).contains(&after), "due are 10, 20, 30 …: {after}");
    call.say("");
    assert_eq!(tick(&house).await.1, 10);
    assert!(house.said().await.is_empty(), "it had nothing to say");
}

#[tokio::test(start_paused = true)]
async fn two_timers_of_a_bot_wait_for_each_other() {
    let house = House::new().await;
    ticking(&house, &["every:10s", "every:15s"]).await;
    let (call, _) = tick(&house).await;
    assert_eq!(call.got["every"], "10s");
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(house.is_quiet().await, "the one of 15 seconds waits");
    call.say("");
    assert_eq!(house.call("a").await.got["every"], "15s");
}

#[tokio::test(start_paused = true)]
async fn other_changes_of_a_bot_do_not_put_its_timer_off_and_a_rest_does() {
    let house = House::new().await;
    let bot = ticking(&house, &["every:10s"]).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    house.change(bot, BotChange { name: Some("other".into()), ..BotChange::default() }).await;
    let (call, after) = tick(&house).await;
    assert_eq!(after, 4);
    call.say("tick");
    house.change(bot, BotChange { paused: Some(true), ..BotChange::default() }).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert!(house.is_quiet().await);
    house.change(bot, BotChange { paused: Some(false), ..BotChange::default() }).await;
    assert_eq!(tick(&house).await.1, 10);
    change(&house, bot, &["every:1m"]).await;
    assert_eq!(tick(&house).await.1, 60);
    assert_eq!(house.said().await, ["other: tick"]);
}

#[tokio::test(start_paused = true)]
async fn a_tick_may_begin_a_conversation_and_touches_none_that_goes_on() {
    let house = House::new().await;
    let bot = ticking(&house, &["every:10s"]).await;
    tick(&house).await.0.answer(&json!({"text": "shall we?", "state": 1}));
    while house.state().await.conversation.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.state().await.conversation.unwrap().bot, bot);
    // Neither an answer without a state, nor another state, nor an error.
    let records = house.records().await.len();
    tick(&house).await.0.say("tick");
    tick(&house).await.0.answer(&json!({"text": "tock", "state": 2}));
    tick(&house).await.0.reply(500, &json!(null));
    let (call, _) = tick(&house).await;
    assert_eq!(house.records().await.len(), records + 4);
    assert_eq!(house.state().await.conversation.unwrap().state.as_str(), "1");
    call.say("");
    let trigger = house.say("on").await;
    let call = house.call("a").await;
    assert_eq!(
        call.got,
        json!({"room": "room", "author": "Ann", "text": "on", "params": {}, "state": 1, "event": "message"})
    );
    call.say("bye");
    house.answered(&trigger).await;
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_fails_fills_no_room_and_is_told_again_after_it_did_well() {
    let house = House::new().await;
    ticking(&house, &["every:10s"]).await;
    for _ in 0..3 {
        tick(&house).await.0.reply(500, &json!(null));
    }
    tick(&house).await.0.reply(404, &json!(null));
    tick(&house).await.0.say("");
    tick(&house).await.0.reply(404, &json!(null));
    let (call, _) = tick(&house).await;
    let said = house.said().await;
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("500") && said[1].contains("404") && said[2].contains("404"), "{said:?}");
    call.say("");
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_a_tick_that_was_under_way_is_repeated_and_those_that_were_missed_are_not() {
    let mut house = House::new().await;
    ticking(&house, &["every:10s"]).await;
    let (lost, _) = tick(&house).await;
    let first = house.records().await.remove(0);
    house.restart().await;
    drop(lost);
    let call = house.call("a").await;
    assert_eq!(call.got, json!({"room": "room", "event": "every", "every": "10s"}));
    call.say("late");
    while house.said().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let record = house.records().await.remove(0);
    assert_eq!((record.id, record.attempt), (first.id, 2));
}
