//! Flows that are written in the pages: drafts, what visitors get of them, and who may.

use std::fs;

use parlor_testkit::{
    folder::TestFolder,
    http::{Reply, Request},
    server::Server,
};
use serde_json::{Value, json};

use crate::{
    accounts::{admin, person, token, with_accounts},
    kit::{says, server, starter},
};

/// A flow; what it says stands in place of `{}`.
const FLOW: &str = r#"{
    "hello": {"sendRequest": {"kind": "BotText", "content": "{}"}, "next": "ask"},
    "ask": {"sendRequest": {"kind": "ChoiceRequest", "groupId": "g", "question": "Well?",
        "choices": [{"itemId": "yes", "content": "Yes"}]}},
    "yes": {"matchResponse": {"kind": "ChoiceResponse", "groupId": "g", "itemId": "yes"}, "next": "bye"},
    "bye": {"sendRequest": {"kind": "BotText", "content": "Bye from {}"}}
}"#;

fn flow(content: &str) -> String {
    FLOW.replace("{}", content)
}

fn yes() -> Value {
    json!({"kind": "ChoiceResponse", "groupId": "g", "itemId": "yes"})
}

async fn make(server: &Server, name: &str, text: &str) -> Value {
    server.post("/api/admin/flows", &json!({"name": name, "text": text})).await.expect(201)
}

async fn publish(server: &Server, shown: &Value, text: &str) -> Reply {
    let name = shown["name"].as_str().expect("a name");
    server.post(&format!("/api/admin/flows/{name}/publish"), &json!({"text": text, "base": shown["version"]})).await
}

/// What a new visitor hears first; nothing if there is no such flow.
async fn greeting(server: &Server, name: &str) -> Option<String> {
    let mut visitor = server.try_ws(&format!("/assistant/{name}/ws"), "").await.ok()?;
    Some(visitor.json().await["content"].as_str().expect("a text").to_owned())
}

#[tokio::test]
async fn what_is_published_is_what_visitors_get_and_those_that_are_there_stay_in_theirs() {
    let mut server = server().await;
    let made = make(&server, "garden", &flow("one")).await;
    assert_eq!((&made["stands"], &made["errors"]), (&json!("draft"), &json!(0)));
    assert_eq!(greeting(&server, "garden").await, None, "a draft is for nobody");
    let published = publish(&server, &made, &flow("one")).await.expect(200);
    assert_eq!(published["stands"], "published");
    let mut visitor = server.ws("/assistant/garden/ws").await;
    assert_eq!(visitor.take(2).await[0]["content"], "one");
    assert!(server.get("/assistant/garden").await.text().contains("garden"));

    let saved = json!({"text": flow("two"), "base": published["version"]});
    let saved = server.post("/api/admin/flows/garden", &saved).await.expect(200);
    assert_eq!(saved["stands"], "changed");
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("one"), "it is not published yet");
    publish(&server, &saved, &flow("two")).await.expect(200);
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("two"));
    visitor.say(&yes().to_string()).await;
    assert_eq!(visitor.json().await["content"], "Bye from one");

    server.crash().await;
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("two"), "a restart keeps it");
    let shown = server.get("/api/admin/flows/garden").await.expect(200);
    assert_eq!((&shown["stands"], &shown["text"]), (&json!("published"), &json!(flow("two"))));
    let versions = shown["versions"].as_array().expect("a list");
    assert_eq!(versions.len(), 2);
    let old = versions[1]["version"].as_str().expect("a version");
    let old = server.get(&format!("/api/admin/flows/garden/versions/{old}")).await.expect(200);
    assert_eq!(old["text"], flow("one"));

    let withdrawn = server.post("/api/admin/flows/garden/withdraw", &json!({})).await.expect(200);
    assert_eq!((&withdrawn["stands"], &withdrawn["published"]), (&json!("draft"), &Value::Null));
    assert_eq!(greeting(&server, "garden").await, None);
    says(&server.post("/api/admin/flows/garden/withdraw", &json!({})).await, 409, &["not published"]);
}

