//! Following a room over a websocket: what was, then what is, without a gap and without a repeat.

use std::sync::Arc;

use parlor_rooms::{
    Content, EventId, RoomName,
    policy::{Action, Refusal},
};
use parlor_sockets::{CloseCode, Connection, Frame, Gone, Incoming, Sent, Socket};
use parlor_store::ReadError;

use crate::{
    Caller, Chunk, Encoder, EncoderId, Kinds, Runtime,
    limits::Heed,
    map::RoomHandle,
    presence::Visit,
    room::{Behind, Member, SHUT_OUT, Shared, weight},
};

/// How many bytes of frames are handed over at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// What a client is told that says far more than anybody types.
const TOO_MUCH: &str = "too many messages on this websocket: come back and say less";

/// What somebody wants to follow, and from where.
#[derive(Clone, Debug)]
pub struct Follow {
    /// Who wants to. When they may no longer read the room, the connection is closed.
    pub caller: Caller,
    /// The room.
    pub room: RoomName,
    /// The last id that the client has.
    pub since: Option<EventId>,
    /// Replay only the newest so many.
    pub last: Option<usize>,
    /// What it wants to be told besides.
    pub also: Kinds,
    /// Who writes for it.
    pub encoder: EncoderId,
}

/// Why a replay ended early.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Gone(#[from] Gone),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Where a replay begins.
enum Start {
    /// A client that has just come.
    Fresh { since: Option<EventId>, last: Option<usize> },
    /// One that has everything up to here, and fell behind.
    Behind(EventId),
}

impl Runtime {
    /// Serves a websocket that follows a room, until it is closed. What the client sends is ignored, but for what it asked
    /// to hear of others.
    pub async fn follow(&self, mut connection: Connection, follow: Follow) -> CloseCode {
        let _open = self.metrics().followers.enter();
        let socket = connection.socket().clone();
        let handle = match self.room(&follow.room).await {
            Ok(handle) => handle,
            Err(error) => {
                tracing::error!(room = %follow.room, %error, "can't open a room for a websocket");
                socket.close(CloseCode::TRY_AGAIN, "the room can't be read now: come back in a moment");
                return drained(&mut connection).await;
            }
        };
        let Follow { caller, encoder, also, .. } = follow;
        let mut visit = Visit::of(&caller);
        let behind = Arc::new(Behind::new(caller.actor));
        let member = Member { socket, encoder, also, joined: EventId::ZERO, behind };
        let mut talk = self.limits().talk();
        let socket = member.socket.clone();
        let mut heard = |text: Option<&str>| match (self.limits().hear(&mut talk), text) {
            (Heed::Close, _) => socket.close(CloseCode::POLICY, TOO_MUCH),
            (Heed::Listen, Some(text)) => {
                self.heard(&handle, also, &*self.shared().encoders[encoder.index()], &mut visit, text);
            }
            (Heed::Listen, None) | (Heed::PassOver, _) => {}
        };
        self.come(&handle, also);
        let mut start = Some(Start::Fresh { since: follow.since, last: follow.last });
        let code = loop {
            if let Some(start) = start.take() {
                // In a box of its own, so that an idle connection does not carry it.
                let mut replay = Box::pin(self.replay(&handle, &member, start));
                let ended = loop {
                    tokio::select! {
                        biased;
                        ended = &mut replay => break Ok(ended),
                        incoming = connection.next() => match incoming {
                            Incoming::Closed { code } => break Err(code),
                            Incoming::Text(text) => heard(Some(&text)),
                            Incoming::Binary(_) => heard(None),
                            Incoming::Woken => {}
                        },
                    }
                };
                drop(replay);
                match ended {
                    Err(code) => break code,
                    Ok(Err(Broken::Read(error))) => {
                        tracing::error!(room = %follow.room, %error, "a replay broke off");
                        member.socket.close(CloseCode::TRY_AGAIN, "the room can't be read now: come back with ?since=");
                    }
                    Ok(Err(Broken::Refused(_))) => member.socket.close(CloseCode::POLICY, SHUT_OUT),
                    Ok(Err(Broken::Gone(_)) | Ok(())) => {}
                }
            }
            match connection.next().await {
                Incoming::Closed { code } => break code,
                Incoming::Woken => start = member.behind.take().map(Start::Behind),
                Incoming::Text(text) => heard(Some(&text)),
                Incoming::Binary(_) => heard(None),
            }
        };
        handle.lock().release(|socket| *socket == member.socket);
        self.go(&handle, also, &visit);
        code
    }

