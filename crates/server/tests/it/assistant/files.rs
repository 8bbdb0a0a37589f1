//! Flows are files, which change while visitors are in them.

use serde_json::Value;

use super::{Flows, SURVEY, Visitor, choice, chosen, file, files, set, survey, text};
use crate::kit::starter;

fn changed() -> String {
    SURVEY.replace("Another one?", "And another one?").replace("Good day.", "Good morning.")
}

#[tokio::test]
async fn a_changed_file_is_for_new_sessions_and_those_that_run_stay_in_theirs() {
    let (mut server, flows) = survey().await;
    let (mut looks, mut runs) = (Visitor::new(&server).await, Visitor::new(&server).await);
    looks.greeted().await;
    runs.greeted().await;
    runs.answers(&choice("tea", "none"), chosen("tea", "none", "None of these"), &files(&["open"])).await;
    flows.write("welcome", &changed());
    server.logs("a flow has changed").await;
    let new: Value = serde_json::from_str(&changed()).expect("JSON");
    let mut ann = Visitor::new(&server).await;
    ann.sees(&[new["hello"]["sendRequest"].clone(), file("ask")]).await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &[new["more"]["sendRequest"].clone()]).await;
    // Who only looked has been asked by the old one, too.
    looks.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    server.crash().await;
    let mut runs = runs.back(&server).await;
    runs.answers(&text("own", "mint"), text("own", "mint"), &files(&["close", "more"])).await;
    let mut looks = looks.back(&server).await;
    looks.answers(&choice("more", "yes"), chosen("more", "yes", "Yes"), &files(&["ask"])).await;
    ann.back(&server).await;
}

#[tokio::test]
async fn a_broken_change_is_told_in_the_log_and_the_old_flow_goes_on() {
    let (server, flows) = survey().await;
    flows.write("welcome", &SURVEY.replace(r#""next": "bye""#, r#""next": "by""#));
    server.logs("the one before goes on").await;
    assert!(server.log().contains("there is no such state. Did you mean `bye`?"));
    Visitor::new(&server).await.greeted().await;
    flows.write("welcome", "{");
    flows.write("second", &changed());
    server.logs("/assistant/second").await;
    Visitor::new(&server).await.greeted().await;
    assert_eq!(Visitor::to(&server, "second").await.hear().await["content"], "Good morning. A word about <b>tea</b>?");
}

#[tokio::test]
async fn a_removed_file_is_no_flow_for_new_visitors_and_sessions_go_on() {
    let (mut server, flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", "none"), chosen("tea", "none", "None of these"), &files(&["open"])).await;
    flows.remove("welcome");
    server.logs("is offered no longer").await;
    let refused = server.try_ws("/assistant/welcome/ws", "").await.expect_err("no flow");
    crate::kit::says_json(refused.status, &refused.body, 404, &["no such flow"]);
    for _ in 0..2 {
        server.crash().await;
        ann = ann.back(&server).await;
    }
    ann.answers(&text("own", "mint"), text("own", "mint"), &files(&["close", "more"])).await;
}

#[tokio::test]
async fn flows_that_there_are_not_are_not_found() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    for server in [flows.offer(starter()).start().await, starter().start().await] {
        for name in ["nowhere", "welcome.json", "..%2Fwelcome", "%20", "a%0d%0ab", &"x".repeat(65), "w\u{f6}"] {
            let name = parlor_testkit::http::encode(name).replace("%25", "%");
            let refused = server.try_ws(&format!("/assistant/{name}/ws"), "").await.expect_err("no flow");
            assert_eq!(refused.status, 404, "{name}");
        }
    }
}

#[tokio::test]
async fn one_file_is_a_flow_and_a_broken_one_keeps_no_other_away() {
    let flows = Flows::new(&[("welcome", SURVEY), ("broken", r#"{"a": {}}"#)]);
    let server = flows.offer(starter()).start().await;
    server.logs("it is not offered").await;
    assert_eq!(server.try_ws("/assistant/broken/ws", "").await.expect_err("no flow").status, 404);
    Visitor::new(&server).await.greeted().await;
    let one = flows.0.path().join("welcome.json");
    let server = starter().args(&["--flows", one.to_str().expect("UTF-8")]).start().await;
    let mut ws = server.ws("/assistant/welcome/ws").await;
    assert!(set(&ws).is_some());
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
}
