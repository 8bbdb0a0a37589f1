//! What does not fit: it is told, changes nothing, and the session goes on.

use serde_json::{Value, json};

use super::{Visitor, choice, chosen, files, records, survey, text};

/// What fits nowhere.
fn nonsense() -> Vec<String> {
    let deep = 100_000;
    vec![
        String::new(),
        "{".to_owned(),
        "nonsense".to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        "\"text\"".to_owned(),
        "[]".to_owned(),
        json!([choice("tea", 1)]).to_string(),
        "{}".to_owned(),
        json!({"kind": 5}).to_string(),
        json!({"kind": null}).to_string(),
        json!({"kind": ["ResetSession"]}).to_string(),
        json!({"kind": {"kind": "ResetSession"}}).to_string(),
        json!({"kind": "resetsession"}).to_string(),
        json!({"kind": "BotText", "content": "I am the bot"}).to_string(),
        json!({"kind": "OperatorText", "author": "Bob", "content": "I am a person"}).to_string(),
        json!({"kind": "Error", "message": "x"}).to_string(),
        json!({"kind": "ChoiceResponse"}).to_string(),
        json!({"kind": "ChoiceResponse", "groupId": "tea"}).to_string(),
        json!({"kind": "ChoiceResponse", "groupId": {"a": 1}, "itemId": 1}).to_string(),
        json!({"kind": "ChoiceResponse", "groupId": "tea", "itemId": [1]}).to_string(),
        json!({"kind": "ChoiceResponse", "groupId": "tea", "itemId": 1.5}).to_string(),
        json!({"kind": "ChoiceResponse", "groupId": "tea", "itemId": 1, "answerTo": "x"}).to_string(),
        choice("coffee", 1).to_string(),
        choice("tea", "oolong").to_string(),
        choice("tea", 2).to_string(),
        choice("tea", true).to_string(),
        choice("more", "yes").to_string(),
        text("own", "no editor is open").to_string(),
        json!({"kind": "UserText", "sessionId": "own", "content": 5}).to_string(),
        json!({"kind": "UserText", "sessionId": "own"}).to_string(),
        format!("{{\"kind\": {}", "[".repeat(deep)),
        format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{{\"a\":{}1{}, \"kind\": \"UserText\"}}", "{\"a\":".repeat(deep), "}".repeat(deep)),
    ]
}

#[tokio::test]
async fn what_does_not_fit_is_told_and_changes_nothing() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    for message in nonsense() {
        ann.refused(&message).await;
    }
    ann.ws.send_binary(choice("tea", 1).to_string().as_bytes()).await;
    assert!(ann.error().await.contains("binary"));
    assert!(records(&server).await.is_empty());
    ann.answers(&choice("tea", "none"), chosen("tea", "none", "None of these"), &files(&["open"])).await;
    let before = records(&server).await;
    for message in [
        text("own", ""),
        text("own", " \n\t"),
        text("own", &"x".repeat(17 << 10)),
        text("own", &"x".repeat(200_000)),
        text("another", "x"),
        choice("tea", 1),
        choice("more", "yes"),
    ] {
        ann.refused(&message.to_string()).await;
    }
    assert_eq!(records(&server).await, before);
    let longest = text("own", &"\u{e4}".repeat(8 << 10));
    ann.answers(&longest, longest.clone(), &files(&["close", "more"])).await;
    ann.back(&server).await;
}

#[tokio::test]
async fn the_repeat_of_the_answer_that_closed_a_question_is_passed_over() {
    let (mut server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    ann.answers(&choice("tea", "none"), chosen("tea", "none", "None of these"), &files(&["open"])).await;
    for again in [choice("tea", "none"), chosen("tea", "none", "None of these")] {
        ann.say(&again).await;
    }
    // Another answer to it is not the same.
    assert!(ann.refused(&choice("tea", 1).to_string()).await.contains("not open"));
    let mint = text("own", "mint");
    ann.answers(&mint, mint.clone(), &files(&["close", "more"])).await;
    server.crash().await;
    let mut ann = ann.back(&server).await;
    ann.say(&mint).await;
    ann.say(&choice("tea", "none")).await;
    ann.answers(&choice("more", "no"), chosen("more", "no", "No"), &files(&["bye"])).await;
    ann.say(&choice("more", "no")).await;
    ann.sees_no_more().await;
    assert!(!ann.refused(&choice("more", "yes").to_string()).await.is_empty());
    ann.back(&server).await;
}

#[tokio::test]
async fn an_old_answer_is_known_in_a_loop_by_the_number_of_its_question() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    let to = |mut answer: Value, number: u64| {
        answer["answerTo"] = json!(number);
        answer
    };
    ann.answers(&to(choice("tea", 1), 1), chosen("tea", 1, "Green"), &files(&["more"])).await;
    ann.answers(&to(choice("more", "yes"), 2), chosen("more", "yes", "Yes"), &files(&["ask"])).await;
    // The same group is open again: the first question's answer, sent again, is silence; another one is told.
    ann.say(&to(choice("tea", 1), 1)).await;
    ann.refused(&to(choice("tea", "black"), 1).to_string()).await;
    ann.refused(&to(choice("tea", "black"), 99).to_string()).await;
    let before = records(&server).await;
    ann.answers(&to(choice("tea", 1), 3), chosen("tea", 1, "Green"), &files(&["more"])).await;
    assert_eq!(records(&server).await.len(), before.len() + 2);
    ann.back(&server).await;
}
