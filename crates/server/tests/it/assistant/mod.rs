//! The assistant as a visitor's browser meets it: a flow over a websocket, and who else may hear of it.

mod conversation;
mod files;
mod log;
mod reach;
mod refusals;
mod sessions;
mod steps;

use std::fs;

use parlor_testkit::{
    folder::TestFolder,
    http::within,
    server::{Server, Starter, run},
    ws::{Came, Ws},
};
use serde_json::{Value, json};

use crate::kit::{PARLOR, starter};

/// A survey with a loop, and with ids that are numbers on one side and texts on the other.
const SURVEY: &str = r#"{
  "hello": {"sendRequest": {"kind": "BotText", "content": "Good day. A word about <b>tea</b>?"}, "next": "ask"},
  "ask": {
    "sendRequest": {
      "kind": "ChoiceRequest",
      "groupId": "tea",
      "question": "Which tea do you drink?",
      "choices": [
        {"itemId": 1, "content": "Green"},
        {"itemId": "black", "content": "Black &amp; strong"},
        {"itemId": "none", "content": "None of these"}
      ]
    }
  },
  "green": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "tea", "itemId": "1"}, "next": "more"},
  "black": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "tea", "itemId": "black"}, "next": "more"},
  "none": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "tea", "itemId": "none"}, "next": "open"},
  "open": {
    "sendRequest": {
      "kind": "StartChatSession",
      "sessionId": "own",
      "chatPrompt": "Type its name",
      "chatText": "You may write now."
    }
  },
  "typed": {"matchResponse": {"kind": "UserText", "sessionId": "own"}, "next": "close"},
  "close": {"sendRequest": {"kind": "EndChatSession", "sessionId": "own"}, "next": "more"},
  "more": {
    "sendRequest": {
      "kind": "ChoiceRequest",
      "groupId": "more",
      "question": "Another one?",
      "choices": [{"itemId": "yes", "content": "Yes"}, {"itemId": "no", "content": "No"}]
    }
  },
  "again": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "more", "itemId": "yes"}, "next": "ask"},
  "enough": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "more", "itemId": "no"}, "next": "bye"},
  "bye": {"sendRequest": {"kind": "BotText", "content": "Thank you."}}
}"#;

/// What the survey says in a state, as its file has it.
fn file(state: &str) -> Value {
    let survey: Value = serde_json::from_str(SURVEY).expect("JSON");
    let said = survey[state]["sendRequest"].clone();
    assert!(said.is_object(), "{state}");
    said
}

fn files(states: &[&str]) -> Vec<Value> {
    states.iter().map(|state| file(state)).collect()
}

/// A visitor's choice; what it reads is left to the server.
fn choice(group: &str, item: impl Into<Value>) -> Value {
    json!({"kind": "ChoiceResponse", "groupId": group, "itemId": item.into()})
}

/// The same as it is kept.
fn chosen(group: &str, item: impl Into<Value>, content: &str) -> Value {
    json!({"kind": "ChoiceResponse", "groupId": group, "itemId": item.into(), "content": content})
}

fn text(session: &str, content: &str) -> Value {
    json!({"kind": "UserText", "sessionId": session, "content": content})
}

/// A way through the whole survey: an answer, how it is kept, and where the flow speaks then.
fn way() -> Vec<(Value, Value, &'static [&'static str])> {
    vec![
        (choice("tea", "none"), chosen("tea", "none", "None of these"), &["open"]),
        (text("own", "M\u{e4}te <hot>"), text("own", "M\u{e4}te <hot>"), &["close", "more"]),
        (choice("more", "yes"), chosen("more", "yes", "Yes"), &["ask"]),
        (choice("tea", "1"), chosen("tea", 1, "Green"), &["more"]),
        (choice("more", "yes"), chosen("more", "yes", "Yes"), &["ask"]),
        (choice("tea", "black"), chosen("tea", "black", "Black &amp; strong"), &["more"]),
        (choice("more", "no"), chosen("more", "no", "No"), &["bye"]),
    ]
}

/// A folder of flows.
struct Flows(TestFolder);

impl Flows {
    fn new(flows: &[(&str, &str)]) -> Self {
        let this = Self(TestFolder::new());
        flows.iter().for_each(|(name, flow)| this.write(name, flow));
        this
    }

    /// As an editor does it: nobody sees half a file.
    fn write(&self, name: &str, flow: &str) {
        let (draft, path) = (self.0.path().join("draft"), self.0.path().join(format!("{name}.json")));
        fs::write(&draft, flow).expect("written");
        fs::rename(draft, path).expect("renamed");
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.0.path().join(format!("{name}.json"))).expect("removed");
    }

    fn offer(&self, starter: Starter) -> Starter {
        starter.args(&["--flows", self.0.path().to_str().expect("UTF-8")])
    }
}

