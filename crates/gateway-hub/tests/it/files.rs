//! Files of clients: who may do what with them, how they are spelled, how much there may be, and that none stays.

use std::{fs, time::Duration};

use parlor_gateway_hub::FileLimits;
use parlor_testkit::http::{Reply, Request, encode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::kit::{Client, Kit, until};

const BOUNDARY: &str = "----b0undary";

/// Parts with these file names.
fn parts(files: &[(Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in files {
        let name = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"f\"{name}\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

fn request(method: &str, target: &str, key: &str) -> Request {
    Request::new(method, target).header("x-fs-key", key)
}

fn post(target: &str, key: &str, files: &[(Option<&str>, &[u8])]) -> Request {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    request("POST", target, key).header("content-type", &kind).body(parts(files))
}

impl Kit {
    async fn ask(&self, request: Request) -> Reply {
        self.http().send(request).await
    }

    async fn put(&self, client: &Client, target: &str, content: &[u8]) -> Reply {
        self.ask(post(target, &client.uuid, &[(Some("x"), content)])).await
    }

    async fn fetch(&self, client: &Client, target: &str) -> Reply {
        self.ask(request("GET", target, &client.uuid)).await
    }

    /// How many files lie on the disk.
    fn count(&self) -> usize {
        self.on_disk().iter().filter(|(_, size)| size.is_some()).count()
    }

    /// An upload that has sent all but the end of its content.
    async fn begin(&self, client: &Client, target: &str, content: &[u8]) -> TcpStream {
        let before = self.on_disk();
        let new =
            |(name, size): &(String, Option<u64>)| size.is_some() && before.iter().all(|(there, _)| there != name);
        let (body, end) = (parts(&[(Some("x"), content)]), END.len());
        let head = format!(
            "POST {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-fs-key: {}\r\ncontent-length: {}\r\n\
             content-type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
            client.uuid,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(&[head.as_bytes(), &body[..body.len() - end]].concat()).await.expect("sent");
        until("a file that is being written", || self.on_disk().iter().any(new)).await;
        stream
    }
}

/// How a body of one part ends.
const END: &str = "\r\n------b0undary--\r\n";

/// The answer's status, once the upload's last bytes are sent.
async fn end(mut stream: TcpStream) -> String {
    stream.write_all(END.as_bytes()).await.expect("sent");
    said(stream).await
}

async fn said(mut stream: TcpStream) -> String {
    let mut said = String::new();
    stream.read_to_string(&mut said).await.expect("an answer");
    said.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_file_goes_up_comes_back_and_is_deleted() {
    let kit = Kit::new().await;
    let (ann, bob) = (kit.enter("ann").await, kit.enter("bob").await);
    let stored = kit.put(&ann, "/fs/ann/dir/Gr%C3%BC%C3%9Fe.txt", b"hello").await;
    assert_eq!(stored.expect(201), json!({"files": [{"path": "dir/Grüße.txt", "size": 5}]}));
    for key in [&ann.uuid, &ann.fs_key, &bob.uuid, &bob.fs_key] {
        let reply = kit.ask(request("GET", "/fs/ann/dir/Gr%C3%BC%C3%9Fe.txt", key)).await;
        assert_eq!((reply.status, reply.text()), (200, "hello"));
    }
    let deleted = kit.ask(request("DELETE", "/fs/ann/dir/Gr%C3%BC%C3%9Fe.txt", &ann.fs_key)).await;
    assert_eq!(deleted.expect(200), stored.json());
    kit.fetch(&bob, "/fs/ann/dir/Gr%C3%BC%C3%9Fe.txt").await.expect(404);
    kit.ask(request("DELETE", "/fs/ann/dir/Gr%C3%BC%C3%9Fe.txt", &ann.uuid)).await.expect(404);
    until("an empty folder", || kit.count() == 0).await;
}

#[tokio::test]
async fn what_is_served_does_nothing_in_a_browser() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    for (name, kind) in [
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.TXT", "text/plain; charset=utf-8"),
        ("a.png", "image/png"),
    ] {
        let target = format!("/fs/ann/{name}");
        kit.put(&ann, &target, b"<script>").await.expect(201);
        for method in ["GET", "HEAD"] {
            let reply = kit.ask(request(method, &target, &ann.uuid)).await;
            assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)), "{method} {name}");
            for (header, value) in [
                ("content-length", "8"),
                ("content-disposition", "attachment"),
                ("content-security-policy", "default-src 'none'; sandbox"),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-store"),
                ("access-control-allow-origin", "*"),
            ] {
                assert_eq!(reply.header(header), Some(value), "{header} of {method} {name}");
            }
        }
    }
}

#[tokio::test]
async fn pages_from_elsewhere_may_ask() {
    let kit = Kit::new().await;
    for target in ["/fs/ann/a", "/fs/ann/", "/fs/ann"] {
        let reply = kit.ask(Request::new("OPTIONS", target).header("origin", "https://example.org")).await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-allow-methods"), Some("GET, HEAD, POST, DELETE"));
        assert_eq!(reply.header("access-control-allow-headers"), Some("content-type, x-fs-key"));
    }
    // Errors too, or the page could not read them.
    let refused = kit.ask(Request::get("/fs/ann/a")).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (428, Some("*")));
}

#[tokio::test]
async fn reading_needs_a_key_and_writing_the_owners() {
    let kit = Kit::new().await;
    let (ann, bob) = (kit.enter("ann").await, kit.enter("bob").await);
    kit.put(&ann, "/fs/ann/a", b"mine").await.expect(201);
    for method in ["GET", "DELETE", "POST"] {
        for target in ["/fs/ann/a", "/fs/ann/", "/fs/ann"].iter().take(if method == "DELETE" { 1 } else { 3 }) {
            kit.ask(Request::new(method, target)).await.expect(428);
            for nobodys in ["", " "] {
                kit.ask(request(method, target, nobodys)).await.expect(428);
            }
            for nobodys in ["ann", "00000000-0000-4000-8000-000000000000", &ann.fs_key[1..], &"k".repeat(5_000)] {
                kit.ask(request(method, target, nobodys)).await.expect(401);
            }
        }
    }
    for key in [&bob.uuid, &bob.fs_key] {
        kit.ask(post("/fs/ann/a", key, &[(None, b"x")])).await.expect(403);
        kit.ask(post("/fs/ann/", key, &[(Some("a"), b"x")])).await.expect(403);
        kit.ask(post("/fs/nobody/a", key, &[(None, b"x")])).await.expect(403);
        kit.ask(request("DELETE", "/fs/ann/a", key)).await.expect(403);
        kit.ask(request("GET", "/fs/nobody/a", key)).await.expect(404);
        kit.ask(request("GET", "/fs/Ann/a", key)).await.expect(404);
        kit.ask(request("GET", "/fs/ann/A", key)).await.expect(404);
        kit.ask(request("GET", "/fs/ann/", key)).await.expect(404);
        kit.ask(request("GET", "/fs/ann", key)).await.expect(404);
    }
    assert_eq!(kit.fetch(&bob, "/fs/ann/a").await.text(), "mine");
}

#[tokio::test]
async fn where_it_is_set_only_the_secret_writes() {
    let kit = Kit::with(|settings| settings.fs_key_only = true).await;
    let ann = kit.enter("ann").await;
    kit.put(&ann, "/fs/ann/a", b"x").await.expect(401);
    kit.ask(post("/fs/ann/a", &ann.fs_key, &[(None, b"mine")])).await.expect(201);
    kit.ask(request("DELETE", "/fs/ann/a", &ann.uuid)).await.expect(401);
    assert_eq!(kit.fetch(&ann, "/fs/ann/a").await.text(), "mine");
    kit.ask(request("DELETE", "/fs/ann/a", &ann.fs_key)).await.expect(200);
}

#[tokio::test]
async fn several_files_go_up_at_once() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    for (number, target) in ["/fs/ann/", "/fs/ann"].into_iter().enumerate() {
        let (one, two) = (format!("{number}.txt"), format!("dir/{number} ü.txt"));
        let files = [(Some(&*one), &b"one"[..]), (Some(&*two), b"two!")];
        let stored = kit.ask(post(target, &ann.uuid, &files)).await.expect(201);
        assert_eq!(stored, json!({"files": [{"path": one, "size": 3}, {"path": two, "size": 4}]}));
        assert_eq!(kit.fetch(&ann, &format!("/fs/ann/{}", encode(&two))).await.text(), "two!");
    }
}

#[tokio::test]
async fn a_request_that_is_refused_changes_nothing() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    kit.put(&ann, "/fs/ann/file", b"old").await.expect(201);
    kit.put(&ann, "/fs/ann/dir/file", b"old").await.expect(201);
    let x = &b"x"[..];
    for (status, target, files) in [
        (400, "/fs/ann/file", &[][..]),
        (400, "/fs/ann/file", &[(Some("a"), x), (Some("b"), x)]),
        (400, "/fs/ann/", &[]),
        (428, "/fs/ann/", &[(Some("file"), x), (None, x)]),
        (428, "/fs/ann/", &[(Some("file"), x), (Some(""), x)]),
        (400, "/fs/ann/", &[(Some("file"), x), (Some("file"), x)]),
        (400, "/fs/ann/", &[(Some("file"), x), (Some("new"), x), (Some("new/below"), x)]),
        (400, "/fs/ann/", &[(Some("file"), x), (Some("../b"), x)]),
        (400, "/fs/ann/", &[(Some("file"), x), (Some(r"C:\\b"), x)]),
        (409, "/fs/ann/file/below", &[(None, x)]),
        (409, "/fs/ann/file/far/below", &[(None, x)]),
        (409, "/fs/ann/dir", &[(None, x)]),
        (409, "/fs/ann/", &[(Some("file"), x), (Some("dir"), x)]),
    ] {
        let reply = kit.ask(post(target, &ann.uuid, files)).await;
        assert!(reply.expect(status)["message"].as_str().is_some_and(|message| message.ends_with('.')), "{files:?}");
    }
    for (kind, body) in [
        ("application/json", "{}"),
        ("multipart/form-data", "--b"),
        ("multipart/form-data; boundary=b", "nothing"),
        ("multipart/form-data; boundary=b", "--b\r\n\r\nno end"),
    ] {
        let request = request("POST", "/fs/ann/file", &ann.uuid).header("content-type", kind).body(body);
        kit.ask(request).await.expect(400);
    }
    assert_eq!(kit.fetch(&ann, "/fs/ann/file").await.text(), "old");
    until("nothing but the files of before", || kit.count() == 2).await;
    // What sorts beside a folder is not in it.
    for beside in ["dir-", "dir.txt", "dir0", "fil", "file2"] {
        kit.put(&ann, &format!("/fs/ann/{beside}"), b"x").await.expect(201);
    }
}

