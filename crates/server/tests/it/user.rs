//! `parlor user`, with a server that runs and with one that does not.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
    process::Output,
    sync::Arc,
};

use parlor_accounts::{Accounts, Client, Error, Options};
use parlor_rooms::policy;
use parlor_store_sqlite::SqliteStore;
use parlor_testkit::{
    FakeClock, FakeRandom,
    folder::TestFolder,
    server::{run, run_with_input},
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::kit::{PARLOR, starter};

const PASSWORD: &[u8] = b"a good long password\n";

/// `parlor user ARGS --data DATA`, with this on standard input.
async fn user(data: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut all = vec!["user"];
    all.extend(args);
    all.extend(["--data", data.to_str().expect("UTF-8")]);
    run_with_input(PARLOR, &all, input).await
}

/// The same, which goes well; what it printed.
#[track_caller]
fn fine(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// It ended with code 1 and one line on standard error that holds these words.
#[track_caller]
fn refused(output: &Output, words: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with("parlor: ") && error.trim_end().lines().count() == 1, "{error}");
    assert!(error.contains(words), "no “{words}” in: {error}");
    assert!(output.stdout.is_empty());
}

/// Everything that can be done with people, one after the other; says the same whether or not a server runs.
async fn everything(data: &Path, name: &str) {
    let other = &name.to_uppercase();
    let said = fine(&user(data, &["add", name, "--role", "operator", "--password-stdin"], PASSWORD).await);
    assert_eq!(said, format!("{name} is an operator now.\n"));
    refused(&user(data, &["add", other, "--password-stdin"], PASSWORD).await, "is taken");
    fine(&user(data, &["add", &format!("{name}’s friend"), "--no-password"], b"").await);
    let listed = fine(&user(data, &["list"], b"").await);
    assert!(listed.starts_with("NAME"), "{listed}");
    assert!(listed.lines().any(|line| line.starts_with(name) && line.contains("operator")), "{listed}");
    assert!(listed.lines().any(|line| line.contains("’s friend") && line.ends_with("no password")), "{listed}");
    let listed: Value = serde_json::from_str(&fine(&user(data, &["list", "--json"], b"").await)).expect("JSON");
    let row = listed.as_array().expect("a list").iter().find(|row| row["name"] == name).expect("it is there");
    assert_eq!((&row["role"], &row["disabled"], &row["password"]), (&json!("operator"), &json!(false), &json!(true)));
    let said = fine(&user(data, &["role", other, "admin"], b"").await);
    assert_eq!(said, format!("{name} is an admin now.\n"));
    let said = fine(&user(data, &["disable", name], b"").await);
    assert_eq!(said, format!("{name} is out, and can't log in any more.\n"));
    assert!(fine(&user(data, &["list"], b"").await).contains("disabled"));
    assert_eq!(fine(&user(data, &["enable", name], b"").await), format!("{name} can log in again.\n"));
    let said = fine(&user(data, &["passwd", name, "--password-stdin"], b"another good one\r\nmore\n").await);
    assert_eq!(said, format!("{name} has a new password, and is logged out everywhere.\n"));
    assert_eq!(fine(&user(data, &["log-out", name], b"").await), format!("{name} is logged out everywhere.\n"));
    let invited = user(data, &["invite", "--role", "admin", "--uses", "3", "--for", "2h"], b"").await;
    assert!(String::from_utf8_lossy(&invited.stderr).contains("3 people, as an admin"));
    let link = fine(&invited);
    assert!(link.starts_with("http://") && link.contains("/join#parlor_invite_"), "{link}");
    for (args, words) in [
        (&["passwd", "Nobody", "--password-stdin"][..], "there is no account “Nobody”"),
        (&["disable", ""], "there is no account"),
        (&["role", "Nobody", "admin"], "there is no account"),
        (&["add", "", "--password-stdin"], "at least one letter"),
        (&["add", "~x", "--password-stdin"], "does not begin with `~`"),
        (&["add", "a\nb", "--password-stdin"], "U+000A"),
        (&["add", &"x".repeat(65), "--password-stdin"], "at most 64 characters"),
        (&["add", "Zed"], "--password-stdin"),
        (&["passwd", name], "--password-stdin"),
        (&["invite", "--for", "999d"], "366 days"),
        (&["invite", "--for", "0s"], "366 days"),
    ] {
        refused(&user(data, args, PASSWORD).await, words);
    }
    for (input, words) in [
        (&b""[..], "no password on standard input"),
        (b"\nsecond line\n", "no password on standard input"),
        (b"short\n", "at least 8 characters"),
        (b"password123\n", "among the first"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff\n", "not UTF-8"),
        (&[b'x'; 100_000], "at most 1000 bytes"),
    ] {
        refused(&user(data, &["add", "Zed", "--password-stdin"], input).await, words);
    }
    assert!(!fine(&user(data, &["list"], b"").await).contains("Zed"));
}

#[tokio::test]
async fn people_are_looked_after_while_the_server_runs_and_while_it_does_not() {
    let mut server = starter().args(&["--accounts", "optional"]).start().await;
    let data = server.data().to_owned();
    everything(&data, "Zoë Ann").await;
    let post = |author: &'static str| json!({ "room": "a", "author": author, "text": "hi" });
    let refused = server.post("/api/actions/message", &post("ZOË  ann")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["message"].as_str().expect("a message").contains("belongs to an account"));
    assert_eq!(server.post("/api/actions/message", &post("Zoe")).await.status, 200);
    assert!(server.terminate().await.success());
    everything(&data, "Bob").await;
    server.start_again().await;
    for author in ["Zoë Ann", "bob"] {
        assert_eq!(server.post("/api/actions/message", &post(author)).await.status, 403, "{author}");
    }
    assert!(server.terminate().await.success());
    assert_eq!(log_in(&data, "Zoë Ann", "another good one").await.expect("the new password"), policy::Role::Admin);
    assert!(matches!(log_in(&data, "Bob", "a good long password").await, Err(Error::Wrong)));
}

/// Logs in with what is stored.
async fn log_in(data: &Path, name: &str, password: &str) -> Result<policy::Role, Error> {
    let clock = Arc::new(FakeClock::default());
    let store =
        Arc::new(SqliteStore::open(data, clock.clone(), &parlor_store_sqlite::Options::default()).expect("whole"));
    let options = Options { mode: policy::Accounts::Required, ..Options::default() };
    let accounts = Accounts::open(store.clone(), clock, Arc::new(FakeRandom::default()), options).await.expect("whole");
    let entered = accounts.log_in(name, password, &Client::default()).await;
    store.close().await;
    entered.map(|entered| entered.person.role)
}

#[tokio::test]
async fn without_accounts_people_can_be_made_for_later() {
    let server = starter().start().await;
    let added = user(server.data(), &["add", "Ann", "--password-stdin"], PASSWORD).await;
    assert!(String::from_utf8_lossy(&added.stderr).contains("runs without accounts"));
    assert_eq!(fine(&added), "Ann is a member now.\n");
    let post = json!({ "room": "a", "author": "Ann", "text": "hi" });
    assert_eq!(server.post("/api/actions/message", &post).await.status, 200, "a name is just a name");
}

#[tokio::test]
async fn where_there_is_no_server_it_is_said_and_nothing_is_made() {
    let folder = TestFolder::new();
    let data = folder.path().join("nothing");
    for args in [&["list"][..], &["passwd", "Ann", "--password-stdin"], &["disable", "Ann"], &["role", "Ann", "admin"]]
    {
        refused(&user(&data, args, PASSWORD).await, "there is no Parlor in");
    }
    assert!(!data.exists());
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("written");
    refused(&user(&file, &["list"], b"").await, "there is no Parlor in");
    refused(&user(Path::new(":memory:"), &["list"], b"").await, "--data");
    fine(&user(&data, &["add", "Ada", "--role", "admin", "--password-stdin"], PASSWORD).await);
    let server = starter().data(&data).args(&["--accounts", "required"]).start().await;
    let seen = server.get("/api/actions/room?room=a").await;
    assert_eq!(seen.status, 401, "accounts hold from the first start");
    assert!(!server.said().contains("no admin yet"), "she is there");
}

#[tokio::test]
async fn bad_command_lines_end_with_code_2() {
    for args in [
        &["user"][..],
        &["user", "nonsense"],
        &["user", "add"],
        &["user", "add", "Ann", "--role", "king"],
        &["user", "add", "Ann", "Smith"],
        &["user", "add", "Ann", "--no-password", "--password-stdin"],
        &["user", "role", "Ann"],
        &["user", "role", "Ann", "king"],
        &["user", "invite", "--uses", "0"],
        &["user", "invite", "--uses", "10001"],
        &["user", "invite", "--for", "soon"],
    ] {
        let output = run(PARLOR, args).await;
        assert_eq!(output.status.code(), Some(2), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn the_control_socket_is_for_its_owner_and_goes_with_the_server() {
    let mut server = starter().start().await;
    let socket = server.data().join("control.sock");
    let meta = fs::symlink_metadata(&socket).expect("it is there");
    assert!(meta.file_type().is_socket());
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    server.kill9().await;
    assert!(socket.exists(), "left behind");
    fine(&user(server.data(), &["add", "Ann", "--password-stdin"], PASSWORD).await);
    server.start_again().await;
    assert!(fine(&user(server.data(), &["list"], b"").await).contains("Ann"), "and taken over");
    assert!(server.terminate().await.success());
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_folder_with_a_long_name_has_a_control_socket_too() {
    let folder = TestFolder::new();
    let data = folder.path().join("a".repeat(100)).join("b".repeat(100));
    fs::create_dir_all(&data).expect("made");
    let server = starter().data(&data).start().await;
    assert!(fine(&user(server.data(), &["list"], b"").await).contains("Nobody has an account yet"));
    assert!(server.data().join("control.sock").exists());
}

#[tokio::test]
async fn in_a_terminal_the_password_is_asked_for_twice_and_not_shown() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    for (first, second, code, words) in [
        ("a good long password\r", "a good long one\r", 1, "the two differ"),
        ("a good\u{3}", "", 1, "nothing was changed"),
        ("a good long pass\u{7f}\u{7f}\u{7f}\u{7f}word\r", "a good long word\r", 0, "Ann Smith is a member now."),
    ] {
        let line = format!("'{PARLOR}' user add 'Ann Smith' --data '{}'", data.display());
        let mut child = tokio::process::Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("util-linux is there");
        let (mut keys, mut screen) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut shown = String::new();
        for (question, typed) in [("Password: ", first), ("Once more: ", second)] {
            while !shown.contains(question) && !shown.contains("parlor: ") {
                let mut chunk = [0; 1024];
                let count = screen.read(&mut chunk).await.expect("a pipe");
                assert_ne!(count, 0, "{shown}");
                shown.push_str(&String::from_utf8_lossy(&chunk[..count]));
            }
            // It may have given up.
            let _ = keys.write_all(typed.as_bytes()).await;
        }
        let mut rest = Vec::new();
        screen.read_to_end(&mut rest).await.expect("a pipe");
        shown.push_str(&String::from_utf8_lossy(&rest));
        let status = child.wait().await.expect("it was started here");
        assert_eq!(status.code(), Some(code), "{shown}");
        assert!(shown.contains(words) && !shown.contains("good"), "{shown}");
    }
}
