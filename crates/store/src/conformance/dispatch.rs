//! Deliveries to bots: what is pending, attempts, records.

use std::sync::Arc;

use parlor_rooms::{BotId, Clock as _, EventId, Part, RoomName};

use super::{Bench, FakeClock, bot, json, put, room, said};
use tokio::sync::mpsc;

use crate::{
    Activation, ActivationId, Append, Ask, Batch, Cause, Committed, Key, Pending, Progress, Status, Store, Trigger,
    Wanted,
};

async fn ask(bench: &Bench<impl Store>, room: &RoomName, text: &str) -> EventId {
    bench.try_append(Append::new(room.clone(), vec![said(text)]).asking(Ask::Message)).await.unwrap().id
}

fn activation(bench: &Bench<impl Store>, room: &RoomName, trigger: &Trigger, bot: u64) -> Activation {
    Activation {
        id: ActivationId::of(room, trigger, BotId(bot)),
        room: room.as_str().to_owned(),
        bot: BotId(bot),
        name: String::new(),
        trigger: trigger.clone(),
        cause: Cause::default(),
        again: None,
        attempt: 1,
        status: Status::Running,
        started: bench.clock.now(),
        took: None,
        request: None,
        response: None,
        error: None,
    }
}

fn progress(room: &RoomName, trigger: &Trigger, plan: Option<&str>) -> Progress {
    Progress { activation: None, room: room.clone(), trigger: trigger.clone(), plan: plan.map(json) }
}

async fn pending(bench: &Bench<impl Store>) -> Vec<Pending> {
    bench.store.pending().await.unwrap().into_iter().map(|(pending, _)| pending).collect()
}

/// What the feed brings next, and whether somebody waits for each; they are answered.
async fn next(feed: &mut mpsc::Receiver<Batch>) -> Vec<(Option<Committed>, Option<Pending>, bool)> {
    let batch = feed.recv().await.unwrap();
    batch.into_iter().map(|fed| (fed.committed, fed.pending, fed.acknowledge.is_some())).collect()
}

fn plain(room: &RoomName, trigger: Trigger) -> Pending {
    Pending { room: room.clone(), trigger, body: None, plan: None }
}

pub async fn a_message_is_pending_only_where_there_are_bots<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let mut fed = async |parts: Vec<Part>| {
        let append = Append::new(bench.room.clone(), parts).asking(Ask::Message);
        let (appended, committed) = tokio::join!(bench.try_append(append), async {
            let mut batch = feed.recv().await.unwrap();
            assert!(batch.len() == 1 && batch[0].pending.is_none());
            batch.remove(0).committed.unwrap()
        });
        (appended.unwrap().id, committed.pending)
    };
    assert!(!fed(vec![said("nobody is here")]).await.1);
    assert!(!fed(vec![put(bot(1, "Echo"))]).await.1, "that is no message");
    let (id, asked) = fed(vec![said("hi"), said("there")]).await;
    assert!(asked);
    assert_eq!(pending(&bench).await, [plain(&bench.room, Trigger::Message(id))]);
    assert!(!fed(vec![Part::BotDeleted(Arc::new(bot(1, "Echo"))), said("it is gone")]).await.1);
    assert!(!fed(vec![said("nobody is here again")]).await.1);
    assert_eq!(pending(&bench).await.len(), 1);
    let told: Vec<_> = bench.events().await.iter().map(|committed| committed.pending).collect();
    assert_eq!(told, [false, false, true, false, false], "those who catch up hear of it too");
    drop(feed);
    bench.append(vec![said("not for bots")]).await;
    bench.store.progress(progress(&bench.room, &Trigger::Message(id), None)).await.unwrap();
    bench.settle().await;
    assert_eq!(pending(&bench).await, []);
    assert!(bench.events().await.iter().all(|committed| !committed.pending));
}

pub async fn a_form_is_pending_everywhere<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let trigger = Trigger::Form("f1".to_owned());
    let form = || {
        let ask = Ask::Other { trigger: trigger.clone(), body: json("{\"q\": 1}") };
        Append::new(bench.room.clone(), Vec::new()).asking(ask)
    };
    let expected = Pending { body: Some(json("{\"q\": 1}")), ..plain(&bench.room, trigger.clone()) };
    let (appended, fed) = tokio::join!(bench.try_append(form()), next(&mut feed));
    assert_eq!(appended.unwrap().id, EventId::ZERO);
    assert!(fed[0].0.is_none() && fed[0].2);
    assert_eq!(fed[0].1.as_ref(), Some(&expected));
    assert_eq!(pending(&bench).await, std::slice::from_ref(&expected));
    let (_, again) = tokio::join!(bench.try_append(form()), next(&mut feed));
    assert!(again[0].1.is_none(), "it is pending already");
    assert_eq!(pending(&bench).await, [expected]);
    assert!(!bench.state().await.exists());
}

