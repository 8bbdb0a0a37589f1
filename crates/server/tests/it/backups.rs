//! `parlor backup`, `restore`, `check`: what was acknowledged before a backup began is in it, and comes back.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Output,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use parlor_testkit::{folder::TestFolder, http::Request, server::Server, server::run};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::full_disk::SmallDisk;
use crate::kit::{PARLOR, id, install, message, messages, say, server, starter, texts_of};

/// Runs `parlor` with these words.
async fn parlor(args: &[&str]) -> Output {
    run(PARLOR, args).await
}

#[track_caller]
fn said(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    assert!(error.is_empty(), "nothing to complain about, and no progress where nobody looks: {error}");
    out.into_owned()
}

/// It ended with code 1 and one line that holds these words.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(error.starts_with("parlor: "), "{error}");
    words.iter().for_each(|word| assert!(error.contains(word), "no “{word}” in: {error}"));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The backups in a folder, and nothing else is there.
fn backups(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    all.sort();
    for file in &all {
        let name = file.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        assert!(name.starts_with("parlor-20") && name.ends_with(".db.gz"), "{name}");
        assert_eq!(fs::metadata(file).expect("it is there").permissions().mode() & 0o777, 0o600, "it holds secrets");
    }
    all
}

/// Takes a backup and gives its file.
async fn back_up(server: &Server, to: &Path) -> PathBuf {
    let said = said(&parlor(&["backup", "--data", text(server.data()), "--to", text(to)]).await);
    let file =
        said.strip_prefix("Backed up to ").and_then(|rest| rest.split_once(" (")).map(|(file, _)| PathBuf::from(file));
    let file = file.unwrap_or_else(|| panic!("{said}"));
    assert!(backups(to).contains(&file), "{said}");
    file
}

#[tokio::test]
async fn a_backup_of_a_running_server_comes_back_with_everything() {
    let server = server().await;
    let to = TestFolder::new();
    install(&server, "a", "Echo", "builtin:echo").await;
    for n in 0..20 {
        say(&server, "a", &format!("number {n}")).await;
    }
    say(&server, "b/c", "elsewhere").await;
    let before = (messages(&server, "a").await, messages(&server, "b/c").await);
    let file = back_up(&server, to.path()).await;
    say(&server, "a", "too late").await;
    let whole = said(&parlor(&["check", text(&file)]).await);
    assert!(whole.contains("is whole: ") && whole.contains("It was taken on 20"), "{whole}");
    // Beside the server that goes on.
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let restored = said(&parlor(&["restore", text(&file), "--data", text(&data)]).await);
    assert!(restored.contains("as it was on 20"), "{restored}");
    let other = starter().data(&data).start().await;
    assert_eq!((messages(&other, "a").await, messages(&other, "b/c").await), before);
    let bots = other.get("/api/bots?room=a").await.expect(200);
    assert_eq!(bots.as_array().map(Vec::len), Some(1));
    say(&other, "a", "on we go").await;
    say(&server, "a", "here too").await;
}

#[tokio::test]
async fn under_load_what_was_acknowledged_before_a_backup_is_in_it_and_nothing_that_was_not_sent() {
    let mut server = server().await;
    let to = TestFolder::new();
    let known: Arc<Mutex<Vec<(String, u64)>>> = Arc::default();
    let stop = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let (mut http, known, stop) = (server.http(), Arc::clone(&known), Arc::clone(&stop));
        senders.spawn(async move {
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let text = format!("{sender}-{n}-{}", "x".repeat(n % 700));
                let request = Request::post("/api/actions/message", &message(&format!("r{}", n % 3), &text));
                let Ok(reply) = http.try_send(&request).await else { return };
                known.lock().expect("nobody panics with it").push((text, id(&reply.expect(200))));
            }
        });
    }
    let so_far = || known.lock().expect("nobody panics with it").clone();
    while so_far().len() < 300 {
        tokio::task::yield_now().await;
    }
    let before = so_far();
    let file = back_up(&server, to.path()).await;
    let during = so_far();
    assert!(during.len() > before.len(), "posts went on");
    server.kill9().await;
    stop.store(true, Ordering::Relaxed);
    senders.join_all().await;
    let restore = ["restore", text(&file), "--data", text(server.data())];
    refused(&parlor(&restore).await, &["holds a database already", "--force"]);
    let restored = said(&parlor(&[&restore[..], &["--force"]].concat()).await);
    assert!(restored.contains("What was there before is in "), "{restored}");
    server.start_again().await;
    let mut there: Vec<(String, u64)> = Vec::new();
    for room in ["r0", "r1", "r2"] {
        for message in messages(&server, room).await {
            there.push((message["text"].as_str().expect("a text").to_owned(), id(&message)));
        }
    }
    there.sort();
    for known in &before {
        assert!(there.binary_search(known).is_ok(), "{known:?} was acknowledged before the backup began");
    }
    let highest = so_far().iter().map(|(_, id)| *id).max().expect("many");
    let new = say(&server, "r0", "after").await;
    assert!(id(&new) > highest + 1_000_000, "far above all that anybody has seen");
    let check = said(&parlor(&["check", text(server.data())]).await);
    assert!(check.contains("is whole: "), "{check}");
}

