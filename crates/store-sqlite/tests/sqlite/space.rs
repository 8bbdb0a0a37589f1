//! Full disks.

use std::{fs, process::Command, sync::Arc};

use parlor_rooms::Part;
use parlor_store::{Append, AppendError, Log as _};
use parlor_store_sqlite::{Options, SqliteStore};
use parlor_testkit::FakeClock;

use super::{Folder, open, room, say, texts};

/// Says things until there is no room left; how many were stored.
async fn fill(store: &SqliteStore, size: usize) -> usize {
    for number in 0..100_000 {
        match say(store, "a", &format!("{number} {}", "x".repeat(size))).await {
            Ok(_) => {}
            Err(AppendError::Full) => return number,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never became full");
}

#[tokio::test]
async fn a_database_may_not_outgrow_its_limit() {
    let folder = Folder::new();
    let options = Options { size_limit: Some(400_000), ..Options::default() };
    let clock = Arc::new(FakeClock::default());
    let store = SqliteStore::open(&folder.0, clock, &options).unwrap();
    let said = fill(&store, 1_000).await;
    assert!((100..400).contains(&said), "{said}");
    assert_eq!(texts(&store, "a").await.len(), said, "reading goes on");
    assert_eq!(say(&store, "a", &"x".repeat(50_000)).await, Err(AppendError::Full));
    // A clear needs little, and makes room.
    store.append(Append::new(room("a"), vec![Part::Cleared])).await.unwrap();
    let mut tries = 0;
    while say(&store, "a", &"y".repeat(20_000)).await.is_err() {
        tries += 1;
        assert!(tries < 1_000, "nothing was erased");
    }
    assert_eq!(texts(&store, "a").await.len(), 1);
    store.close().await;
    assert!(fs::metadata(folder.database()).unwrap().len() <= 400_000);
}

#[tokio::test]
async fn a_big_message_that_does_not_fit_does_not_keep_small_ones_out() {
    let folder = Folder::new();
    let options = Options { size_limit: Some(400_000), ..Options::default() };
    let store = Arc::new(SqliteStore::open(&folder.0, Arc::new(FakeClock::default()), &options).unwrap());
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..60 {
        let store = Arc::clone(&store);
        let size = if number % 20 == 10 { 500_000 } else { 100 };
        senders.spawn(async move { (size, say(&store, "a", &"x".repeat(size)).await) });
    }
    for (size, answer) in senders.join_all().await {
        assert_eq!(answer.err(), (size > 100).then_some(AppendError::Full), "{size}");
    }
    assert_eq!(texts(&store, "a").await.len(), 57);
    store.close().await;
}

/// A small disk, where the system lets us have one.
struct Disk(Folder);

impl Disk {
    fn mount(size: &str) -> Option<Self> {
        let folder = Folder::new();
        let option = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &option, "parlor-test"]).arg(&folder.0).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0.0).output();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_posts_until_there_is_room_again() {
    let Some(disk) = Disk::mount("3M") else {
        eprintln!("no disk can be mounted here, so this is not tried");
        return;
    };
    let folder = Folder(disk.0.0.join("data"));
    let ballast = disk.0.0.join("ballast");
    fs::write(&ballast, vec![0; 1_000_000]).unwrap();
    let store = open(&folder.0);
    let said = fill(&store, 1_000).await;
    assert_eq!(texts(&store, "a").await.len(), said, "reading goes on");
    for _ in 0..10 {
        assert_eq!(say(&store, "a", &"x".repeat(100_000)).await, Err(AppendError::Full));
    }
    fs::remove_file(&ballast).unwrap();
    for number in 0..20 {
        say(&store, "a", &format!("there is room again {number}")).await.unwrap();
    }
    assert_eq!(texts(&store, "a").await.len(), said + 20);
    store.close().await;
    let again = open(&folder.0);
    assert_eq!(texts(&again, "a").await.len(), said + 20);
    again.close().await;
}
