//! Durable before acknowledged, as the system sees it: between a post and its answer the log was synced.

use std::{collections::HashMap, fs};

use parlor_testkit::folder::TestFolder;

use crate::kit::{message, starter};

/// A line that strace wrote, with the call's arguments joined if it was written in two parts.
struct Line {
    call: String,
    file: String,
    rest: String,
}

/// Calls in the order in which they were completed; the arrival of data counts when it is there.
fn calls(trace: &str) -> Vec<Line> {
    let mut unfinished: HashMap<&str, String> = HashMap::new();
    let mut all = Vec::new();
    for line in trace.lines() {
        let Some((pid, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        let whole = if let Some(begun) = text.strip_suffix("<unfinished ...>") {
            unfinished.insert(pid, begun.to_owned());
            continue;
        } else if let Some((_, ended)) = text.strip_prefix("<... ").and_then(|text| text.split_once(" resumed>")) {
            unfinished.remove(pid).unwrap_or_default() + ended
        } else {
            text.to_owned()
        };
        let Some((call, rest)) = whole.split_once('(') else { continue };
        let file = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(file, _)| file);
        all.push(Line { call: call.to_owned(), file: file.to_owned(), rest: rest.to_owned() });
    }
    all
}

/// Whether strace is there and the system lets it trace.
async fn can_trace() -> bool {
    let traced = tokio::process::Command::new("strace").args(["-D", "-o", "/dev/null", "true"]).output().await;
    traced.is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn the_log_is_synced_between_a_posts_arrival_and_its_answer() {
    if !can_trace().await {
        // A machine without strace has no other way to see this; kills are tested elsewhere.
        eprintln!("strace is not installed or not allowed here: nothing was tested");
        return;
    }
    let folder = TestFolder::new();
    let file = folder.path().join("trace");
    let path = file.to_str().expect("UTF-8");
    let traced = "trace=read,recvfrom,write,writev,sendto,sendmsg,fdatasync,fsync";
    let mut server =
        starter().under(&["strace", "-D", "-f", "-y", "-s", "2000", "-e", traced, "-o", path]).start().await;
    let mut http = server.http();
    for n in 0..20 {
        http.post("/api/actions/message", &message("a", &format!("post-number-{n:02}"))).await.expect(200);
    }
    assert!(server.terminate().await.success());
    let trace = fs::read_to_string(&file).expect("strace wrote");
    let calls = calls(&trace);
    for n in 0..20 {
        let text = format!("post-number-{n:02}");
        let find = |what: &str, names: &[&str], holds: &str| {
            let position = calls.iter().position(|line| {
                names.contains(&line.call.as_str()) && line.rest.contains(&text) && line.rest.contains(holds)
            });
            position.unwrap_or_else(|| panic!("no {what} of {text} in the trace"))
        };
        let arrived = find("arrival", &["read", "recvfrom"], "POST /api/actions/message");
        let answered = find("answer", &["write", "writev", "sendto", "sendmsg"], "HTTP/1.1 200");
        assert!(arrived < answered);
        let synced = calls[arrived..answered].iter().any(|line| {
            matches!(line.call.as_str(), "fsync" | "fdatasync")
                && line.file.ends_with("parlor.db-wal")
                && line.rest.trim_end().ends_with("= 0")
        });
        assert!(synced, "{text} was answered before its log was synced");
    }
}
