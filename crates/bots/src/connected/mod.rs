//! Bots without an address: they connect to us, and what they are asked goes over their connections.
//!
//! `share` decides, purely, which connection works on what; `line` serves one connection; `ask` brings a job to one
//! and its answer back; `file` fetches what a bot's messages refer to.

mod ask;
mod file;
mod frames;
mod line;
mod share;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_rooms::{BotId, Bots as RoomBots, Endpoint, RoomName};
use parlor_sockets::{CloseCode, Socket};
use tokio::{
    sync::{Semaphore, mpsc},
    time::Instant,
};

use share::{Line, Share};

pub(crate) use ask::Unheard;
pub(crate) use frames::{Http, Said, activation, read as read_frame};
pub(crate) use line::Stale;

/// How long work waits for a bot that was connected, before the room is told that it is not.
const GRACE: Duration = Duration::from_secs(5);
/// The same after a start of the server, when every bot has to find it again, and repeated attempts are put off a little.
const GRACE_AT_START: Duration = Duration::from_secs(7);
/// How many connections a bot may have.
pub(crate) const LINES_MAX: usize = 16;
/// How many files are fetched from a bot at once; more wait.
const FILES_MAX: usize = 16;

/// The close codes of a bot's socket, and the reasons with them.
const TOKEN_REPLACED: (CloseCode, &str) = (CloseCode(4401), "token replaced");
const BOT_DELETED: (CloseCode, &str) = (CloseCode(4404), "bot deleted");
const BOT_MOVED: (CloseCode, &str) = (CloseCode(4404), "the bot's url is no longer socket:");

/// What becomes of a job.
pub(crate) enum News {
    /// It goes to this connection.
    Placed(Socket),
    /// It waits for one.
    Lost,
    /// The bot said this.
    Said(frames::Said),
}

/// The hash of a token.
pub(crate) type TokenHash = [u8; 32];

/// All bots that are connected, or were a moment ago, or for which work waits.
pub(crate) struct Connected {
    bots: Mutex<HashMap<BotId, Desk>>,
    started: Instant,
    /// The number of the next job.
    next: AtomicU64,
}

/// What there is of one bot.
struct Desk {
    share: Share,
    lines: HashMap<Line, Held>,
    /// Who waits for each job.
    jobs: HashMap<String, Waits>,
    /// When its last connection was lost.
    lost: Option<Instant>,
    /// Turns for fetching files.
    files: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            share: Share::default(),
            lines: HashMap::new(),
            jobs: HashMap::new(),
            lost: None,
            files: Arc::new(Semaphore::new(FILES_MAX)),
        }
    }
}

/// Who waits for a job.
struct Waits {
    serial: u64,
    sender: mpsc::UnboundedSender<News>,
}

struct Held {
    socket: Socket,
    room: RoomName,
    token: TokenHash,
}

impl Desk {
    fn tell(&self, job: &str, news: News) {
        if let Some(waits) = self.jobs.get(job) {
            // It may have been given up a moment ago.
            let _ = waits.sender.send(news);
        }
    }

    /// The news of a job that is at this connection now, or at none.
    fn placed(&self, line: Option<Line>) -> News {
        line.and_then(|line| self.lines.get(&line)).map_or(News::Lost, |held| News::Placed(held.socket.clone()))
    }

    /// Lets a connection go, and gives its work to others.
    fn lose(&mut self, line: Line) {
        if self.lines.remove(&line).is_none() {
            return;
        }
        for (job, line) in self.share.disconnect(line) {
            self.tell(&job, self.placed(line));
        }
        if self.lines.is_empty() {
            self.lost = Some(Instant::now());
        }
    }

    fn close(&mut self, (code, reason): (CloseCode, &str), which: impl Fn(&Held) -> bool) {
        let lines: Vec<Line> = self.lines.iter().filter(|(_, held)| which(held)).map(|(line, _)| *line).collect();
        for line in lines {
            if let Some(held) = self.lines.get(&line) {
                held.socket.close(code, reason);
            }
            self.lose(line);
        }
    }

    /// Whether it can be forgotten.
    fn is_idle(&self) -> bool {
        self.share.is_empty()
            && Arc::strong_count(&self.files) == 1
            && self.lost.is_none_or(|lost| lost.elapsed() > GRACE)
    }
}

impl Connected {
    pub(crate) fn new() -> Self {
        Self { bots: Mutex::default(), started: Instant::now(), next: AtomicU64::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BotId, Desk>> {
        self.bots.lock().expect("nobody panics while holding the connected bots")
    }

    /// How many connections a bot has.
    pub(crate) fn lines(&self, bot: BotId) -> usize {
        self.lock().get(&bot).map_or(0, |desk| desk.share.lines())
    }

    /// A room's bots are now these: the connections of others are closed.
    pub(crate) fn changed(&self, room: &RoomName, bots: &RoomBots) {
        let mut desks = self.lock();
        for (id, desk) in desks.iter_mut().filter(|(_, desk)| desk.lines.values().any(|held| held.room == *room)) {
            match bots.get(id) {
                Some(bot) if bot.endpoint() == Endpoint::Socket => {}
                Some(_) => desk.close(BOT_MOVED, |_| true),
                None => {
                    desk.close(BOT_DELETED, |_| true);
                    // Nobody will come back for it.
                    desk.jobs.clear();
                    desk.share = Share::default();
                }
            }
        }
    }

    /// A bot has this token now: connections with another one are closed.
    pub(crate) fn token_replaced(&self, bot: BotId, token: &TokenHash) {
        if let Some(desk) = self.lock().get_mut(&bot) {
            desk.close(TOKEN_REPLACED, |held| held.token != *token);
        }
    }

    /// Until when work for a bot that is not connected waits.
    fn patience(&self, bot: BotId) -> Instant {
        let lost = self.lock().get(&bot).and_then(|desk| desk.lost);
        let at_start = self.started + GRACE_AT_START;
        lost.map_or(at_start, |lost| at_start.max(lost + GRACE))
    }

    /// Forgets a bot of which there is nothing any more.
    fn tidy(&self, bot: BotId) {
        let mut bots = self.lock();
        if bots.get(&bot).is_some_and(Desk::is_idle) {
            bots.remove(&bot);
        }
    }

    fn serial(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}
