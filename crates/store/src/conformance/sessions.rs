//! Sessions with flows, and the flows.

use std::{collections::BTreeMap, sync::Arc};

use parlor_rooms::{
    EventId, Json, Part, RoomName, Session, Timestamp, Word,
    session::{Status, Way},
};

use super::{ALL, Bench, FakeClock, json, said};
use crate::{Append, Attachment, Draft, FlowVersion, StepCount, Store, StoredFlow, WantedSessions};

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
        asked: None,
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
        let wanted = WantedSessions { flow: flow.map(str::to_owned), status, before, ..WantedSessions::all(limit) };
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
    let wanted = WantedSessions::all(10);
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

pub async fn sessions_are_found_by_what_is_known_of_them_and_counted<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    let put = |status: Status, queue: &str, email: &str, waits: i64| {
        let Part::SessionPut(session) = session("a", status, 1) else { unreachable!() };
        let mut session = Session::clone(&session);
        session.queue = Some(queue.to_owned());
        session.waits = Some(Timestamp(waits));
        session.variables.insert("email".to_owned(), email.to_owned());
        Part::SessionPut(Arc::new(session))
    };
    bench.in_session("a", "1", vec![put(Status::Pending, "desk", "ann@b.c", 30), spoke(&["x"])]).await;
    bench.in_session("a", "2", vec![put(Status::Open, "shop", "bo@b.c", 20), spoke(&["x"])]).await;
    bench.in_session("a", "3", vec![put(Status::Resolved, "desk", "ann@b.c", 10), spoke(&["x"])]).await;
    bench.in_session("b", "1", vec![session("b", Status::Bot, 1), spoke(&["x"])]).await;
    let ids = async |wanted: WantedSessions| {
        let found = bench.store.flow_sessions(wanted).await.unwrap();
        found.iter().map(|stored| stored.room.session().unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let all = || WantedSessions::all(10);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(ids(WantedSessions { queue: text("desk"), ..all() }).await, ["3", "1"]);
    assert_eq!(ids(WantedSessions { with: text("ann@b.c"), ..all() }).await, ["3", "1"]);
    assert_eq!(ids(WantedSessions { with: text("ann"), ..all() }).await, [""; 0], "only the whole of it");
    let pending = WantedSessions { with: text("ann@b.c"), status: Some(Status::Pending), flow: text("a"), ..all() };
    assert_eq!(ids(pending).await, ["1"]);
    let now = bench.store.flow_sessions(all()).await.unwrap().iter().map(|stored| stored.at).max().unwrap();
    let still = |at| WantedSessions { still_since: Some(at), flow: text("b"), ..all() };
    assert_eq!(ids(still(now)).await, [""; 0]);
    assert_eq!(ids(still(Timestamp(now.0 + 1))).await, ["1"]);

    let counts = async |flow: Option<&str>, queue: Option<&str>| {
        let mut counts = bench.store.session_counts(flow, queue).await.unwrap();
        counts.by_status.sort_by_key(|(status, _)| status.name());
        counts
    };
    let found = counts(None, None).await;
    let by_status = [(Status::Bot, 1), (Status::Open, 1), (Status::Pending, 1), (Status::Resolved, 1)];
    assert_eq!((found.by_status, found.waits), (by_status.to_vec(), Some(Timestamp(20))));
    assert_eq!(
        (found.flows, found.queues),
        (vec!["a".to_owned(), "b".to_owned()], vec!["desk".to_owned(), "shop".to_owned()])
    );
    let desk = counts(Some("a"), Some("desk")).await;
    assert_eq!((desk.by_status, desk.waits), (vec![(Status::Pending, 1), (Status::Resolved, 1)], Some(Timestamp(30))));
    assert_eq!(counts(Some("b"), Some("desk")).await.by_status, []);
}

pub async fn a_session_of_which_all_was_erased_is_found_no_more<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.in_session("a", "1", vec![session("a", Status::Pending, 1), spoke(&["secret"]), said("secret")]).await;
    bench.in_session("a", "2", vec![session("a", Status::Pending, 1), spoke(&["x"])]).await;
    let room = of("a", "1");
    let erased = bench.store.open(&room).await.unwrap().state.session.unwrap().erased(Timestamp(9));
    assert!(erased.is_erased() && erased.variables.is_empty());
    bench.in_session("a", "1", vec![Part::Cleared, Part::SessionPut(Arc::new(erased.clone()))]).await;
    assert_eq!(bench.store.open(&room).await.unwrap().state.session.as_deref(), Some(&erased));
    for (flow, status) in [(None, None), (Some("a"), None), (Some("a"), Some(Status::Pending))] {
        let listed = bench.listed(flow, status, u64::MAX, 10).await;
        assert_eq!(listed.iter().map(|(_, room)| room.as_str()).collect::<Vec<_>>(), ["~assistant/a/2"]);
    }
    assert_eq!(bench.listed(None, Some(Status::Ended), u64::MAX, 10).await, []);
    assert_eq!(bench.store.session_counts(None, None).await.unwrap().by_status, [(Status::Pending, 1)]);
}

pub async fn steps_are_counted_by_day<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let count = |flow: &str, day, step: &str, reached| StepCount {
        flow: flow.to_owned(),
        day,
        step: step.to_owned(),
        reached,
        answered: reached / 2,
        handed_off: 1,
        ended: 0,
        millis: 500,
    };
    bench.store.count_steps(vec![count("a", 10, "ask", 4), count("a", 10, "", 6)]).await.unwrap();
    bench
        .store
        .count_steps(vec![count("a", 10, "ask", 8), count("a", 11, "ask", 2), count("b", 11, "x", 1)])
        .await
        .unwrap();
    let of = async |flow, from| {
        let found = bench.store.step_counts(flow, from).await.unwrap();
        found
            .into_iter()
            .map(|count| (count.flow, count.step, count.reached, count.answered, count.millis))
            .collect::<Vec<_>>()
    };
    let row = |flow: &str, step: &str, reached, answered, millis| {
        (flow.to_owned(), step.to_owned(), reached, answered, millis)
    };
    assert_eq!(of(Some("a"), 10).await, [row("a", "", 6, 3, 500), row("a", "ask", 14, 7, 1_500)]);
    assert_eq!(of(None, 11).await, [row("a", "ask", 2, 1, 500), row("b", "x", 1, 0, 500)]);
    assert_eq!(of(None, 12).await, []);
}

pub async fn a_file_comes_with_its_event_and_goes_with_what_is_erased<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    let file = Attachment { name: "cv.pdf".to_owned(), bytes: vec![0, 255, 10].into() };
    let mut append = Append::new(of("a", "1"), vec![session("a", Status::Bot, 1), spoke(&["cv.pdf"])]);
    append.file = Some(file.clone());
    let event = bench.try_append(append).await.unwrap().id;
    let found = async |room: &RoomName, event| bench.store.attachment(room, event).await.unwrap();
    let room = of("a", "1");
    assert_eq!(found(&room, event).await, Some(file));
    assert_eq!(found(&room, EventId(event.0 + 1)).await, None);
    assert_eq!(found(&of("a", "2"), event).await, None);
    bench.in_session("a", "1", vec![Part::Cleared]).await;
    for _ in 0..200 {
        if found(&room, event).await.is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it is still there");
}
