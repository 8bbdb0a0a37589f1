//! What is added to the plain form: variables, conditions, inputs, requests, handoffs, fallbacks, languages.

use serde_json::{Value, json};

use super::{flow, go, plain, said, text};
use crate::{Answer, Method, Record, Refusal, Reply, Say, Step, Waiting};

fn bot(content: &str) -> Value {
    json!({"sendRequest": {"kind": "BotText", "content": content}})
}

fn typed(text: &str) -> Answer {
    Answer::text(None, text)
}

#[test]
fn variables_stand_in_later_texts_as_labels_escaped() {
    let mut file = plain();
    file["ask"]["sendRequest"]["as"] = json!("plant");
    file["ask"]["sendRequest"]["choices"][0]["content"] = json!("<i>Herbs</i> &amp; more");
    file["open"]["sendRequest"]["as"] = json!("name");
    file["more"]["sendRequest"]["question"] = json!("{{plant}} / {{name}}: anything more?");
    let flow = flow(&text(&file, "hello"));
    let herbs = go(&flow, &flow.start(&[]), &Answer::choice("plant", "herbs"));
    assert_eq!(said(&herbs), ["? Herbs &amp; more / : anything more?"]);
    assert_eq!(herbs.progress.variables["plant"].value, "herbs");
    let other = go(&flow, &flow.start(&[]), &Answer::choice("plant", "else"));
    let moss = go(&flow, &other, &typed(" <moss> "));
    assert_eq!(said(&moss), ["<", "? Something else / &lt;moss&gt;: anything more?"]);
}

#[test]
fn a_condition_decides_where_it_goes() {
    let mut file = plain();
    file["ask"]["sendRequest"]["as"] = json!("plant");
    let next = json!([
        {"when": {"any": [{"variable": "plant", "equals": "Roses"}, {"variable": "plant", "startsWith": "her"}]}, "to": "bye"},
        {"else": "more"},
    ]);
    file["herbs"]["next"] = next.clone();
    file["roses"]["next"] = next.clone();
    file["typed"]["next"] = next;
    let flow = flow(&text(&file, "hello"));
    for (item, says) in [("herbs", "Thank you."), ("2", "Thank you.")] {
        assert_eq!(said(&go(&flow, &flow.start(&[]), &Answer::choice("plant", item))), [says]);
    }
    let open = go(&flow, &flow.start(&[]), &Answer::choice("plant", "else"));
    assert_eq!(said(&go(&flow, &open, &typed("Moss"))), ["? Anything more?"]);
}

fn with_input(input: Value) -> (crate::Flow, Step) {
    let mut file = plain();
    file["open"]["sendRequest"]["as"] = json!("it");
    file["open"]["sendRequest"]["input"] = input;
    file["close"]["sendRequest"] = json!({"kind": "BotText", "content": "It is {{it}}."});
    file["gave up"] = bot("Never mind.");
    let flow = flow(&text(&file, "hello"));
    let open = go(&flow, &flow.start(&[]), &Answer::choice("plant", "else"));
    (flow, open)
}

#[test]
fn a_wrong_input_is_asked_again_and_counted() {
    let input = json!({"type": "number", "min": 1, "max": 9, "error": "One to nine.", "retries": 2, "else": "gave up"});
    let (flow, open) = with_input(input);
    let sent = serde_json::to_value(&open.says[0]).expect("JSON");
    assert_eq!(sent["input"], json!({"type": "number", "min": 1, "max": 9}));
    assert_eq!(sent.as_object().expect("an object").len(), 5, "{sent}");
    let once = go(&flow, &open, &typed("10"));
    assert_eq!((said(&once), once.progress.number()), (vec!["One to nine.".to_owned()], open.progress.number()));
    assert!(once.answer.is_some() && once.progress.tries == 1);
    assert_eq!(said(&go(&flow, &once, &typed("9")))[0], "It is 9.");
    let twice = go(&flow, &once, &typed("x"));
    assert_eq!(said(&twice), ["Never mind."]);
    assert_eq!(twice.progress.waiting, Waiting::End);
}

