//! Steps that need others: a request to another server, another flow, a person.

use std::time::Duration;

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
    server::Server,
    ws::Came,
};
use serde_json::{Value, json};

use super::{Flows, SURVEY, Visitor, choice, chosen, file, files, records, tail, text};
use crate::kit::starter;

fn says(content: &str) -> Value {
    json!({"kind": "BotText", "content": content})
}

/// A flow that asks for a port, and another server for the tide there.
const TIDES: &str = r#"{
  "port": {"sendRequest": {"kind": "StartChatSession", "sessionId": "port", "as": "port"}},
  "typed": {"matchResponse": {"kind": "UserText", "sessionId": "port"}, "next": "look"},
  "look": {
    "request": {
      "method": "POST",
      "url": "URL",
      "body": {"port": "{{port}}"},
      "keep": {"tide": "/tides/0/at"},
      "else": "trouble"
    },
    "next": "tell"
  },
  "tell": {"sendRequest": {"kind": "BotText", "content": "High tide in {{port}}: {{tide}}."}, "next": "port"},
  "trouble": {"sendRequest": {"kind": "BotText", "content": "Nobody knows."}, "next": "port"}
}"#;

fn asked() -> Value {
    json!({"kind": "StartChatSession", "sessionId": "port"})
}

async fn with_tides(bots: &BotServer) -> (Server, Flows) {
    let flows = Flows::new(&[("welcome", &TIDES.replace("URL", &bots.url("/tides")))]);
    (flows.offer(starter()).start().await, flows)
}

#[tokio::test]
async fn a_request_keeps_parts_of_what_is_answered_and_goes_on_when_it_fails() {
    let mut bots = BotServer::start(|_, body| match body["port"].as_str() {
        Some("Brest") => Answer::Json(json!({"tides": [{"at": "6:12 <pm>"}, {"at": "never"}]})),
        Some("Hull") => Answer::status(500),
        Some("Nice") => Answer::body("no JSON"),
        Some("Bari") => Answer::HangUp,
        Some("Deal") => Answer::Json(json!({"tides": []})),
        _ => Answer::body(vec![b'x'; 1 << 20]),
    })
    .await;
    let (server, _flows) = with_tides(&bots).await;
    let mut ann = Visitor::new(&server).await;
    ann.sees(&[asked()]).await;
    let tide = says("High tide in Brest: 6:12 &lt;pm&gt;.");
    let trouble = says("Nobody knows.");
    for (port, told) in [
        ("Brest", &tide),
        ("Hull", &trouble),
        ("Nice", &trouble),
        ("Bari", &trouble),
        ("Large", &trouble),
        ("Brest", &tide),
    ] {
        ann.answers(&text("port", port), text("port", port), &[told.clone(), asked()]).await;
        assert_eq!(bots.next().await.json(), json!({"port": port}));
    }
    ann.back(&server).await;
}

#[tokio::test]
async fn an_answer_that_comes_while_a_request_is_made_is_told_to_wait() {
    let mut bots = BotServer::always(Answer::Later).await;
    let (server, _flows) = with_tides(&bots).await;
    let mut ann = Visitor::new(&server).await;
    ann.sees(&[asked()]).await;
    ann.answers(&text("port", "Brest"), text("port", "Brest"), &[]).await;
    let request = bots.next().await;
    assert!(ann.refused(&text("port", "Hull").to_string()).await.contains("wait"));
    // The other tab waits with it, and makes no request of its own.
    let mut tab = ann.back(&server).await;
    request.answer(Answer::Json(json!({"tides": [{"at": 7}]})));
    let told = [says("High tide in Brest: 7."), asked()];
    ann.sees(&told).await;
    tab.sees(&told).await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_request_that_a_kill_cut_off_is_made_again_when_the_visitor_comes_back() {
    let mut bots = BotServer::always(Answer::Later).await;
    let (mut server, _flows) = with_tides(&bots).await;
    let mut ann = Visitor::new(&server).await;
    ann.sees(&[asked()]).await;
    ann.answers(&text("port", "Brest"), text("port", "Brest"), &[]).await;
    let first = bots.next().await;
    server.crash().await;
    let mut ann = ann.again(&server).await;
    ann.sees(&[asked(), text("port", "Brest")]).await;
    let second = bots.next().await;
    assert!(first.header("idempotency-key").is_some());
    assert_eq!(second.header("idempotency-key"), first.header("idempotency-key"), "it is the same request");
    second.answer(Answer::Json(json!({"tides": [{"at": "noon"}]})));
    ann.sees(&[says("High tide in Brest: noon."), asked()]).await;
    ann.back(&server).await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_request_that_is_not_answered_holds_up_no_end_and_is_made_again() {
    let mut bots = BotServer::always(Answer::Later).await;
    let (mut server, _flows) = with_tides(&bots).await;
    let mut ann = Visitor::new(&server).await;
    ann.sees(&[asked()]).await;
    ann.answers(&text("port", "Brest"), text("port", "Brest"), &[]).await;
    let _asked = bots.next().await;
    let began = tokio::time::Instant::now();
    server.ask_to_end();
    assert!(matches!(ann.ws.came().await, Came::Close(..)));
    ann.ws.close(1001).await;
    assert!(server.ended().await.success());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    server.start_again().await;
    let mut ann = ann.again(&server).await;
    ann.sees(&[asked(), text("port", "Brest")]).await;
    bots.next().await.answer(Answer::Json(json!({"tides": [{"at": "noon"}]})));
    ann.sees(&[says("High tide in Brest: noon."), asked()]).await;
}

#[tokio::test]
async fn a_flow_jumps_to_another_and_the_session_stays_one() {
    let first = r#"{
      "which": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "what", "question": "What?", "choices": [{"itemId": "tea", "content": "Tea"}]}},
      "tea": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "what", "itemId": "tea"}, "next": "there"},
      "there": {"jump": {"flow": "survey", "state": "ask"}}
    }"#;
    let flows = Flows::new(&[("welcome", first), ("survey", SURVEY)]);
    let mut server = flows.offer(starter()).start().await;
    let mut ann = Visitor::new(&server).await;
    ann.hear().await;
    ann.answers(&choice("what", "tea"), chosen("what", "tea", "Tea"), &[file("ask")]).await;
    server.crash().await;
    let mut ann = ann.back(&server).await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    // It is one of the flow's in which it began.
    assert_eq!(records(&server).await.len(), 1 + ann.saw.len());
    assert!(tail(&server, "~assistant/survey", "start").await.is_empty());
    ann.back(&server).await;
}