pub async fn a_form_may_come_with_an_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let ask = Ask::Other { trigger: Trigger::Form("f1".to_owned()), body: json("1") };
    let append = Append::new(bench.room.clone(), vec![said("I choose tea")]).asking(ask);
    let (appended, fed) = tokio::join!(bench.try_append(append), next(&mut feed));
    assert_eq!(fed.len(), 2, "the event, then what is pending");
    let committed = fed[0].0.as_ref().unwrap();
    assert!(committed.event.id == appended.unwrap().id && !committed.pending && fed[0].1.is_none());
    assert!(fed[1].0.is_none() && fed[1].1.is_some() && fed[1].2, "who waits hears after both");
    assert!(!fed[0].2);
    assert_eq!(pending(&bench).await.len(), 1);
}

pub async fn an_attempt_is_stored_with_its_plan<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo"))]).await;
    let trigger = Trigger::Message(ask(&bench, &bench.room, "hi").await);
    let mut attempt = activation(&bench, &bench.room, &trigger, 1);
    let plan = || progress(&bench.room, &trigger, Some("[1]"));
    bench.store.begin(attempt.clone(), plan()).await.unwrap();
    let expected = Pending { plan: Some(json("[1]")), ..plain(&bench.room, trigger.clone()) };
    assert_eq!(bench.store.pending().await.unwrap(), [(expected.clone(), vec![attempt.clone()])]);
    attempt.attempt = 2;
    bench.store.begin(attempt.clone(), plan()).await.unwrap();
    assert_eq!(bench.store.pending().await.unwrap(), [(expected, vec![attempt.clone()])], "in place of the first");
    assert_eq!(bench.store.activation(&attempt.id).await.unwrap(), Some(attempt));
    assert_eq!(bench.store.activation(&ActivationId("act_none".to_owned())).await.unwrap(), None);
}

pub async fn an_answer_ends_its_dispatch_with_its_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo")), put(bot(2, "Other"))]).await;
    let trigger = Trigger::Message(ask(&bench, &bench.room, "hi").await);
    for (id, left) in [(1, Some("[2]")), (2, None)] {
        let mut attempt = activation(&bench, &bench.room, &trigger, id);
        bench.store.begin(attempt.clone(), progress(&bench.room, &trigger, Some("[0]"))).await.unwrap();
        (attempt.status, attempt.took) = (Status::Answered, Some(1234));
        let end = Progress { activation: Some(attempt.clone()), ..progress(&bench.room, &trigger, left) };
        let answer = Append::new(bench.room.clone(), vec![said("answer")])
            .keyed(Some(Key::answer(&attempt.id)))
            .progressing(end);
        bench.try_append(answer).await.unwrap();
        assert_eq!(bench.store.activation(&attempt.id).await.unwrap(), Some(attempt));
        let plans: Vec<_> = pending(&bench).await.into_iter().map(|pending| pending.plan).collect();
        assert_eq!(plans, left.map(|left| Some(json(left))).into_iter().collect::<Vec<_>>());
    }
}

pub async fn a_second_answer_is_a_duplicate<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo"))]).await;
    let trigger = Trigger::Message(ask(&bench, &bench.room, "hi").await);
    let answer = |text: &str, status| {
        let activation = Activation { status, ..activation(&bench, &bench.room, &trigger, 1) };
        let key = Key::answer(&activation.id);
        let end = Progress { activation: Some(activation), ..progress(&bench.room, &trigger, None) };
        Append::new(bench.room.clone(), vec![said(text)]).keyed(Some(key)).progressing(end)
    };
    let first = bench.try_append(answer("first", Status::Answered)).await.unwrap();
    let second = bench.try_append(answer("second", Status::Failed)).await.unwrap();
    assert_eq!((second.id, second.at, second.duplicate), (first.id, first.at, true));
    assert_eq!(bench.texts().await.last().unwrap().1, "first");
    let id = ActivationId::of(&bench.room, &trigger, BotId(1));
    assert_eq!(bench.store.activation(&id).await.unwrap().unwrap().status, Status::Answered);
}