#[test]
fn without_else_it_goes_on_as_if_answered() {
    let (flow, open) = with_input(json!({"type": "email", "retries": 1}));
    let mut open = open;
    open.progress.set("it", "an old one");
    let on = go(&flow, &open, &typed("nobody"));
    assert_eq!(said(&on)[0], "It is .");
    let (flow, open) = with_input(json!({"type": "email"}));
    let mut step = open;
    for _ in 0..20 {
        step = go(&flow, &step, &typed("nobody"));
        assert!(said(&step)[0].contains("e-mail"));
    }
    assert_eq!(said(&go(&flow, &step, &typed("ann@example.org")))[0], "It is ann@example.org.");
}

fn with_request() -> (crate::Flow, Step) {
    let mut file = plain();
    file["ask"]["sendRequest"]["as"] = json!("plant");
    file["herbs"]["next"] = json!("look");
    file["look"] = json!({
        "request": {
            "method": "POST", "url": "https://shop.example/{{plant}}", "query": {"q": "{{plant}} now"}, "timeout": 5,
            "headers": {"X-Plant": "{{plant}}"}, "body": {"plant": "{{plant}}", "n": [1, null]},
            "keep": {"price": "/items/0/price"}, "else": "bye",
        },
        "next": "price",
    });
    file["price"] = json!({"sendRequest": {"kind": "BotText", "content": "It costs {{price}}."}, "next": "more"});
    let flow = flow(&text(&file, "hello"));
    let wait = go(&flow, &flow.start(&[]), &Answer::choice("plant", "herbs"));
    (flow, wait)
}