#[tokio::test]
async fn who_comes_back_with_what_was_lost_is_sent_everything_anew() {
    let mut server = server().await;
    let to = TestFolder::new();
    let kept = say(&server, "a", "kept").await;
    let file = back_up(&server, to.path()).await;
    let lost = say(&server, "a", "lost").await;
    server.terminate().await;
    said(&parlor(&["restore", text(&file), "--data", text(server.data()), "--force"]).await);
    server.start_again().await;
    let after = say(&server, "a", "after").await;
    assert!(id(&after) > id(&lost));
    for (since, cleared) in [(id(&kept), false), (id(&lost), true), (id(&after) - 1, true), (id(&after), false)] {
        let mut ws = server.ws(&format!("/ws/a?since={since}")).await;
        say(&server, "a", "end").await;
        let came = ws.until(|frame| frame["data"]["text"] == "end").await;
        assert_eq!(came[0]["kind"] == "clear_messages", cleared, "{since}: {came:?}");
        let all: Vec<&Value> =
            came.iter().map(|frame| &frame["data"]["text"]).filter(|text| text.is_string()).collect();
        assert_eq!(all.contains(&&Value::from("kept")), cleared, "{since}: {all:?}");
    }
    // It is known for good.
    server.restart().await;
    let first = server.ws(&format!("/ws/a?since={}", id(&lost))).await.json().await;
    assert_eq!(first["kind"], "clear_messages");
}

#[tokio::test]
async fn a_restore_touches_no_folder_of_a_running_server_and_nothing_if_the_backup_is_bad() {
    let server = server().await;
    let to = TestFolder::new();
    say(&server, "a", "hello").await;
    let file = back_up(&server, to.path()).await;
    for force in [&[][..], &["--force"]] {
        let args = [&["restore", text(&file), "--data", text(server.data())], force].concat();
        refused(&parlor(&args).await, &["another Parlor server is using", "stop that one first"]);
    }
    say(&server, "a", "still here").await;
    let bad = to.path().join("bad");
    fs::write(&bad, "no backup at all, but some text of more than a hundred bytes. ".repeat(4)).expect("written");
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    refused(&parlor(&["restore", text(&bad), "--data", text(&data)]).await, &["not an SQLite database"]);
    refused(&parlor(&["restore", "nowhere.db.gz", "--data", text(&data)]).await, &["there is no backup nowhere.db.gz"]);
    let other = starter().data(&data).start().await;
    assert_eq!(texts_of(&other, "a").await, Vec::<String>::new(), "the folder is as if nothing had been tried");
}

#[tokio::test]
async fn a_stopped_server_and_a_killed_one_are_backed_up_whole() {
    let mut server = server().await;
    let to = TestFolder::new();
    say(&server, "a", "one").await;
    server.terminate().await;
    back_up(&server, &to.path().join("deep/er")).await;
    server.start_again().await;
    say(&server, "a", "two").await;
    server.kill9().await;
    let file = back_up(&server, to.path().join("deep/er").as_path()).await;
    let data = to.path().join("data");
    said(&parlor(&["restore", text(&file), "--data", text(&data)]).await);
    let other = starter().data(&data).start().await;
    assert_eq!(texts_of(&other, "a").await, ["one", "two"]);
    server.start_again().await;
    assert_eq!(texts_of(&server, "a").await, ["one", "two"]);
}

