//! Whose session it is: cookies, coming back, starting over, the server's ends.

use serde_json::{Value, json};

use super::{Flows, SURVEY, Visitor, choice, chosen, file, files, records, set, sids, survey, tail, text, way};
use crate::{
    kit::starter,
    running::secure::{Door, Papers},
};
use parlor_testkit::ws::Ws;

/// The value of a cookie that was set: 40 hexadecimal digits.
fn secret(set: &str) -> &str {
    let (_, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
    assert!(value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "160 bits: {set}");
    value
}

#[tokio::test]
async fn a_cookie_is_set_on_the_handshake_one_for_each_flow() {
    let flows = Flows::new(&[("welcome", SURVEY), ("other", SURVEY)]);
    let server = flows.offer(starter()).start().await;
    let ws = server.ws("/assistant/welcome/ws").await;
    let given = set(&ws).expect("a cookie");
    assert!(given.starts_with("parlor-assistant-welcome="), "{given}");
    let attributes: Vec<&str> = given.split("; ").skip(1).collect();
    assert!(attributes.contains(&"HttpOnly") && attributes.contains(&"SameSite=Lax"), "{given}");
    assert!(attributes.contains(&"Path=/") && !attributes.contains(&"Secure"), "{given}");
    let ann = Visitor::new(&server).await;
    assert_ne!(ann.cookie, given.split(';').next().expect("a pair"), "each has an own one");
    // Another flow does not know it, even under its own name.
    let header = format!("cookie: {}\r\n", ann.cookie);
    let ws = server.try_ws("/assistant/other/ws", &header).await.expect("let in");
    let other = set(&ws).expect("a cookie of its own");
    assert!(other.starts_with("parlor-assistant-other="), "{other}");
    assert_ne!(secret(other), secret(&ann.cookie));
}

#[tokio::test]
async fn the_cookies_secret_is_not_the_public_id() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    let sids = sids(&server).await;
    let [sid] = &sids[..] else { panic!("{sids:?}") };
    assert!(sid.len() == 40 && sid.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{sid}");
    assert_ne!(secret(&ann.cookie), sid);
    // Who knows the id is nobody.
    let mallory = format!("cookie: parlor-assistant-welcome={sid}\r\n");
    let mut ws = server.try_ws("/assistant/welcome/ws", &mallory).await.expect("let in");
    assert!(set(&ws).is_some_and(|given| secret(given) != sid), "a new one");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
    ws.say(&choice("more", "no").to_string()).await;
    assert_eq!(ws.json().await["kind"], "Error", "it is at the beginning");
}

#[tokio::test]
async fn cookies_that_nobody_was_given_lead_to_new_sessions() {
    let (server, _flows) = survey().await;
    for value in ["", "x", &"0".repeat(40), &"g".repeat(40), &"a".repeat(4000), "\u{e4}", "%00", "a=b"] {
        let header = format!("cookie: parlor-assistant-welcome={value}\r\n");
        let mut ws = server.try_ws("/assistant/welcome/ws", &header).await.expect("let in");
        assert_ne!(secret(set(&ws).expect("a cookie")), value, "nobody chooses it");
        assert_eq!(ws.take(2).await, files(&["hello", "ask"]), "{value}");
    }
}

#[tokio::test]
async fn over_tls_pages_of_other_sites_can_hold_it() {
    let (papers, flows) = (Papers::new(), Flows::new(&[("welcome", SURVEY)]));
    let args = papers.args();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let server = flows.offer(starter().args(&args)).start().await;
    let door = Door::to(server.address(), papers.client()).await;
    let foreign = "host: localhost\r\norigin: https://elsewhere.example\r\nsec-fetch-site: cross-site\r\n";
    let open = async |headers: &str| {
        Ws::open(door.address, "/assistant/welcome/ws", headers).await.expect("it is there").expect("let in")
    };
    let mut ws = open(foreign).await;
    let given = set(&ws).expect("a cookie").to_owned();
    secret(&given);
    assert!(given.starts_with("__Host-parlor-assistant-welcome="), "{given}");
    assert!(given.ends_with("HttpOnly; SameSite=None; Secure; Partitioned") && given.contains("; Path=/;"), "{given}");
    assert!(!given.contains("Domain"), "{given}");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
    ws.say(&choice("tea", 1).to_string()).await;
    assert_eq!(ws.json().await, file("more"));
    let pair = given.split(';').next().expect("a pair");
    let mut again = open(&format!("{foreign}cookie: {pair}\r\n")).await;
    assert_eq!(set(&again), None);
    assert_eq!(again.take(4).await, [file("hello"), file("ask"), chosen("tea", 1, "Green"), file("more")]);
}

#[tokio::test]
async fn behind_a_proxy_with_tls_it_is_the_same() {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    let public = starter().args(&["--public-url", "https://chat.example/", "--trusted-proxies", "127.0.0.1"]);
    let server = flows.offer(public).start().await;
    let headers = "host: chat.example\r\nx-forwarded-for: 192.0.2.7\r\nx-forwarded-proto: https\r\n";
    let ws = server.try_ws("/assistant/welcome/ws", headers).await.expect("let in");
    let given = set(&ws).expect("a cookie");
    assert!(given.starts_with("__Host-parlor-assistant-welcome="), "{given}");
    assert!(given.ends_with("HttpOnly; SameSite=None; Secure; Partitioned"), "{given}");
}

#[tokio::test]
async fn who_only_looks_stores_nothing_and_is_known_while_connected() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.refused("nonsense").await;
    ann.refused(&choice("tea", "oolong").to_string()).await;
    let mut tab = ann.again(&server).await;
    tab.greeted().await;
    assert!(records(&server).await.is_empty());
    let data = server.data().to_str().expect("UTF-8");
    let exported = parlor_testkit::server::run(crate::kit::PARLOR, &["export", "--data", data]).await;
    let exported = String::from_utf8(exported.stdout).expect("UTF-8");
    assert!(!exported.contains("~assistant/welcome/"), "{exported}");
    // The first answer stores what was said before, too.
    tab.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    ann.sees(&[chosen("tea", 1, "Green"), file("more")]).await;
    let messages: Vec<Value> =
        records(&server).await.iter().map(|record| record["payload"]["message"].clone()).collect();
    assert_eq!(messages, [Value::Null, file("hello"), file("ask"), chosen("tea", 1, "Green"), file("more")]);
}

