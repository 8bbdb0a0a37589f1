//! Transactions: shared, and failing alone.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{Bot, BotId, Part};
use parlor_store::{Append, AppendError, BotRecords as _, Log as _};
use tokio::task::JoinSet;

use super::{Folder, open, room, say, texts};

/// Holds the database as another program would, so that commands gather.
fn hold(folder: &Folder) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(folder.database()).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    conn
}

/// Polls what is in the set until all of it waits for the writer.
async fn all_wait<T: 'static>(senders: &mut JoinSet<T>) {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        assert!(senders.try_join_next().is_none());
    }
}

#[tokio::test]
async fn what_waits_shares_one_commit() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder.0));
    say(&store, "a", "first").await.unwrap();
    let (before, held) = (store.commits(), hold(&folder));
    let mut senders = JoinSet::new();
    for number in 0..400 {
        let store = Arc::clone(&store);
        senders.spawn(async move { say(&store, "a", &format!("{number}")).await.unwrap() });
    }
    all_wait(&mut senders).await;
    held.execute_batch("ROLLBACK").unwrap();
    senders.join_all().await;
    let commits = store.commits() - before;
    assert!(commits <= 3, "400 appends took {commits} commits");
    say(&store, "a", "alone").await.unwrap();
    assert_eq!(store.commits() - before, commits + 1, "one that comes alone does not wait for others");
    assert_eq!(texts(&store, "a").await.len(), 402);
    store.close().await;
}

#[tokio::test]
async fn a_command_that_fails_fails_alone() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder.0));
    let bot = |id: u64| -> Bot { serde_json::from_str(&format!(r#"{{"id":{id},"name":"Echo","url":""}}"#)).unwrap() };
    let parts = vec![Part::BotPut(Arc::new(bot(1))), Part::BotPut(Arc::new(bot(2)))];
    store.append(Append::new(room("a"), parts)).await.unwrap();
    store.set_token(BotId(1), [7; 32]).await.unwrap();
    let held = hold(&folder);
    let mut senders = JoinSet::new();
    for number in 0..100 {
        let store = Arc::clone(&store);
        senders.spawn(async move {
            if number == 50 {
                // Another bot has this token.
                store.set_token(BotId(2), [7; 32]).await
            } else {
                say(&store, &format!("room {}", number % 3), &format!("{number}")).await.map(drop)
            }
        });
    }
    all_wait(&mut senders).await;
    held.execute_batch("ROLLBACK").unwrap();
    let failed: Vec<_> = senders.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(matches!(&failed[..], [AppendError::Unavailable(_)]), "{failed:?}");
    assert_eq!(store.bot_with_token([7; 32]).await.unwrap(), Some(BotId(1)));
    let mut all = 0;
    for number in 0..3 {
        all += texts(&store, &format!("room {number}")).await.len();
    }
    assert_eq!(all, 99);
    store.close().await;
}

#[tokio::test]
async fn an_append_whose_records_do_not_fit_is_refused() {
    let folder = Folder::new();
    let store = open(&folder.0);
    let mut wrong = Append::new(room("a"), vec![super::said("a"), super::said("b")]);
    wrong.records.pop();
    assert!(matches!(store.append(wrong).await, Err(AppendError::Unavailable(_))));
    assert!(!store.open(&room("a")).await.unwrap().state.exists());
    store.close().await;
}