#[tokio::test]
async fn no_spelling_leads_outside() {
    let kit = Kit::new().await;
    let (ann, bob) = (kit.enter("ann").await, kit.enter("bob").await);
    kit.put(&bob, "/fs/bob/secret", b"bob's").await.expect(201);
    fs::write(kit.files().join("beside"), "the server's").expect("written");
    let bobs = &bob.uuid;
    let spellings = [
        "../beside",
        "..%2fbeside",
        "%2e%2e/beside",
        "%2E%2E%2Fbeside",
        "./../beside",
        "a/../../beside",
        "..%5cbeside",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "//etc/passwd",
        "C:",
        "C:/a",
        "C%3A%5Ca",
        "a%00",
        "a%00.txt",
        "a%0d%0ab",
        ".",
        "..",
        "%2e",
        "%2e%2e",
        "a/",
        "a//b",
        "a/.",
        "a/..",
        "%5C%5Cserver%5Cshare",
        "%c0%ae%c0%ae/beside",
        "a%ff",
        &format!("../{bobs}/0"),
        &format!("..%2f{bobs}%2f0"),
        &"n".repeat(256),
        &["d"; 17].join("/"),
    ];
    for spelling in spellings {
        let target = format!("/fs/ann/{spelling}");
        kit.put(&ann, &target, b"x").await.expect(400);
        kit.fetch(&ann, &target).await.expect(404);
        kit.ask(request("DELETE", &target, &ann.uuid)).await.expect(404);
    }
    for name in ["..", "%2e%2e", "..%2f..", bobs, "ann%2f..%2fbob", "%ff"] {
        kit.fetch(&ann, &format!("/fs/{name}/secret")).await.expect(404);
        kit.fetch(&ann, &format!("/fs/{name}/0")).await.expect(404);
    }
    assert_eq!(kit.on_disk().len(), 3, "{:?}", kit.on_disk());
    // What looks like a spelling and is a name stays a name.
    for name in ["%252e%252e", "...", "%25", "a%20b", "~"] {
        kit.put(&ann, &format!("/fs/ann/{name}"), name.as_bytes()).await.expect(201);
        assert_eq!(kit.fetch(&ann, &format!("/fs/ann/{name}")).await.text(), name);
    }
    assert_eq!(fs::read_to_string(kit.files().join("beside")).expect("still there"), "the server's");
}

