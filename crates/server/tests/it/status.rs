//! `parlor status`: what it says of a server that runs, of one that does not, and of what is none.

use std::{fs, path::Path, process::Output};

use parlor_testkit::{
    folder::TestFolder,
    server::{Signal, run},
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::kit::{PARLOR, install, say, server, starter};

async fn status(data: &Path, more: &[&str]) -> Output {
    run(PARLOR, &[&["status", "--data", data.to_str().expect("UTF-8")], more].concat()).await
}

/// Its exit code and what it said on standard output and standard error.
fn parts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code().expect("it ended by itself"), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn a_running_server_says_how_it_is_to_people_and_to_programs() {
    let folder = TestFolder::new();
    let to = folder.path().join("backups");
    let server = starter().args(&["--backup-to", to.to_str().expect("UTF-8")]).start().await;
    server.logs("backed up").await;
    install(&server, "a", "Echo", "builtin:echo").await;
    for text in ["one", "two", "Echo three"] {
        say(&server, "a", text).await;
    }
    let _stream = server.ws("/ws/a").await;
    let (code, said, error) = parts(&status(server.data(), &[]).await);
    assert_eq!((code, error.as_str()), (0, ""), "{said}");
    assert!(said.starts_with("Parlor ") && said.contains(" is ready: http://127.0.0.1:"), "{said}");
    for words in [
        "3 in the last minute, 3 since the start",
        "(local, accounts off)",
        "1 websocket\n",
        "database ",
        " open files of ",
    ] {
        assert!(said.contains(words), "no “{words}” in:\n{said}");
    }
    assert!(said.contains(&format!("process {}", server.pid().as_raw_nonzero())), "{said}");
    let (code, said, _) = parts(&status(server.data(), &["--json"]).await);
    let report: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &report["state"], &report["mode"]), (0, &json!("ready"), &json!("local")));
    assert_eq!(report["posts"], json!({"last_minute": 3, "since_start": 3}));
    assert_eq!(report["websockets"], json!({"rooms": 1, "bots": 0}));
    assert_eq!(report["data"]["folder"], json!(server.data().canonicalize().expect("it is there")));
    for number in [
        "/data/database",
        "/data/log",
        "/data/free",
        "/memory",
        "/open_files",
        "/max_files",
        "/since",
        "/backup/size",
        "/backup/last",
    ] {
        assert!(report.pointer(number).and_then(Value::as_u64) > Some(0), "{number} in {report}");
    }
    assert_eq!(report["backup"]["failed"], Value::Null);
    assert!(report["bots"].as_u64() >= Some(1) && report["rooms_in_memory"].as_u64() >= Some(1), "{report}");
}

#[tokio::test]
async fn a_backup_that_failed_is_told() {
    let folder = TestFolder::new();
    let file = folder.path().join("a file");
    fs::write(&file, "").expect("written");
    let server = starter().args(&["--backup-to", file.to_str().expect("UTF-8")]).start().await;
    server.logs("a backup failed").await;
    let (code, said, _) = parts(&status(server.data(), &[]).await);
    assert!(code == 0 && said.contains("none yet") && said.contains("failed "), "{said}");
}

#[tokio::test]
async fn where_no_server_runs_the_code_is_3_and_where_there_is_nothing_it_is_1() {
    let mut server = server().await;
    server.terminate().await;
    let (code, said, error) = parts(&status(server.data(), &[]).await);
    assert_eq!((code, said.as_str()), (3, ""));
    assert!(error.starts_with("parlor: no server runs in "), "{error}");
    let (code, said, _) = parts(&status(server.data(), &["--json"]).await);
    assert_eq!((code, said.as_str()), (3, "{\"state\":\"stopped\"}\n"));
    let folder = TestFolder::new();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    for (data, words) in [
        (folder.path().to_owned(), "there is no Parlor in "),
        (folder.path().join("nowhere"), "there is no folder "),
        (file, "there is no folder "),
        (":memory:".into(), "without a folder"),
    ] {
        let (code, said, error) = parts(&status(&data, &["--json"]).await);
        assert_eq!((code, said.as_str()), (1, ""), "{error}");
        assert!(error.contains(words) && error.lines().count() == 1, "{error}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_not_ready_and_one_that_was_killed_is_none() {
    let mut server = server().await;
    server.signal(Signal::STOP);
    let (code, said, error) = parts(&status(server.data(), &["--json"]).await);
    assert_eq!((code, said.as_str()), (4, "{\"state\":\"silent\"}\n"), "{error}");
    assert!(error.contains("does not answer"), "{error}");
    server.signal(Signal::CONT);
    assert_eq!(status(server.data(), &[]).await.status.code(), Some(0));
    server.kill9().await;
    assert_eq!(status(server.data(), &[]).await.status.code(), Some(3), "its socket is still there");
}

#[tokio::test]
async fn a_server_that_ends_says_so_until_it_is_gone() {
    let mut server = server().await;
    // It waits for the rest of this, though not for ever.
    let mut request = tokio::net::TcpStream::connect(server.address()).await.expect("it listens");
    let head = b"POST /api/actions/message HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{";
    request.write_all(head).await.expect("sent");
    server.get("/healthz").await;
    server.ask_to_end();
    server.logs("ending").await;
    let (code, said, error) = parts(&status(server.data(), &[]).await);
    // On a machine that has very much to do it may be gone by now.
    assert!(code == 4 && said.contains(" is ending: http://127.0.0.1") || code == 3, "{code} {said}{error}");
    drop(request);
    server.ended().await;
    assert!(!server.data().join("control.sock").exists());
}
