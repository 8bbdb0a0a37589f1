//! The command line: what is refused, in which words, and with which code.

use std::{
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    process::Output,
};

use parlor_testkit::{folder::TestFolder, server::run};

use crate::kit::{PARLOR, say, server, starter, texts_of};

/// It ended with code 1 and one line on standard error that holds these words; nothing was said to be open.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(error.starts_with("parlor: "), "{error}");
    for word in words {
        assert!(error.contains(word), "no “{word}” in: {error}");
    }
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}

async fn start_in(data: &Path) -> Output {
    run(PARLOR, &["--listen", "127.0.0.1:0", "--data", data.to_str().expect("UTF-8")]).await
}

/// Every file of a folder, with what is in it; a socket that a killed server left holds nothing.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let paths = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut all: Vec<_> = paths
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn help_and_version_are_said_on_standard_output() {
    for (args, words) in [
        (&["--help"][..], &["Usage: parlor", "--listen", "--data", "--public-url", "openapi"][..]),
        (&["-h"], &["Usage: parlor"]),
        (&["serve", "--help"], &["--listen", "--bot-timeout"]),
        (&["--version"], &["parlor 0."]),
    ] {
        let output = run(PARLOR, args).await;
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        words.iter().for_each(|word| assert!(said.contains(word), "no “{word}” in: {said}"));
        assert!(output.stderr.is_empty());
    }
}

#[tokio::test]
async fn a_bad_command_line_ends_with_code_2_and_makes_nothing() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let data = data.to_str().expect("UTF-8");
    for args in [
        &["--nonsense"][..],
        &["nonsense"],
        &["--listen", "nowhere"],
        &["--listen", "127.0.0.1:99999"],
        &["--listen", "127.0.0.1"],
        &["--listen", "localhost:x"],
        &["--data-limit", "0"],
        &["--data-limit", "lots"],
        &["--bot-timeout", "-1"],
        &["--bot-timeout", "99999"],
        &["--public-url", "chat.example.org"],
        &["--public-url", "ftp://x"],
        &["--public-url", "https://x/path?query"],
        &["--listen"],
    ] {
        let output = run(PARLOR, &[&["--data", data], args].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{args:?}");
    }
    assert!(!Path::new(data).exists());
}

#[tokio::test]
async fn the_openapi_document_is_printed_as_it_is_served() {
    let output = run(PARLOR, &["openapi"]).await;
    assert_eq!(output.status.code(), Some(0));
    let server = server().await;
    assert_eq!(output.stdout, server.get("/api/spec").await.body);
}

#[tokio::test]
async fn an_address_in_use_is_said_at_once_and_nothing_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let output = run(PARLOR, &["--listen", &address, "--data", data.to_str().expect("UTF-8")]).await;
    refused(&output, &[&address, "--listen"]);
    assert!(!data.exists());
}

#[tokio::test]
async fn an_address_that_the_machine_does_not_have_is_refused() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let output = run(PARLOR, &["--listen", "192.0.2.1:0", "--data", data.to_str().expect("UTF-8")]).await;
    refused(&output, &["192.0.2.1", "--listen"]);
}