#[test]
fn a_request_is_made_by_others_and_goes_on_with_its_answer() {
    let (flow, wait) = with_request();
    assert_eq!(wait.progress.waiting, Waiting::Request { state: "look".into() });
    let request = flow.resolve_request(&wait.progress).expect("it waits for one");
    assert_eq!((request.method, request.timeout), (Method::Post, 5));
    assert_eq!(request.url, "https://shop.example/herbs?q=herbs%20now");
    assert_eq!(
        serde_json::from_str::<Value>(&request.body.expect("a body")).expect("JSON"),
        json!({"plant": "herbs", "n": [1, null]})
    );
    assert_eq!(flow.answer(&wait.progress, &typed("hello?")), Err(Refusal::Busy));
    assert_eq!(flow.answer(&wait.progress, &Answer::choice("plant", "herbs")), Err(Refusal::Repeat));
    let reply = |status, body| flow.requested(&wait.progress, Some(Reply { status, body })).expect("it waits for one");
    let right = reply(201, br#"{"items": [{"price": 3}]}"#);
    assert_eq!(said(&right), ["It costs 3.", "? Anything more?"]);
    assert_eq!(right.passed, ["price", "more"]);
    for wrong in [reply(500, b"{}"), reply(200, b"<p>"), flow.requested(&wait.progress, None).expect("it waits")] {
        assert_eq!(said(&wrong), ["Thank you."]);
    }
    assert!(flow.requested(&right.progress, None).is_none() && flow.resolve_request(&right.progress).is_none());
}

#[test]
fn a_handoff_waits_for_a_person_and_goes_on_afterwards() {
    let mut file = plain();
    file["$flow"] = json!({"handoff": {"queue": "sales"}});
    file["herbs"]["next"] = json!("person");
    file["roses"]["next"] = json!("last person");
    file["person"] = json!({"sendRequest": {"kind": "Handoff", "message": "Wait.", "queue": "herbs"}, "next": "more"});
    file["last person"] = json!({"sendRequest": {"kind": "Handoff"}});
    let flow = flow(&text(&file, "hello"));
    let waits = go(&flow, &flow.start(&[]), &Answer::choice("plant", "herbs"));
    assert_eq!(waits.progress.waiting, Waiting::Handoff { state: "person".into(), queue: Some("herbs".into()) });
    assert_eq!(serde_json::to_value(&waits.says[0]).expect("JSON"), json!({"kind": "Handoff", "message": "Wait."}));
    assert_eq!(flow.answer(&waits.progress, &typed("hi")), Err(Refusal::HandedOff));
    assert_eq!(said(&flow.handed_back(&waits.progress).expect("it waits")), ["? Anything more?"]);
    let last = go(&flow, &flow.start(&[]), &Answer::choice("plant", 2));
    assert_eq!(last.progress.waiting, Waiting::Handoff { state: "last person".into(), queue: Some("sales".into()) });
    let end = flow.handed_back(&last.progress).expect("it waits");
    assert_eq!((end.says.len(), end.progress.waiting), (0, Waiting::End));
}

#[test]
fn where_nobody_is_there_an_address_is_asked_for_before_a_person() {
    let mut file = plain();
    let hours = json!({"timezone": "Europe/Madrid", "days": {"mon": ["09:00-17:00"]}, "closed": "We sleep.", "thanks": "We write to {{email}}."});
    file["$flow"] = json!({"fallback": "somebody", "handoff": {"queue": "desk"}, "hours": hours});
    file["somebody"] = json!({"sendRequest": {"kind": "Handoff"}});
    file["herbs"]["next"] = json!("person");
    file["person"] = json!({"sendRequest": {"kind": "Handoff", "message": "Wait."}, "next": "more"});
    let flow = flow(&text(&file, "hello"));
    let hours = flow.settings().hours().expect("hours");
    assert!(hours.open(1_795_420_800) && !hours.open(1_795_460_400), "a Monday at nine, and at eight in the evening");
    let start = flow.start(&[]);
    assert_eq!(flow.nobody_there(start.clone(), hours), start, "nobody is asked for");
    let away = flow.nobody_there(go(&flow, &start, &Answer::choice("plant", "herbs")), hours);
    assert!(matches!(away.answer, Some(Record::ChoiceResponse { .. })) && away.passed == ["herbs", "person"]);
    let says = serde_json::to_value(&away.says).expect("JSON");
    let asked = json!({"kind": "StartChatSession", "sessionId": "email", "input": {"type": "email"}});
    assert_eq!(says, json!([{"kind": "BotText", "content": "We sleep."}, asked]));
    assert_eq!(away.progress.waiting, Waiting::Answer);
    assert_eq!(flow.answer(&away.progress, &Answer::choice("plant", "herbs").to(2)), Err(Refusal::NotOpen));
    assert_eq!(flow.answer(&away.progress, &Answer::text(Some("other".into()), "a@b.org")), Err(Refusal::NotOpen));
    let wrong = go(&flow, &away, &typed("ann"));
    assert!(said(&wrong)[0].contains("e-mail address") && wrong.progress.number() == away.progress.number());
    let known = go(&flow, &wrong, &Answer::text(Some("email".into()), " ann@example.org "));
    assert_eq!(known.progress.variables["email"].value, "ann@example.org");
    let says = serde_json::to_value(&known.says).expect("JSON");
    let thanks = json!({"kind": "Handoff", "message": "We write to ann@example.org."});
    assert_eq!(says, json!([{"kind": "EndChatSession", "sessionId": "email"}, thanks]));
    assert_eq!(known.progress.waiting, Waiting::Handoff { state: "person".into(), queue: Some("desk".into()) });
    let again = Answer::text(Some("email".into()), " ann@example.org ");
    assert_eq!(flow.answer(&known.progress, &again), Err(Refusal::Repeat));
    let back = flow.handed_back(&known.progress).expect("it waits");
    assert_eq!(said(&back), ["? Anything more?"]);
    // Who is known is not asked again; who asks while a question is open finds it open afterwards.
    let again = Answer::choice("again", "y").to(back.progress.number().expect("a question"));
    let asks = go(&flow, &go(&flow, &back, &again), &Answer::choice("plant", "herbs"));
    assert_eq!(said(&flow.nobody_there(asks, hours)), ["We sleep.", "! Wait."]);
    let aside = flow.nobody_there(go(&flow, &start, &typed("Are you there?")), hours);
    assert_eq!(aside.progress.number(), Some(2));
    let known = go(&flow, &aside, &typed("ann@example.org"));
    assert_eq!(flow.handed_back(&known.progress).expect("it waits").progress.number(), Some(1));
}

#[test]
fn a_fallback_takes_texts_and_leaves_the_question_open() {
    let mut file = plain();
    file["$flow"] = json!({"fallback": "pardon"});
    file["pardon"] = bot("Pardon?");
    let flow = flow(&text(&file, "hello"));
    let start = flow.start(&[]);
    assert_eq!(serde_json::to_value(&start.says[1]).expect("JSON")["fallback"], json!(true));
    let pardon = go(&flow, &start, &Answer::text(Some("whatever".into()), "How are you?"));
    assert_eq!(said(&pardon), ["Pardon?"]);
    assert_eq!((pardon.progress.number(), &pardon.progress.waiting), (Some(1), &Waiting::Answer));
    assert_eq!(pardon.passed, ["pardon"]);
    let taken = go(&flow, &pardon, &typed("some HÉRBS please"));
    let record = serde_json::to_value(taken.answer.as_ref().expect("an answer")).expect("JSON");
    assert_eq!(record, json!({"kind": "ChoiceResponse", "groupId": "plant", "itemId": "herbs", "content": "Herbs"}));
    assert_eq!(said(&taken), ["? Anything more?"]);
    assert_eq!(flow.answer(&taken.progress, &typed("some HÉRBS please").to(1)), Err(Refusal::Repeat));
}

#[test]
fn a_fallback_may_ask_wait_and_hand_off_in_its_turn() {
    let mut file = plain();
    file["$flow"] = json!({"fallback": "look"});
    file["look"] = json!({"request": {"url": "https://x.example"}, "next": "person"});
    file["person"] = json!({"sendRequest": {"kind": "Handoff"}});
    let flow = flow(&text(&file, "hello"));
    let look = go(&flow, &flow.start(&[]), &typed("What?"));
    assert_eq!(flow.answer(&look.progress, &Answer::choice("plant", 2)), Err(Refusal::Busy));
    let person = flow.requested(&look.progress, None).expect("it waits");
    assert!(matches!(person.progress.waiting, Waiting::Handoff { .. }));
    let back = flow.handed_back(&person.progress).expect("it waits");
    assert_eq!(
        (back.progress.waiting.clone(), back.progress.number()),
        (Waiting::Answer, Some(1)),
        "the question is still open"
    );
    assert_eq!(said(&go(&flow, &back, &Answer::choice("plant", 2))), ["? Anything more?"]);
}

#[test]
fn texts_come_in_the_visitors_language() {
    let mut file = plain();
    file["$flow"] = json!({"languages": ["en", "de"], "title": {"en": "Garden", "de": "Garten"}});
    file["hello"]["sendRequest"]["content"] = json!({"en": "Welcome.", "de": "Willkommen."});
    file["ask"]["sendRequest"]["choices"][0]["content"] = json!({"en": "Herbs", "de": "Kräuter"});
    file["bye"]["sendRequest"]["content"] = json!({"en": "Bye."});
    let flow = flow(&text(&file, "hello"));
    for (wanted, welcome, herbs) in [("de-CH", "Willkommen.", "Kräuter"), ("fr", "Welcome.", "Herbs")] {
        let start = flow.start(&[wanted]);
        assert_eq!(said(&start)[0], welcome);
        let Say::ChoiceRequest { choices, .. } = &start.says[1] else { panic!("a question") };
        assert_eq!(choices[0].content, herbs);
    }
    assert_eq!(flow.title(&["de".into()]).as_deref(), Some("Garten"));
    let step = go(&flow, &go(&flow, &flow.start(&["de"]), &Answer::choice("plant", 2)), &Answer::choice("again", "n"));
    assert_eq!(said(&step), ["Bye."]);
}