pub async fn a_late_plan_brings_nothing_back<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo"))]).await;
    let trigger = Trigger::Message(ask(&bench, &bench.room, "hi").await);
    bench.store.progress(progress(&bench.room, &trigger, Some("[1]"))).await.unwrap();
    bench.settle().await;
    assert_eq!(pending(&bench).await[0].plan, Some(json("[1]")));
    bench.store.progress(progress(&bench.room, &trigger, None)).await.unwrap();
    bench.store.progress(progress(&bench.room, &trigger, Some("[2]"))).await.unwrap();
    bench
        .store
        .begin(activation(&bench, &bench.room, &trigger, 1), progress(&bench.room, &trigger, Some("[3]")))
        .await
        .unwrap();
    assert_eq!(pending(&bench).await, []);
}

pub async fn an_answer_may_end_a_dispatch_of_another_room<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let elsewhere = room("elsewhere");
    for room in [&bench.room, &elsewhere] {
        let id = if *room == elsewhere { 2 } else { 1 };
        bench.try_append(Append::new(room.clone(), vec![put(bot(id, "Echo"))])).await.unwrap();
    }
    let here = Trigger::Message(ask(&bench, &bench.room, "hi").await);
    let there = Trigger::Message(ask(&bench, &elsewhere, "hi").await);
    let end = progress(&elsewhere, &there, None);
    let answer = Append::new(bench.room.clone(), vec![said("it is over there")]).progressing(end);
    bench.try_append(answer).await.unwrap();
    assert_eq!(pending(&bench).await, [plain(&bench.room, here)]);
}

pub async fn what_is_pending_is_oldest_first<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let rooms = [room("z"), room("a")];
    let mut expected = Vec::new();
    for (number, room) in rooms.iter().enumerate() {
        let bot = put(bot(number as u64 + 1, "Echo"));
        bench.try_append(Append::new(room.clone(), vec![bot])).await.unwrap();
    }
    for number in 0..6 {
        let room = &rooms[number % 2];
        expected.push(plain(room, Trigger::Message(ask(&bench, room, "hi").await)));
    }
    assert_eq!(pending(&bench).await, expected);
    let done = expected.remove(2);
    bench.store.progress(progress(&done.room, &done.trigger, None)).await.unwrap();
    bench.settle().await;
    assert_eq!(pending(&bench).await, expected);
}

pub async fn records_are_newest_first<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let other = room("other");
    let mut ids = Vec::new();
    for number in 1..=8 {
        let (room, bot) = if number % 2 == 0 { (&other, 2) } else { (&bench.room, 1 + number % 4) };
        let trigger = Trigger::Message(EventId(100 + number));
        let record = activation(&bench, room, &trigger, bot);
        bench.store.begin(record.clone(), progress(room, &trigger, None)).await.unwrap();
        ids.push((number, record.id));
    }
    const NONE: [u64; 0] = [];
    let numbers = async |wanted: Wanted| {
        let found = bench.store.activations(wanted).await.unwrap();
        let number = |found: &Activation| ids.iter().find(|(_, id)| *id == found.id).unwrap().0;
        found.iter().map(number).collect::<Vec<_>>()
    };
    let wanted = Wanted { limit: 100, ..Wanted::default() };
    assert_eq!(numbers(wanted.clone()).await, [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(numbers(Wanted { limit: 2, ..wanted.clone() }).await, [8, 7]);
    let here = Some(bench.room.clone());
    assert_eq!(numbers(Wanted { room: here.clone(), ..wanted.clone() }).await, [7, 5, 3, 1]);
    assert_eq!(numbers(Wanted { bot: Some(BotId(2)), ..wanted.clone() }).await, [8, 6, 5, 4, 2, 1]);
    assert_eq!(numbers(Wanted { room: here.clone(), bot: Some(BotId(2)), ..wanted.clone() }).await, [5, 1]);
    let message = Some(EventId(105));
    assert_eq!(numbers(Wanted { message, ..wanted.clone() }).await, [5]);
    assert_eq!(numbers(Wanted { message, room: here, bot: Some(BotId(2)), ..wanted.clone() }).await, [5]);
    assert_eq!(numbers(Wanted { message, room: Some(other), ..wanted.clone() }).await, NONE);
    assert_eq!(numbers(Wanted { message, bot: Some(BotId(9)), ..wanted.clone() }).await, NONE);
    assert_eq!(numbers(Wanted { room: Some(room("no such room")), ..wanted }).await, NONE);
}