#[tokio::test]
async fn a_large_file_comes_back_byte_for_byte() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    let content: Vec<u8> = (0..5_000_003_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    kit.put(&ann, "/fs/ann/large", &content).await.expect(201);
    let reply = kit.fetch(&ann, "/fs/ann/large").await;
    assert_eq!(reply.header("content-length"), Some("5000003"));
    assert!(reply.body == content);
}

#[tokio::test]
async fn a_file_takes_the_place_of_another() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    for content in ["one", "another", ""] {
        kit.put(&ann, "/fs/ann/a", content.as_bytes()).await.expect(201);
        assert_eq!(kit.fetch(&ann, "/fs/ann/a").await.text(), content);
    }
    until("one file", || kit.count() == 1).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let kit =
        Kit::with(|settings| settings.file_limits = FileLimits { files: 1, client: 100, ..settings.file_limits }).await;
    let ann = kit.enter("ann").await;
    drop(kit.begin(&ann, "/fs/ann/a", &[b'a'; 100]).await);
    until("an empty folder", || kit.count() == 0).await;
    kit.fetch(&ann, "/fs/ann/a").await.expect(404);
    // It does not count any more either.
    kit.put(&ann, "/fs/ann/b", &[b'b'; 100]).await.expect(201);
}

#[tokio::test]
async fn a_file_is_there_once_it_is_whole() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    let upload = kit.begin(&ann, "/fs/ann/a", b"whole").await;
    kit.fetch(&ann, "/fs/ann/a").await.expect(404);
    assert_eq!(end(upload).await, "HTTP/1.1 201 Created");
    assert_eq!(kit.fetch(&ann, "/fs/ann/a").await.text(), "whole");
}

