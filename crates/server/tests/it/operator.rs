//! A person comes: a visitor asks for one, an operator takes the session, both talk, and the flow is silent meanwhile.

use std::{fs, time::Duration};

use parlor_testkit::{folder::TestFolder, http::Request, server::Server, ws::Ws};
use serde_json::{Value, json};

use crate::{
    accounts::{admin, person, token, with_accounts},
    events::Events,
    kit::starter,
};

const DESK: &str = r#"{
    "$flow": {"title": "Desk", "handoff": {"queue": "desk"}},
    "ask": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "what", "question": "What?", "as": "what",
        "choices": [{"itemId": "person", "content": "A <b>person</b>"}, {"itemId": "price", "content": "The price"}]}},
    "wantsPerson": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "what", "itemId": "person"}, "next": "call"},
    "call": {"sendRequest": {"kind": "Handoff", "message": "One moment."}, "next": "solved"},
    "wantsPrice": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "what", "itemId": "price"}, "next": "solved"},
    "solved": {"sendRequest": {"kind": "BotText", "content": "Goodbye."}}
}"#;

fn flows() -> TestFolder {
    let folder = TestFolder::new();
    fs::write(folder.path().join("desk.json"), DESK).expect("a file");
    folder
}

async fn desk(flows: &TestFolder) -> Server {
    starter().args(&["--flows", flows.path().to_str().expect("UTF-8")]).start().await
}

fn choice(item: &str) -> Value {
    json!({"kind": "ChoiceResponse", "groupId": "what", "itemId": item, "content": "not believed"})
}

fn text(content: &str) -> Value {
    json!({"kind": "UserText", "sessionId": "operator", "content": content})
}

/// A visitor who has answered the question.
async fn visitor(server: &Server, item: &str) -> Ws {
    let mut visitor = server.ws("/assistant/desk/ws").await;
    assert_eq!(visitor.json().await["kind"], "ChoiceRequest");
    visitor.say(&choice(item).to_string()).await;
    visitor
}

async fn sessions(server: &Server, status: &str) -> Vec<Value> {
    let found = server.get(&format!("/api/operator/sessions?status={status}")).await.expect(200);
    found["sessions"].as_array().expect("a list").clone()
}

async fn act(server: &Server, session: &Value, act: &str, given: Value) -> u16 {
    let (flow, id) = (session["flow"].as_str().expect("a flow"), session["id"].as_str().expect("an id"));
    server.post(&format!("/api/operator/sessions/{flow}/{id}/{act}"), &given).await.status
}

async fn whole(server: &Server, session: &Value) -> Value {
    let (flow, id) = (session["flow"].as_str().expect("a flow"), session["id"].as_str().expect("an id"));
    server.get(&format!("/api/operator/sessions/{flow}/{id}")).await.expect(200)
}