#[tokio::test]
async fn a_flow_may_begin_with_a_jump() {
    let flows = Flows::new(&[("welcome", r#"{"go": {"jump": {"flow": "survey"}}}"#), ("survey", SURVEY)]);
    let mut server = flows.offer(starter()).start().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    server.crash().await;
    let mut ann = ann.back(&server).await;
    ann.answers(&choice("more", "yes"), chosen("more", "yes", "Yes"), &files(&["ask"])).await;
}

#[tokio::test]
async fn after_a_handoff_what_the_visitor_writes_is_kept_and_seen_by_the_other_tab() {
    let flow = r#"{
      "which": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "who", "question": "Who?", "choices": [{"itemId": "person", "content": "A person"}]}},
      "person": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "who", "itemId": "person"}, "next": "wait"},
      "wait": {"sendRequest": {"kind": "Handoff", "message": "Somebody comes."}, "next": "bye"},
      "bye": {"sendRequest": {"kind": "BotText", "content": "That was a person."}}
    }"#;
    let flows = Flows::new(&[("welcome", flow)]);
    let mut server = flows.offer(starter()).start().await;
    let mut ann = Visitor::new(&server).await;
    ann.hear().await;
    let handoff = json!({"kind": "Handoff", "message": "Somebody comes."});
    ann.answers(&choice("who", "person"), chosen("who", "person", "A person"), &[handoff]).await;
    let mut tab = ann.back(&server).await;
    for (number, writes) in ["hello?", "is anybody there?", "hello?"].into_iter().enumerate() {
        let said = json!({"kind": "UserText", "content": writes});
        let (one, other) = if number % 2 == 0 { (&mut ann, &mut tab) } else { (&mut tab, &mut ann) };
        one.answers(&said, said.clone(), &[]).await;
        other.sees(&[said]).await;
    }
    assert!(ann.refused(&choice("who", "person").to_string()).await.contains("person"));
    for wrong in ["", " "] {
        ann.refused(&json!({"kind": "UserText", "content": wrong}).to_string()).await;
    }
    server.crash().await;
    let ann = ann.back(&server).await;
    let written = records(&server).await;
    assert_eq!(written.len(), 1 + ann.saw.len());
    assert_eq!(written.last().map(|last| &last["payload"]["message"]["content"]), Some(&json!("hello?")));
}

#[tokio::test]
async fn a_flow_may_ask_a_server_or_for_a_person_before_anybody_answers() {
    let bots = BotServer::start(|_, _| Answer::Json(json!({"open": true}))).await;
    let first = r#"{
      "look": {"request": {"url": "URL", "keep": {"open": "/open"}}, "next": "tell"},
      "tell": {"sendRequest": {"kind": "BotText", "content": "Open: {{open}}"}, "next": "port"},
      "port": {"sendRequest": {"kind": "StartChatSession", "sessionId": "port"}},
      "typed": {"matchResponse": {"kind": "UserText", "sessionId": "port"}, "next": "end"},
      "end": {"sendRequest": {"kind": "BotText", "content": "Thanks"}}
    }"#;
    let person = r#"{
      "hello": {"sendRequest": {"kind": "BotText", "content": "Hello"}, "next": "call"},
      "call": {"sendRequest": {"kind": "Handoff"}}
    }"#;
    let flows = Flows::new(&[("first", &first.replace("URL", &bots.url("/open"))), ("person", person)]);
    let server = flows.offer(starter()).start().await;
    let mut ann = Visitor::to(&server, "first").await;
    ann.sees(&[says("Open: true"), asked()]).await;
    ann.answers(&text("port", "Brest"), text("port", "Brest"), &[says("Thanks")]).await;
    ann.back(&server).await;

    let mut bob = Visitor::to(&server, "person").await;
    bob.sees(&[says("Hello"), json!({"kind": "Handoff"})]).await;
    let found = server.get("/api/operator/sessions?status=pending").await.expect(200);
    assert_eq!(found["sessions"].as_array().map(Vec::len), Some(1));
    bob.answers(&text("operator", "Anybody?"), text("operator", "Anybody?"), &[]).await;
    bob.back(&server).await;
}

