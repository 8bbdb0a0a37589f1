//! `parlor flow`: what it says of files, what it draws, and how a flow is tried and tested.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use parlor_testkit::{
    folder::TestFolder,
    server::{run, run_with_input},
};

use crate::kit::PARLOR;

fn example(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "examples", "flows", name].iter().collect();
    path.to_str().expect("UTF-8").to_owned()
}

/// What came on standard output, after an end with this code.
#[track_caller]
fn ended(output: &Output, code: i32) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{error}");
    out.into_owned()
}

fn written(folder: &TestFolder, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

const WRONG: &str = r#"{
  "hello": {"sendRequest": {"kind": "BotText", "content": "Hi"}, "next": "bey"},
  "bye": {"sendRequest": {"kind": "BotText", "content": "Bye"}}
}"#;

#[tokio::test]
async fn flows_are_checked_and_findings_have_their_places() {
    let folder = TestFolder::new();
    let (survey, booking) = (example("survey.json"), example("booking.json"));
    let said = ended(&run(PARLOR, &["flow", "check", &survey, &booking]).await, 0);
    assert!(said.contains("survey.json: no errors in 12 states\n"), "{said}");
    let wrong = written(&folder, "wrong.json", WRONG);
    let said = ended(&run(PARLOR, &["flow", "check", &survey, &wrong]).await, 1);
    let line = "wrong.json:2:74: error: state `hello`: `next` leads to `bey`, and there is no such state. Did you mean `bye`?\n";
    assert!(said.contains(line), "{said}");
    for (args, words) in [
        (&["flow", "check", "nowhere.json"][..], "can't read nowhere.json"),
        (&["flow", "check", &wrong, &wrong], "are both named `wrong`"),
        (&["flow", "graph", &wrong], "Did you mean `bye`?"),
        (&["flow", "run", &wrong], "Did you mean `bye`?"),
        (&["flow", "test", &wrong, "--script", &wrong], "Did you mean `bye`?"),
    ] {
        let output = run(PARLOR, args).await;
        ended(&output, 1);
        assert!(String::from_utf8_lossy(&output.stderr).contains(words), "{args:?}");
    }
}

