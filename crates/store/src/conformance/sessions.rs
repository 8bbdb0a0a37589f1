//! Sessions with flows, and the flows.

use std::{collections::BTreeMap, sync::Arc};

use parlor_rooms::{
    EventId, Json, Part, RoomName, Session, Timestamp, Word,
    session::{Status, Way},
};

use super::{ALL, Bench, FakeClock, json, said};
use crate::{Append, Draft, FlowVersion, Store, StoredFlow, WantedSessions};

fn of(flow: &str, id: &str) -> RoomName {
    RoomName::of_session(flow, id).unwrap()
}

fn session(flow: &str, status: Status, words: u64) -> Part {
    Part::SessionPut(Arc::new(Session {
        flow: flow.to_owned(),
        version: "v1".to_owned(),
        status,
        since: Timestamp(7),
        operator: (status == Status::Open).then(|| "Mei".to_owned()),
        queue: None,
        until: None,
        waits: Some(Timestamp(8)),
        variables: BTreeMap::from([("email".to_owned(), "a@b.c".to_owned())]),
        words,
        progress: json("{\"open\": 1.0}"),
    }))
}

fn word(kind: Way, text: &str) -> Word {
    Word { kind, message: Json::parse(&format!("{{\"kind\": \"UserText\",  \"content\": \"{text}\"}}")).unwrap() }
}

fn spoke(texts: &[&str]) -> Part {
    Part::Said(texts.iter().map(|text| word(Way::Response, text)).collect())
}

impl<S: Store> Bench<S> {
    async fn in_session(&self, flow: &str, id: &str, parts: Vec<Part>) -> EventId {
        self.try_append(Append::new(of(flow, id), parts)).await.unwrap().id
    }

    async fn listed(
        &self,
        flow: Option<&str>,
        status: Option<Status>,
        before: u64,
        limit: usize,
    ) -> Vec<(u64, String)> {
        let wanted = WantedSessions { flow: flow.map(str::to_owned), status, before, limit };
        let found = self.store.flow_sessions(wanted).await.unwrap();
        found.into_iter().map(|stored| (stored.number, stored.room.as_str().to_owned())).collect()
    }
}

pub async fn a_session_is_there_with_its_room<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let room = of("welcome", "a");
    assert_eq!(bench.store.open(&room).await.unwrap().state.session, None);
    bench.in_session("welcome", "a", vec![session("welcome", Status::Bot, 1), spoke(&["hi"]), said("hi")]).await;
    let now = session("welcome", Status::Open, 2);
    bench.in_session("welcome", "a", vec![now.clone(), spoke(&["ho"])]).await;
    let state = bench.store.open(&room).await.unwrap().state;
    assert_eq!(state.session.clone().map(Part::SessionPut), Some(now));
    assert!(state.control > EventId::ZERO && state.control == state.last);
    let events = bench.store.events(&room, EventId::ZERO, ALL, 10).await.unwrap();
    assert_eq!(super::fold(events.iter().map(|committed| &*committed.event)), state);
    bench.say("elsewhere").await;
    assert_eq!(bench.state().await.session, None);
}

pub async fn sessions_are_found_by_flow_and_by_who_leads<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let begun =
        [("a", "1", Status::Bot), ("b", "1", Status::Pending), ("a", "2", Status::Pending), ("a", "3", Status::Bot)];
    for (flow, id, status) in begun {
        bench.in_session(flow, id, vec![session(flow, status, 1), spoke(&["x"])]).await;
    }
    bench.in_session("a", "1", vec![session("a", Status::Pending, 2), spoke(&["y"])]).await;
    let names =
        |found: &[(u64, String)]| found.iter().map(|(_, room)| room.replace("~assistant/", "")).collect::<Vec<_>>();
    let all = bench.listed(None, None, u64::MAX, 10).await;
    assert_eq!(names(&all), ["a/3", "a/2", "b/1", "a/1"]);
    assert_eq!(names(&bench.listed(Some("a"), None, u64::MAX, 2).await), ["a/3", "a/2"]);
    assert_eq!(names(&bench.listed(Some("a"), None, all[1].0, 10).await), ["a/1"]);
    assert_eq!(names(&bench.listed(None, Some(Status::Pending), u64::MAX, 10).await), ["a/2", "b/1", "a/1"]);
    assert_eq!(names(&bench.listed(Some("b"), Some(Status::Pending), u64::MAX, 10).await), ["b/1"]);
    assert_eq!(names(&bench.listed(Some("b"), Some(Status::Bot), u64::MAX, 10).await), [""; 0]);
    let wanted = WantedSessions { flow: None, status: None, before: u64::MAX, limit: 10 };
    let stored = bench.store.flow_sessions(wanted).await.unwrap().pop().unwrap();
    let room = bench.store.open(&of("a", "1")).await.unwrap();
    assert_eq!((stored.at, Some(Arc::new(stored.session))), (room.last_at, room.state.session));
}

