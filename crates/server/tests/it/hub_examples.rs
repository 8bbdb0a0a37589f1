//! The example programs for the hub in Python, as somebody starts them who has just copied them.

use std::process::Stdio;

use parlor_testkit::{
    folder::TestFolder,
    http::within,
    server::{Pid, Server, Signal},
};
use rustix::process::kill_process;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::kit::{messages, python, say, server, starter, texts_of};

const ROOM: &str = "~hub/chat_service";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/hub");
/// Ctrl-C as in a terminal: whoever runs the tests in the background has it ignored, and what they start inherits that.
const RUN: &str = "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); del sys.argv[0]; \
                   runpy.run_path(sys.argv[0], run_name='__main__')";

/// A program that runs, with its two streams as one, as a terminal shows them.
struct Program {
    child: Child,
    keyboard: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Program {
    /// Starts an example for this hub.
    fn start(address: &str, script: &str, args: &[&str]) -> Self {
        Self::with_secret(address, script, args, None)
    }

    fn with_secret(address: &str, script: &str, args: &[&str], secret: Option<&str>) -> Self {
        let mut command = Command::new("sh");
        command.current_dir(FOLDER).args(["-c", "exec \"$0\" -u \"$@\" 2>&1"]).arg(python()).args(["-c", RUN]);
        command.arg(script).args(args).arg(address);
        command.env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1").env_remove("HUB_SECRET").env_remove("HUB");
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SOCKS_PROXY"] {
            command.env_remove(proxy).env_remove(proxy.to_lowercase());
        }
        command.envs(secret.map(|secret| ("HUB_SECRET", secret)));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let keyboard = child.stdin.take();
        Self { child, keyboard, lines, said: Vec::new() }
    }

    /// A client in the terminal that is in the chat.
    async fn client(address: &str, nickname: &str, args: &[&str]) -> Self {
        let mut client = Self::start(address, "client.py", &[&["--nickname", nickname], args].concat());
        client.until("* You are in.").await;
        client.until(&format!("{nickname} joined the chat.")).await;
        client
    }