#[tokio::test]
async fn a_visitor_and_an_operator_talk_and_the_flow_goes_on_after_that() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut visitor = visitor(&server, "person").await;
    assert_eq!(visitor.json().await, json!({"kind": "Handoff", "message": "One moment."}));
    let [session] = &sessions(&server, "pending").await[..] else { panic!("one waits") };
    assert_eq!((&session["queue"], &session["variables"]), (&json!("desk"), &json!({"what": "A person"})));
    assert!(session["waits"].as_f64().expect("a time") > 1.7e9 && session["operator"].is_null());
    assert_eq!(session["last"], json!({"author": "Desk", "text": "One moment."}));

    visitor.say(&text("Hello?").to_string()).await;
    visitor.say(&choice("price").to_string()).await;
    assert_eq!(visitor.json().await["kind"], "Error", "nothing is asked now");
    assert_eq!(act(&server, session, "say", json!({"text": "too early"})).await, 409);
    assert_eq!(act(&server, session, "resolve", json!({})).await, 409);
    assert_eq!(act(&server, session, "take", json!({"author": "Mei"})).await, 204);
    assert_eq!(visitor.json().await, json!({"kind": "OperatorJoined", "author": "Mei"}));
    assert_eq!(act(&server, session, "take", json!({"author": "Mei"})).await, 409, "twice");
    assert_eq!(act(&server, session, "note", json!({"text": "a regular", "author": "Tom"})).await, 204);
    assert_eq!(act(&server, session, "say", json!({"text": "me, too", "author": "Tom"})).await, 409, "Mei has it");
    assert_eq!(act(&server, session, "say", json!({"text": " ", "author": "Mei"})).await, 400);
    assert_eq!(act(&server, session, "say", json!({"text": "I am <Mei>.", "author": "Mei"})).await, 204);
    let said = json!({"kind": "OperatorText", "author": "Mei", "content": "I am <Mei>."});
    assert_eq!(visitor.json().await, said, "and not the note");
    let [open] = &sessions(&server, "open").await[..] else { panic!("one is open") };
    assert_eq!((&open["operator"], &open["waits"]), (&json!("Mei"), &Value::Null));

    assert_eq!(act(&server, session, "hand-back", json!({"author": "Mei"})).await, 204);
    assert_eq!(
        visitor.take(2).await,
        [json!({"kind": "OperatorLeft"}), json!({"kind": "BotText", "content": "Goodbye."})]
    );
    assert_eq!(act(&server, session, "say", json!({"text": "once more", "author": "Mei"})).await, 409);
    let whole = whole(&server, session).await;
    let kinds: Vec<&str> =
        whole["said"].as_array().expect("a list").iter().filter_map(|word| word["message"]["kind"].as_str()).collect();
    let all = [
        "ChoiceRequest",
        "ChoiceResponse",
        "Handoff",
        "UserText",
        "OperatorJoined",
        "Note",
        "OperatorText",
        "OperatorLeft",
        "BotText",
    ];
    assert_eq!((kinds, &whole["session"]["status"]), (all.to_vec(), &json!("bot")));
}

#[tokio::test]
async fn what_is_put_off_wakes_when_the_visitor_writes_or_its_time_comes() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut visitor = visitor(&server, "person").await;
    visitor.take(1).await;
    let session = sessions(&server, "pending").await.remove(0);
    act(&server, &session, "take", json!({"author": "Mei"})).await;
    visitor.take(1).await;
    assert_eq!(act(&server, &session, "snooze", json!({"author": "Mei"})).await, 204);
    assert_eq!(sessions(&server, "snoozed").await.len(), 1);
    visitor.say(&text("Are you there?").to_string()).await;
    while sessions(&server, "open").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(act(&server, &session, "snooze", json!({"author": "Mei", "until": 1.0})).await, 204);
    while sessions(&server, "open").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(act(&server, &session, "resolve", json!({"author": "Mei"})).await, 204);
    assert_eq!(visitor.json().await["kind"], "OperatorLeft");
    assert_eq!(sessions(&server, "resolved").await.len(), 1);
    visitor.say(&text("One more thing").to_string()).await;
    while sessions(&server, "pending").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn who_has_a_session_from_the_flow_itself_gives_it_back_as_it_was() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut at_its_end = visitor(&server, "price").await;
    assert_eq!(at_its_end.json().await["content"], "Goodbye.");
    let session = sessions(&server, "bot").await.remove(0);
    assert_eq!(act(&server, &session, "hand-back", json!({})).await, 409);
    assert_eq!(act(&server, &session, "take", json!({})).await, 204);
    assert_eq!(at_its_end.json().await, json!({"kind": "OperatorJoined", "author": "Operator"}));
    assert_eq!(act(&server, &session, "hand-back", json!({})).await, 204);
    assert_eq!(at_its_end.json().await["kind"], "OperatorLeft");
    at_its_end.say(r#"{"kind": "ResetSession"}"#).await;
    while sessions(&server, "ended").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(act(&server, &session, "take", json!({})).await, 409, "it has ended");
    let nobody = json!({"flow": "desk", "id": "0".repeat(40)});
    assert_eq!(act(&server, &nobody, "take", json!({})).await, 404);
    assert_eq!(act(&server, &session, "dance", json!({})).await, 404);
    assert_eq!(server.get("/api/operator/sessions?status=asleep").await.status, 400);
}