#[tokio::test]
async fn two_who_write_the_same_flow_do_not_overwrite_each_other() {
    let server = server().await;
    let made = make(&server, "garden", &flow("one")).await;
    let base = &made["version"];
    let save = async |text: &str, base: &Value| {
        server.post("/api/admin/flows/garden", &json!({"text": text, "base": base})).await
    };
    let mine = save(&flow("mine"), base).await.expect(200);
    says(&save(&flow("theirs"), base).await, 409, &["meanwhile", "read it again"]);
    says(&publish(&server, &made, &flow("theirs")).await, 409, &["meanwhile"]);
    assert_eq!(server.get("/api/admin/flows/garden").await.expect(200)["text"], flow("mine"));
    assert_eq!(greeting(&server, "garden").await, None);
    // Who sends once more what is there is not told of a conflict with themselves.
    assert_eq!(save(&flow("mine"), base).await.status, 200);
    let gone =
        |base: &Value| Request::new("DELETE", "/api/admin/flows/garden").body(json!({ "base": base }).to_string());
    says(&server.send(gone(base)).await, 409, &["meanwhile"]);
    assert_eq!(server.send(gone(&mine["version"])).await.status, 204);
    says(&server.get("/api/admin/flows/garden").await, 404, &["no such flow"]);
    says(&save(&flow("late"), base).await, 404, &["no such flow"]);
}

#[tokio::test]
async fn a_flow_with_errors_is_saved_and_not_published() {
    let server = server().await;
    let made = make(&server, "garden", &flow("one")).await;
    let published = publish(&server, &made, &flow("one")).await.expect(200);
    let broken = flow("two").replace(r#""next": "bye""#, r#""next": "by""#);
    let refused = publish(&server, &published, &broken).await;
    assert_eq!(refused.status, 422);
    let refused = refused.json();
    assert!(refused["message"].as_str().expect("a sentence").contains("Did you mean `bye`?"), "{refused}");
    assert_eq!(refused["findings"][0]["state"], "yes");
    let shown = server.get("/api/admin/flows/garden").await.expect(200);
    assert_eq!((&shown["text"], &shown["stands"], &shown["errors"]), (&json!(broken), &json!("changed"), &json!(1)));
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("one"));

    let judged = server.post("/api/admin/flows/garden/check", &json!({ "text": broken })).await.expect(200);
    assert_eq!((&judged["findings"][0]["severity"], &judged["findings"][0]["line"]), (&json!("error"), &json!(5)));
    let states = judged["drawing"]["states"].as_array().expect("states");
    assert_eq!((states.len(), &states[2]["mark"], &states[2]["name"]), (4, &json!("error"), &json!("yes")));
    let judged = server.post("/api/admin/flows/garden/check", &json!({"text": "{"})).await.expect(200);
    assert!(judged["drawing"].is_null() && judged["findings"].as_array().expect("findings").len() == 1);
    says(&server.post("/api/admin/flows/garden/try", &json!({"text": "{"})).await, 422, &["mend"]);
}

#[tokio::test]
async fn a_file_wins_over_what_was_published_under_its_name() {
    let flows = TestFolder::new();
    let path = flows.path().to_str().expect("UTF-8");
    let server = starter().args(&["--flows", path]).start().await;
    let made = make(&server, "garden", &flow("stored")).await;
    publish(&server, &made, &flow("stored")).await.expect(200);
    fs::write(flows.path().join("garden.json"), flow("file")).expect("a file");
    server.logs("a flow is offered").await;
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("file"));
    let shown = server.get("/api/admin/flows/garden").await.expect(200);
    assert_eq!((&shown["stands"], &shown["text"]), (&json!("file"), &json!(flow("file"))));
    assert!(shown["file"].as_str().expect("a path").ends_with("garden.json"));
    for act in ["", "/publish"] {
        let body = json!({"text": flow("three"), "base": shown["version"]});
        let refused = server.post(&format!("/api/admin/flows/garden{act}"), &body).await;
        says(&refused, 409, &["is the file", "garden.json", "change it there"]);
    }
    says(&server.post("/api/admin/flows/garden/withdraw", &json!({})).await, 409, &["is the file"]);
    says(&server.post("/api/admin/flows", &json!({"name": "garden"})).await, 409, &["is the file"]);
    fs::write(flows.path().join("broken.json"), "{").expect("a file");
    server.logs("it is not offered").await;
    let all = server.get("/api/admin/flows").await.expect(200);
    let rows: Vec<_> =
        all["flows"].as_array().expect("a list").iter().map(|row| (&row["name"], &row["errors"])).collect();
    assert_eq!(rows, [(&json!("broken"), &json!(1)), (&json!("garden"), &json!(0))]);
    fs::remove_file(flows.path().join("garden.json")).expect("it is there");
    server.logs("its file is gone").await;
    assert_eq!(greeting(&server, "garden").await.as_deref(), Some("stored"));
}