#[tokio::test]
async fn an_upload_that_stalls_is_ended() {
    let kit = Kit::with(|settings| settings.file_limits.stall = Duration::from_millis(200)).await;
    let ann = kit.enter("ann").await;
    let upload = kit.begin(&ann, "/fs/ann/a", b"never whole").await;
    assert_eq!(said(upload).await, "HTTP/1.1 408 Request Timeout");
    until("an empty folder", || kit.count() == 0).await;
}

#[tokio::test]
async fn files_go_when_their_client_goes() {
    let kit = Kit::new().await;
    let (ann, mut bob) = (kit.enter("ann").await, kit.enter("bob").await);
    kit.put(&ann, "/fs/ann/a", b"a").await.expect(201);
    kit.put(&ann, "/fs/ann/b/c", b"bc").await.expect(201);
    kit.put(&bob, "/fs/bob/a", b"bob's").await.expect(201);
    assert_eq!(kit.on_disk().len(), 5);
    drop(ann.ws);
    bob.hears("CLIENT_LEFT").await;
    kit.fetch(&bob, "/fs/ann/a").await.expect(404);
    for key in [&ann.uuid, &ann.fs_key] {
        kit.ask(request("GET", "/fs/bob/a", key)).await.expect(401);
        kit.ask(post("/fs/ann/a", key, &[(None, b"x")])).await.expect(401);
    }
    until("bob's folder alone", || kit.on_disk().len() == 2).await;
    // Who comes under the same name is somebody else.
    let ann = kit.enter("ann").await;
    kit.fetch(&ann, "/fs/ann/a").await.expect(404);
    kit.put(&ann, "/fs/ann/a", b"new").await.expect(201);
    assert_eq!(kit.fetch(&bob, "/fs/ann/a").await.text(), "new");
    assert_eq!(kit.fetch(&bob, "/fs/bob/a").await.text(), "bob's");
}

#[tokio::test]
async fn who_goes_while_uploading_leaves_nothing() {
    let kit = Kit::new().await;
    let mut uploads = Vec::new();
    for number in 0..8 {
        let name = format!("ann_{number}");
        let ann = kit.enter(&name).await;
        kit.put(&ann, &format!("/fs/{name}/before"), b"x").await.expect(201);
        uploads.push(kit.begin(&ann, &format!("/fs/{name}/a"), &[b'a'; 100_000]).await);
    }
    for upload in uploads {
        assert_eq!(said(upload).await, "HTTP/1.1 401 Unauthorized");
    }
    until("an empty root", || kit.on_disk().is_empty()).await;
}

#[tokio::test]
async fn what_a_crash_left_is_gone_at_the_start() {
    let kit = Kit::with(|settings| {
        let root = settings.files.as_ref().expect("a folder");
        let left = root.join("0a1b2c3d-0000-4000-8000-0123456789ab");
        fs::create_dir_all(&left).expect("made");
        fs::write(left.join("7"), "left").expect("written");
        fs::create_dir(root.join("somebody's")).expect("made");
        fs::write(root.join("somebody's/file"), "theirs").expect("written");
        fs::write(root.join("1a1b2c3d-0000-4000-8000-0123456789ab"), "a file").expect("written");
    })
    .await;
    let mut names: Vec<String> = kit.on_disk().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["1a1b2c3d-0000-4000-8000-0123456789ab", "somebody's", "somebody's/file"]);
}