#[tokio::test]
async fn only_the_newest_backups_are_kept_and_nothing_that_is_not_ours_goes() {
    let server = server().await;
    let to = TestFolder::new();
    say(&server, "a", "hello").await;
    let ours = ["parlor-2020-01-01T000000Z.db.gz", "parlor-2021-01-01T000000Z.db.gz"].map(|name| to.path().join(name));
    let theirs = ["parlor-2019-01-01T000000Z.db", "parlor-2019.db.gz", "a.db.gz"].map(|name| to.path().join(name));
    // Left by one that was killed, and by one that is at work.
    let (left, busy) = (to.path().join(".parlor-backup-1-0.db"), to.path().join(".parlor-backup-2-0.gz"));
    ours.iter().chain(&theirs).chain([&left, &busy]).for_each(|file| fs::write(file, "x").expect("written"));
    let lock = fs::File::open(&busy).expect("it is there");
    lock.lock().expect("nobody has it");
    let args = ["backup", "--data", text(server.data()), "--to", text(to.path()), "--keep", "2"];
    assert!(said(&parlor(&args).await).contains("one older backup removed"));
    assert!(!ours[0].exists() && ours[1].exists() && theirs.iter().all(|file| file.exists()));
    assert!(!left.exists() && busy.exists());
    said(&parlor(&args).await);
    assert!(!ours[1].exists() && theirs.iter().all(|file| file.exists()));
}

#[tokio::test]
async fn what_is_wrong_with_a_backup_command_is_said_with_what_to_do() {
    let server = server().await;
    let to = TestFolder::new();
    let data = text(server.data());
    let file = to.path().join("file");
    fs::write(&file, "x").expect("written");
    refused(&parlor(&["backup", "--data", "nowhere"]).await, &["no Parlor database in nowhere", "--data"]);
    refused(&parlor(&["backup", "--data", ":memory:"]).await, &["--data"]);
    refused(&parlor(&["backup", "--data", data, "--to", text(&file)]).await, &["can't make the folder", "--to"]);
    refused(&parlor(&["backup", "--data", data, "--to", "/proc/x"]).await, &["can't make the folder", "--to"]);
    for args in [&["--every", "often"][..], &["--every", "0s"], &["--keep", "0"], &["--keep", "x"]] {
        let output = parlor(&[&["backup"][..], args].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

/// Changes a backup's bytes and says what `check` and `restore` make of it.
async fn spoilt(file: &Path, spoil: impl Fn(&mut Vec<u8>), words: &[&str]) {
    let folder = TestFolder::new();
    let bad = folder.path().join("bad.db.gz");
    let mut bytes = fs::read(file).expect("it is there");
    spoil(&mut bytes);
    fs::write(&bad, bytes).expect("written");
    refused(&parlor(&["check", text(&bad)]).await, words);
    let data = folder.path().join("data");
    refused(&parlor(&["restore", text(&bad), "--data", text(&data)]).await, words);
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("one").file_name()).collect();
    assert!(left.iter().all(|name| name == "bad.db.gz" || name == "data"), "nothing is left lying about: {left:?}");
    assert!(!data.join("parlor.db").exists());
}

/// A backup that is not compressed.
fn unpacked(file: &Path) -> Vec<u8> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(file).expect("it is there"))
        .read_to_end(&mut bytes)
        .expect("it is whole");
    bytes
}