    async fn replay(&self, handle: &RoomHandle, member: &Member, start: Start) -> Result<(), Broken> {
        let encoder = &self.shared().encoders[member.encoder.index()];
        let actor = &member.behind.actor;
        self.shared().check(actor, Action::Read, &handle.name, &handle.lock().state)?;
        let mut position = match start {
            Start::Fresh { since, last } => self.replay_history(handle, &member.socket, encoder, since, last).await?,
            Start::Behind(position) => {
                member.socket.drained().await?;
                position
            }
        };
        let mut chunk = Chunk::FIRST;
        // What came meanwhile; until nothing is left, and the member joins while nothing can come.
        loop {
            let upto = match join(handle, member, self.shared(), position) {
                Join::Done => return Ok(()),
                Join::Refused(refusal) => return Err(refusal.into()),
                Join::Full => {
                    member.socket.drained().await?;
                    continue;
                }
                Join::Missing(upto) => upto,
            };
            let events = self.store().events(&handle.name, position, upto, chunk.limit()).await?;
            chunk = chunk.after(events.len(), events.iter().map(weight).sum());
            position = events.last().map_or(upto, |committed| committed.event.last_id());
            let encode = move |encoder: &dyn Encoder, content| {
                let mut frames = Vec::new();
                events.iter().for_each(|committed| encoder.event(committed, content, &mut frames));
                frames
            };
            hand_over(&member.socket, &encoded(self.content_of(handle), encoder, encode).await).await?;
        }
    }

    /// Sends the room as it was at one moment; gives that moment.
    async fn replay_history(
        &self,
        handle: &RoomHandle,
        socket: &Socket,
        encoder: &Arc<dyn Encoder>,
        since: Option<EventId>,
        last: Option<usize>,
    ) -> Result<EventId, Broken> {
        let (bots, mark, upto) = {
            let inner = handle.lock();
            (Arc::clone(&inner.state.bots), inner.state.mark, inner.state.last)
        };
        let room = &handle.name;
        // A client that knows of more than there is, or of what a restored backup lacks, knows a past that is not ours.
        let foreign = since.is_some_and(|since| since > upto || self.store().is_lost(since));
        let cleared = mark > EventId::ZERO && since.is_none_or(|since| mark >= since);
        let mut after = if foreign { mark } else { since.unwrap_or_default().max(mark) };
        let mut frames = Vec::new();
        if foreign || cleared {
            frames.extend(encoder.cleared(room));
        }
        if let Some(since) = since {
            let after = if foreign { EventId::ZERO } else { since };
            for bot in self.store().deleted_bots(room, after).await?.iter().filter(|bot| !bots.contains_key(&bot.id)) {
                frames.extend(encoder.bot_deleted(room, bot));
            }
        }
        frames.extend(bots.values().filter_map(|bot| encoder.bot(room, bot)));
        hand_over(socket, &frames).await?;
        if let Some(last) = last {
            after = after.max(self.before_newest(room, upto, last).await?);
        }
        let mut chunk = Chunk::FIRST;
        while after < upto {
            let messages = self.store().after(room, after, upto, chunk.limit()).await?;
            chunk = chunk.after_messages(&messages);
            let Some(newest) = messages.last() else { break };
            after = newest.id;
            let name = room.clone();
            let encode = move |encoder: &dyn Encoder, content| {
                messages.iter().map(|message| encoder.message(&name, message, content)).collect()
            };
            hand_over(socket, &encoded(self.content_of(handle), encoder, encode).await).await?;
        }
        Ok(upto)
    }