#[tokio::test]
async fn localhost_means_this_machine() {
    let server = starter().listen("localhost:0").start().await;
    assert!(server.said().starts_with("Parlor is open at http://localhost:"), "{}", server.said());
    assert!(server.said().contains("Only this machine"), "{}", server.said());
    say(&server, "a", "hello").await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused() {
    let folder = TestFolder::new();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").expect("it can be written");
    for data in [file.join("data"), file.clone(), "/proc/parlor-data".into()] {
        refused(&start_in(&data).await, &["can't write in the data folder", data.to_str().expect("UTF-8")]);
    }
    assert_eq!(fs::read(&file).expect("it is there"), b"not a folder");
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let server = server().await;
    say(&server, "a", "one").await;
    refused(&start_in(server.data()).await, &["another Parlor server", server.data().to_str().expect("UTF-8")]);
    say(&server, "a", "two").await;
    assert_eq!(texts_of(&server, "a").await, ["one", "two"]);
}

#[tokio::test]
async fn a_folder_is_free_again_after_a_crash() {
    let mut server = server().await;
    say(&server, "a", "one").await;
    server.crash().await;
    assert_eq!(texts_of(&server, "a").await, ["one"]);
}

/// Writes bytes over a file at an offset.
fn overwrite(file: &Path, offset: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(file).expect("it is there");
    file.seek(SeekFrom::Start(offset)).expect("it is long enough");
    file.write_all(bytes).expect("it can be written");
}

#[tokio::test]
async fn a_newer_database_is_refused_and_stays_as_it_is() {
    let mut server = server().await;
    say(&server, "a", "precious").await;
    assert!(server.terminate().await.success());
    let file = server.data().join("parlor.db");
    let mut header = [0; 100];
    fs::File::open(&file).expect("it is there").read_exact(&mut header).expect("a header");
    // `PRAGMA user_version` stands at byte 60.
    overwrite(&file, 60, &999_u32.to_be_bytes());
    let before = contents(server.data());
    refused(&start_in(server.data()).await, &["parlor.db", "newer", "999", "backup"]);
    assert_eq!(contents(server.data()), before, "not a byte was changed");
    overwrite(&file, 60, &header[60..64]);
    server.start_again().await;
    assert_eq!(texts_of(&server, "a").await, ["precious"]);
}

#[tokio::test]
async fn another_programs_database_is_refused_and_stays_as_it_is() {
    let mut server = server().await;
    assert!(server.terminate().await.success());
    // `PRAGMA application_id` stands at byte 68.
    overwrite(&server.data().join("parlor.db"), 68, b"Mine");
    let before = contents(server.data());
    refused(&start_in(server.data()).await, &["parlor.db", "another program"]);
    assert_eq!(contents(server.data()), before);
}

/// What happened to a file.
type Damage = fn(&mut Vec<u8>);

#[tokio::test]
async fn a_damaged_database_is_refused_and_stays_as_it_is() {
    let mut server = server().await;
    for n in 0..50 {
        say(&server, "a", &n.to_string()).await;
    }
    assert!(server.terminate().await.success());
    let file = server.data().join("parlor.db");
    let whole = fs::read(&file).expect("it is there");
    let damages: &[(&str, Damage)] = &[
        ("its first bytes are others", |bytes| bytes[..16].fill(0)),
        ("its header is gone", |bytes| bytes[..100].fill(b'x')),
        ("its page size is none", |bytes| bytes[16..18].fill(0xab)),
        ("its end is missing", |bytes| bytes.truncate(bytes.len() / 2)),
        ("it ends inside its header", |bytes| bytes.truncate(60)),
        ("it is noise", |bytes| {
            let mut seed = parlor_testkit::seed::Seed(7);
            bytes.iter_mut().for_each(|byte| *byte = seed.draw() as u8);
        }),
        ("it is text", |bytes| *bytes = b"Dear diary, ".repeat(20)),
        ("its schema is noise", |bytes| bytes[100..4_000].fill(0xff)),
    ];
    for (damage, hurt) in damages {
        let mut bytes = whole.clone();
        hurt(&mut bytes);
        fs::write(&file, &bytes).expect("it can be written");
        let before = contents(server.data());
        let output = start_in(server.data()).await;
        assert_eq!(output.status.code(), Some(1), "{damage}");
        refused(&output, &["parlor.db", "damaged", "backup"]);
        assert!(contents(server.data()) == before, "{damage}: it was changed");
    }
    fs::write(&file, &whole).expect("it can be written");
    server.start_again().await;
    assert_eq!(texts_of(&server, "a").await.len(), 50);
}

#[tokio::test]
async fn a_damaged_log_of_a_crashed_server_is_refused_and_stays_as_it_is() {
    let mut server = server().await;
    for n in 0..20 {
        say(&server, "a", &n.to_string()).await;
    }
    server.kill9().await;
    let log = server.data().join("parlor.db-wal");
    let whole = fs::read(&log).expect("a server that was killed leaves its log");
    overwrite(&log, 0, &[0xee; 32]);
    let before = contents(server.data());
    refused(&start_in(server.data()).await, &["parlor.db-wal", "damaged", "backup"]);
    assert!(contents(server.data()) == before, "it was changed");
    fs::write(&log, &whole).expect("it can be written");
    server.start_again().await;
    assert_eq!(texts_of(&server, "a").await.len(), 20);
}

#[tokio::test]
async fn a_server_in_memory_leaves_nothing_behind() {
    let folder = TestFolder::new();
    let temporary = folder.path().to_str().expect("UTF-8").to_owned();
    let under = ["env", "-C", &temporary, &format!("TMPDIR={temporary}")].map(str::to_owned);
    let under: Vec<&str> = under.iter().map(String::as_str).collect();
    let mut server = starter().under(&under).data(Path::new(":memory:")).start().await;
    say(&server, "a", "hello").await;
    assert_eq!(texts_of(&server, "a").await, ["hello"]);
    assert!(server.terminate().await.success());
    assert!(server.said().contains("Nothing is kept"), "{}", server.said());
    assert!(contents_are_none(folder.path()), "{:?}", fs::read_dir(folder.path()).map(Iterator::count));
    server.start_again().await;
    assert!(texts_of(&server, "a").await.is_empty());
}

fn contents_are_none(folder: &Path) -> bool {
    fs::read_dir(folder).expect("it is there").next().is_none()
}

/// Starts it with a skin that holds these files.
async fn start_with_skin(files: &[(&str, &str)]) -> Output {
    let folder = TestFolder::new();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let skin = folder.path().to_str().expect("UTF-8");
    run(PARLOR, &["--listen", "127.0.0.1:0", "--data", ":memory:", "--skin", skin]).await
}

#[tokio::test]
async fn a_skin_that_would_not_do_what_it_is_meant_to_is_refused_with_what_would() {
    for (file, text, words) in [
        ("skin.cs", "", &["skin.cs", "did you mean skin.css?", "words.json"][..]),
        ("fonts/a.woff2", "", &["fonts/a.woff2", "static/"]),
        ("static/a.php", "", &["static/a.php", "woff2"]),
        ("templates/loby.html", "", &["templates/loby.html", "lobby.html"]),
        ("templates/frame.html", "", &["templates/frame.html"]),
        ("templates/lobby.html", "a\n{% if %}", &["templates/lobby.html, line 2"]),
        ("templates/lobby.html", "{% extends \"pag.html\" %}", &["pag.html"]),
        (
            "templates/me.html",
            "{% for session in sessions %}\n{{ session.agnt.name }}{% endfor %}",
            &["templates/me.html, line 2"],
        ),
        ("words.json", "{", &["words.json", "JSON"]),
        ("words.json", r#"{"lobby": {"titel": "x"}}"#, &["`lobby.titel`", "did you mean `lobby.title`?"]),
        ("words.json", r#"{"talk": {"emptyBots": "Ask {bto}"}}"#, &["`talk.emptyBots`", "{bto}", "{bot}"]),
    ] {
        refused(&start_with_skin(&[(file, text)]).await, &[&["the skin in"], words].concat());
    }
    refused(&start_with_skin(&[("logo.svg", ""), ("logo.png", "")]).await, &["logo.svg and logo.png"]);
    let missing = run(PARLOR, &["--listen", "127.0.0.1:0", "--data", ":memory:", "--skin", "/no/such"]).await;
    refused(&missing, &["/no/such", "can't be read"]);
}

#[tokio::test]
async fn a_host_for_content_must_be_another_than_the_pages() {
    let same = ["--public-url", "https://chat.example.org", "--content-origin", "https://chat.example.org:443"];
    for (args, words) in [
        (&same[..], &["--public-url", "another host name"][..]),
        (&["--content-origin", "https://content.example.org"], &["--public-url"]),
    ] {
        let all = [&["--listen", "127.0.0.1:0", "--data", ":memory:"], args].concat();
        refused(&run(PARLOR, &all).await, words);
    }
    refused(
        &run(PARLOR, &["--listen", "0.0.0.0:0", "--data", ":memory:", "--content-origin", "http://c.example.org"])
            .await,
        &["--public-url"],
    );
    // On one's own machine it must be where the server answers, or the frame would stay empty.
    for (origin, words) in
        [("https://content.localhost:0", &["http://127.0.0.1:"][..]), ("http://content.localhost:9", &["port"])]
    {
        let all = ["--listen", "127.0.0.1:0", "--data", ":memory:", "--content-origin", origin];
        refused(&run(PARLOR, &all).await, words);
    }
}
