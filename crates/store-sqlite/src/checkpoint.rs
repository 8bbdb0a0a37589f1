//! Moving what is in the log into the database, off the writer's path.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use rusqlite::{Connection, Result, wal::CheckpointMode};

use crate::{Fatal, fault::Fault, folder::Lease, open::BUSY};

/// How long the writer waits for those who read when it begins the log anew.
const READERS: Duration = Duration::from_millis(50);

/// How long the log may become, in pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// A checkpoint is made when so many pages wait for one.
    pub(crate) passive: u32,
    /// The writer pauses for one that begins the log anew when it has so many pages.
    pub(crate) restart: u32,
}

/// 16 and 64 MiB.
impl Default for Lengths {
    fn default() -> Self {
        Self { passive: 4_096, restart: 16_384 }
    }
}

/// How long the log is, as the writer's commits tell.
#[derive(Clone, Default)]
struct Pages(Arc<AtomicU32>);

/// The writer's side: watches the log's length.
pub(crate) struct Checkpoints {
    pages: Pages,
    /// How many of them are in the database.
    moved: Arc<AtomicU32>,
    wake: mpsc::SyncSender<()>,
    lengths: Lengths,
    /// The length at which the writer pauses next.
    restart: u32,
}

impl Checkpoints {
    /// Watches the log through the writer's connection; `conn` is the thread's own.
    pub(crate) fn start(
        writer: &mut Connection,
        conn: Connection,
        lease: Lease,
        lengths: Lengths,
        fatal: Fatal,
    ) -> Result<Self> {
        let pages = Pages::default();
        let seen = pages.clone();
        // This takes the place of SQLite's own checkpoints, which the writer would run.
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            seen.0.store(pages.cast_unsigned(), Ordering::Relaxed);
            Ok(())
        }))?;
        let (wake, woken) = mpsc::sync_channel(1);
        let moved = Arc::new(AtomicU32::new(0));
        let ours = Arc::clone(&moved);
        thread::Builder::new()
            .name("parlor-checkpoint".to_owned())
            .spawn(move || {
                // Ends with the connection closed before the lease.
                let (_lease, conn) = (lease, conn);
                for () in woken {
                    match conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE) {
                        Ok((_, done)) => ours.store(done.max(0).cast_unsigned(), Ordering::Relaxed),
                        Err(error) => report(&error, &fatal),
                    }
                }
            })
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(Self { pages, moved, wake, lengths, restart: lengths.restart })
    }

    /// Looks at the log's length, between two transactions.
    pub(crate) fn look(&mut self, writer: &Connection, fatal: &Fatal) {
        let pages = self.pages.0.load(Ordering::Relaxed);
        let moved = self.moved.load(Ordering::Relaxed);
        if pages < moved {
            // The log began anew.
            self.moved.store(0, Ordering::Relaxed);
            self.restart = self.lengths.restart;
        } else if pages >= self.restart {
            // Whoever reads for long, as a backup does, must not hold up those who post.
            let begun = writer
                .busy_timeout(READERS)
                .and_then(|()| writer.wal_checkpoint_v2(None::<&str>, CheckpointMode::RESTART))
                .and_then(|done| writer.busy_timeout(BUSY).map(|()| done));
            match begun {
                Ok(_) => self.restart = self.lengths.restart,
                Err(error) => {
                    // Somebody reads; the log goes on growing for a while.
                    if let Err(error) = writer.busy_timeout(BUSY) {
                        report(&error, fatal);
                    }
                    self.restart = pages.saturating_add(self.lengths.passive.min(self.lengths.restart));
                    report(&error, fatal);
                }
            }
        } else if pages - moved >= self.lengths.passive {
            self.wake();
        }
    }

    /// Asks for a checkpoint now.
    pub(crate) fn wake(&self) {
        // If one is asked for already, that is enough.
        let _ = self.wake.try_send(());
    }
}

fn report(error: &rusqlite::Error, fatal: &Fatal) {
    match Fault::of(error) {
        Fault::Fatal(why) => fatal.end(&why),
        Fault::Full | Fault::Refused(_) => tracing::warn!(%error, "the log could not be moved into the database yet"),
    }
}
