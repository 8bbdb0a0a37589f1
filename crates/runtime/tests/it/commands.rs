//! Commands: what they change, and what callers hear when the store misbehaves.

use std::sync::Arc;

use parlor_rooms::{Bot, BotId, Json, Message, Part, event::ConversationSet};
use parlor_runtime::{BotChange, Caller, CommandError, log::Key};
use parlor_store::Append;
use parlor_testkit::Faults;

use crate::kit::{Kit, room};

fn change(name: &str) -> BotChange {
    BotChange { name: Some(name.into()), url: Some(String::new()), ..BotChange::default() }
}

async fn bot(kit: &Kit, name: &str) -> Bot {
    kit.runtime.put_bot(&Caller::anyone(None), &room(), change(name)).await.expect("a bot")
}

#[tokio::test]
async fn what_is_acknowledged_is_applied_whatever_the_store_does() {
    for seed in 0..20 {
        let kit = Kit::new(Faults::all(0.3), seed);
        let (mut last, mut said) = (0, 0);
        for count in 0..30 {
            match kit.say(&count.to_string()).await {
                Ok(posted) => {
                    assert!(posted.message.id.0 > last, "ids grow");
                    last = posted.message.id.0;
                    said += 1;
                    let state = kit.runtime.snapshot(&room()).await.expect("a room");
                    assert!(state.last >= posted.message.id, "seed {seed}: applied before it is acknowledged");
                }
                Err(error) => {
                    panic!("seed {seed}: a post without expectations fails only if the store is down: {error}")
                }
            }
        }
        let stored = kit.runtime.store().after(&room(), 0.into_id(), u64::MAX.into_id(), 1000).await.expect("messages");
        assert_eq!(stored.len(), said, "seed {seed}: each once");
    }
}

trait IntoId {
    fn into_id(self) -> parlor_rooms::EventId;
}

impl IntoId for u64 {
    fn into_id(self) -> parlor_rooms::EventId {
        parlor_rooms::EventId(self)
    }
}

#[tokio::test]
async fn a_key_gives_the_same_message() {
    let kit = Kit::new(Faults::none(), 1);
    let caller = Caller::anyone(None);
    let post = |text: &'static str| kit.runtime.post(&caller, room(), Message::user("Ann", text), Some(Key::post("k")));
    let (first, second) = tokio::join!(post("one"), post("two"));
    let (first, second) = (first.expect("posted"), second.expect("posted"));
    assert_eq!(first.message, second.message);
    assert!(first.duplicate != second.duplicate);
}

#[tokio::test]
async fn a_caller_that_goes_away_changes_nothing() {
    let kit = Kit::new(Faults::none(), 1);
    let mut client = kit.join(None);
    for _ in 0..20 {
        let post = kit.say("cut off");
        // Polled once, then dropped, as hyper does with a handler whose client went away.
        let mut post = Box::pin(post);
        std::future::poll_fn(|context| {
            let _ = post.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }
    let seen = client.take(20).await;
    assert!(seen.iter().all(|text| text.ends_with("cut off")));
}

#[tokio::test]
async fn clearing_a_room_keeps_its_bots_and_ends_its_conversation() {
    let kit = Kit::new(Faults::all(0.2), 5);
    let bot = bot(&kit, "Echo").await;
    kit.say("hello").await.expect("posted");
    let state = Json::parse("1").expect("JSON");
    let set = Part::ConversationSet(ConversationSet { bot: bot.id, state });
    kit.runtime.append(Append::new(room(), vec![set])).await.expect("appended");
    kit.runtime.clear(&Caller::anyone(None), &room()).await.expect("cleared");
    let state = kit.runtime.snapshot(&room()).await.expect("a room");
    assert_eq!(state.bots.keys().copied().collect::<Vec<_>>(), [bot.id]);
    assert_eq!(state.conversation, None);
    assert!(kit.runtime.store().after(&room(), 0.into_id(), state.last, 10).await.expect("messages").is_empty());
}

#[tokio::test]
async fn leaving_a_conversation_says_so_once() {
    let kit = Kit::new(Faults::none(), 1);
    let bot = bot(&kit, "Echo").await;
    let set = ConversationSet { bot: bot.id, state: Json::parse("0").expect("JSON") };
    kit.runtime.append(Append::new(room(), vec![Part::ConversationSet(set)])).await.expect("appended");
    for _ in 0..2 {
        kit.runtime.end_conversation(&Caller::anyone(None), &room()).await.expect("left");
    }
    let stored = kit.runtime.store().after(&room(), 0.into_id(), u64::MAX.into_id(), 10).await.expect("messages");
    assert_eq!(stored.len(), 1);
}

#[tokio::test]
async fn bots_are_changed_in_place_and_deleted_with_their_conversation() {
    let kit = Kit::new(Faults::all(0.3), 9);
    let first = bot(&kit, "Echo").await;
    let second = bot(&kit, "Other").await;
    assert!(second.id > first.id);
    let renamed = BotChange { id: Some(first.id), name: Some("New".into()), ..BotChange::default() };
    let renamed = kit.runtime.put_bot(&Caller::anyone(None), &room(), renamed).await.expect("changed");
    assert_eq!((renamed.id, renamed.name.as_str(), renamed.url.as_str()), (first.id, "New", ""));
    let (_, deleted) = kit.runtime.delete_bot(&Caller::anyone(None), first.id).await.expect("deleted");
    assert_eq!(deleted, renamed);
    let again = kit.runtime.delete_bot(&Caller::anyone(None), first.id).await;
    assert!(matches!(again, Err(CommandError::NoBot(id)) if id == first.id), "{again:?}");
    let missing =
        kit.runtime.put_bot(&Caller::anyone(None), &room(), BotChange { id: Some(BotId(999)), ..change("x") }).await;
    assert!(matches!(missing, Err(CommandError::NoBot(_))), "{missing:?}");
    let state = kit.runtime.snapshot(&room()).await.expect("a room");
    assert_eq!(state.bots.values().map(|bot| bot.name.clone()).collect::<Vec<_>>(), ["Other"]);
}

#[tokio::test]
async fn commands_that_race_for_control_all_win_in_turn() {
    let kit = Arc::new(Kit::new(Faults::all(0.2), 3));
    let puts = (0..16).map(|index| {
        let kit = Arc::clone(&kit);
        let tracker = kit.runtime.tracker().clone();
        tracker.spawn(async move { bot(&kit, &format!("Bot{index}")).await.id })
    });
    let mut ids = Vec::new();
    for put in puts.collect::<Vec<_>>() {
        ids.push(put.await.expect("a bot"));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 16);
    assert_eq!(kit.runtime.snapshot(&room()).await.expect("a room").bots.len(), 16);
}

#[tokio::test]
async fn when_the_server_stops_nothing_new_is_begun() {
    let kit = Kit::new(Faults::none(), 1);
    kit.say("before").await.expect("posted");
    kit.runtime.stop();
    assert!(matches!(kit.say("after").await, Err(CommandError::Stopping)));
    kit.runtime.stopped().await;
}