pub async fn what_is_said_in_a_flows_sessions_is_read_in_order<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for (id, words, texts) in [("1", 1, vec!["one"]), ("2", 2, vec!["two", "three"]), ("1", 2, vec!["four"])] {
        bench.in_session("a", id, vec![session("a", Status::Bot, words), spoke(&texts), said("x"), said("y")]).await;
        bench.in_session("other", "9", vec![session("other", Status::Bot, 1), spoke(&["elsewhere"])]).await;
    }
    let all = bench.store.spoken("a", 0, 10).await.unwrap();
    let seen: Vec<_> = all.iter().map(|spoken| (spoken.room.as_str(), spoken.begins, spoken.words.len())).collect();
    assert_eq!(seen, [("~assistant/a/1", true, 1), ("~assistant/a/2", true, 2), ("~assistant/a/1", false, 1)]);
    assert_eq!(all[1].words, [word(Way::Response, "two"), word(Way::Response, "three")], "as it was written");
    assert_eq!(bench.store.spoken("a", all[0].position, 1).await.unwrap(), all[1..2]);
    assert_eq!(bench.store.spoken_before("a", u64::MAX, 2).await.unwrap(), all[1..]);
    assert_eq!(bench.store.spoken_before("a", all[2].position, 10).await.unwrap(), all[..2]);
    assert_eq!(bench.store.spoken("nobody's", 0, 10).await.unwrap(), []);
}

fn version(name: &str, version: &str, at: i64) -> FlowVersion {
    FlowVersion { name: name.to_owned(), version: version.to_owned(), at: Timestamp(at) }
}

pub async fn flows_are_kept_and_published<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let flow = |name: &str, version: &str, text: &str| StoredFlow {
        name: name.to_owned(),
        version: version.to_owned(),
        text: text.to_owned(),
        at: Timestamp(5),
    };
    for kept in [flow("b", "1", "one"), flow("b", "2", "two"), flow("a", "1", "three"), flow("b", "1", "changed")] {
        bench.store.keep_flow(kept).await.unwrap();
    }
    assert_eq!(bench.store.flow("b", "1").await.unwrap().as_deref(), Some("one"), "a version does not change");
    assert_eq!(bench.store.flow("b", "3").await.unwrap(), None);
    assert_eq!(bench.store.published_flows().await.unwrap(), []);
    for (name, version) in [("b", Some("1")), ("b", Some("2")), ("a", Some("1"))] {
        bench.store.publish_flow(name, version).await.unwrap();
    }
    assert_eq!(bench.store.published_flows().await.unwrap(), [version("a", "1", 5), version("b", "2", 5)]);
    bench.store.publish_flow("b", None).await.unwrap();
    assert_eq!(bench.store.published_flows().await.unwrap(), [version("a", "1", 5)]);
    assert_eq!(bench.store.flow("b", "2").await.unwrap().as_deref(), Some("two"));
}

pub async fn versions_of_a_flow_are_listed_the_newest_first<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for (name, is, at) in [("b", "x", 3), ("b", "a", 9), ("a", "z", 5), ("b", "m", 6)] {
        let kept = StoredFlow { name: name.to_owned(), version: is.to_owned(), text: is.to_owned(), at: Timestamp(at) };
        bench.store.keep_flow(kept).await.unwrap();
    }
    let all = [version("b", "a", 9), version("b", "m", 6), version("b", "x", 3)];
    assert_eq!(bench.store.flow_versions("b", 10).await.unwrap(), all);
    assert_eq!(bench.store.flow_versions("b", 2).await.unwrap(), all[..2]);
    assert_eq!(bench.store.flow_versions("nobody's", 10).await.unwrap(), []);
}

pub async fn a_draft_is_written_only_over_the_one_that_was_read<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let draft = |name: &str, version: &str, at: i64| Draft {
        name: name.to_owned(),
        version: version.to_owned(),
        text: format!("text {version}"),
        at: Timestamp(at),
        by: "Ada".to_owned(),
    };
    let put = async |draft: Draft, before: Option<&str>| bench.store.put_draft(draft, before).await.unwrap();
    assert_eq!(bench.store.draft("b").await.unwrap(), None);
    assert!(!put(draft("b", "1", 1), Some("0")).await, "there is none to write over");
    assert!(put(draft("b", "1", 1), None).await);
    assert!(!put(draft("b", "2", 2), None).await, "somebody was first");
    assert!(put(draft("b", "2", 2), Some("1")).await);
    assert!(!put(draft("b", "3", 3), Some("1")).await, "somebody has changed it");
    assert!(put(draft("a", "1", 4), None).await);
    assert_eq!(bench.store.draft("b").await.unwrap(), Some(draft("b", "2", 2)));
    assert_eq!(bench.store.drafts().await.unwrap(), [version("a", "1", 4), version("b", "2", 2)]);
    assert!(!bench.store.delete_draft("b", "1").await.unwrap(), "that is no longer what is there");
    assert!(bench.store.delete_draft("b", "2").await.unwrap());
    assert!(!bench.store.delete_draft("b", "2").await.unwrap());
    assert_eq!(bench.store.drafts().await.unwrap(), [version("a", "1", 4)]);
}
