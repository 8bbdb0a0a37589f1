//! One connection of a visitor's: the session so far, then what is said on, until it is gone.

use std::{collections::VecDeque, pin::pin, sync::Arc};

use bytes::Bytes;
use parlor_flows::{Answer, Waiting};
use parlor_rooms::{EventId, Part, RoomName, session::Status, session::Way};
use parlor_runtime::{
    Caller, Heard, Listener,
    limits::{Pace, What},
    log::Attachment,
};
use parlor_sockets::{CloseCode, Connection, Frame, Incoming, Sent, Socket};
use serde::Deserialize;

use crate::{
    Door,
    fresh::Fresh,
    said::{self, Other},
    session::{Outcome, progress},
    typing::{self, Seldom, Windows},
    upload::{Announced, Upload},
};

/// The visitor has started over: the next connection gets a new session.
pub(crate) const START_OVER: CloseCode = CloseCode(4001);
/// How many events are read at once.
const CHUNK: usize = 256;
/// How many bytes have to fit into what waits for a visitor before more is read.
const ROOM: usize = 64 * 1024;
/// How much a visitor may say before all is shown.
const WAITING: usize = 64;

/// A visitor's place: the session that a connection is in.
pub(crate) struct Place {
    pub(crate) room: RoomName,
    /// The session as it is in no log, if it is in none yet.
    pub(crate) fresh: Option<Arc<Fresh>>,
    pub(crate) caller: Caller,
    /// Who listens to the room already, if it is a new one.
    pub(crate) listener: Option<Listener>,
}

/// A connection, and how much of its session it has been shown.
struct Shown {
    socket: Socket,
    /// How many words of the session.
    words: u64,
    /// The event whose answer this connection gave itself, and shows already.
    own: Option<EventId>,
    /// Where an operator's typing is told, once there is one.
    windows: Arc<Windows>,
    window: Option<typing::Shown>,
    /// When it was told last that the visitor types.
    typed: Seldom,
    /// The file that the visitor is sending.
    upload: Option<Upload>,
    /// It was refused, and may be on its way still.
    skips: bool,
}

#[derive(Deserialize)]
struct Command {
    kind: Option<String>,
}

impl Shown {
    /// Shows what events said that it has not shown; whether the session goes on.
    fn show(&mut self, room: &RoomName, parts: &[Part], id: EventId) -> bool {
        let (mut goes_on, mut with_person) = (true, false);
        let all = parts.iter().find_map(|part| match part {
            Part::SessionPut(session) => {
                goes_on = session.status != Status::Ended;
                with_person = session.status == Status::Open;
                Some(session.words)
            }
            _ => None,
        });
        if with_person && self.window.is_none() {
            self.window = Some(self.windows.show(room, &self.socket));
        }
        let own = self.own.take_if(|known| *known == id).is_some();
        let mut frames = Vec::new();
        for part in parts {
            let (Part::Said(words), Some(all)) = (part, all) else { continue };
            let first = all - words.len() as u64;
            for (place, word) in (first..).zip(words.iter()) {
                let theirs = match word.kind {
                    Way::Request => true,
                    Way::Response => !own,
                    Way::Note => false,
                };
                if place >= self.words && theirs {
                    frames.push(Frame::text(word.message.as_str()));
                }
            }
            self.words = self.words.max(all);
        }
        // That somebody starts over is no word for the other tabs.
        goes_on && self.send(&frames)
    }

    fn send(&self, frames: &[Frame]) -> bool {
        if !frames.is_empty() && self.socket.send(frames) == Sent::Overflow {
            self.socket.abandon(CloseCode::TRY_AGAIN, "more waits for you than is kept; come back");
            return false;
        }
        true
    }

    fn refuse(&self, message: &str) -> bool {
        self.send(&[Frame::text(&said::line(&Other::Error { message }))])
    }
}