    /// Reads on until a line holds these words, and gives it.
    async fn until(&mut self, words: &str) -> String {
        loop {
            let line = within(&format!("“{words}” after {:?}", self.said), self.lines.next_line()).await;
            let Some(line) = line.expect("a pipe") else { panic!("it ended without “{words}”: {:?}", self.said) };
            self.said.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Types a line.
    async fn types(&mut self, line: &str) {
        let keyboard = self.keyboard.as_mut().expect("it is typed at");
        within("a reader of what is typed", keyboard.write_all(format!("{line}\n").as_bytes())).await.expect("a pipe");
    }

    /// Waits for its end; gives its exit code, and all that it said.
    async fn ended(mut self) -> (Option<i32>, String) {
        while let Some(line) = within("its end", self.lines.next_line()).await.expect("a pipe") {
            self.said.push(line);
        }
        let status = within("its end", self.child.wait()).await.expect("it was started here");
        (status.code(), self.said.join("\n"))
    }

    /// Presses Ctrl-C and waits for its end.
    async fn interrupt(self) -> (Option<i32>, String) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs");
        kill_process(pid, Signal::INT).expect("it runs");
        self.ended().await
    }
}

/// The hub's address at the server's own port.
fn hub(server: &Server) -> String {
    format!("ws://{}/hub/ws", server.address())
}

#[tokio::test]
async fn a_chat_service_of_ones_own_serves_clients() {
    let server = server().await;
    let mut service = Program::start(&hub(&server), "chat_service.py", &[]);
    service.until("The service chat is there.").await;
    let mut ann = Program::client(&hub(&server), "Ann", &["--service", "chat"]).await;
    let mut joel = Program::client(&hub(&server), "Joël", &["--service", "chat"]).await;
    service.until("Joël joined the chat.").await;
    ann.until("* Joël joined the chat.").await;

    joel.types("Grüße 👩‍👩‍👧 <b>").await;
    assert_eq!(joel.until("Grüße").await, "Joël: Grüße 👩‍👩‍👧 <b>");
    assert_eq!(ann.until("Grüße").await, "Joël: Grüße 👩‍👩‍👧 <b>");

    joel.types("/about").await;
    joel.until("(Only you can see this!)").await;
    joel.until("Version: 1.0").await;
    joel.types("that was that").await;
    ann.until("that was that").await;
    assert!(!ann.said.concat().contains("Only you can see this"), "{:?}", ann.said);

    let (code, said) = joel.interrupt().await;
    assert!(code == Some(0) && !said.contains("Traceback"), "{code:?} {said}");
    ann.until("* Joël left the chat.").await;
    let (code, said) = service.interrupt().await;
    assert!(code == Some(0) && !said.contains("Traceback"), "{code:?} {said}");
    ann.until("* The service chat has gone").await;
    // What is typed meanwhile is said when it is back; then there is no more to say.
    ann.types("is anybody here?").await;
    let mut service = Program::start(&hub(&server), "chat_service.py", &[]);
    ann.until("Ann: is anybody here?").await;
    drop(ann.keyboard.take());
    assert_eq!(ann.ended().await.0, Some(0));
    service.until("Ann left the chat.").await;
}

#[tokio::test]
async fn a_client_talks_with_the_room_and_with_one_that_is_raw() {
    let server = server().await;
    let mut ann = Program::client(&hub(&server), "Ann", &[]).await;
    let mut raw = Program::client(&hub(&server), "Raw", &["--raw"]).await;
    ann.types("hello, room").await;
    ann.until("Ann: hello, room").await;
    assert_eq!(messages(&server, ROOM).await.last().expect("one")["author"], "Ann");
    say(&server, ROOM, "hello, hub").await;
    ann.until("Ann: hello, hub").await;

    raw.types(r#"{"type": "SERVICE_FETCH_ALL"}"#).await;
    let answer: Value = serde_json::from_str(&raw.until("SERVICE_FETCH_ALL_RESULT").await).expect("JSON");
    assert_eq!(answer["services"][0]["name"], "chat_service");
    raw.types("{no JSON").await;
    raw.until("That is no payload").await;
    raw.types(r#"{"type": "DANCE"}"#).await;
    raw.until("* ERROR_UNSUPPORTED").await;
    raw.types("said raw").await;
    ann.until("Raw: said raw").await;
    assert!(texts_of(&server, ROOM).await.contains(&"said raw".to_owned()));
}

#[tokio::test]
async fn they_come_back_after_the_server_does() {
    let mut server = server().await;
    let mut service = Program::start(&hub(&server), "chat_service.py", &[]);
    service.until("The service chat is there.").await;
    let mut ann = Program::client(&hub(&server), "Ann", &["--service", "chat"]).await;
    assert!(server.terminate().await.success());
    ann.until("* The server restarts. (1012").await;
    service.until("The server restarts. (1012").await;
    server.start_again_there().await;
    service.until("The service chat is there.").await;
    ann.until("* You are in.").await;
    ann.types("here again").await;
    ann.until("Ann: here again").await;
}

#[tokio::test]
async fn what_can_not_be_mended_by_waiting_is_a_sentence() {
    let folder = TestFolder::new();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "open sesame").expect("a file");
    let args = ["--hub-secret-file", secret.to_str().expect("text"), "--no-chat-service"];
    let server = starter().args(&args).start().await;
    let known = Some("open sesame");

    let refused = |secret| Program::with_secret(&hub(&server), "client.py", &[], secret);
    for wrong in [None, Some("close sesame")] {
        let (code, said) = refused(wrong).ended().await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.starts_with("The secret is wrong") && said.contains("(4006"), "{said}");
    }
    let args = ["--service", "chat_service"];
    let mut service = Program::with_secret(&hub(&server), "chat_service.py", &args, known);
    service.until("The service chat_service is there.").await;
    for (name, words) in [("owner_of_chat_service", "(4005"), ("not a name", "(4008"), ("other", "--no-chat-service")] {
        let args = ["--service", "chat_service", "--name", name];
        let (code, said) = Program::with_secret(&hub(&server), "chat_service.py", &args, known).ended().await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words) && !said.contains("Traceback"), "{said}");
    }
    for address in [hub(&server).replace("/hub/ws", "/hub/nowhere"), hub(&server).replace("ws:", "http:")] {
        let (code, said) = Program::start(&address, "client.py", &[]).ended().await;
        assert!(code == Some(1) && said.starts_with("There is no hub"), "{said}");
    }
}

#[tokio::test]
async fn they_work_on_a_port_of_the_hubs_own() {
    let server = starter().args(&["--hub-listen", "127.0.0.1:0"]).start().await;
    server.logs("the hub has an address of its own: ").await;
    let log = server.log();
    let address = log.split("an address of its own: http").nth(1).and_then(|rest| rest.split_whitespace().next());
    let address = format!("ws{}", address.expect("an address"));
    let mut ann = Program::client(&address, "Ann", &[]).await;
    ann.types("by another door").await;
    ann.until("Ann: by another door").await;
    assert!(texts_of(&server, ROOM).await.contains(&"by another door".to_owned()));
}
