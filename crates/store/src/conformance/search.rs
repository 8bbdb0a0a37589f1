//! Searching: what is found, in what order, and what never is.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{BotId, EventId, Message, Part};

use super::{Bench, FakeClock, room, said};
use crate::{Append, Query, SearchError, Sought, Store, record};

impl<S: Store> Bench<S> {
    async fn page(&self, query: &str, before: Option<EventId>, limit: usize) -> Vec<String> {
        let query = Query::parse(query).unwrap();
        let sought = Sought { room: self.room.clone(), query, before, limit };
        let found = loop {
            match self.store.search(sought.clone()).await {
                // On a loaded machine the index may lag behind.
                Err(SearchError::NotReady(_)) => {}
                found => break found.unwrap(),
            }
        };
        found.iter().map(|message| record::read_message(&message.record).unwrap().text).collect()
    }

    async fn found(&self, query: &str) -> Vec<String> {
        self.page(query, None, 100).await
    }

    /// Waits until a query finds so much: on a loaded machine the index may lag behind.
    async fn finds(&self, query: &str, count: usize) {
        while self.found(query).await.len() != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn wrote(&self, author: &str, text: &str) {
        self.append(vec![Part::Message(Arc::new(Message::user(author, text)))]).await;
    }
}

pub async fn all_words_have_to_be_there<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for text in ["the quick brown fox", "the lazy dog", "a fox and a dog", "foxes"] {
        bench.say(text).await;
    }
    bench.finds("fo", 3).await;
    assert_eq!(bench.found("fox dog").await, ["a fox and a dog"]);
    assert_eq!(bench.found("dog fo").await, ["a fox and a dog"]);
    assert_eq!(
        bench.found("fox").await,
        ["foxes", "a fox and a dog", "the quick brown fox"],
        "the last word may go on"
    );
    assert_eq!(bench.found("fo dog").await, Vec::<String>::new(), "and only the last one");
    assert_eq!(bench.found("\"fox\"").await, ["a fox and a dog", "the quick brown fox"]);
    assert_eq!(bench.found("\"brown fox\"").await, ["the quick brown fox"]);
    assert_eq!(bench.found("\"fox brown\"").await, Vec::<String>::new());
}

pub async fn case_and_accents_do_not_matter<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.say("Un CAFÉ crème, s'il vous plaît!").await;
    bench.finds("cafe", 1).await;
    for query in ["Café", "CREME", "plait", "\"s\'il vous\"", "café,"] {
        assert_eq!(bench.found(query).await.len(), 1, "{query}");
    }
}

pub async fn authors_are_found_too<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.wrote("Ann Lee", "about Bob").await;
    bench.wrote("Bob", "hello").await;
    bench.finds("bob", 2).await;
    assert_eq!(bench.found("from:bob").await, ["hello"]);
    assert_eq!(bench.found("from:\"ann lee\" about").await, ["about Bob"]);
    assert_eq!(bench.found("from:lee").await, ["about Bob"]);
    assert_eq!(bench.found("from:about").await, Vec::<String>::new());
}

pub async fn pages_go_from_the_newest_backwards<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(bench.say(&format!("word {number}")).await.id);
    }
    bench.finds("word", 7).await;
    assert_eq!(bench.page("word", None, 3).await, ["word 6", "word 5", "word 4"]);
    assert_eq!(bench.page("word", Some(ids[4]), 3).await, ["word 3", "word 2", "word 1"]);
    assert_eq!(bench.page("word", Some(ids[1]), 3).await, ["word 0"]);
    assert_eq!(bench.page("word", Some(ids[0]), 3).await, Vec::<String>::new());
    assert_eq!(bench.page("word", None, 0).await, Vec::<String>::new());
}

pub async fn only_this_room_is_searched<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.store.append(Append::new(room("another room"), vec![said("needle elsewhere")])).await.unwrap();
    bench.say("needle here").await;
    bench.finds("needle", 1).await;
    assert_eq!(bench.found("needle").await, ["needle here"]);
    let nowhere = Sought { room: room("no room"), query: Query::parse("needle").unwrap(), before: None, limit: 9 };
    assert_eq!(bench.store.search(nowhere).await.unwrap(), []);
}

pub async fn what_was_cleared_is_never_found<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.say("secret one").await;
    bench.finds("secret", 1).await;
    bench.append(vec![Part::Cleared]).await;
    assert_eq!(bench.found("secret").await, Vec::<String>::new(), "from that moment on");
    bench.say("secret two").await;
    bench.finds("secret", 1).await;
    assert_eq!(bench.found("secret").await, ["secret two"]);
}

pub async fn of_bots_what_people_see_is_searched<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let html = "<p class=\"hidden\">Fran&ccedil;ois</p><script>var invisible</script>";
    let bot = Message::bot("Robot", BotId(1), html);
    bench.append(vec![Part::Message(Arc::new(bot)), said("a <b>hidden</b> tag")]).await;
    bench.finds("francois", 1).await;
    assert_eq!(bench.found("hidden").await, ["a <b>hidden</b> tag"], "people's text is text");
    assert_eq!(bench.found("invisible").await, Vec::<String>::new());
    assert_eq!(bench.found("from:robot").await, [html]);
}

pub async fn no_query_is_an_error<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.say("AND OR NOT NEAR author text").await;
    bench.finds("near", 1).await;
    let strange = [
        "\"",
        "\"\"",
        "\"a",
        "*",
        "a*",
        "^a",
        "a^2",
        "(",
        ")",
        "()",
        "AND",
        "OR a",
        "NOT",
        "a NOT",
        "NEAR(a b, 2)",
        "{author text}: a",
        "author:a",
        "text : a",
        "-a",
        "+ a",
        "a + b",
        "from:",
        "from:\"",
        "from:from:",
        "from:*",
        "\u{0}",
        "a\u{0}b",
        "'",
        "\\",
        "%",
        ";",
        "\u{1F600}",
        "\u{200d}",
        "\u{301}",
        "é\u{301}",
        "日本",
        "\u{10ffff}",
        "½",
        "Ⅷ",
        "ﬁ",
        "\u{345}",
        "_",
        "a_b",
    ];
    for query in strange {
        if let Ok(query) = Query::parse(query) {
            let sought = Sought { room: bench.room.clone(), query, before: None, limit: 10 };
            let found = bench.store.search(sought.clone()).await;
            assert!(matches!(found, Ok(_) | Err(SearchError::NotReady(_))), "{sought:?}");
        }
    }
    assert_eq!(bench.found("NOT AND").await.len(), 1, "words like others");
    assert_eq!(bench.found("---").await, Vec::<String>::new());
}
