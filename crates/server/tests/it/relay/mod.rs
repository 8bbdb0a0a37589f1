//! `parlor relay` and its twin in Python, as processes of their own, before real servers and real bots.

mod joins;
mod lasts;
mod proxies;
mod python;
mod refuses;
mod tunnel;

use std::{path::Path, process::Stdio};

use parlor_testkit::{
    folder::TestFolder,
    http::{Request, within},
    server::{Pid, Server, Signal},
};
use rustix::process::kill_process;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdout, Command},
};

use crate::kit::{PARLOR, id, message};

/// A relay that runs.
struct Relay {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    errors: ChildStderr,
    /// What it printed so far.
    said: Vec<String>,
}

/// A relay that has ended.
struct Ended {
    code: Option<i32>,
    said: String,
    error: String,
}

/// The command line of a relay, with a state folder of its own.
fn command(state: &TestFolder, args: &[&str]) -> Command {
    let mut command = Command::new(PARLOR);
    command.arg("relay").args(args);
    quiet(&mut command, state);
    command
}

/// Without what the environment of the tests may say.
fn quiet(command: &mut Command, state: &TestFolder) {
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "PARLOR_SERVER"]
    {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("XDG_STATE_HOME", state.path()).env("HOME", state.path());
}

impl Relay {
    /// `parlor relay` to this server.
    fn start(server: &Server, state: &TestFolder, args: &[&str]) -> Self {
        let address = format!("http://{}", server.address());
        Self::run(command(state, &[&["--server", &address], args].concat()))
    }

    fn run(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let errors = child.stderr.take().expect("piped");
        Self { child, lines, errors, said: Vec::new() }
    }

    /// Reads on until a line holds these words, and gives it.
    async fn until(&mut self, words: &str) -> String {
        let found = async {
            while let Some(line) = self.lines.next_line().await.expect("a pipe can be read") {
                self.said.push(line.clone());
                if line.contains(words) {
                    return Some(line);
                }
            }
            None
        };
        let found = within(&format!("“{words}”"), found).await;
        match found {
            Some(line) => line,
            None => {
                let mut error = String::new();
                let _ = self.errors.read_to_string(&mut error).await;
                panic!("it ended without “{words}”: {:?} {error}", self.said)
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs");
        kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end.
    async fn ended(mut self) -> Ended {
        let end = async {
            let mut error = String::new();
            let (status, read) = tokio::join!(self.child.wait(), self.errors.read_to_string(&mut error));
            read.expect("a pipe can be read");
            while let Some(line) = self.lines.next_line().await.expect("a pipe can be read") {
                self.said.push(line);
            }
            Ended { code: status.expect("it was started here").code(), said: self.said.join("\n"), error }
        };
        within("its end", end).await
    }

    /// Presses Ctrl-C and waits for its end.
    async fn interrupt(self) -> Ended {
        self.signal(Signal::INT);
        self.ended().await
    }
}

/// Posts without waiting for bots.
async fn post(server: &Server, room: &str, text: &str) -> u64 {
    let request = Request::post("/api/actions/message", &message(room, text)).header("prefer", "respond-async");
    id(&server.send(request).await.expect(202))
}

/// The bots of a room.
async fn bots(server: &Server, room: &str) -> Vec<Value> {
    server.get(&format!("/api/bots?room={room}")).await.expect(200).as_array().expect("an array").clone()
}

/// Where a file of the examples is.
fn example(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/python").join(name)
}
