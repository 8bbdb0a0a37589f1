//! The floor of storing: the same rows through one SQLite writer, in batches, each batch synced, and nothing around it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use crate::clock;
use crate::table::Series;

/// Rows in a transaction.
const BATCH: i64 = 64;
const ROOMS: i64 = 100;

/// Writes for so many milliseconds into a new database in this folder; prints rows a second and how many ms a commit took.
pub(crate) fn run(folder: &Path, milliseconds: u64) -> Result<()> {
    let file = folder.join("floor.sqlite");
    for name in ["floor.sqlite", "floor.sqlite-wal", "floor.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    let mut database = Connection::open(&file).with_context(|| format!("can't open {}", file.display()))?;
    database.execute_batch(include_str!("rows/schema.sql"))?;
    let record = serde_json::json!({
        "author": "bench", "text": "x".repeat(100), "image": null, "media": null, "css": null, "js": null,
        "base_url": null, "from_bot": null, "state": null,
    })
    .to_string();
    let (start, mut id, mut commits) = (clock::now(), 0_i64, Series::default());
    while start.elapsed() < Duration::from_millis(milliseconds) {
        let transaction = database.transaction()?;
        {
            let mut event = transaction.prepare_cached(include_str!("rows/event.sql"))?;
            let mut room = transaction.prepare_cached(include_str!("rows/room.sql"))?;
            for _ in 0..BATCH {
                id += 1;
                let at = 1_700_000_000_000 + id;
                event.execute(params![((id % ROOMS) << 40) | id, at, record])?;
                room.execute(params![id % ROOMS, id, at])?;
            }
        }
        let committing = clock::now();
        transaction.commit()?;
        commits.push(committing.elapsed().as_secs_f64() * 1e3);
    }
    println!("{} {}", id as f64 / start.elapsed().as_secs_f64(), commits.median());
    Ok(())
}