#[tokio::test]
async fn damaged_backups_of_every_kind_are_told_from_whole_ones() {
    let server = server().await;
    let to = TestFolder::new();
    for n in 0..200 {
        say(&server, "a", &format!("number {n}")).await;
    }
    let file = back_up(&server, to.path()).await;
    let plain = to.path().join("plain.db");
    fs::write(&plain, unpacked(&file)).expect("written");
    said(&parlor(&["check", text(&plain)]).await);
    spoilt(&file, Vec::clear, &["is empty", "use another one"]).await;
    spoilt(&file, |bytes| bytes.truncate(1), &["damaged"]).await;
    spoilt(&file, |bytes| bytes.truncate(bytes.len() / 2), &["damaged", "its end is missing"]).await;
    spoilt(&file, |bytes| bytes.truncate(bytes.len() - 3), &["damaged", "its end is missing"]).await;
    for part in [3, 5] {
        spoilt(
            &file,
            |bytes| {
                let at = bytes.len() * (part - 1) / part;
                bytes[at] ^= 0x10;
            },
            &["damaged"],
        )
        .await;
    }
    spoilt(&plain, |bytes| bytes.truncate(50), &["damaged", "header"]).await;
    spoilt(&plain, |bytes| bytes.truncate(bytes.len() / 4096 / 2 * 4096), &["damaged"]).await;
    spoilt(&plain, |bytes| bytes[4096..].fill(0), &["damaged"]).await;
    spoilt(&plain, |bytes| bytes[68] ^= 0xff, &["another program"]).await;
    spoilt(&plain, |bytes| bytes[60] = 0x7f, &["newer Parlor"]).await;
    // What SQLite does not find: a text that is no message any more. Pages keep what lay in them, so it is everywhere.
    let spoil = |bytes: &mut Vec<u8>| {
        let found: Vec<usize> =
            bytes.windows(10).enumerate().filter(|(_, text)| text == b"\"kind\":\"us").map(|(at, _)| at).collect();
        found.into_iter().for_each(|at| bytes[at] = b'x');
    };
    spoilt(&plain, spoil, &["damaged", "the event", "can't be read"]).await;
}

#[tokio::test]
async fn a_check_of_a_folder_looks_into_the_log_of_events() {
    let mut server = server().await;
    for text in ["one", "two", "three"] {
        say(&server, "a", text).await;
    }
    let data = server.data().to_owned();
    assert!(said(&parlor(&["check", text(&data)]).await).contains("is whole: "), "while it runs");
    server.terminate().await;
    assert!(said(&parlor(&["check", text(&data)]).await).contains("is whole: "));
    refused(&parlor(&["check", "nowhere"]).await, &["nothing at nowhere"]);
    let empty = TestFolder::new();
    refused(&parlor(&["check", text(empty.path())]).await, &["no database in this folder"]);
}

#[tokio::test]
async fn backups_are_taken_again_and_again_until_one_is_told_to_end() {
    let server = server().await;
    let to = TestFolder::new();
    say(&server, "a", "hello").await;
    let mut child = tokio::process::Command::new(PARLOR)
        .args(["backup", "--data", text(server.data()), "--to", text(to.path()), "--every", "1s", "--keep", "2"])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it can be started");
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(child.stdout.take().expect("piped")));
    for _ in 0..3 {
        let line = parlor_testkit::http::within("a backup", lines.next_line()).await.expect("a pipe").expect("a line");
        assert!(line.starts_with("Backed up to "), "{line}");
    }
    let pid = parlor_testkit::server::Pid::from_raw(child.id().expect("it runs").cast_signed()).expect("a number");
    rustix::process::kill_process(pid, parlor_testkit::server::Signal::TERM).expect("it runs");
    let status = parlor_testkit::http::within("its end", child.wait()).await.expect("it was started here");
    assert!(status.success(), "{status}");
    let left = fs::read_dir(to.path()).expect("a folder").count();
    assert!((1..=2).contains(&left), "{left}");
}

