//! `/metrics` and `/readyz`: numbers that tell what happened and nothing of whom, and who may read them.

use std::{collections::BTreeSet, net::SocketAddr};

use parlor_testkit::{
    folder::TestFolder,
    http::{Http, Request, within},
    server::Server,
};
use serde_json::json;

use crate::kit::{install, message, say, server, starter};

/// A number, by its name and labels as they stand there.
#[track_caller]
fn number(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().expect("a number")
}

#[tokio::test]
async fn what_happened_is_counted_and_nobodys_name_is_told() {
    let server = server().await;
    install(&server, "secret-room", "Secretive", "builtin:echo").await;
    for _ in 0..3 {
        say(&server, "secret-room", "Secretive, hello").await;
    }
    let _stream = server.ws("/ws/secret-room").await;
    server.get("/api/search?room=secret-room&q=hello").await.expect(200);
    server.get("/api/messages").await.expect(400);
    server.get("/secret-room").await;
    let reply = server.get("/metrics").await;
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = reply.text();
    for (name, expected) in [
        ("parlor_posts_total", 3.0),
        ("parlor_websockets{kind=\"room\"}", 1.0),
        ("parlor_activation_duration_seconds_count{outcome=\"answered\"}", 3.0),
        ("parlor_search_duration_seconds_count", 1.0),
        ("parlor_deliveries", 0.0),
        ("parlor_deliveries_waiting", 0.0),
        ("parlor_ready", 1.0),
        ("parlor_http_requests_total{route=\"/api/actions/message\",method=\"POST\",status=\"200\"}", 3.0),
        ("parlor_http_requests_total{route=\"/api/messages\",method=\"GET\",status=\"400\"}", 1.0),
        ("parlor_http_requests_total{route=\"/{*room}\",method=\"GET\",status=\"200\"}", 1.0),
    ] {
        assert_eq!(number(text, name).to_bits(), f64::to_bits(expected), "{name} in\n{text}");
    }
    // The bot, three messages and three answers, at least.
    assert!(number(text, "parlor_append_duration_seconds_count") >= 7.0);
    // Each of them was in a batch, and each batch was synced.
    let (syncs, batches) =
        (number(text, "parlor_sync_duration_seconds_count"), number(text, "parlor_batch_commands_count"));
    assert!(batches >= 1.0 && syncs >= batches && number(text, "parlor_batch_commands_sum") >= 7.0, "{text}");
    assert!(number(text, "process_open_fds") > 3.0 && number(text, "process_resident_memory_bytes") > 1e6);
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a number");
        assert!(name.starts_with("parlor_") || name.starts_with("process_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
}

/// The names in the table of `docs/operate/monitoring.md`, each with its labels.
fn documented() -> BTreeSet<(String, String)> {
    let page = include_str!("../../../../docs/operate/monitoring.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let names = cells.flat_map(|cell| cell.trim_end_matches('`').split("`, `"));
    let of_ours = names.filter(|name| name.starts_with("parlor_") || name.starts_with("process_"));
    of_ours
        .map(|name| {
            let (name, labels) = name.split_once('{').unwrap_or((name, ""));
            (name.to_owned(), labels.trim_end_matches('}').to_owned())
        })
        .collect()
}

/// The names on the page, each with its labels; parts of a histogram are one.
fn told(text: &str) -> BTreeSet<(String, String)> {
    let kinds: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let sample = line.rsplit_once(' ').expect("a number behind it").0;
            let (name, labels) = sample.split_once('{').unwrap_or((sample, ""));
            let ends = ["_bucket", "_sum", "_count"].map(|end| name.strip_suffix(end));
            let base = ends.into_iter().flatten().find(|base| kinds.contains(base)).unwrap_or(name);
            let keys =
                labels.split("\",").filter_map(|label| Some(label.split_once('=')?.0)).filter(|key| *key != "le");
            (base.to_owned(), keys.collect::<Vec<_>>().join(","))
        })
        .collect()
}

#[tokio::test]
async fn every_number_is_documented_and_every_documented_one_is_there() {
    let folder = TestFolder::new();
    let server = starter().args(&["--backup-to", folder.path().to_str().expect("UTF-8")]).start().await;
    server.logs("backed up").await;
    say(&server, "a", "so that something is counted").await;
    let mut http = server.http();
    let there = async {
        loop {
            let told = told(http.get("/metrics").await.text());
            // It is told a moment after the log's line.
            if told.iter().any(|(name, _)| name == "parlor_last_backup_timestamp_seconds") {
                return told;
            }
        }
    };
    assert_eq!(within("the time of the backup", there).await, documented());
}

#[tokio::test]
async fn what_is_refused_is_counted() {
    let server = starter().args(&["--limits", "on", "--limits-posts-per-address", "1/h"]).start().await;
    for status in [200, 429, 429] {
        assert_eq!(server.post("/api/actions/message", &message("a", "x")).await.status, status);
    }
    assert_eq!(
        number(server.get("/metrics").await.text(), "parlor_limited_total{what=\"posts\"}").to_bits(),
        2_f64.to_bits()
    );
}

/// Where the server says that its numbers are.
async fn numbers_at(server: &Server) -> SocketAddr {
    loop {
        let said = server.said();
        let line =
            said.lines().find_map(|line| line.strip_prefix("Its numbers are at http://")?.strip_suffix("/metrics"));
        if let Some(address) = line {
            return address.parse().expect("an address");
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn others_read_the_numbers_only_where_that_is_said() {
    let served = |args: &[&str]| starter().listen("0.0.0.0:0").args(args);
    for headers in [&[][..], &[("host", "localhost")], &[("x-forwarded-for", "127.0.0.1")]] {
        let server = served(&["--trusted-proxies", "loopback"]).start().await;
        let request =
            headers.iter().fold(Request::get("/metrics"), |request, (name, value)| request.header(name, value));
        let reply = server.send(request).await;
        assert_eq!(reply.status, 404, "{headers:?}");
        assert!(!reply.text().contains("parlor_posts_total"));
    }
    let public = served(&["--metrics-public"]).start().await;
    assert!(public.get("/metrics").await.text().contains("parlor_posts_total"));
    // At an address of their own there are no rooms.
    let apart = served(&["--metrics-listen", "127.0.0.1:0"]).start().await;
    let mut http = Http::new(within("the line with the address", numbers_at(&apart)).await);
    assert!(http.get("/metrics").await.text().contains("parlor_posts_total"));
    assert_eq!(http.get("/readyz").await.text(), "ready\n");
    assert_eq!(http.post("/api/actions/message", &json!({})).await.status, 404);
    assert_eq!(apart.get("/metrics").await.status, 404);
}
