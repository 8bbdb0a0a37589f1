//! What a crash leaves goes on; what a shutdown leaves is told to nobody.

use std::time::Duration;

use parlor_store::Status;
use parlor_testkit::Faults;
use serde_json::json;

use super::house::House;

#[tokio::test(start_paused = true)]
async fn after_a_crash_the_unfinished_attempt_is_repeated_once_and_the_rest_goes_on() {
    let mut house = House::new().await;
    for url in ["builtin:a", "builtin:b", "builtin:c"] {
        house.bot("x", url).await;
    }
    let trigger = house.say("x").await;
    house.call("a").await.say("one");
    let hangs = house.call("b").await;
    house.restart().await;
    let again = house.call("b").await;
    assert_eq!(again.got, hangs.got);
    again.say("two");
    house.call("c").await.say("three");
    house.answered(&trigger).await;
    assert_eq!(house.said().await, ["x: one", "x: two", "x: three"]);
    let records = house.records().await;
    assert_eq!(records.iter().map(|record| record.attempt).collect::<Vec<_>>(), [1, 2, 1]);
    assert_eq!(house.pending().await, []);
    // Should the first attempt come to life after all, here as what a second server would be, its answer is a duplicate.
    hangs.say("twice");
    house.call("c").await.say("twice");
    assert!(house.is_quiet().await);
    assert_eq!(house.said().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn after_a_second_crash_the_room_is_told() {
    let mut house = House::new().await;
    house.bot("x", "builtin:a").await;
    house.bot("x", "builtin:b").await;
    let trigger = house.say("x").await;
    let _first = house.call("a").await;
    house.restart().await;
    let _second = house.call("a").await;
    house.restart().await;
    house.call("b").await.say("well");
    house.answered(&trigger).await;
    let said = house.said().await;
    assert!(said[0].contains("x was interrupted"), "{said:?}");
    assert_eq!(said[1], "x: well");
    let records = house.records().await;
    assert_eq!((records[0].status, records[0].attempt), (Status::Interrupted, 2));
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_never_looked_at_is_matched_and_a_form_is_not_lost() {
    let mut house = House::new().await;
    let bot = house.bot("x", "builtin:a").await;
    house.crash();
    let message = house.say("x").await;
    let form = house.submit(bot, None, &json!({"f": "1"})).await;
    let nobody = house.say("nobody").await;
    house.restart().await;
    // Each was put off by a chance time; they may come in any order.
    for _ in 0..2 {
        let call = house.call("a").await;
        let said = if call.got.get("form_data").is_some() { "form" } else { "message" };
        call.say(said);
    }
    for trigger in [message, form, nobody] {
        house.answered(&trigger).await;
    }
    let mut said = house.said().await;
    said.sort();
    assert_eq!(said, ["x: form", "x: message"]);
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_goes_on_after_a_crash_in_its_order() {
    let mut house = House::new().await;
    house.bot("a", "builtin:a").await;
    let trigger = house.say("a").await;
    house.call("a").await.answer(&json!({"text": "begun", "state": 1}));
    house.answered(&trigger).await;
    house.say("one").await;
    let _hangs = house.call("a").await;
    house.say("two").await;
    house.restart().await;
    let call = house.call("a").await;
    assert_eq!((&call.got["text"], &call.got["state"]), (&json!("one"), &json!(1)));
    assert!(house.is_quiet().await);
    call.answer(&json!({"text": "1", "state": 2}));
    let call = house.call("a").await;
    assert_eq!((&call.got["text"], &call.got["state"]), (&json!("two"), &json!(2)));
    call.say("over");
    while house.state().await.conversation.is_some() {
        tokio::task::yield_now().await;
    }
    while !house.pending().await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn not_all_that_was_left_goes_on_at_once() {
    let mut house = House::new().await;
    house.bot("x", "builtin:a").await;
    house.crash();
    for _ in 0..40 {
        house.say("x").await;
    }
    house.restart().await;
    let mut calls = Vec::new();
    for _ in 0..32 {
        calls.push(house.call("a").await);
    }
    assert!(house.is_quiet().await);
    calls.pop().unwrap().say("done");
    house.call("a").await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_cleared_meanwhile_activates_nobody() {
    let mut house = House::new().await;
    house.bot("x", "builtin:a").await;
    house.crash();
    house.say("x").await;
    house.runtime.clear(&parlor_runtime::Caller::anyone(None), &house.room).await.unwrap();
    house.restart().await;
    assert!(house.is_quiet().await);
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn shutdown_answers_who_waits_and_leaves_the_rest_pending_without_a_word() {
    let house = House::new().await;
    house.bot("a", "builtin:a").await;
    house.bot("b", "builtin:b").await;
    let quick = house.say("a").await;
    let answers_in_time = house.call("a").await;
    let slow = house.say("b").await;
    let hangs = house.call("b").await;
    house.runtime.stop();
    house.answered(&slow).await;
    answers_in_time.say("in time");
    house.runtime.stopped().await;
    drop(hangs);
    assert_eq!(house.said().await, ["a: in time"]);
    let pending = house.pending().await;
    assert_eq!(pending.iter().map(|pending| pending.trigger.clone()).collect::<Vec<_>>(), [slow]);
    assert_ne!(pending[0].trigger, quick);
    let record = house.records().await.pop().unwrap();
    assert_eq!((record.status, record.attempt), (Status::Running, 1));
}

#[tokio::test(start_paused = true)]
async fn over_a_log_that_fails_now_and_then_every_message_is_answered_once() {
    for seed in 0..20 {
        let house = House::with_faults(Faults::all(0.3), seed).await;
        let bot = house.bot("Count", "builtin:counter").await;
        let mut expected = 0;
        for text in ["count", "one", "stop", "nobody", "count", "stop"] {
            let trigger = house.say(text).await;
            let done = tokio::time::timeout(Duration::from_secs(600), house.answered(&trigger)).await;
            assert!(done.is_ok(), "seed {seed}: {text}");
            expected += usize::from(text != "nobody");
            assert_eq!(house.said().await.len(), expected, "seed {seed}: {text}");
        }
        let trigger = house.submit(bot, None, &json!({})).await;
        house.answered(&trigger).await;
        assert_eq!(house.said().await.len(), expected + 1, "seed {seed}");
        assert_eq!(house.pending().await, [], "seed {seed}");
    }
}
