//! Who is asked, in which order, and what is recorded of it.

use parlor_rooms::Kind;
use parlor_runtime::BotChange;
use parlor_store::Status;
use serde_json::json;

use super::house::House;

#[tokio::test(start_paused = true)]
async fn bots_of_one_message_answer_in_order_of_id_one_after_another() {
    let house = House::new().await;
    for (name, url) in [("x1", "builtin:b"), ("x2", "builtin:a"), ("y", "builtin:c")] {
        house.bot(name, url).await;
    }
    let trigger = house.say("X1 and x2, please").await;
    let first = house.call("b").await;
    assert_eq!(first.got, json!({"room": "room", "author": "Ann", "text": "X1 and x2, please", "params": {}}));
    assert!(house.is_quiet().await);
    first.say("one");
    house.call("a").await.answer(&json!({"text": "two", "author": "Somebody"}));
    house.answered(&trigger).await;
    assert_eq!(house.said().await, ["x1: one", "Somebody: two"]);
    assert_eq!(house.pending().await, []);
    let records = house.records().await;
    assert!(records.iter().all(|record| record.status == Status::Answered && record.attempt == 1));
    assert_eq!(records[0].response.as_ref().unwrap().body, r#"{"text":"one"}"#);
    assert_eq!(records[0].request.as_ref().unwrap().url, "builtin:b");
}

#[tokio::test(start_paused = true)]
async fn another_messages_bots_do_not_wait() {
    let house = House::new().await;
    house.bot("a", "builtin:a").await;
    house.bot("b", "builtin:b").await;
    house.say("a").await;
    let slow = house.call("a").await;
    let trigger = house.say("b").await;
    house.call("b").await.say("quick");
    house.answered(&trigger).await;
    slow.say("slow");
    while house.said().await.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.said().await, ["b: quick", "a: slow"]);
}

#[tokio::test(start_paused = true)]
async fn what_concerns_nobody_is_over_at_once_and_bots_wake_no_bots() {
    let house = House::new().await;
    let bot = house.bot("a", "builtin:a").await;
    let trigger = house.say("nobody").await;
    house.answered(&trigger).await;
    let trigger = house.say("a").await;
    house.call("a").await.say("a a a");
    house.answered(&trigger).await;
    house.change(bot, BotChange { paused: Some(true), ..BotChange::default() }).await;
    let trigger = house.say("a").await;
    house.answered(&trigger).await;
    assert!(house.is_quiet().await);
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_told_in_the_room_and_recorded_and_stops_no_other_bot() {
    let house = House::new().await;
    house.bot("a", "builtin:a").await;
    house.bot("b", "").await;
    house.bot("c", "builtin:c").await;
    let trigger = house.say("abc").await;
    house.call("a").await.reply(404, &json!({}));
    house.call("c").await.say("well");
    house.answered(&trigger).await;
    let said = house.said().await;
    assert!(said[0].starts_with("Parlor: <p>a answered with a status code of 404"), "{said:?}");
    assert!(said[1].contains("b has an empty endpoint URL"), "{said:?}");
    assert_eq!(said[2], "c: well");
    let faults = house.messages(&house.room).await.into_iter().filter(|message| message.kind == Kind::System);
    assert!(faults.into_iter().all(|message| message.from_bot.is_none()));
    let records = house.records().await;
    assert_eq!(records[0].status, Status::Failed);
    assert!(records[0].error.as_ref().unwrap().starts_with("a answered with a status code of 404"));
    assert_eq!(records[1].request, None);
}

#[tokio::test(start_paused = true)]
async fn who_is_too_slow_is_given_up() {
    let house = House::new().await;
    let bot = house.bot("a", "builtin:a").await;
    house.change(bot, BotChange { timeout: Some(Some(2.5)), ..BotChange::default() }).await;
    let trigger = house.say("a").await;
    house.answered(&trigger).await;
    assert!(house.last().await.text.contains("a timed out after 2.5 second(s)"));
}

#[tokio::test(start_paused = true)]
async fn unknown_built_in_bots_and_those_not_connected_are_explained() {
    let house = House::new().await;
    house.bot("x", "builtin:nothing").await;
    house.bot("x", "socket:").await;
    let trigger = house.say("x").await;
    house.answered(&trigger).await;
    let said = house.said().await;
    assert!(said[0].contains("builtin:nothing") && said[0].contains("builtin:echo"), "{said:?}");
    assert!(said[1].contains("is not connected"), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_bot_is_not_asked_and_the_answer_of_one_deleted_meanwhile_still_comes() {
    let house = House::new().await;
    let first = house.bot("x", "builtin:a").await;
    let second = house.bot("x", "builtin:b").await;
    let trigger = house.say("x").await;
    let call = house.call("a").await;
    for bot in [first, second] {
        house.runtime.delete_bot(&parlor_runtime::Caller::anyone(None), bot).await.unwrap();
    }
    call.answer(&json!({"text": "late", "state": 1}));
    house.answered(&trigger).await;
    assert_eq!(house.said().await, ["x: late"]);
    assert_eq!(house.last().await.state, None);
    assert_eq!(house.last().await.from_bot, Some(first));
    assert_eq!(house.state().await.conversation, None);
    assert!(house.is_quiet().await);
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_to_another_room_only_where_the_same_bot_lives_too() {
    let house = House::new().await;
    let other = parlor_rooms::RoomName::parse("other").unwrap();
    let here = house.bot("a", "builtin:a").await;
    let answer = json!({"text": "there", "room": "other", "state": 5});
    let trigger = house.say("a").await;
    house.call("a").await.answer(&answer);
    house.answered(&trigger).await;
    assert_eq!(house.said().await, ["a: there"], "nobody has installed it there");
    let there = house.bot_in(&other, "There", None, "builtin:a").await;
    let trigger = house.say("in conversation").await;
    let call = house.call("a").await;
    assert_eq!(call.got["state"], 5);
    call.answer(&answer);
    house.answered(&trigger).await;
    assert_eq!(house.said().await, ["a: there"]);
    assert_eq!(house.said_in(&other).await, ["There: there"]);
    let conversation = house.runtime.snapshot(&other).await.unwrap().conversation.unwrap();
    assert_eq!((conversation.bot, conversation.state.as_str()), (there, "5"));
    assert_eq!(house.state().await.conversation, None, "here it has said nothing");
    assert_ne!(here, there);
    assert_eq!(house.pending().await, []);
}