#[tokio::test]
async fn flows_are_checked_with_those_that_they_jump_to() {
    let folder = TestFolder::new();
    let one = written(&folder, "one.json", r#"{"a": {"jump": {"flow": "two", "state": "c"}}}"#);
    let said = ended(&run(PARLOR, &["flow", "check", &one]).await, 1);
    assert!(said.contains("There is no flow `two` to jump to."), "{said}");
    written(&folder, "two.json", r#"{"b": {"jump": {"flow": "one"}}}"#);
    let said = ended(&run(PARLOR, &["flow", "check", &one]).await, 1);
    assert!(said.contains("The flow `two` has no state `c` to jump to."), "{said}");
    written(&folder, "two.json", r#"{"c": {"sendRequest": {"kind": "BotText", "content": "Here I am."}}}"#);
    ended(&run(PARLOR, &["flow", "check", &one]).await, 0);
    let said = ended(&run_with_input(PARLOR, &["flow", "run", &one], b"").await, 0);
    assert_eq!(said, "  Here I am.\n(The end.)\n");
}

#[tokio::test]
async fn flows_are_drawn() {
    let folder = TestFolder::new();
    let survey = example("survey.json");
    let said = ended(&run(PARLOR, &["flow", "graph", &survey]).await, 0);
    assert!(said.starts_with("<svg ") && said.contains("By bike"), "{said}");
    let said = ended(&run(PARLOR, &["flow", "graph", &survey, "--format", "mermaid"]).await, 0);
    assert!(said.starts_with("flowchart TD\n"), "{said}");
    let to = folder.path().join("survey.mmd");
    ended(&run(PARLOR, &["flow", "graph", &survey, "--to", to.to_str().expect("UTF-8")]).await, 0);
    assert!(fs::read_to_string(Path::new(&to)).expect("written").starts_with("flowchart TD\n"));
    let said = ended(&run(PARLOR, &["flow", "schema"]).await, 0);
    assert!(said.contains("draft/2020-12"), "{said}");
}

#[tokio::test]
async fn a_script_is_compared_and_the_first_difference_told() {
    let folder = TestFolder::new();
    let (support, english, german) = (example("support.json"), example("support.txt"), example("support-de.txt"));
    let args = ["flow", "test", &support, "--script", &english, "--script", &german];
    let said = ended(&run(PARLOR, &args).await, 0);
    assert_eq!(said.matches("as the script says").count(), 2, "{said}");
    let other = written(&folder, "other.txt", "# Not so.\n< Hello?\n");
    let said = ended(&run(PARLOR, &["flow", "test", &support, "--script", &other]).await, 1);
    assert!(said.contains("other.txt:2: expected the bot to say: Hello?\n  but it says: Welcome"), "{said}");
}

#[tokio::test]
async fn a_flow_is_tried_through_pipes() {
    let input = b"3\nBy camel\nno\n";
    let said = ended(&run_with_input(PARLOR, &["flow", "run", &example("survey.json")], input).await, 0);
    for words in ["  1. By bike\n", "  3. Another way\n", "> ", "  Tell me, you can type now.\n", "have a good day"] {
        assert!(said.to_lowercase().contains(&words.to_lowercase()), "{words}\n{said}");
    }
    assert!(said.ends_with("(The end.)\n"), "{said}");
    let input = b"none of these\n99\nRechnung\nR-2027-0001\n\nja\n";
    let args = ["flow", "run", &example("support.json"), "--lang", "de"];
    let said = ended(&run_with_input(PARLOR, &args, input).await, 0);
    for words in ["nur ein kleiner Bot", "Welche Nummer", "(A person of `desk` is asked for.", "Eine Rechnung?"] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let input =
        b"many\n4\n2027-07-03\nx\n200 {\"boats\": [{\"name\": \"Gull\", \"price\": 9}]}\n1\nann@example.org\n\n";
    let said = ended(&run_with_input(PARLOR, &["flow", "run", &example("booking.json")], input).await, 0);
    for words in [
        "A number from 1 to 30",
        "(GET https://boats.example/free?day=2027-07-03&people=4)",
        "The Gull is free",
        "does not answer",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let said = ended(&run_with_input(PARLOR, &["flow", "run", &example("survey.json")], b"camel\n").await, 0);
    assert!(said.contains("The question has no such choice."), "{said}");
}

#[tokio::test]
async fn requests_are_really_made_when_they_are_to_be() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = async {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let mut asked = vec![0; 4_096];
        let read = socket.read(&mut asked).await.expect("a request");
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\nconnection: close\r\n\r\n{\"name\": \"Gull\"}";
        socket.write_all(answer.as_bytes()).await.expect("written");
        String::from_utf8_lossy(&asked[..read]).into_owned()
    };
    let folder = TestFolder::new();
    let flow = format!(
        r#"{{
  "ask": {{"request": {{"url": "http://{address}/boat", "headers": {{"X-Who": "me"}}, "keep": {{"name": "/name"}}}}, "next": "say"}},
  "say": {{"sendRequest": {{"kind": "BotText", "content": "It is {{{{name}}}}."}}}}
}}"#
    );
    let file = written(&folder, "boat.json", &flow);
    let args = ["flow", "run", &file, "--requests"];
    let (output, asked) = tokio::join!(run_with_input(PARLOR, &args, b""), serve);
    let said = ended(&output, 0);
    assert!(said.contains("(200)\n  It is Gull.\n"), "{said}");
    assert!(asked.starts_with("GET /boat HTTP/1.1\r\n") && asked.to_lowercase().contains("x-who: me"), "{asked}");
}
