//! A flow from its greeting to its end, and what others see of it.

use parlor_testkit::seed::Seed;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Visitor, choice, chosen, file, files, records, survey, text, way};

#[tokio::test]
async fn a_survey_is_played_with_the_messages_of_its_file() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    for (answer, record, says) in way() {
        ann.answers(&answer, record, &files(says)).await;
    }
    assert_eq!(ann.saw.last(), Some(&file("bye")));
    assert!(ann.refused(&text("own", "one more thing").to_string()).await.contains("ended"));
}

#[tokio::test]
async fn an_item_is_the_same_as_a_number_and_as_a_text() {
    let (server, _flows) = survey().await;
    for item in [json!(1), json!("1")] {
        let mut ann = Visitor::new(&server).await;
        ann.greeted().await;
        ann.answers(&choice("tea", item), chosen("tea", 1, "Green"), &files(&["more"])).await;
        ann.back(&server).await;
    }
}

#[tokio::test]
async fn what_a_client_says_that_a_choice_reads_is_not_believed() {
    let (server, _flows) = survey().await;
    let mut ann = Visitor::new(&server).await;
    ann.greeted().await;
    let told = chosen("tea", "black", "<script>alert(1)</script>");
    ann.answers(&told, chosen("tea", "black", "Black &amp; strong"), &files(&["more"])).await;
    ann.back(&server).await;
}

#[tokio::test]
async fn a_second_tab_gets_answers_live_and_who_answers_not_its_own() {
    let (server, _flows) = survey().await;
    let mut one = Visitor::new(&server).await;
    one.greeted().await;
    let mut other = one.again(&server).await;
    other.greeted().await;
    for (turn, (answer, record, says)) in way().into_iter().enumerate() {
        let (writes, watches) = if turn % 2 == 0 { (&mut one, &mut other) } else { (&mut other, &mut one) };
        writes.answers(&answer, record.clone(), &files(says)).await;
        watches.sees(&[record]).await;
        watches.sees(&files(says)).await;
    }
    one.sees_no_more().await;
    other.sees_no_more().await;
    assert_eq!(one.saw, other.saw);
}

#[tokio::test]
async fn two_tabs_that_answer_at_once_are_one_answer() {
    let (server, _flows) = survey().await;
    let mut one = Visitor::new(&server).await;
    let mut other = one.again(&server).await;
    one.greeted().await;
    other.greeted().await;
    let (same, says) = (choice("tea", "black"), file("more"));
    tokio::join!(one.say(&same), other.say(&same));
    // One of them wrote it; the other one is shown it, and its own is passed over.
    for tab in [&mut one, &mut other] {
        let mut next = tab.hear().await;
        if next["kind"] == "ChoiceResponse" {
            next = tab.hear().await;
        }
        assert_eq!(next, says);
        tab.sees_no_more().await;
    }
    let records = records(&server).await;
    assert_eq!(records.iter().filter(|record| record["payload"]["kind"] == "Response").count(), 1);
    // Two that differ: the first one counts, the second one is told.
    let (yes, no) = (choice("more", "yes"), choice("more", "no"));
    tokio::join!(one.say(&yes), other.say(&no));
    let mut refused = 0;
    for tab in [&mut one, &mut other] {
        tab.ws.say(r#"{"kind": "Nonsense"}"#).await;
        let nonsense = |said: &Value| said["message"].as_str().is_some_and(|message| message.contains("kinds"));
        let heard = tab.ws.until(nonsense).await;
        refused += heard.iter().filter(|said| said["kind"] == "Error").count() - 1;
    }
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn visitors_never_see_each_other() {
    let (server, _flows) = survey().await;
    let server = std::sync::Arc::new(server);
    let mut visitors = JoinSet::new();
    for number in 0..20_u64 {
        let server = std::sync::Arc::clone(&server);
        visitors.spawn(async move {
            let (mut seed, mut own) = (Seed(number), Visitor::new(&server).await);
            own.greeted().await;
            for turn in 0..12 {
                match seed.below(3) {
                    0 => own.answers(&choice("tea", 1), chosen("tea", 1, "Green"), &[]).await,
                    1 => {
                        let black = chosen("tea", "black", "Black &amp; strong");
                        own.answers(&choice("tea", "black"), black, &[]).await;
                    }
                    _ => {
                        let none = chosen("tea", "none", "None of these");
                        own.answers(&choice("tea", "none"), none, &files(&["open"])).await;
                        let mine = text("own", &format!("visitor {number} turn {turn}"));
                        own.answers(&mine, mine.clone(), &files(&["close"])).await;
                    }
                }
                own.sees(&files(&["more"])).await;
                own.answers(&choice("more", "yes"), chosen("more", "yes", "Yes"), &files(&["ask"])).await;
            }
            let own = own.back(&server).await;
            (own.cookie, own.saw)
        });
    }
    let all = visitors.join_all().await;
    let cookies: std::collections::BTreeSet<&String> = all.iter().map(|(cookie, _)| cookie).collect();
    assert_eq!(cookies.len(), 20);
    // The log has each session whole, and nothing else.
    let records = records(&server).await;
    let mut sessions: std::collections::BTreeMap<String, Vec<Value>> = std::collections::BTreeMap::new();
    for record in &records {
        let said = sessions.entry(record["sid"].as_str().expect("a sid").to_owned()).or_default();
        said.extend(record.get("payload").map(|payload| payload["message"].clone()));
    }
    let mut logged: Vec<Vec<Value>> = sessions.into_values().collect();
    let mut shown: Vec<Vec<Value>> = all.into_iter().map(|(_, saw)| saw).collect();
    logged.sort_by_key(|said| format!("{said:?}"));
    shown.sort_by_key(|said| format!("{said:?}"));
    assert!(logged == shown, "what is in the log is what was shown");
}
