//! No room left: posts are refused with a clear error, reading goes on, and with room posting does.

use std::{fs, path::Path, process::Command};

use parlor_testkit::{
    folder::TestFolder,
    http::Request,
    server::{Server, run},
};
use serde_json::{Value, json};

use crate::kit::{PARLOR, id, message, messages, says, server, starter};

/// A small disk, where this user may make one. What is freed on it has to be more than the database's log is long: at a
/// start the log is moved into the database, and until that is done both need their room.
pub(crate) struct SmallDisk(TestFolder);

impl SmallDisk {
    pub(crate) fn make(size: &str) -> Option<Self> {
        let folder = TestFolder::new();
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "parlor-test"])
            .arg(folder.path())
            .output();
        made.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server's files may be open still.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

/// Posts until it is refused; gives what was acknowledged, and checks the refusal.
async fn fill(server: &Server, room: &str) -> Vec<Value> {
    let (mut http, mut kept) = (server.http(), Vec::new());
    let long = "x".repeat(16_000);
    for n in 0..5_000 {
        let reply = http.post("/api/actions/message", &message(room, &format!("{n} {long}"))).await;
        if reply.status != 200 {
            says(&reply, 507, &["disk is full"]);
            return kept;
        }
        kept.push(reply.json());
    }
    panic!("it never became full");
}

async fn still_reads(server: &Server, room: &str, kept: &[Value]) {
    assert!(messages(server, room).await == kept, "everything acknowledged is there, and nothing else");
    assert_eq!(server.get("/").await.status, 200);
    let streamed = server.ws(&format!("/ws/{room}")).await.take(kept.len()).await;
    assert!(streamed.iter().zip(kept).all(|(frame, message)| frame["data"] == *message));
}

#[tokio::test]
async fn a_full_disk_refuses_posts_and_takes_them_again_once_there_is_room() {
    let Some(disk) = SmallDisk::make("12m") else {
        eprintln!("this user may not mount: the test of the limit has to do");
        return;
    };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![7; 7 << 20]).expect("there is room yet");
    let mut server = starter().data(&disk.path().join("data")).start().await;
    let mut kept = fill(&server, "a").await;
    assert!(kept.len() > 5, "{}", kept.len());
    still_reads(&server, "a", &kept).await;
    // It refuses every time, and a short message may or may not fit.
    says(&server.post("/api/actions/message", &message("a", &"y".repeat(16_000))).await, 507, &["disk is full"]);
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, ready.text()), (503, "the disk is full: nothing can be stored\n"));
    assert_eq!(server.get("/healthz").await.status, 200);
    let data = server.data().to_str().expect("UTF-8");
    let status = run(PARLOR, &["status", "--data", data]).await;
    assert!(status.status.code() == Some(4) && String::from_utf8_lossy(&status.stdout).contains("disk is full"));
    fs::remove_file(&ballast).expect("it is there");
    for n in 0..20 {
        kept.push(server.post("/api/actions/message", &message("a", &n.to_string())).await.expect(200));
    }
    assert_eq!(server.get("/readyz").await.text(), "ready\n");
    still_reads(&server, "a", &kept).await;
    server.crash().await;
    still_reads(&server, "a", &kept).await;
    server.restart().await;
    still_reads(&server, "a", &kept).await;
}

#[tokio::test]
async fn a_server_that_is_killed_on_a_full_disk_starts_again_once_there_is_room() {
    let Some(disk) = SmallDisk::make("12m") else {
        eprintln!("this user may not mount: the test of the limit has to do");
        return;
    };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![7; 7 << 20]).expect("there is room yet");
    let mut server = starter().data(&disk.path().join("data")).start().await;
    let kept = fill(&server, "a").await;
    server.kill9().await;
    fs::remove_file(&ballast).expect("it is there");
    server.start_again().await;
    still_reads(&server, "a", &kept).await;
    server.post("/api/actions/message", &message("a", "on we go")).await.expect(200);
}

#[tokio::test]
async fn at_its_limit_the_database_refuses_posts_until_a_room_is_cleared() {
    let mut server = starter().args(&["--data-limit", "4"]).start().await;
    let small = server.post("/api/actions/message", &message("b", "small")).await.expect(200);
    let kept = fill(&server, "a").await;
    assert!(kept.len() > 100, "{}", kept.len());
    still_reads(&server, "a", &kept).await;
    server.restart().await;
    still_reads(&server, "a", &kept).await;
    says(&server.post("/api/actions/message", &message("a", &"y".repeat(16_000))).await, 507, &["disk is full"]);
    // Clearing is how one makes room, so it has to work without any.
    server.post("/api/actions/clear-room-messages", &json!({"room": "a"})).await.expect(200);
    // Erasing goes on behind it; each try is refused or kept.
    let request = Request::post("/api/actions/message", &message("b", &"y".repeat(16_000)));
    let mut tries = 0;
    let posted = loop {
        let reply = server.send(request.clone()).await;
        if reply.status == 200 {
            break reply.json();
        }
        says(&reply, 507, &["disk is full"]);
        tries += 1;
        assert!(tries < 10_000, "no room was made");
    };
    assert!(id(&posted) > id(kept.last().expect("many")));
    assert_eq!(messages(&server, "b").await, [small, posted]);
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn without_a_limit_there_is_none() {
    let server = server().await;
    let mut http = server.http();
    for _ in 0..300 {
        http.post("/api/actions/message", &message("a", &"x".repeat(16_000))).await.expect(200);
    }
}