/// A flow that asks for a file, and says what it got.
const PAPERS: &str = r#"{
  "ask": {"sendRequest": {"kind": "StartChatSession", "sessionId": "cv", "chatText": "Your papers, please.", "as": "cv",
    "input": {"type": "file", "max": 300000, "error": "At most 300 kB, please."}}},
  "got": {"matchResponse": {"kind": "UserText", "sessionId": "cv"}, "next": "more"},
  "more": {"sendRequest": {"kind": "StartChatSession", "sessionId": "more", "chatText": "{{cv}}, thank you. What else?"}},
  "said": {"matchResponse": {"kind": "UserText", "sessionId": "more"}, "next": "bye"},
  "bye": {"sendRequest": {"kind": "BotText", "content": "Goodbye."}}
}"#;

fn announced(name: &str, size: u64) -> Value {
    json!({"kind": "File", "sessionId": "cv", "name": name, "size": size, "answerTo": 1})
}

async fn pour(ann: &mut Visitor, bytes: &[u8]) {
    for piece in bytes.chunks(100_000) {
        ann.ws.send_binary(piece).await;
    }
}

#[tokio::test]
async fn a_file_is_sent_where_one_is_asked_for_and_kept_until_the_session_is_erased() {
    let flows = Flows::new(&[("welcome", PAPERS)]);
    let mut server = flows.offer(starter()).start().await;
    let mut ann = Visitor::new(&server).await;
    let asks = ann.hear().await;
    assert_eq!(asks["input"], json!({"type": "file", "max": 300_000}));
    let cv: Vec<u8> = (0..250_000u32).map(|at| at.to_le_bytes()[1]).collect();

    // Not without a name or a size, not over the limit; what follows a refused one is passed over.
    assert!(ann.refused(&announced("", 10).to_string()).await.contains("name"));
    assert!(ann.refused(&announced("cv.pdf", 11 << 20).to_string()).await.contains("at most 10 MiB"));
    pour(&mut ann, &cv).await;
    ann.say(&announced("large.pdf", 300_001)).await;
    pour(&mut ann, &vec![0; 300_001]).await;
    assert_eq!(ann.hear().await, says("At most 300 kB, please."));
    assert_eq!(ann.refused(&text("other", "cv.pdf").to_string()).await, "This question is not open.");

    ann.say(&announced("Lebenslauf für \"Mei\".pdf", 250_000)).await;
    pour(&mut ann, &cv).await;
    let kept = json!({"kind": "UserText", "sessionId": "cv", "content": "Lebenslauf für \"Mei\".pdf", "size": 250_000});
    let thanks = ann.hear().await;
    assert_eq!(thanks["chatText"], "Lebenslauf für &quot;Mei&quot;.pdf, thank you. What else?");
    // Nothing else takes a file.
    ann.say(&json!({"kind": "File", "sessionId": "more", "name": "x", "size": 1, "answerTo": 2})).await;
    ann.ws.send_binary(b"x").await;
    assert_eq!(ann.hear().await, json!({"kind": "Error", "message": "No file is asked for now."}));

    server.crash().await;
    let mut again = ann.again(&server).await;
    let large = text("cv", "large.pdf");
    again.sees(&[asks, large, says("At most 300 kB, please."), kept.clone(), thanks]).await;
    let listed = server.get("/api/operator/sessions").await.expect(200);
    let id = listed["sessions"][0]["id"].as_str().expect("an id").to_owned();
    let whole = server.get(&format!("/api/operator/sessions/welcome/{id}")).await.expect(200);
    let said = whole["said"].as_array().expect("a list");
    let said = said.iter().find(|said| said["message"] == kept).expect("the file's word");
    let file = format!("/api/operator/sessions/welcome/{id}/files/{}", said["event"]);
    let mut http = server.http();
    let got = http.get(&file).await;
    assert_eq!((got.status, got.body == cv), (200, true));
    assert_eq!(got.header("content-type"), Some("application/octet-stream"));
    let named = "attachment; filename*=UTF-8''Lebenslauf%20f%C3%BCr%20%22Mei%22.pdf";
    assert_eq!(got.header("content-disposition"), Some(named));
    assert_eq!(server.get(&format!("/api/operator/sessions/welcome/{id}/files/1")).await.status, 404);
    let delete = Request::new("DELETE", &format!("/api/operator/sessions/welcome/{id}"));
    assert_eq!(server.send(delete).await.status, 204);
    while server.get(&file).await.status == 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