#[tokio::test]
async fn a_trial_goes_from_step_to_step_and_stores_nothing() {
    let server = server().await;
    let text = json!({
        "ask": {"sendRequest": {"kind": "StartChatSession", "sessionId": "s", "chatText": "Your name?", "as": "name"}},
        "typed": {"matchResponse": {"kind": "UserText", "sessionId": "s"}, "next": "look"},
        "look": {"request": {"url": "http://127.0.0.1:9/x", "query": {"q": "{{name}}"}, "keep": {"price": "/p"},
            "else": "trouble"}, "next": "call"},
        "trouble": {"sendRequest": {"kind": "BotText", "content": "It failed."}},
        "call": {"sendRequest": {"kind": "Handoff", "message": "It costs {{price}}.", "queue": "desk"}, "next": "bye"},
        "bye": {"sendRequest": {"kind": "BotText", "content": "Bye, {{name}}."}}
    })
    .to_string();
    let step = async |progress: &Value, happens: Value| {
        let body = json!({"text": text, "progress": progress, "happens": happens});
        server.post("/api/admin/flows/new/try", &body).await.expect(200)
    };
    let first = server.post("/api/admin/flows/new/try", &json!({ "text": text })).await.expect(200);
    assert_eq!(first["said"][0]["chatText"], "Your name?");
    let empty =
        step(&first["progress"], json!({"kind": "answer", "message": {"kind": "UserText", "content": " "}})).await;
    assert_eq!(empty["said"], json!([{"kind": "Error", "message": "The text is empty."}]));
    let typed = json!({"kind": "answer", "message": {"kind": "UserText", "content": "Ann B", "answerTo": 1}});
    let asked = step(&first["progress"], typed).await;
    assert_eq!((&asked["said"], &asked["variables"]), (&json!([]), &json!({"name": "Ann B"})));
    assert_eq!(asked["request"]["url"], "http://127.0.0.1:9/x?q=Ann%20B");
    let failed = step(&asked["progress"], json!({"kind": "reply"})).await;
    assert_eq!((&failed["said"][0]["content"], &failed["passed"]), (&json!("It failed."), &json!(["trouble"])));
    let went = step(&asked["progress"], json!({"kind": "reply", "status": 200, "body": "{\"p\": 7}"})).await;
    assert_eq!(went["said"], json!([{"kind": "Handoff", "message": "It costs 7."}]));
    assert_eq!(went["progress"]["waiting"], json!({"for": "handoff", "state": "call", "queue": "desk"}));
    let back = step(&went["progress"], json!({"kind": "hand-back"})).await;
    assert_eq!(back["said"][0]["content"], "Bye, Ann B.");
    // A text that is changed meanwhile may not have the state any more.
    let other = json!({"text": flow("x"), "progress": asked["progress"], "happens": {"kind": "reply"}});
    let other = server.post("/api/admin/flows/new/try", &other).await.expect(200);
    assert_eq!(other["said"][0]["kind"], "Error");
    let sessions = server.get("/api/operator/sessions").await.expect(200);
    assert_eq!(sessions["sessions"], json!([]));
    assert_eq!(server.get("/api/admin/flows").await.expect(200)["flows"], json!([]));
}

