//! Whatever people write comes back.

use std::sync::Arc;

use parlor_rooms::{BotId, ConversationSet, EventId, Message, Part};

use super::{ALL, Bench, FakeClock, bot, json, put};
use crate::{Store, record};

async fn comes_back(bench: &Bench<impl Store>, message: Message) {
    let id = bench.append(vec![Part::Message(Arc::new(message.clone()))]).await.id;
    let stored = bench.store.after(&bench.room, EventId(id.0 - 1), id, 10).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(record::read_message(&stored[0].record).unwrap(), message);
    assert_eq!(stored[0].record, record::message(&bench.room, &message), "byte for byte");
    let events = bench.store.events(&bench.room, EventId(id.0 - 1), ALL, 10).await.unwrap();
    assert_eq!(events[0].event.parts, [Part::Message(Arc::new(message))]);
}

pub async fn messages_come_back_as_they_were<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let texts = [
        "",
        " ",
        "\0",
        "before\0after",
        "\u{1}\u{1f}\u{7f}\u{80}\u{9f}",
        "\\ud800 \\u0000 \\\\ \\\" \\n",
        "\r\n\t\u{2028}\u{2029}",
        "\u{feff}bom\u{fffe}\u{ffff}\u{fffd}",
        "😀👩‍👩‍👧 \u{10ffff} ʇxǝʇ עברית \u{202e}",
        "<script>alert('\"')</script> &amp; </textarea>",
        "'; DROP TABLE events; --",
        "{\"id\":1,\"when\":2}",
    ];
    for text in texts {
        comes_back(&bench, Message::user(text, text)).await;
        comes_back(&bench, Message::system(text)).await;
        let mut all = Message::bot(text, BotId((1 << 53) - 1), text);
        let url = || Some(text.to_owned());
        (all.image, all.media, all.css, all.js, all.base_url) = (url(), url(), url(), url(), url());
        (all.reply_to, all.activation) = (Some(EventId(1)), url());
        all.state = Some((&serde_json::Value::from(text)).into());
        comes_back(&bench, all).await;
    }
}

pub async fn a_big_message_comes_back_whole<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    comes_back(&bench, Message::user("Ann", "x".repeat(1 << 20))).await;
    comes_back(&bench, Message::user("Ann", "\0\"ü".repeat(1 << 18))).await;
    let big = Message::user("Ann", "y".repeat(100_000));
    let parts = vec![Part::Message(Arc::new(big)); 20];
    let id = bench.append(parts).await.id;
    let stored = bench.store.after(&bench.room, EventId(id.0 - 1), ALL, 100).await.unwrap();
    assert!(stored.iter().map(|message| message.id).eq((0..20).map(|index| id.message(index))));
}

pub async fn states_and_bots_come_back_as_they_were<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for text in ["\"\\u0000\"", "1.0", "1e400", "{\"b\": 1, \"a\": [ ]}", "\"\\ud83d\\ude00\"", "false"] {
        let mut odd = bot(1, "a\0b\u{2028}");
        odd.timeout = None;
        let set = ConversationSet { bot: BotId(1), state: json(text) };
        let id = bench.append(vec![put(odd.clone()), Part::ConversationSet(set)]).await.id;
        let state = bench.state().await;
        assert_eq!(*state.bots[&BotId(1)], odd);
        let conversation = state.conversation.unwrap();
        assert_eq!((conversation.bot, conversation.event, conversation.state), (BotId(1), id, json(text)));
        assert_eq!(bench.store.bot(BotId(1)).await.unwrap(), Some((bench.room.clone(), odd)));
    }
}