#[tokio::test]
async fn the_server_takes_backups_itself_and_a_failure_is_logged_and_tried_again() {
    let to = TestFolder::new();
    let (folder, blocked) = (to.path().join("here"), to.path().join("blocked"));
    fs::write(&blocked, "a file where a folder should be").expect("written");
    let folder_text = text(&folder).to_owned();
    let server =
        starter().args(&["--backup-to", &folder_text, "--backup-every", "1s", "--backup-keep", "2"]).start().await;
    say(&server, "a", "hello").await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    // Taken again and again: the first ones are gone.
    let first = loop {
        if folder.is_dir()
            && let Some(Ok(entry)) = fs::read_dir(&folder)
                .expect("a folder")
                .find(|entry| entry.as_ref().is_ok_and(|entry| !entry.file_name().to_string_lossy().starts_with('.')))
        {
            break entry.path();
        }
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    while first.exists() {
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let other = starter().args(&["--backup-to", text(&blocked), "--backup-every", "1s"]).start().await;
    other.logs("a backup failed; it is tried again").await;
    say(&other, "a", "on we go").await;
}

#[tokio::test]
async fn a_disk_without_enough_room_is_told_before_anything_is_written() {
    let Some(disk) = SmallDisk::make("8m") else {
        eprintln!("this user may not mount: nothing is tested");
        return;
    };
    let server = server().await;
    say(&server, "a", "hello").await;
    let output = parlor(&["backup", "--data", text(server.data()), "--to", text(disk.path())]).await;
    refused(&output, &["not enough room in", "are free", "choose another folder with --to"]);
    assert_eq!(fs::read_dir(disk.path()).expect("a folder").count(), 0);
}

/// Root puts a backup back for a server of another user, whose files they have to be then.
#[tokio::test]
async fn what_root_makes_in_the_folder_of_another_user_is_that_users() {
    let folder = TestFolder::new();
    if std::os::unix::fs::chown(folder.path(), Some(65_534), Some(65_534)).is_err() {
        eprintln!("only root can try this");
        return;
    }
    let owner = |path: &Path| fs::metadata(path).map(|metadata| (metadata.uid(), metadata.gid())).expect("it is there");
    let server = server().await;
    say(&server, "a", "hello").await;
    let (to, data) = (TestFolder::new(), text(folder.path()));
    assert!(run(PARLOR, &["backup", "--data", text(server.data()), "--to", text(to.path())]).await.status.success());
    let backup = fs::read_dir(to.path()).expect("it is there").next().expect("a backup").expect("a file").path();
    for force in [&[][..], &["--force"]] {
        let restored = run(PARLOR, &[&["restore", text(&backup), "--data", data], force].concat()).await;
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    }
    let added = run(PARLOR, &["user", "add", "Ann", "--no-password", "--data", data]).await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    // What is not the server's stays whose it is: root's files may be linked here by the user of the server.
    let root = TestFolder::new();
    let kept = root.path().join("of root");
    fs::write(&kept, "").expect("written");
    fs::hard_link(&kept, folder.path().join("hard")).expect("linked");
    std::os::unix::fs::symlink(&kept, folder.path().join("soft")).expect("linked");
    std::os::unix::fs::symlink(root.path(), folder.path().join("replaced-by-a-link")).expect("linked");
    assert!(run(PARLOR, &["user", "disable", "Ann", "--data", data]).await.status.success());
    assert_eq!((owner(&kept).0, owner(root.path()).0), (0, 0));
    let mut names = 0;
    for entry in fs::read_dir(folder.path()).expect("it is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if ["hard", "soft", "replaced-by-a-link"].contains(&name.as_str()) {
            continue;
        }
        names += 1;
        assert_eq!(owner(&entry.path()), (65_534, 65_534), "{name}");
        if entry.path().is_dir() {
            for entry in fs::read_dir(entry.path()).expect("it is there").flatten() {
                assert_eq!(owner(&entry.path()), (65_534, 65_534), "{name}/{:?}", entry.file_name());
            }
        }
    }
    assert!(names >= 3, "the database, the lock, and what was replaced");
}

#[tokio::test]
async fn the_unit_for_backups_takes_one() {
    let unit = include_str!("../../../../deploy/parlor-backup.service");
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/parlor ")).expect("a line");
    let (server, to) = (server().await, TestFolder::new());
    let words = line.split(' ').map(|word| match word {
        "/var/lib/parlor" => text(server.data()),
        "/var/backups/parlor" => text(to.path()),
        word => word,
    });
    let words: Vec<&str> = words.collect();
    assert!(said(&parlor(&words).await).starts_with("Backed up to "), "{line}");
    assert_eq!(backups(to.path()).len(), 1);
}
