//! Conversations: who hears what, with which state, and which answers still count.

use serde_json::json;

use super::house::House;

/// A room in conversation with its bot `a`, whose state is 0; `b` hears “b”.
async fn in_conversation() -> House {
    let house = House::new().await;
    house.bot("a", "builtin:a").await;
    house.bot("b", "builtin:b").await;
    let trigger = house.say("a").await;
    house.call("a").await.answer(&json!({"text": "begun", "state": 0}));
    house.answered(&trigger).await;
    assert_eq!(house.last().await.state.unwrap().as_str(), "0");
    house
}

#[tokio::test(start_paused = true)]
async fn messages_queue_and_each_gets_the_newest_state() {
    let house = in_conversation().await;
    for text in ["b one", "b two", "b three"] {
        house.say(text).await;
    }
    let call = house.call("a").await;
    assert_eq!(call.got, json!({"room": "room", "author": "Ann", "text": "b one", "params": {}, "state": 0}));
    assert!(house.is_quiet().await);
    call.answer(&json!({"text": "1", "state": [1.0]}));
    let call = house.call("a").await;
    assert_eq!((&call.got["text"], &call.got["state"]), (&json!("b two"), &json!([1.0])));
    call.answer(&json!({"text": "2", "state": null}));
    // It is over: what waits is matched like any other.
    let call = house.call("b").await;
    assert_eq!((&call.got["text"], &call.got["params"]), (&json!("b three"), &json!({})));
    assert!(call.got.get("state").is_none());
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn an_error_ends_the_conversation() {
    let house = in_conversation().await;
    let trigger = house.say("go").await;
    house.call("a").await.reply(500, &json!({}));
    house.answered(&trigger).await;
    assert_eq!(house.state().await.conversation, None);
    assert!(house.said().await[1].contains("status code of 500"));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_reopens_nothing() {
    let house = in_conversation().await;
    let trigger = house.say("go").await;
    let call = house.call("a").await;
    house.runtime.end_conversation(&parlor_runtime::Caller::anyone(None), &house.room).await.unwrap();
    call.answer(&json!({"text": "late", "state": 7}));
    house.answered(&trigger).await;
    assert_eq!(house.last().await.text, "late");
    assert_eq!(house.last().await.state, None);
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn clearing_the_room_releases_what_waits_before_the_late_answer() {
    let house = in_conversation().await;
    let first = house.say("go").await;
    let late = house.call("a").await;
    let second = house.say("b, tell me").await;
    assert!(house.is_quiet().await);
    house.runtime.clear(&parlor_runtime::Caller::anyone(None), &house.room).await.unwrap();
    house.call("b").await.say("released");
    house.answered(&second).await;
    late.answer(&json!({"text": "late", "state": 7}));
    house.answered(&first).await;
    assert_eq!(house.said().await, ["b: released", "a: late"]);
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn of_two_bots_of_one_message_the_first_state_wins_and_the_second_bot_ends_nothing() {
    let house = House::new().await;
    let first = house.bot("x", "builtin:a").await;
    house.bot("x", "builtin:b").await;
    house.bot("x", "builtin:c").await;
    let trigger = house.say("x").await;
    house.call("a").await.answer(&json!({"text": "one", "state": 1}));
    house.call("b").await.answer(&json!({"text": "two", "state": 2}));
    house.call("c").await.say("three");
    house.answered(&trigger).await;
    let states: Vec<_> = house.messages(&house.room).await.into_iter().skip(1).map(|m| m.state.is_some()).collect();
    assert_eq!(states, [true, false, false]);
    let conversation = house.state().await.conversation.unwrap();
    assert_eq!((conversation.bot, conversation.state.as_str()), (first, "1"));
}

#[tokio::test(start_paused = true)]
async fn deleting_the_bot_releases_what_waits() {
    let house = in_conversation().await;
    house.say("go").await;
    let late = house.call("a").await;
    let second = house.say("b").await;
    let bot = house.state().await.conversation.unwrap().bot;
    house.runtime.delete_bot(&parlor_runtime::Caller::anyone(None), bot).await.unwrap();
    house.call("b").await.say("released");
    house.answered(&second).await;
    late.answer(&json!({"text": "late", "state": 7}));
    while house.said().await.len() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn the_counter_counts_to_its_end() {
    let house = House::new().await;
    house.bot("Count", "builtin:counter").await;
    for text in ["count", "one", "two", "stop", "three"] {
        let trigger = house.say(text).await;
        house.answered(&trigger).await;
    }
    let said = house.said().await;
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[2].contains("<b>2</b>") && said[3].contains("<b>2</b>"), "{said:?}");
    assert_eq!(house.state().await.conversation, None);
    assert!(house.bots.inner.lanes().is_empty(), "no lane is left behind");
}

#[tokio::test(start_paused = true)]
async fn of_two_answers_at_the_same_moment_only_one_begins_a_conversation() {
    let house = House::new().await;
    house.bot("a", "builtin:a").await;
    house.bot("b", "builtin:b").await;
    let first = house.say("a").await;
    let one = house.call("a").await;
    let second = house.say("b").await;
    let other = house.call("b").await;
    one.answer(&json!({"text": "", "state": 1}));
    other.answer(&json!({"text": "", "state": 2}));
    for trigger in [first, second] {
        house.answered(&trigger).await;
    }
    let states: Vec<_> = house.messages(&house.room).await.into_iter().filter_map(|message| message.state).collect();
    assert_eq!(states, [house.state().await.conversation.unwrap().state]);
}