#[tokio::test]
async fn there_may_be_so_many_files_and_bytes() {
    let limits = FileLimits { file: 60_000, client: 100_000, files: 3, hub: 150_000, ..FileLimits::default() };
    let kit = Kit::with(|settings| settings.file_limits = limits).await;
    let (ann, bob) = (kit.enter("ann").await, kit.enter("bob").await);
    let (whole, more) = (vec![b'a'; 60_000], vec![b'a'; 60_001]);
    kit.put(&ann, "/fs/ann/a", &more).await.expect(413);
    kit.put(&ann, "/fs/ann/a", &whole).await.expect(201);
    kit.put(&ann, "/fs/ann/b", &whole).await.expect(413);
    kit.put(&ann, "/fs/ann/b", &whole[..40_000]).await.expect(201);
    kit.put(&ann, "/fs/ann/c", b"x").await.expect(413);
    kit.put(&ann, "/fs/ann/c", b"").await.expect(201);
    kit.put(&ann, "/fs/ann/d", b"").await.expect(413);
    // What is deleted makes room, and so does what is replaced.
    kit.ask(request("DELETE", "/fs/ann/b", &ann.uuid)).await.expect(200);
    kit.put(&ann, "/fs/ann/d", b"").await.expect(201);
    kit.put(&ann, "/fs/ann/d", &whole[..40_000]).await.expect(201);
    // All have room for 150,000 bytes.
    kit.put(&bob, "/fs/bob/a", &whole).await.expect(507);
    kit.put(&bob, "/fs/bob/a", &whole[..50_000]).await.expect(201);
    drop(ann.ws);
    until("bob's folder alone", || kit.on_disk().len() == 2).await;
    kit.put(&bob, "/fs/bob/b", &whole[..50_000]).await.expect(201);
}

#[tokio::test]
async fn an_announced_body_that_is_too_large_is_not_waited_for() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    for target in ["/fs/ann/a", "/fs/ann/"] {
        let request =
            post(target, &ann.uuid, &[]).header("content-length", "1000000000000").header("expect", "100-continue");
        kit.ask(request.body("")).await.expect(413);
    }
}

#[tokio::test]
async fn two_uploads_at_once_cannot_go_over_together() {
    let kit =
        Kit::with(|settings| settings.file_limits = FileLimits { client: 100_000, files: 2, ..settings.file_limits })
            .await;
    let ann = kit.enter("ann").await;
    let content = vec![b'a'; 60_000];
    let first = kit.begin(&ann, "/fs/ann/a", &content).await;
    // Nearly all of it is counted once it is written.
    until("what was sent", || kit.on_disk().iter().any(|(_, size)| size.is_some_and(|size| size > 59_000))).await;
    kit.put(&ann, "/fs/ann/b", &content).await.expect(413);
    let second = kit.begin(&ann, "/fs/ann/b", b"b").await;
    kit.put(&ann, "/fs/ann/c", b"").await.expect(413);
    assert_eq!(end(first).await, "HTTP/1.1 201 Created");
    assert_eq!(end(second).await, "HTTP/1.1 201 Created");
    kit.put(&ann, "/fs/ann/c", b"").await.expect(413);
}

#[tokio::test]
async fn two_uploads_cannot_make_a_file_a_folder() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    let (file, below) = (kit.begin(&ann, "/fs/ann/a", b"a").await, kit.begin(&ann, "/fs/ann/a/b", b"b").await);
    assert_eq!(end(below).await, "HTTP/1.1 201 Created");
    assert_eq!(end(file).await, "HTTP/1.1 409 Conflict");
}

#[tokio::test]
async fn a_disk_that_fails_is_the_servers_fault() {
    let kit = Kit::with(|settings| {
        let root = settings.files.as_mut().expect("a folder");
        fs::write(root, "no folder").expect("written");
    })
    .await;
    let ann = kit.enter("ann").await;
    let refused = kit.put(&ann, "/fs/ann/a", b"x").await;
    assert!(!refused.expect(500).to_string().contains("files"), "{}", refused.text());
}

#[tokio::test]
async fn without_a_folder_there_are_no_files() {
    let kit = Kit::with(|settings| settings.files = None).await;
    let ann = kit.enter("ann").await;
    assert_eq!(kit.put(&ann, "/fs/ann/a", b"x").await.status, 404);
    assert_eq!(kit.fetch(&ann, "/fs/ann/a").await.status, 404);
}

#[tokio::test]
async fn a_server_that_ends_ends_uploads() {
    let kit = Kit::new().await;
    let ann = kit.enter("ann").await;
    let upload = kit.begin(&ann, "/fs/ann/a", b"never whole").await;
    kit.runtime.stopping().cancel();
    assert_eq!(said(upload).await, "HTTP/1.1 503 Service Unavailable");
}
