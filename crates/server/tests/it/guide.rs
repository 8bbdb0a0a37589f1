//! The guide's programs are run, its bots installed and its talks held, word for word.
//!
//! A page's fences are read from top to bottom: `python` is a program (it listens at port 5000 in the text, at a free one
//! here), `css title=static/x` and the like are files beside it, `bot` is a bot as one fills in its form, and `chat` is
//! what is said: lines of Ann are posted, `(form) Ann: {…}` submits the form of the bot's last message, and all other
//! lines are what the room has to answer, without its HTML; `…` at the end stands for anything.

use std::{fs, path::Path, process::Stdio};

use parlor_testkit::{folder::TestFolder, http::within, server::Server};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::kit::{messages, python, say, server};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide");
const ROOM: &str = "garden";

#[tokio::test]
async fn the_first_bot_works() {
    hold("first-bot").await;
}

#[tokio::test]
async fn a_bot_without_a_framework_works() {
    hold("without-flask").await;
}

#[tokio::test]
async fn patterns_work() {
    hold("patterns").await;
}

#[tokio::test]
async fn rich_replies_work() {
    hold("rich-replies").await;
}

#[tokio::test]
async fn forms_work() {
    hold("forms").await;
}

#[tokio::test]
async fn conversations_work() {
    hold("conversations").await;
}

#[tokio::test]
async fn style_and_script_work() {
    hold("css-and-js").await;
}

#[test]
fn every_page_with_a_talk_is_held() {
    let source = include_str!("guide.rs");
    for page in fs::read_dir(GUIDE).expect("the guide is there") {
        let path = page.expect("a file").path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let has_talk = fences(&fs::read_to_string(&path).expect("text")).iter().any(|fence| fence.is("chat"));
        assert!(!has_talk || source.contains(&format!("hold(\"{name}\")")), "no test holds the talks of {name}.md");
    }
}

/// Does everything that a page says.
async fn hold(page: &str) {
    let text = fs::read_to_string(format!("{GUIDE}/{page}.md")).expect("the page is there");
    let (server, folder) = (server().await, TestFolder::new());
    let mut program = None;
    let mut talks = 0;
    for fence in fences(&text) {
        match (fence.kind(), fence.title()) {
            (_, Some(file)) => write(&folder.path().join(file), &fence.body),
            ("python", None) => program = Some(Program::start(folder.path(), &fence.body).await),
            ("bot", None) => install(&server, &fence.body, program.as_ref().expect("a program before its bot")).await,
            ("chat", None) => {
                talk(&server, &fence.body).await;
                talks += 1;
            }
            _ => {}
        }
    }
    assert!(talks > 0, "nothing is said on {page}.md");
}

/// A block between lines of three backticks.
struct Fence {
    info: String,
    body: String,
}

impl Fence {
    fn kind(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }

    fn is(&self, kind: &str) -> bool {
        self.kind() == kind
    }

    fn title(&self) -> Option<&str> {
        self.info.split_whitespace().find_map(|word| word.strip_prefix("title="))
    }
}

fn fences(page: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some(Fence { info: info.to_owned(), body: String::new() }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(fence)) => fence.body.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    found
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// A program of the guide, as a reader starts it.
struct Program {
    url: String,
    _process: Child,
    // Kept open: it goes on printing.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    async fn start(folder: &Path, source: &str) -> Self {
        assert!(source.contains("5000"), "programs of the guide listen at port 5000");
        write(&folder.join("main.py"), &source.replace("5000", "0"));
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" -u main.py 2>&1"])
            .arg(python())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python can be started");
        let mut output = BufReader::new(process.stdout.take().expect("piped")).lines();
        let mut said = String::new();
        let url = loop {
            let line = within("the program's address", output.next_line()).await.expect("a pipe");
            let Some(line) = line else { panic!("the program ended: {said}") };
            if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                break url.trim_end_matches('/').to_owned();
            }
            said.extend([&line, "\n"]);
        };
        Self { url, _process: process, _output: output }
    }
}

/// Fills in a bot's form.
async fn install(server: &Server, fields: &str, program: &Program) {
    let mut bot = json!({ "room": ROOM });
    for line in fields.lines() {
        let (field, value) = line.split_once(": ").expect("a field and its value");
        let value = value.replace("http://localhost:5000", &program.url);
        bot[field.replace(' ', "_")] = Value::String(value);
    }
    server.post("/api/actions/bot", &bot).await.expect(200);
}

/// Says what Ann says, and compares what the room answers.
async fn talk(server: &Server, lines: &str) {
    let mut seen = messages(server, ROOM).await.len();
    let mut lines = lines.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(data) = line.strip_prefix("(form) Ann: ") {
            submit(server, data).await;
        } else {
            let text = line.strip_prefix("Ann: ").unwrap_or_else(|| panic!("who asked for “{line}”?"));
            say(server, ROOM, text).await;
            seen += 1;
        }
        let mut wanted = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("Ann: ") && !line.starts_with("(form)")) {
            wanted.push(line.to_owned());
        }
        let all = messages(server, ROOM).await;
        let answers: Vec<String> = all[seen..].iter().map(shown).collect();
        assert_eq!(answers.len(), wanted.len(), "after “{line}”: {answers:?} instead of {wanted:?}");
        for (answer, wanted) in answers.iter().zip(&wanted) {
            match wanted.strip_suffix('…') {
                Some(start) => assert!(answer.starts_with(start.trim_end()), "{answer} instead of {wanted}"),
                None => assert_eq!(answer, wanted),
            }
        }
        seen = all.len();
    }
}

/// Submits the form of the newest message that a bot wrote with one.
async fn submit(server: &Server, data: &str) {
    let all = messages(server, ROOM).await;
    let form = all.iter().rev().find(|message| message["text"].as_str().is_some_and(|text| text.contains("<form")));
    let bot = form.expect("a message with a form")["from_bot"].clone();
    let data: Value = serde_json::from_str(data).expect("JSON");
    let form = json!({"room": ROOM, "author": "Ann", "bot_id": bot, "action_url": null, "form_data": data});
    server.post("/api/actions/message-form", &form).await.expect(200);
}

/// A message as the guide writes it: `Author: text`, without tags and style sheets.
fn shown(message: &Value) -> String {
    let (mut text, mut hidden) = (String::new(), false);
    for piece in message["text"].as_str().expect("a text").split('<') {
        let (tag, after) = piece.split_once('>').unwrap_or(("", piece));
        hidden = tag == "style" || (hidden && tag != "/style");
        if !["b", "/b", "i", "/i"].contains(&tag) {
            text.push(' ');
        }
        text.push_str(if hidden { "" } else { after });
    }
    for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&#x27;", "'"), ("&quot;", "\""), ("&amp;", "&")] {
        text = text.replace(entity, letter);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{}: {}", message["author"].as_str().expect("an author"), words.join(" "))
}

#[tokio::test]
async fn the_guide_has_the_program_for_where_there_is_no_parlor() {
    let server = server().await;
    let page = server.get("/guide/relay").await;
    assert!(page.text().contains("href=\"/guide/parlor_bot.py\""));
    let program = server.get("/guide/parlor_bot.py").await;
    assert_eq!(program.status, 200);
    assert_eq!(program.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(program.header("etag").is_some());
    assert!(program.text().contains("def run("), "the program itself, not where it lies");
}
