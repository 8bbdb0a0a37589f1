//! A few threads that read, each with a connection of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    thread,
};

use parlor_store::ReadError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::{fault, folder::Lease};

/// How many reads may wait for a thread; who comes then waits for a place.
const QUEUE: usize = 1_024;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

enum Message {
    Read(Job),
    /// Takes nothing more; what waits is still read.
    Close,
}

/// The threads.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    jobs: mpsc::Sender<Message>,
}

impl Readers {
    /// A thread for each connection.
    pub(crate) fn start(connections: Vec<Connection>, lease: &Lease) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        for conn in connections {
            let (queue, lease) = (Arc::clone(&queue), lease.clone());
            thread::Builder::new().name("parlor-reader".to_owned()).spawn(move || {
                run(conn, &queue);
                drop(lease);
            })?;
        }
        Ok(Self { jobs })
    }

    /// Reads something, in one transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let closed = || ReadError("the store is closed".to_owned());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let result = conn.transaction().and_then(|transaction| read(&transaction));
            // Whoever asked may be gone.
            let _ = answer.send(result.map_err(|error| fault::read(&error)));
        });
        self.jobs.send(Message::Read(job)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Lets the threads end.
    pub(crate) async fn close(&self) {
        // Closed already is as good.
        let _ = self.jobs.send(Message::Close).await;
    }
}

fn run(mut conn: Connection, queue: &Mutex<mpsc::Receiver<Message>>) {
    loop {
        let Ok(mut jobs) = queue.lock() else { return };
        let message = jobs.blocking_recv();
        if matches!(message, Some(Message::Close)) {
            jobs.close();
        }
        drop(jobs);
        match message {
            Some(Message::Read(job)) => {
                if catch_unwind(AssertUnwindSafe(|| job(&mut conn))).is_err() {
                    tracing::error!("a read broke down");
                }
            }
            Some(Message::Close) => {}
            None => return,
        }
    }
}