/// Serves a connection until it is gone.
pub(crate) async fn run(door: Arc<Door>, mut connection: Connection, mut place: Place) {
    let mut shown = Shown {
        socket: connection.socket().clone(),
        words: 0,
        own: None,
        windows: Arc::clone(&door.windows),
        window: None,
        typed: Seldom::default(),
        upload: None,
        skips: false,
    };
    let listener = place.listener.take();
    if let Err(error) = begun(&door, &mut connection, &place, listener, &mut shown).await {
        tracing::error!(%error, room = %place.room, "a session can't be read");
        connection.socket().close(CloseCode(1011), "the session can't be read; come back in a moment");
    }
    while !matches!(connection.next().await, Incoming::Closed { .. }) {}
}

async fn begun(
    door: &Arc<Door>,
    connection: &mut Connection,
    place: &Place,
    listener: Option<Listener>,
    shown: &mut Shown,
) -> Result<(), parlor_runtime::log::ReadError> {
    if let Some(fresh) = &place.fresh
        && matches!(fresh.start.progress.waiting, Waiting::Request { .. } | Waiting::Handoff { .. })
        && let Err(error) = door.store(&place.room, fresh).await
    {
        tracing::warn!(%error, room = %place.room, "a session could not be written down");
        connection.socket().close(CloseCode::TRY_AGAIN, "the session can't be kept now; come back in a moment");
        return Ok(());
    }
    let mut listener = match listener {
        Some(listener) => listener,
        None => door.runtime.listen(&place.room).await?,
    };
    let mut waiting = VecDeque::new();
    if !replay(door, connection, place, shown, &listener, &mut waiting).await? {
        return Ok(());
    }
    if let Some(session) = door.runtime.snapshot(&place.room).await?.session
        && progress(&session).is_some_and(|at| matches!(at.waiting, Waiting::Request { .. }))
    {
        door.request(&place.room);
    }
    let socket = connection.socket().clone();
    let mut closing = pin!(socket.closing());
    let (mut pace, limits) = (Pace::default(), door.runtime.limits());
    loop {
        tokio::select! {
            biased;
            heard = listener.next() => {
                let Heard::Events(events) = heard? else { continue };
                for committed in events {
                    if !shown.show(&place.room, &committed.event.parts, committed.event.id) {
                        shown.socket.close(START_OVER, "start over");
                        return Ok(());
                    }
                }
            }
            incoming = next(connection, &mut waiting) => {
                let goes_on = match incoming {
                    Incoming::Text(text) => hear(door, place, shown, &text).await,
                    Incoming::Binary(bytes) => receive(door, place, shown, &bytes).await,
                    Incoming::Woken => true,
                    Incoming::Closed { .. } => false,
                };
                if !goes_on {
                    return Ok(());
                }
                loop {
                    let wait = limits.pace(&mut pace);
                    if wait.is_zero() {
                        break;
                    }
                    socket.excuse();
                    tokio::time::sleep(wait).await;
                }
            }
            () = &mut closing => return Ok(()),
        }
    }
}

/// Shows the session as it was when the listener began to listen; whether it goes on.
async fn replay(
    door: &Arc<Door>,
    connection: &mut Connection,
    place: &Place,
    shown: &mut Shown,
    listener: &Listener,
    waiting: &mut VecDeque<Incoming>,
) -> Result<bool, parlor_runtime::log::ReadError> {
    let upto = listener.position();
    if upto == EventId::ZERO {
        let Some(fresh) = &place.fresh else { return Ok(true) };
        let words: Vec<_> = said::asked(&fresh.start.says).collect();
        shown.words = words.len() as u64;
        let frames: Vec<_> = words.iter().map(|word| Frame::text(word.message.as_str())).collect();
        return Ok(shown.send(&frames));
    }
    let mut after = EventId::ZERO;
    loop {
        let chunk = door.runtime.store().controls(&place.room, after, upto, CHUNK).await?;
        let Some((last, _)) = chunk.last() else { return Ok(true) };
        after = *last;
        for (id, parts) in &chunk {
            if !shown.show(&place.room, parts, *id) {
                shown.socket.close(START_OVER, "start over");
                return Ok(false);
            }
        }
        if !taken(connection, &shown.socket, waiting).await {
            return Ok(false);
        }
    }
}

