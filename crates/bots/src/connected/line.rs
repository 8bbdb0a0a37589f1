//! One connection of a bot, from its beginning to its end.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{BotId, RoomName};
use parlor_sockets::{CloseCode, Connection, Incoming, Socket};
use tokio::time::Instant;

use super::{
    BOT_DELETED, BOT_MOVED, Connected, Held, LINES_MAX, News, TOKEN_REPLACED, TokenHash,
    frames::{self, Said, Wrong},
    share::Line,
};

/// How many frames that are no answers a bot may send in such a time, before its connection is closed.
const NONSENSE_MAX: u32 = 200;
const NONSENSE_TIME: Duration = Duration::from_secs(10);

/// Why a connection may not go on.
pub(crate) enum Stale {
    Token,
    Deleted,
    Moved,
}

/// Keeps a connection among the bot's others as long as it is served.
pub(crate) struct Served {
    connected: Arc<Connected>,
    bot: BotId,
    line: Line,
    socket: Socket,
    /// Whether the bot had no other when it came.
    pub(crate) is_first: bool,
}

impl Connected {
    /// Takes a connection in, which gets work from now on; not if the bot has as many as it may.
    pub(crate) fn enter(
        self: &Arc<Self>,
        bot: BotId,
        room: RoomName,
        token: TokenHash,
        connection: &Connection,
    ) -> Option<Served> {
        let socket = connection.socket().clone();
        let mut bots = self.lock();
        bots.retain(|_, desk| !desk.is_idle());
        let desk = bots.entry(bot).or_default();
        if desk.lines.len() >= LINES_MAX {
            return None;
        }
        let is_first = desk.lines.is_empty();
        let (line, given) = desk.share.connect();
        desk.lines.insert(line, Held { socket: socket.clone(), room, token });
        for job in given {
            desk.tell(&job, News::Placed(socket.clone()));
        }
        drop(bots);
        Some(Served { connected: Arc::clone(self), bot, line, socket, is_first })
    }

    /// Brings what a bot said to who waits for it.
    fn heard(&self, bot: BotId, text: &str) -> Result<(), Wrong> {
        let (id, said, wrong) = match frames::read(text) {
            Ok((id, said)) => (id, said, None),
            Err(Wrong { id: Some(id), why }) => {
                (id.clone(), Said::Nonsense(why.clone()), Some(Wrong { id: Some(id), why }))
            }
            Err(wrong) => return Err(wrong),
        };
        let mut bots = self.lock();
        let desk = bots.get_mut(&bot);
        match desk.and_then(|desk| desk.share.close(&id).then(|| desk.jobs.remove(&id))?) {
            Some(waits) => {
                // It may have been given up a moment ago.
                let _ = waits.sender.send(News::Said(said));
            }
            None => tracing::debug!(%bot, id, "an answer comes too late, or to nothing that was asked"),
        }
        wrong.map_or(Ok(()), Err)
    }
}

impl Served {
    /// Closes a connection that should not have been taken in.
    pub(crate) fn close(&self, why: &Stale) {
        let (code, reason) = match why {
            Stale::Token => TOKEN_REPLACED,
            Stale::Deleted => BOT_DELETED,
            Stale::Moved => BOT_MOVED,
        };
        self.socket.close(code, reason);
        if let Some(desk) = self.connected.lock().get_mut(&self.bot) {
            desk.lose(self.line);
        }
    }

    /// Listens to the bot until its connection ends.
    pub(crate) async fn listen(&self, mut connection: Connection) {
        let mut nonsense = Nonsense { count: 0, since: Instant::now() };
        loop {
            let wrong = match connection.next().await {
                Incoming::Text(text) => match self.connected.heard(self.bot, &text) {
                    Ok(()) => continue,
                    Err(wrong) => wrong,
                },
                Incoming::Binary(_) => Wrong { id: None, why: "frames have to be text, and this one is binary".into() },
                Incoming::Woken => continue,
                Incoming::Closed { code } => {
                    tracing::debug!(bot = %self.bot, %code, "a bot's connection ended");
                    return;
                }
            };
            tracing::debug!(bot = %self.bot, why = wrong.why, "a bot sent what is no answer");
            if nonsense.one_more() {
                self.socket.close(CloseCode::POLICY, "too many frames that are no answers");
            }
            // One that does not even read what is wrong is not waited for.
            let _ = self.socket.send(&[frames::error(&wrong)]);
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(desk) = self.connected.lock().get_mut(&self.bot) {
            desk.lose(self.line);
        }
    }
}

/// Counts frames that are no answers.
struct Nonsense {
    count: u32,
    since: Instant,
}

impl Nonsense {
    /// Counts one; whether that is too many.
    fn one_more(&mut self) -> bool {
        if self.since.elapsed() > NONSENSE_TIME {
            *self = Self { count: 0, since: Instant::now() };
        }
        self.count += 1;
        self.count > NONSENSE_MAX
    }
}