    /// How the room shows bots' texts now.
    fn content_of(&self, handle: &RoomHandle) -> Content {
        handle.lock().state.settings.content(self.accounts())
    }

    /// The id right below the newest `count` messages up to `upto`.
    async fn before_newest(&self, room: &RoomName, upto: EventId, count: usize) -> Result<EventId, ReadError> {
        let (mut before, mut left, mut chunk) = (EventId(upto.0 + 1), count, Chunk::FIRST);
        while left > 0 {
            let page = self.store().before(room, before, left.min(chunk.limit())).await?;
            chunk = chunk.after_messages(&page);
            let Some(oldest) = page.first() else { return Ok(EventId::ZERO) };
            before = oldest.id;
            left -= page.len().min(left);
        }
        Ok(EventId(before.0 - 1))
    }
}

enum Join {
    /// A member now.
    Done,
    /// It may not be one.
    Refused(Refusal),
    /// The outbox has to empty first.
    Full,
    /// Events up to this one have to be read first.
    Missing(EventId),
}

/// Sends what the room still has at hand after `position`, and makes it a member; all under the room's lock.
fn join(handle: &RoomHandle, member: &Member, shared: &Shared, position: EventId) -> Join {
    let encoder = &shared.encoders[member.encoder.index()];
    let mut inner = handle.lock();
    if let Err(refusal) = shared.check(&member.behind.actor, Action::Read, &handle.name, &inner.state) {
        return Join::Refused(refusal);
    }
    let Some(events) = inner.recent_after(position) else { return Join::Missing(inner.state.last) };
    let mut frames = Vec::new();
    for committed in &events {
        encoder.event(committed, inner.state.settings.content(shared.accounts), &mut frames);
    }
    if member.also != Kinds::NONE {
        frames.extend(inner.greeting(&handle.name, shared, member.encoder, member.also));
    }
    if !frames.is_empty() && member.socket.send(&frames) == Sent::Overflow {
        return Join::Full;
    }
    let member = Member { joined: inner.state.last, ..member.clone() };
    inner.admit(member);
    Join::Done
}

/// Encodes what was read. Where the room's setting may ask for cleaning, that is done where it holds up nobody.
async fn encoded(
    content: Content,
    encoder: &Arc<dyn Encoder>,
    encode: impl FnOnce(&dyn Encoder, Content) -> Vec<Frame> + Send + 'static,
) -> Vec<Frame> {
    if content == Content::Open {
        return encode(&**encoder, content);
    }
    let encoder = Arc::clone(encoder);
    // It ends early only if it panics, and then the stream goes on without these.
    tokio::task::spawn_blocking(move || encode(&*encoder, content)).await.unwrap_or_default()
}

/// Hands frames over at the pace at which the client takes them.
async fn hand_over(socket: &Socket, frames: &[Frame]) -> Result<(), Gone> {
    let mut rest = frames;
    while !rest.is_empty() {
        let mut bytes = 0;
        let count = rest
            .iter()
            .take_while(|frame| (bytes == 0 || bytes + frame.len() <= CHUNK_BYTES, bytes += frame.len()).0)
            .count();
        let (now, later) = rest.split_at(count);
        socket.ready(CHUNK_BYTES).await?;
        match socket.send(now) {
            Sent::Overflow => socket.drained().await?,
            Sent::Closed => return Err(Gone),
            Sent::Written | Sent::Queued => rest = later,
        }
    }
    Ok(())
}

async fn drained(connection: &mut Connection) -> CloseCode {
    loop {
        if let Incoming::Closed { code } = connection.next().await {
            return code;
        }
    }
}