/// Waits until the next piece has room, and keeps what comes meanwhile; whether the connection is still there.
async fn taken(connection: &mut Connection, socket: &Socket, waiting: &mut VecDeque<Incoming>) -> bool {
    loop {
        tokio::select! {
            ready = socket.ready(ROOM) => return ready.is_ok(),
            incoming = connection.next() => match incoming {
                Incoming::Closed { .. } => return false,
                _ if waiting.len() >= WAITING => return false,
                other => waiting.push_back(other),
            }
        }
    }
}

/// What came first.
async fn next(connection: &mut Connection, waiting: &mut VecDeque<Incoming>) -> Incoming {
    match waiting.pop_front() {
        Some(incoming) => incoming,
        None => connection.next().await,
    }
}

/// Takes what a visitor sends; whether the connection goes on.
async fn hear(door: &Arc<Door>, place: &Place, shown: &mut Shown, text: &str) -> bool {
    let refusal = match Answer::read(text) {
        Ok(answer) => return take(door, place, shown, answer, None).await,
        Err(refusal) => refusal,
    };
    let command: Result<Command, _> = serde_json::from_str(text);
    match command.ok().and_then(|command| command.kind).as_deref() {
        Some("File") => announce(door, shown, text),
        Some("ResetSession") => start_over(door, place, shown).await,
        Some("Typing") => {
            if shown.typed.now() {
                door.visitor_types(&place.room).await;
            }
            true
        }
        _ => shown.refuse(&refusal.to_string()),
    }
}

/// Makes room for a file; whether the connection goes on.
fn announce(door: &Door, shown: &mut Shown, text: &str) -> bool {
    shown.upload = None;
    let begun = match serde_json::from_str::<Announced>(text) {
        Ok(announced) => door.uploads.begin(announced, door.settings().file_limit),
        Err(_) => Err("A file is announced with `sessionId`, `name` and `size`.".to_owned()),
    };
    match begun {
        Ok(upload) => {
            (shown.upload, shown.skips) = (Some(upload), false);
            true
        }
        Err(why) => {
            shown.skips = true;
            shown.refuse(&why)
        }
    }
}

/// Takes a piece of a file; whether the connection goes on.
async fn receive(door: &Arc<Door>, place: &Place, shown: &mut Shown, bytes: &Bytes) -> bool {
    let Some(mut upload) = shown.upload.take() else {
        if shown.skips {
            return true;
        }
        return shown.refuse("Messages are text frames; a binary one belongs to a file that was announced.");
    };
    match upload.add(bytes) {
        Ok(true) => {
            let (answer, file) = upload.whole();
            take(door, place, shown, answer, Some(file)).await
        }
        Ok(false) => {
            shown.upload = Some(upload);
            true
        }
        Err(why) => {
            shown.skips = true;
            shown.refuse(&why)
        }
    }
}

async fn take(door: &Arc<Door>, place: &Place, shown: &mut Shown, answer: Answer, file: Option<Attachment>) -> bool {
    let limits = door.runtime.limits();
    if let Err(limited) = limits.take(&place.caller, What::Posts) {
        return shown.refuse(&limited.to_string());
    }
    match door.answer(&place.room, place.fresh.as_ref(), answer, file).await {
        // A text that was taken for a choice is news to who wrote it.
        Ok(Outcome::Taken { chosen: true, .. }) => true,
        Ok(Outcome::Taken { event, .. }) => {
            shown.own = Some(event);
            true
        }
        Ok(Outcome::Ignored) => true,
        Ok(Outcome::Refused(why)) => shown.refuse(&why),
        Err(error) => {
            tracing::debug!(%error, room = %place.room, "an answer could not be written down");
            shown.refuse(&error.to_string())
        }
    }
}

async fn start_over(door: &Arc<Door>, place: &Place, shown: &Shown) -> bool {
    if let Err(error) = door.start_over(&place.room).await {
        return shown.refuse(&error.to_string());
    }
    shown.socket.close(START_OVER, "start over");
    false
}