#[tokio::test]
async fn only_operators_answer_visitors_and_under_their_own_names() {
    let flows = flows();
    let path = flows.path().to_str().expect("UTF-8");
    let open = starter().args(&["--flows", path]).listen("0.0.0.0:0").start().await;
    let refused = open.get("/api/operator/sessions").await;
    assert!(refused.status == 403 && refused.text().contains("--accounts"), "{}", refused.text());

    let server = with_accounts("required").args(&["--flows", path]).start().await;
    let admin = admin(&server).await;
    let member = person(&server, &admin, "tom", "member").await;
    let operator = person(&server, &admin, "mei", "operator").await;
    let mut visitor = visitor(&server, "person").await;
    visitor.take(1).await;
    assert_eq!(server.get("/api/operator/sessions").await.status, 401);
    let by = |cookie: &str, target: &str| Request::get(target).header("cookie", cookie);
    assert_eq!(server.send(by(&member, "/api/operator/sessions")).await.status, 403);
    let found = server.send(by(&operator, "/api/operator/sessions")).await.expect(200);
    let id = found["sessions"][0]["id"].as_str().expect("an id").to_owned();
    let key = token(&server, &operator, &["read", "post"]).await;
    let take = Request::post(&format!("/api/operator/sessions/desk/{id}/take"), &json!({"author": "somebody else"}));
    assert_eq!(server.send(take.header("authorization", &format!("Bearer {key}"))).await.status, 204);
    assert_eq!(visitor.json().await, json!({"kind": "OperatorJoined", "author": "mei"}));
    // A page of another site can't use the login.
    let say = Request::post(&format!("/api/operator/sessions/desk/{id}/say"), &json!({"text": "forged"}));
    let forged = say.header("cookie", &operator).header("origin", "https://elsewhere.example");
    assert_eq!(server.send(forged.header("sec-fetch-site", "cross-site")).await.status, 403);
}

