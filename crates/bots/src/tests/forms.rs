//! Forms, within and without a conversation, to bots and to addresses.

use parlor_rooms::{BotId, Kind};
use parlor_runtime::{BotChange, BotControl as _, CommandError, FormSubmission};
use serde_json::json;

use super::{house::House, http::Server};

#[tokio::test(start_paused = true)]
async fn a_form_outside_of_conversations_carries_no_state() {
    let house = House::new().await;
    let bot = house.bot("a", "builtin:a").await;
    let trigger = house.submit(bot, None, &json!({"x": ["1", "2"]})).await;
    let call = house.call("a").await;
    assert_eq!(call.got, json!({"room": "room", "author": "Ann", "form_data": {"x": ["1", "2"]}}));
    call.answer(&json!({"text": "thanks", "state": 3}));
    house.answered(&trigger).await;
    assert_eq!(house.state().await.conversation.unwrap().bot, bot);
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn within_a_conversation_it_waits_for_its_turn_and_gets_the_newest_state() {
    let house = House::new().await;
    let bot = house.bot("a", "builtin:a").await;
    let other = house.bot("b", "builtin:b").await;
    house.submit(bot, None, &json!({})).await;
    house.call("a").await.answer(&json!({"text": "", "state": 1}));
    while house.state().await.conversation.is_none() {
        tokio::task::yield_now().await;
    }
    house.say("hello").await;
    let call = house.call("a").await;
    let waits = house.submit(bot, Some(""), &json!({})).await;
    assert!(house.is_quiet().await);
    // A form to another bot is no part of it, and its answer ends nothing.
    let aside = house.submit(other, None, &json!({})).await;
    let beside = house.call("b").await;
    assert!(beside.got.get("state").is_none());
    beside.say("aside");
    house.answered(&aside).await;
    call.answer(&json!({"text": "", "state": 2}));
    let call = house.call("a").await;
    assert_eq!(call.got, json!({"room": "room", "author": "Ann", "form_data": {}, "state": 2}));
    call.say("over");
    house.answered(&waits).await;
    assert_eq!(house.state().await.conversation, None);
}

#[tokio::test(start_paused = true)]
async fn a_form_of_a_bot_that_is_gone_is_explained() {
    let house = House::new().await;
    let bot = house.bot("a", "builtin:a").await;
    house.runtime.delete_bot(&parlor_runtime::Caller::anyone(None), bot).await.unwrap();
    for bot in [bot, BotId(999)] {
        let trigger = house.submit(bot, None, &json!({})).await;
        house.answered(&trigger).await;
        assert_eq!(house.last().await.kind, Kind::System);
        assert!(house.last().await.text.contains("not in the room any more"));
    }
    assert_eq!(house.pending().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_submission_is_refused_with_the_fields_name() {
    let house = House::new().await;
    let form = |author: &str, data: &serde_json::Value| FormSubmission {
        caller: parlor_runtime::Caller::anyone(None),
        room: house.room.clone(),
        author: author.into(),
        bot: BotId(1),
        action_url: None,
        form_data: data.into(),
    };
    let refused = async |form| match house.bots.submit_form(form).await {
        Err(CommandError::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(form("", &json!({}))).await, "author");
    assert_eq!(refused(form("Ann", &json!([]))).await, "form_data");
}

#[tokio::test]
async fn a_form_to_an_address_is_answered_under_its_name_and_a_state_installs_it() {
    let house = House::new().await;
    let server = Server::start().await;
    let bot = house.bot("Menu", &server.url("/menu")).await;
    let url = server.url("/order");
    server.answers("/order", 200, &json!({"text": "no state"}));
    let trigger = house.submit(bot, Some("order"), &json!({"dish": "soup"})).await;
    house.answered(&trigger).await;
    let said = house.last().await;
    assert_eq!((said.author.as_str(), said.from_bot, said.base_url.as_deref()), (&*url, Some(bot), Some(&*url)));
    assert_eq!(house.state().await.bots.len(), 1);

    server.answers("/order", 200, &json!({"text": "with state", "state": {"n": 1}}));
    let trigger = house.submit(bot, Some("/order#top"), &json!({})).await;
    house.answered(&trigger).await;
    let state = house.state().await;
    let auto = state.bots.values().find(|bot| bot.auto).unwrap();
    assert_eq!((auto.name.as_str(), auto.url.as_str()), (&*format!("(Auto) {url}"), &*url));
    assert_eq!(state.conversation.as_ref().unwrap().bot, auto.id);
    assert_eq!(house.last().await.from_bot, Some(auto.id));

    // The conversation goes on with the address, by message and by form, and it is installed once.
    let trigger = house.say("hello").await;
    house.answered(&trigger).await;
    assert_eq!(server.got("/order").last().unwrap().body["state"], json!({"n": 1}));
    let trigger = house.submit(bot, Some("order"), &json!({})).await;
    house.answered(&trigger).await;
    assert_eq!(server.got("/order").last().unwrap().body["state"], json!({"n": 1}));
    assert_eq!(house.state().await.bots.len(), 2);
    house.runtime.end_conversation(&parlor_runtime::Caller::anyone(None), &house.room).await.unwrap();
    let trigger = house.say(&format!("(Auto) {url}")).await;
    house.answered(&trigger).await;
    assert_eq!(server.got("/order").len(), 4, "by its name it hears nothing");
}

#[tokio::test]
async fn an_address_that_fails_is_explained_under_its_name() {
    let house = House::new().await;
    let server = Server::start().await;
    let bot = house.bot("Menu", &server.url("/menu")).await;
    let trigger = house.submit(bot, Some("nothing"), &json!({})).await;
    house.answered(&trigger).await;
    let text = house.last().await.text;
    assert!(text.contains(&format!("{} answered with a status code of 404", server.url("/nothing"))), "{text}");
}

#[tokio::test]
async fn an_address_that_two_forms_went_to_is_installed_once() {
    let house = House::new().await;
    let server = Server::start().await;
    let bot = house.bot("Menu", &server.url("/menu")).await;
    server.answers("/order", 200, &json!({"text": "", "state": 1}));
    let permits = server.holds("/order");
    let triggers =
        [house.submit(bot, Some("order"), &json!({})).await, house.submit(bot, Some("order"), &json!({})).await];
    permits.add_permits(1);
    while house.said().await.is_empty() {
        tokio::task::yield_now().await;
    }
    house.runtime.end_conversation(&parlor_runtime::Caller::anyone(None), &house.room).await.unwrap();
    permits.add_permits(1);
    for trigger in triggers {
        house.answered(&trigger).await;
    }
    let state = house.state().await;
    assert_eq!(state.bots.len(), 2);
    assert!(state.bots[&state.conversation.unwrap().bot].auto);
}

#[tokio::test]
async fn a_secret_signs_what_goes_to_the_bots_own_server_only() {
    let house = House::new().await;
    let (own, other) = (Server::start().await, Server::start().await);
    let bot = house.bot("Menu", &own.url("/menu")).await;
    house.change(bot, BotChange { secret: Some(Some("opensesame".into())), ..BotChange::default() }).await;
    for (server, action) in [(&own, own.url("/order")), (&other, other.url("/order"))] {
        let trigger = house.submit(bot, Some(&action), &json!({})).await;
        house.answered(&trigger).await;
        let signed = server.got("/order")[0].headers.contains_key("webhook-signature");
        assert_eq!(signed, action.starts_with(&own.url("")));
    }
}
