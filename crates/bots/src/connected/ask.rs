//! A job's way to one of a bot's connections, and its answer's way back.

use std::{sync::Arc, time::Duration};

use parlor_rooms::BotId;
use parlor_sockets::{Frame, Sent, Socket};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use super::{Connected, GRACE, News, Waits, frames::Said};

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unheard {
    /// There is no connection.
    NotConnected,
    /// Not in time.
    TimedOut,
}

/// A job that is open until this is dropped.
struct Job<'a> {
    connected: &'a Connected,
    bot: BotId,
    id: &'a str,
    /// Tells it from another job of the same id.
    serial: u64,
    news: mpsc::UnboundedReceiver<News>,
}

impl Connected {
    /// Sends a frame to a bot and waits for what it says about the job of this id. Where the connection is lost
    /// meanwhile, the frame is sent over another one.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        bot: BotId,
        id: &str,
        frame: Frame,
        within: Duration,
    ) -> Result<Said, Unheard> {
        let mut job = self.open(bot, id);
        let answer = timeout(within, job.answer(&frame)).await;
        answer.unwrap_or(Err(Unheard::TimedOut))
    }

    fn open<'a>(&'a self, bot: BotId, id: &'a str) -> Job<'a> {
        let (sender, news) = mpsc::unbounded_channel();
        let mut bots = self.lock();
        let desk = bots.entry(bot).or_default();
        let line = desk.share.open(id);
        let serial = self.serial();
        desk.jobs.insert(id.to_owned(), Waits { serial, sender });
        desk.tell(id, desk.placed(line));
        Job { connected: self, bot, id, serial, news }
    }
}

impl Job<'_> {
    async fn answer(&mut self, frame: &Frame) -> Result<Said, Unheard> {
        // The connection that it is at, as long as the frame is not sent.
        let mut to: Option<Socket> = None;
        let mut waits = true;
        let mut until = self.connected.patience(self.bot);
        loop {
            tokio::select! {
                biased;
                news = self.news.recv() => match news {
                    Some(News::Placed(socket)) => (to, waits) = (Some(socket), false),
                    Some(News::Lost) => {
                        // What had been placed was lost just now.
                        until = if waits { until } else { Instant::now() + GRACE };
                        (to, waits) = (None, true);
                    }
                    Some(News::Said(said)) => return Ok(said),
                    None => return Err(Unheard::NotConnected),
                },
                () = send(to.as_ref(), frame), if to.is_some() => to = None,
                () = sleep_until(until), if waits => return Err(Unheard::NotConnected),
            }
        }
    }
}

impl Drop for Job<'_> {
    fn drop(&mut self) {
        let mut bots = self.connected.lock();
        let Some(desk) = bots.get_mut(&self.bot) else { return };
        if desk.jobs.get(self.id).is_some_and(|waits| waits.serial == self.serial) {
            desk.jobs.remove(self.id);
            desk.share.close(self.id);
        }
        if desk.is_idle() {
            bots.remove(&self.bot);
        }
    }
}

/// Sends a frame as soon as there is room for it. Never returns where the connection is gone: that is told otherwise.
async fn send(socket: Option<&Socket>, frame: &Frame) {
    let Some(socket) = socket else { return };
    loop {
        match socket.send(std::slice::from_ref(frame)) {
            Sent::Written | Sent::Queued => return,
            Sent::Overflow if socket.ready(frame.len()).await.is_ok() => {}
            Sent::Overflow | Sent::Closed => return std::future::pending().await,
        }
    }
}