#[tokio::test]
async fn bodies_that_are_none_are_refused_in_words() {
    let server = server().await;
    let made = make(&server, "garden", &flow("one")).await;
    says(&server.post("/api/admin/flows", &json!({"name": "a b"})).await, 400, &["name", "64 letters"]);
    says(&server.post("/api/admin/flows", &json!({"name": "garden"})).await, 409, &["another name"]);
    says(&server.post("/api/admin/flows/garden", &json!({"text": "x"})).await, 400, &["base"]);
    let large = json!({"text": "x".repeat(1024 * 1024 + 1), "base": made["version"]});
    says(&server.post("/api/admin/flows/garden", &large).await, 413, &["1 MiB"]);
    let huge = Request::new("POST", "/api/admin/flows/garden/check").body(vec![b'x'; 5 * 1024 * 1024]);
    says(&server.send(huge).await, 413, &["1 MiB"]);
    let new = server.post("/api/admin/flows", &json!({"name": "first"})).await.expect(201);
    assert_eq!((&new["errors"], &new["warnings"], &new["title"]), (&json!(0), &json!(0), &json!("New flow")));
}

#[tokio::test]
async fn flows_are_for_admins_and_what_they_do_is_noted() {
    let off = starter().listen("0.0.0.0:0").start().await;
    says(&off.get("/api/admin/flows").await, 403, &["--accounts"]);
    let page = off.get("/admin/flows").await;
    assert!(page.status == 403 && page.text().contains("--accounts"), "{}", page.text());

    let server = with_accounts("optional").start().await;
    let ada = admin(&server).await;
    let olga = person(&server, &ada, "Olga", "operator").await;
    let reader = token(&server, &ada, &["read", "post"]).await;
    let runs = token(&server, &ada, &["admin"]).await;
    let ask = async |method: &str, target: &str, header: Option<(&str, &str)>, body: Option<Value>| {
        let mut request = Request::new(method, target).header("origin", &format!("http://{}", server.address()));
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        server.send(body.into_iter().fold(request, |request, body| request.body(body.to_string()))).await
    };
    let (list, bearer) = ("/api/admin/flows", |token: &str| format!("Bearer {token}"));
    says(&ask("GET", list, None, None).await, 401, &["log in"]);
    says(&ask("GET", list, Some(("cookie", &olga)), None).await, 403, &["admin"]);
    says(&ask("GET", list, Some(("authorization", &bearer(&reader))), None).await, 403, &["`admin`"]);
    assert_eq!(ask("GET", list, Some(("authorization", &bearer(&runs))), None).await.status, 200);
    let by = ada.as_str();
    let ada = Some(("cookie", by));
    let made = ask("POST", list, ada, Some(json!({"name": "garden", "text": flow("one")}))).await.expect(201);
    assert_eq!(made["by"], "Ada");
    let body = json!({"text": flow("one"), "base": made["version"]});
    says(
        &ask("POST", "/api/admin/flows/garden/publish", Some(("cookie", &olga)), Some(body.clone())).await,
        403,
        &["admin"],
    );
    assert_eq!(ask("POST", "/api/admin/flows/garden/publish", ada, Some(body)).await.status, 200);
    assert_eq!(ask("POST", "/api/admin/flows/garden/withdraw", ada, None).await.status, 200);
    let gone = json!({"base": made["version"]});
    assert_eq!(ask("DELETE", "/api/admin/flows/garden", ada, Some(gone)).await.status, 204);
    let audit = ask("GET", "/api/admin/audit", ada, None).await.expect(200);
    let audit = audit.to_string();
    for what in ["flow_published", "flow_withdrawn", "flow_deleted"] {
        assert!(audit.contains(what), "no {what} in {audit}");
    }
    let forged = Request::post(list, &json!({"name": "evil"})).header("cookie", by);
    let forged = forged.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
    assert_eq!(server.send(forged).await.status, 403);
}

#[tokio::test]
async fn the_schema_is_for_editors_everywhere() {
    let server = starter().listen("0.0.0.0:0").args(&["--accounts", "required"]).start().await;
    let schema = server.get("/schemas/flow.json").await;
    assert_eq!(schema.expect(200)["title"], "A flow of Parlor's assistant");
    assert_eq!(schema.header("content-type"), Some("application/schema+json"));
    assert_eq!(schema.header("access-control-allow-origin"), Some("*"));
    assert!(schema.header("cache-control").expect("it can be kept").contains("max-age"));
}
