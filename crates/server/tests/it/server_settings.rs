//! The server's settings: a file that is wrong, one that is found, what is printed, reading again while it runs, the log's formats.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Stdio};

use parlor_testkit::{
    folder::TestFolder,
    http::Request,
    server::{Signal, run},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, process::Command};

use crate::kit::{PARLOR, install, say, starter};

fn write(folder: &TestFolder, text: &str) -> String {
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("it can be written");
    path.to_str().expect("UTF-8").to_owned()
}

/// What `parlor config` says in a folder.
async fn config_in(folder: &Path, env: &[(&str, &str)]) -> (bool, String, String) {
    let mut command = Command::new(PARLOR);
    command.arg("config").current_dir(folder).envs(env.iter().copied()).stdin(Stdio::null());
    let output = command.output().await.expect("it can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn a_file_that_is_wrong_is_refused_with_all_its_faults_and_nothing_is_made() {
    let folder = TestFolder::new();
    let file = write(&folder, "[server]\nlisen = \"x\"\n[bots]\ntimeout = \"x\"\n");
    let data = folder.path().join("data");
    let output = run(PARLOR, &["--config", &file, "--data", data.to_str().expect("UTF-8")]).await;
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    assert_eq!(
        lines[0],
        format!("parlor: {file}:2:1: there is no setting `lisen` in [server]; perhaps you mean `listen`")
    );
    assert!(lines[1].starts_with(&format!("parlor: {file}:4:11: `bots.timeout`: ")), "{error}");
    assert!(output.stdout.is_empty() && !data.exists());
    let checked = run(PARLOR, &["config", "--check", &file]).await;
    assert_eq!((checked.status.code(), checked.stderr), (Some(1), output.stderr));
}

#[tokio::test]
async fn parlor_toml_in_the_working_directory_is_read_if_nobody_else_can_write_it() {
    let folder = TestFolder::new();
    let path = folder.path().join("parlor.toml");
    fs::write(&path, "[bots]\ntimeout = \"7s\"\n").expect("it can be written");
    let (right, said, _) = config_in(folder.path(), &[]).await;
    assert!(right && said.contains("timeout = \"7s\"  # parlor.toml:2:1\n"), "{said}");
    let (right, said, _) = config_in(folder.path(), &[("PARLOR_CONFIG", "none")]).await;
    assert!(right && said.contains("timeout = \"2m\"  # default\n"), "{said}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("it is ours");
    let (right, said, error) = config_in(folder.path(), &[]).await;
    assert!(!right && said.is_empty() && error.contains("--config parlor.toml"), "{error}");
}

#[tokio::test]
async fn the_server_says_which_file_it_has_read_and_warns_of_unknown_variables() {
    let folder = TestFolder::new();
    let file = write(&folder, "");
    let mut server = starter().args(&["--config", &file]).env("PARLOR_LISTN", "x").start().await;
    server.logs("perhaps you mean PARLOR_LISTEN").await;
    server.terminate().await;
    let said = format!("Its settings are those in {file}.");
    assert!(server.said().contains(&said), "{}", server.said());
}

#[tokio::test]
async fn hanging_up_reads_the_settings_again_and_a_wrong_file_changes_nothing() {
    let folder = TestFolder::new();
    let file = write(&folder, "");
    let server = starter().args(&["--config", &file]).start().await;
    write(
        &folder,
        "[server]\npublic_url = \"https://chat.example.org\"\n[bots]\ntimeout = \"1s\"\n[log]\nformat = \"json\"\n",
    );
    server.signal(Signal::HUP);
    server.logs(&format!("these will hold after a restart: server.public_url ({file}:2:1)")).await;
    server.logs("these have changed: bots.timeout, log.format").await;
    let last = server.log().lines().last().map(str::to_owned).unwrap_or_default();
    assert!(serde_json::from_str::<Value>(&last).is_ok(), "the log is JSON now: {last}");

    write(&folder, "[bots]\ntimeout = \"soon\"\ntimout = 3\n");
    server.signal(Signal::HUP);
    server.logs("so they stay as they were").await;
    let log = server.log();
    assert!(log.contains(&format!("{file}:2:11: ")) && log.contains(&format!("{file}:3:1: ")), "{log}");

    // It goes on, and a bot that never answers has a second rather than two minutes.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", silent.local_addr().expect("it is bound"));
    let mut stream = server.ws("/ws/a?since=0").await;
    install(&server, "a", "Silent", &url).await;
    say(&server, "a", "Silent?").await;
    stream.until(|event| event.to_string().contains("timed out after 1 second")).await;
}

#[tokio::test]
async fn hanging_up_changes_which_proxies_are_trusted_and_what_may_be_called() {
    let folder = TestFolder::new();
    let common = "[server]\npublic_url = \"https://chat.example.org\"\n[limits]\nposts_per_address = \"1/h\"\n";
    let file = write(&folder, common);
    let server = starter().args(&["--config", &file]).start().await;
    let post = |from: &str| {
        let text = json!({"room": "a", "author": "Ann", "text": "hello"});
        let request = Request::post("/api/actions/message", &text).header("host", "chat.example.org");
        server.send(request.header("x-forwarded-for", from))
    };
    assert_eq!(post("192.0.2.1").await.status, 200);
    assert_eq!(post("192.0.2.2").await.status, 429, "nobody's word counts: it is the same address");
    let bot = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", bot.local_addr().expect("it is bound"));
    let tried = || {
        let form = json!({"room": "a", "url": url, "text": "x"});
        let request = Request::post("/api/actions/bot-test", &form).header("host", "chat.example.org");
        server.send(request.header("x-forwarded-for", "192.0.2.4"))
    };
    assert!(tried().await.text().contains("allow-local-bots"), "it may not be called");

    let more = "[outbound]\nallow = [\"127.0.0.1\"]\n".to_owned() + common;
    write(&folder, &more.replace("[limits]", "trusted_proxies = [\"loopback\"]\n[limits]"));
    server.signal(Signal::HUP);
    server.logs("these have changed: server.trusted_proxies, outbound.allow").await;
    assert_eq!(post("192.0.2.3").await.status, 200, "the proxy says who asks");
    assert_eq!(post("192.0.2.3").await.status, 429);
    let (tried, called) = tokio::join!(tried(), async { bot.accept().await.map(drop) });
    called.expect("it is called");
    assert_eq!(tried.expect(200)["activation"]["status"], "failed", "it hung up");
}

#[tokio::test]
async fn a_log_in_json_has_an_object_in_each_line() {
    let server = starter().args(&["--log-format", "json", "--log-level", "debug"]).start().await;
    server.get("/healthz").await;
    let mut server = server;
    server.terminate().await;
    let log = server.log();
    assert!(log.lines().count() > 0);
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).expect(line);
        assert!(["timestamp", "level", "message", "target"].iter().all(|key| entry[key].is_string()), "{line}");
    }
}

#[tokio::test]
async fn what_is_not_a_terminal_gets_no_colours() {
    let mut server = starter().start().await;
    server.terminate().await;
    assert!(server.log().contains("ending") && !server.log().contains('\u{1b}'), "{:?}", server.log());
}

#[tokio::test]
async fn who_reads_only_the_head_of_the_settings_sees_no_error() {
    let mut child =
        Command::new(PARLOR).args(["config", "--example"]).stdout(Stdio::piped()).spawn().expect("it can be started");
    drop(child.stdout.take());
    assert!(child.wait().await.expect("it ends").success());
}