#[tokio::test]
async fn who_looked_and_went_away_begins_anew() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.ws.close(1000).await;
    assert_eq!(ann.closed().await, 1000);
    let header = format!("cookie: {}\r\n", ann.cookie);
    let mut ws = server.try_ws("/assistant/welcome/ws", &header).await.expect("let in");
    assert_eq!(ws.take(2).await, files(&["hello", "ask"]));
    assert!(records(&server).await.is_empty());
}

#[tokio::test]
async fn who_comes_back_sees_what_was_said_after_a_kill_and_after_a_restart_at_every_step() {
    let (mut server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    for (turn, (answer, record, says)) in way().into_iter().enumerate() {
        ann.answers(&answer, record, &files(says)).await;
        if turn % 3 == 2 {
            server.restart().await;
        } else {
            server.crash().await;
        }
        ann = ann.back(&server).await;
    }
    let said: Vec<Value> = records(&server).await.iter().skip(1).map(|r| r["payload"]["message"].clone()).collect();
    assert_eq!(said, ann.saw);
}

#[tokio::test]
async fn a_restart_is_told_to_browsers_which_come_back() {
    let (mut server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", "none"), chosen("tea", "none", "None of these"), &files(&["open"])).await;
    server.ask_to_end();
    assert_eq!(ann.closed().await, 1012);
    assert!(server.ended().await.success());
    server.start_again().await;
    let mut ann = ann.back(&server).await;
    ann.answers(&text("own", "mint"), text("own", "mint"), &files(&["close", "more"])).await;
}

#[tokio::test]
async fn an_answer_that_was_not_shown_before_a_kill_counts_wholly_or_not_at_all() {
    let (mut server, _flows) = survey().await;
    for _ in 0..5 {
        let mut ann = Visitor::new(&server).await;
        ann.greeted().await;
        ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
        ann.say(&choice("more", "yes")).await;
        server.crash().await;
        let mut again = ann.again(&server).await;
        again.sees(&ann.saw).await;
        // The browser sends again what it does not know to be taken.
        again.say(&choice("more", "yes")).await;
        let next = again.hear().await;
        if next["kind"] == "ChoiceResponse" {
            assert_eq!(again.hear().await, file("ask"));
        } else {
            assert_eq!(next, file("ask"));
        }
        again.sees_no_more().await;
    }
}

#[tokio::test]
async fn starting_over_ends_the_session_in_the_log_and_all_tabs_meet_in_a_new_one() {
    let (mut server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    let mut tab = ann.back(&server).await;
    ann.say(&json!({"kind": "ResetSession"})).await;
    assert_eq!(ann.closed().await, 4001);
    assert_eq!(tab.closed().await, 4001);
    let last = tail(&server, "~assistant/welcome", "-1").await;
    assert_eq!(last[0]["payload"], json!({"kind": "Response", "message": {"kind": "ResetSession"}}));

    let header = format!("cookie: {}\r\n", ann.cookie);
    let mut one = server.try_ws("/assistant/welcome/ws", &header).await.expect("let in");
    let mut other = server.try_ws("/assistant/welcome/ws", &header).await.expect("let in");
    let new = set(&one).expect("a new cookie").to_owned();
    assert_ne!(secret(&new), secret(&ann.cookie));
    assert_eq!(set(&other), Some(new.as_str()));
    assert_eq!((one.take(2).await, other.take(2).await), (files(&["hello", "ask"]), files(&["hello", "ask"])));
    one.say(&choice("tea", "black").to_string()).await;
    assert_eq!(one.json().await, file("more"));
    assert_eq!(other.take(2).await, [chosen("tea", "black", "Black &amp; strong"), file("more")]);
    let sids = sids(&server).await;
    assert!(sids.len() == 2 && sids[0] != sids[1], "{sids:?}");
    // The old cookie leads nowhere after a restart, too.
    server.restart().await;
    let mut late = server.try_ws("/assistant/welcome/ws", &header).await.expect("let in");
    assert!(set(&late).is_some_and(|given| secret(given) != secret(&ann.cookie)));
    assert_eq!(late.take(2).await, files(&["hello", "ask"]));
}

#[tokio::test]
async fn starting_over_before_any_answer_stores_nothing() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.say(&json!({"kind": "ResetSession"})).await;
    assert_eq!(ann.closed().await, 4001);
    assert!(records(&server).await.is_empty());
}