#[tokio::test]
async fn who_listens_hears_which_sessions_change() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut news = Events::begin(server.address(), "/api/operator/events", "").await;
    assert_eq!(news.next().await.1, json!({}), "look at everything first");
    let mut visitor = visitor(&server, "person").await;
    visitor.take(1).await;
    let session = sessions(&server, "pending").await.remove(0);
    let change = |status: &str| json!({"flow": "desk", "id": session["id"], "status": status});
    assert_eq!(news.next().await.1, change("pending"));
    act(&server, &session, "take", json!({"author": "Mei"})).await;
    assert_eq!(news.next().await.1, change("open"));
    visitor.say(&text("Hello?").to_string()).await;
    assert_eq!(news.next().await.1, change("open"));
    act(&server, &session, "say", json!({"text": " "})).await;
    act(&server, &session, "resolve", json!({"author": "Mei"})).await;
    assert_eq!(news.next().await.1, change("resolved"), "and nothing where nothing was done");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_a_sentence() {
    let flows = flows();
    let server = desk(&flows).await;
    for (target, says) in [
        ("/api/operator/sessions?limit=abc", "limit: give a whole number"),
        ("/api/operator/sessions?before=-1", "before: give a whole number"),
        ("/api/operator/sessions?status=asleep", "status: one of"),
        ("/api/operator/sessions/%ff/x", "there is nothing at this address"),
        ("/assistant/desk/events?from=-999999999", "at most the last 100000 records"),
        ("/assistant/%ff/events", "there is nothing at this address"),
    ] {
        let reply = server.get(target).await;
        assert!((400..=404).contains(&reply.status), "{target}: {}", reply.status);
        let said = reply.json()["message"].as_str().expect("a sentence").to_owned();
        assert!(said.contains(says), "{target}: {said}");
    }
    let found = server.get("/api/operator/sessions?limit=1&limit=2&flow=desk&flow=").await.expect(200);
    assert_eq!(found["sessions"], json!([]));
    let mut visitor = server.ws("/assistant/desk/ws?lang=de&lang=en").await;
    assert_eq!(visitor.json().await["kind"], "ChoiceRequest");
    let take = format!("/api/operator/sessions/desk/{}/take", "0".repeat(40));
    for (body, status) in
        [("[1, 2, 3]", 400), ("{", 400), (r#"{"text": 1}"#, 400), ("\"text\"", 400), (" ", 404), ("{}", 404)]
    {
        let reply = server.send(Request::new("POST", &take).body(body)).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
        let said = reply.json()["message"].as_str().expect("a sentence").to_owned();
        assert!(!said.contains("struct"), "{said}");
    }
    let long = server.send(Request::new("POST", &take).body(" ".repeat(3 << 20))).await;
    assert_eq!((long.status, long.json()["message"].as_str()), (413, Some("the body is over 256 KiB")));
}

#[tokio::test]
async fn outside_of_the_hours_an_address_is_asked_for_first() {
    let flows = flows();
    // A minute of the day that is not now, and not soon.
    let hour = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs() / 3_600 % 24;
    let zone = if (12..20).contains(&hour) { "Z" } else { "+08:00" };
    let hours = format!("[assistant]\nhours = [\"mon-sun 00:00-00:01\"]\ntimezone = \"{zone}\"\n");
    let config = flows.path().join("parlor.toml");
    fs::write(&config, hours).expect("a file");
    let path = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    let args = ["--flows", &path(flows.path()), "--config", &path(&config)];
    let mut server = starter().args(&args).start().await;
    let mut visitor = visitor(&server, "person").await;
    assert!(visitor.json().await["content"].as_str().expect("a text").contains("Nobody is here"));
    let asked = json!({"kind": "StartChatSession", "sessionId": "email", "input": {"type": "email"}});
    assert_eq!(visitor.json().await, asked);
    visitor.say(&json!({"kind": "UserText", "sessionId": "email", "content": "ann"}).to_string()).await;
    assert!(visitor.json().await["content"].as_str().expect("a text").contains("e-mail address"));
    assert!(sessions(&server, "pending").await.is_empty());
    server.crash().await;
    let cookie = visitor.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let mut visitor = server.try_ws("/assistant/desk/ws", &format!("cookie: {cookie}\r\n")).await.expect("let in");
    visitor.take(6).await;
    visitor.say(&json!({"kind": "UserText", "sessionId": "email", "content": "ann@example.org"}).to_string()).await;
    let told = [json!({"kind": "EndChatSession", "sessionId": "email"}), json!({"kind": "Handoff"})];
    assert_eq!(visitor.take(2).await, told);
    let [session] = &sessions(&server, "pending").await[..] else { panic!("one waits") };
    assert_eq!((&session["queue"], &session["variables"]["email"]), (&json!("desk"), &json!("ann@example.org")));
    assert_eq!(act(&server, session, "take", json!({"author": "Mei"})).await, 204);
    assert_eq!(visitor.json().await["kind"], "OperatorJoined");
}

#[tokio::test]
async fn both_see_that_the_other_is_typing() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut visitor = visitor(&server, "person").await;
    visitor.take(1).await;
    let session = sessions(&server, "pending").await.remove(0);
    let mut news = Events::begin(server.address(), "/api/operator/events", "").await;
    news.next().await;
    visitor.say(r#"{"kind": "Typing"}"#).await;
    let typing = json!({"flow": "desk", "id": session["id"], "status": "pending", "typing": true});
    assert_eq!(news.next().await.1, typing);
    assert_eq!(act(&server, &session, "typing", json!({"author": "Mei"})).await, 409, "she has not taken it");
    act(&server, &session, "take", json!({"author": "Mei"})).await;
    visitor.take(1).await;
    assert_eq!(act(&server, &session, "typing", json!({"author": "Tom"})).await, 409);
    assert_eq!(act(&server, &session, "typing", json!({"author": "Mei"})).await, 204);
    assert_eq!(visitor.json().await, json!({"kind": "Typing", "author": "Mei"}));
    act(&server, &session, "resolve", json!({"author": "Mei"})).await;
    assert_eq!(act(&server, &session, "typing", json!({"author": "Mei"})).await, 409);
    assert_eq!(visitor.json().await["kind"], "OperatorLeft", "typing is in no log");
}

async fn counts(server: &Server, target: &str) -> Value {
    server.get(&format!("/api/operator/counts{target}")).await.expect(200)
}

fn step<'a>(counts: &'a Value, name: &str) -> &'a Value {
    let steps = counts["flows"][0]["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["step"] == name).expect("the step")
}

#[tokio::test]
async fn how_far_visitors_come_is_counted() {
    let flows = flows();
    let mut server = desk(&flows).await;
    let none = counts(&server, "").await;
    assert_eq!((&none["days"], &none["flows"][0]["opened"]), (&json!(30), &json!(0)));
    // One looks, one asks for a person, one for the price.
    let _looks = server.ws("/assistant/desk/ws").await.json().await;
    let mut looks = server.ws("/assistant/desk/ws").await;
    looks.take(1).await;
    let mut person = visitor(&server, "person").await;
    person.take(1).await;
    let mut price = visitor(&server, "price").await;
    price.take(1).await;
    let check = |found: &Value, here: u64, left: u64| {
        let desk = &found["flows"][0];
        let whole = ["opened", "began", "ended", "handed_off"].map(|name| desk[name].as_u64().expect("a number"));
        assert_eq!((desk["title"].as_str(), whole), (Some("Desk"), [4, 2, 1, 1]));
        let ask = step(found, "ask");
        let numbers = ["reached", "answered", "here", "left"].map(|name| ask[name].as_u64().expect("a number"));
        assert_eq!(numbers, [4, 2, here, left]);
        assert_eq!((&ask["kind"], &ask["text"]), (&json!("ChoiceRequest"), &json!("What?")));
        assert!(ask["seconds"].as_f64().is_some_and(|seconds| (0.0..60.0).contains(&seconds)));
        assert_eq!((&step(found, "call")["handed_off"], &step(found, "call")["left"]), (&json!(1), &json!(0)));
        assert_eq!((&step(found, "solved")["reached"], &step(found, "solved")["ended"]), (&json!(1), &json!(1)));
        assert_eq!(step(found, "solved")["seconds"], Value::Null);
    };
    check(&counts(&server, "?flow=desk&days=1").await, 1, 1);
    // In order it forgets nothing, and who only looked is gone.
    looks.close(1000).await;
    drop((looks, person, price));
    server.restart().await;
    check(&counts(&server, "").await, 0, 2);
    assert_eq!(counts(&server, "?flow=none").await["flows"], json!([]));
    for wrong in ["?days=0", "?days=x", "?days=99999"] {
        assert_eq!(server.get(&format!("/api/operator/counts{wrong}")).await.status, 400, "{wrong}");
    }
}

/// Whose session is over comes back, before the old connection is closed on their side, and is asked the first question.
async fn begins_anew(server: &Server, visitor: &Ws) {
    let cookie = visitor.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let mut anew = server.try_ws("/assistant/desk/ws", &format!("cookie: {cookie}\r\n")).await.expect("let in");
    assert!(anew.header("set-cookie").is_some(), "a new session has a secret of its own");
    assert_eq!(anew.json().await["kind"], "ChoiceRequest");
}

#[tokio::test]
async fn sessions_are_found_counted_taken_along_and_erased() {
    let flows = flows();
    let server = desk(&flows).await;
    let mut first = visitor(&server, "person").await;
    first.take(1).await;
    first.say(&text("My secret").to_string()).await;
    let mut second = visitor(&server, "price").await;
    second.take(1).await;
    let overview = server.get("/api/operator/overview").await.expect(200);
    assert_eq!((&overview["counts"]["pending"], &overview["counts"]["bot"]), (&json!(1), &json!(1)));
    assert!(overview["waits"].as_f64().is_some_and(|waits| waits > 1.7e9));
    assert_eq!(
        (&overview["flows"], &overview["queues"]),
        (&json!([{"flow": "desk", "title": "Desk"}]), &json!(["desk"]))
    );
    let other = server.get("/api/operator/overview?queue=other").await.expect(200);
    assert_eq!((&other["counts"]["pending"], &other["waits"]), (&json!(0), &Value::Null));
    for (wanted, found) in
        [("queue=desk", 1), ("queue=x", 0), ("with=A+person", 1), ("with=person", 0), ("with=The%20price", 1)]
    {
        let listed = server.get(&format!("/api/operator/sessions?{wanted}")).await.expect(200);
        assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(found), "{wanted}");
    }

    let session = sessions(&server, "pending").await.remove(0);
    let at = format!("/api/operator/sessions/desk/{}", session["id"].as_str().expect("an id"));
    let taken = server.get(&format!("{at}/export")).await;
    assert!(taken.header("content-disposition").is_some_and(|how| how.starts_with("attachment")), "a file");
    assert!(taken.text().contains("My secret") && taken.text().contains("A person"));
    let lines = server.get("/api/operator/export?flow=desk").await;
    assert_eq!((lines.status, lines.text().lines().count()), (200, 2));
    assert!(lines.text().lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert_eq!(server.get("/api/operator/export").await.status, 400, "of which?");

    let delete = |target: String| server.send(Request::new("DELETE", &target));
    assert_eq!(delete(at.clone()).await.status, 204);
    assert_eq!(first.came().await, parlor_testkit::ws::Came::Close(4001, "start over".to_owned()));
    assert_eq!(delete(at.clone()).await.status, 404, "it is gone");
    assert_eq!(server.get(&at).await.status, 404);
    assert_eq!(sessions(&server, "ended").await, [Value::Null; 0]);
    begins_anew(&server, &first).await;
    assert_eq!(delete("/api/operator/sessions".to_owned()).await.status, 400, "which ones?");
    assert_eq!(delete("/api/operator/sessions?with=nobody".to_owned()).await.expect(200)["deleted"], 0);
    assert_eq!(delete("/api/operator/sessions?flow=desk".to_owned()).await.expect(200)["deleted"], 1);
    begins_anew(&server, &second).await;
    assert_eq!(server.get("/api/operator/sessions").await.expect(200)["sessions"], json!([]));
}

#[tokio::test]
async fn what_is_still_ends_and_what_is_old_is_erased() {
    let flows = flows();
    let config = flows.path().join("parlor.toml");
    fs::write(&config, "[assistant]\nexpire_after = \"1s\"\n").expect("a file");
    let path = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    let args = ["--flows", &path(flows.path()), "--config", &path(&config)];
    let mut server = starter().args(&args).start().await;
    let mut waits = visitor(&server, "person").await;
    waits.take(1).await;
    let mut price = visitor(&server, "price").await;
    price.take(1).await;
    while sessions(&server, "ended").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(price.came().await, parlor_testkit::ws::Came::Close(4001, "start over".to_owned()));
    begins_anew(&server, &price).await;
    assert_eq!(sessions(&server, "pending").await.len(), 1, "who waits for a person is waited with");
    fs::write(&config, "[assistant]\ndelete_after = \"1s\"\n").expect("a file");
    server.restart().await;
    while !sessions(&server, "ended").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(sessions(&server, "pending").await.len(), 1);
}