/// A local server with the survey as its flow `welcome`. The folder is to be held as long as it runs.
async fn survey() -> (Server, Flows) {
    let flows = Flows::new(&[("welcome", SURVEY)]);
    (flows.offer(starter()).start().await, flows)
}

/// The cookie that a handshake set, with its attributes.
fn set(ws: &Ws) -> Option<&str> {
    ws.header("set-cookie")
}

/// The connection of a visitor's browser, and what it has shown.
struct Visitor {
    ws: Ws,
    /// Name and value.
    cookie: String,
    saw: Vec<Value>,
}

impl Visitor {
    /// Somebody whom the server does not know.
    async fn new(server: &Server) -> Self {
        Self::to(server, "welcome").await
    }

    async fn to(server: &Server, flow: &str) -> Self {
        let ws = server.ws(&format!("/assistant/{flow}/ws")).await;
        let cookie = set(&ws).expect("a cookie").split(';').next().expect("a pair").to_owned();
        Self { ws, cookie, saw: Vec::new() }
    }

    /// The same browser once more: another tab, or after a while.
    async fn again(&self, server: &Server) -> Self {
        let name = self.cookie.split('=').next().expect("a name");
        let flow = name.strip_prefix("parlor-assistant-").expect("a flow's cookie");
        let target = format!("/assistant/{flow}/ws");
        let ws = server.try_ws(&target, &format!("cookie: other=1; {}\r\n", self.cookie)).await.expect("let in");
        assert_eq!(set(&ws), None, "it is known");
        Self { ws, cookie: self.cookie.clone(), saw: Vec::new() }
    }

    /// The same after its end, with all that it has shown.
    async fn back(&self, server: &Server) -> Self {
        let mut again = self.again(server).await;
        again.sees(&self.saw).await;
        again.sees_no_more().await;
        again
    }

    async fn say(&mut self, message: &Value) {
        self.ws.say(&message.to_string()).await;
    }

    /// The next message.
    async fn hear(&mut self) -> Value {
        // Pings come in any case, and are no answer.
        let said = within("a message", self.ws.json()).await;
        self.saw.push(said.clone());
        said
    }

    /// These come next.
    async fn sees(&mut self, expected: &[Value]) {
        for value in expected {
            assert_eq!(self.hear().await, *value);
        }
    }

    /// Answers, and gets just this for it.
    async fn answers(&mut self, answer: &Value, record: Value, expected: &[Value]) {
        self.say(answer).await;
        self.saw.push(record);
        self.sees(expected).await;
    }

    /// Sends what is refused; the sentence.
    async fn refused(&mut self, message: &str) -> String {
        self.ws.say(message).await;
        self.error().await
    }

    async fn error(&mut self) -> String {
        let error = within("an error", self.ws.json()).await;
        assert_eq!(error["kind"], "Error", "{error}");
        assert_eq!(error.as_object().map(serde_json::Map::len), Some(2), "{error}");
        let sentence = error["message"].as_str().expect("a sentence");
        assert!(!sentence.is_empty());
        sentence.to_owned()
    }

    /// Nothing has come until now: the next thing is the answer to nonsense.
    async fn sees_no_more(&mut self) {
        self.refused(r#"{"kind": "Nonsense"}"#).await;
    }

    /// The first three steps of the survey: what stands before any answer.
    async fn greeted(&mut self) {
        self.sees(&files(&["hello", "ask"])).await;
    }

    /// It is closed with this code.
    async fn closed(&mut self) -> u16 {
        match self.ws.came().await {
            Came::Close(code, _) => code,
            other => panic!("no end but {other:?}"),
        }
    }
}

/// What `parlor tail` prints of a flow.
async fn tail(server: &Server, flow: &str, from: &str) -> Vec<Value> {
    let data = server.data().to_str().expect("UTF-8");
    let output = run(PARLOR, &["tail", flow, "--data", data, "--from", from, "--no-follow"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    said.lines().map(|line| serde_json::from_str(line).expect("a record a line")).collect()
}

/// All records of the survey.
async fn records(server: &Server) -> Vec<Value> {
    tail(server, "~assistant/welcome", "start").await
}

/// The public ids of all sessions, in the order in which they began.
async fn sids(server: &Server) -> Vec<String> {
    let begun = records(server).await.into_iter().filter(|record| record.get("payload").is_none());
    begun.map(|record| record["sid"].as_str().expect("a sid").to_owned()).collect()
}
