//! What is said in all sessions, for other programs: on the command line and as server-sent events.

use std::process::Stdio;

use parlor_testkit::http::within;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};

use super::{Flows, SURVEY, Visitor, choice, chosen, file, files, records, sids, survey, tail};
use crate::{
    accounts::{admin, person, token, with_accounts},
    events::Events,
    kit::{PARLOR, says, starter},
};

/// A record without its sid and time, which are looked at.
fn payload(record: &Value) -> Option<Value> {
    let sid = record["sid"].as_str().expect("a sid");
    assert!(sid.len() == 40 && sid.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{sid}");
    let time = record["timestamp"].as_str().expect("a time");
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000");
    let keys = record.as_object().expect("an object").len();
    assert_eq!(keys, 2 + usize::from(record.get("payload").is_some()), "{record}");
    record.get("payload").cloned()
}

fn request(state: &str) -> Option<Value> {
    Some(json!({"kind": "Request", "message": file(state)}))
}

fn response(message: &Value) -> Option<Value> {
    Some(json!({"kind": "Response", "message": message}))
}

/// A visitor who has answered once.
async fn answered(server: &parlor_testkit::server::Server) -> Visitor {
    let mut ann = Visitor::new(server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    ann
}

fn first() -> Vec<Option<Value>> {
    vec![None, request("hello"), request("ask"), response(&chosen("tea", 1, "Green")), request("more")]
}

#[tokio::test]
async fn tail_prints_what_was_said_in_the_old_shape() {
    let (mut server, _flows) = survey().await;
    let mut ann = answered(&server).await;
    ann.say(&json!({"kind": "ResetSession"})).await;
    assert_eq!(ann.closed().await, 4001);
    answered(&server).await;
    let all = records(&server).await;
    let ended = response(&json!({"kind": "ResetSession"}));
    let expected = [first(), vec![ended], first()].concat();
    assert_eq!(all.iter().map(payload).collect::<Vec<_>>(), expected);
    assert!(all[..6].iter().all(|record| record["sid"] == all[0]["sid"]));
    assert!(all[6..].iter().all(|record| record["sid"] == all[6]["sid"]) && all[6]["sid"] != all[0]["sid"]);
    assert!(all.is_sorted_by_key(|record| record["timestamp"].as_str().map(str::to_owned)));
    assert!(!all.iter().any(|record| ann.cookie.contains(record["sid"].as_str().expect("a sid"))));
    for (from, count) in [("-4", 4), ("-7", 7), ("-1", 1), ("-1000", 11), ("-0", 0), ("end", 0)] {
        assert_eq!(tail(&server, "~assistant/welcome", from).await, all[11 - count..], "{from}");
    }
    assert!(tail(&server, "~assistant/other", "start").await.is_empty());
    // A server that does not run has its log, too.
    assert!(server.terminate().await.success());
    assert_eq!(records(&server).await, all);
}

#[tokio::test]
async fn tail_follows_what_is_said() {
    let (server, _flows) = survey().await;
    let mut ann = answered(&server).await;
    let mut follows = Command::new(PARLOR)
        .args(["tail", "~assistant/welcome", "--from", "-1", "--data"])
        .arg(server.data())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(follows.stdout.take().expect("piped")).lines();
    let mut next = async || {
        let line = within("a line", lines.next_line()).await.expect("a pipe").expect("a line");
        payload(&serde_json::from_str(&line).expect("JSON"))
    };
    assert_eq!(next().await, request("more"));
    ann.answers(&choice("more", "yes"), chosen("more", "yes", "Yes"), &files(&["ask"])).await;
    assert_eq!([next().await, next().await], [response(&chosen("more", "yes", "Yes")), request("ask")]);
    answered(&server).await;
    for expected in first() {
        assert_eq!(next().await, expected);
    }
}

const EVENTS: &str = "/assistant/welcome/events";

#[tokio::test]
async fn the_same_comes_as_events_on_a_server_for_its_own_machine() {
    let (server, _flows) = survey().await;
    let mut ann = answered(&server).await;
    let mut events = Events::begin(server.address(), &format!("{EVENTS}?from=start"), "").await;
    let mut last = String::new();
    for record in records(&server).await {
        let (id, event) = events.next().await;
        assert_eq!(event, record);
        last = id;
    }
    let mut four = Events::begin(server.address(), &format!("{EVENTS}?from=-4"), "").await;
    assert_eq!(payload(&four.next().await.1), request("hello"));
    ann.answers(&choice("more", "no"), chosen("more", "no", "No"), &files(&["bye"])).await;
    assert_eq!(payload(&events.next().await.1), response(&chosen("more", "no", "No")));
    assert_eq!(payload(&events.next().await.1), request("bye"));
    // Who comes back goes on where it was.
    let mut back = Events::begin(server.address(), EVENTS, &format!("last-event-id: {last}\r\n")).await;
    assert_eq!(payload(&back.next().await.1), response(&chosen("more", "no", "No")));
    says(&server.get(&format!("{EVENTS}?from=7")).await, 400, &["from"]);
}

#[tokio::test]
async fn others_read_the_events_with_an_operators_token_alone() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let served = flows.offer(starter().listen("0.0.0.0:0")).start().await;
    says(&served.get(&format!("{EVENTS}?from=start")).await, 403, &["accounts"]);

    let server = flows.offer(with_accounts("optional")).start().await;
    answered(&server).await;
    let admin = admin(&server).await;
    says(&server.get(EVENTS).await, 401, &["log in"]);
    let refused =
        |token: String| parlor_testkit::http::Request::get(EVENTS).header("authorization", &format!("Bearer {token}"));
    let member = token(&server, &person(&server, &admin, "mei", "member").await, &["read", "post"]).await;
    assert_eq!(server.send(refused(member)).await.status, 403);
    let cookie = person(&server, &admin, "olga", "operator").await;
    let reads = token(&server, &cookie, &["read"]).await;
    assert_eq!(server.send(refused(reads)).await.status, 403);
    let operator = token(&server, &cookie, &["read", "post"]).await;
    let bearer = format!("authorization: Bearer {operator}\r\n");
    let mut events = Events::begin(server.address(), &format!("{EVENTS}?from=start"), &bearer).await;
    for expected in first() {
        assert_eq!(payload(&events.next().await.1), expected);
    }
    assert_eq!(sids(&server).await.len(), 1);
}
