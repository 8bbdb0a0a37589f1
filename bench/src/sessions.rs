//! The floor of the assistant: only what can't be left out of a session. One thread accepts, shakes hands and speaks websocket over
//! plain sockets, and writes the rows of all answers that are there in one synced transaction before it shows what the flow says.

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use rusqlite::{Connection, OpenFlags, params};

use crate::script::Script;

const DOOR: Token = Token(usize::MAX);

/// The rows of one event in the server's own database: control parts in the first, messages.
type Rows = Vec<(Option<String>, Option<String>)>;

/// What each session writes, byte for byte what the server does: an event for each answer, and where the session stands.
struct Stored {
    events: Vec<Rows>,
    record: String,
}

impl Stored {
    /// Takes the only session out of the server's database.
    fn read(database: &Path) -> Result<Self> {
        let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let record = database.query_row(include_str!("sessions/record.sql"), [], |row| row.get(0))?;
        let mut statement = database.prepare(include_str!("sessions/rows.sql"))?;
        let mut rows = statement.query([])?;
        let mut events: Vec<Rows> = Vec::new();
        while let Some(row) = rows.next()? {
            let row: (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
            if row.0.is_some() {
                events.push(Vec::new());
            }
            events.last_mut().context("a row without its event")?.push(row);
        }
        ensure!(events.len() == Script::answers(), "the server has {} events of a session", events.len());
        Ok(Self { events, record })
    }
}

/// A visitor's connection.
struct Visit {
    stream: TcpStream,
    /// What came and is no whole request or frame yet.
    rest: Vec<u8>,
    /// Whether the handshake is done.
    open: bool,
    answers: usize,
    /// The room's number once there is one.
    room: Option<i64>,
}

/// What a visitor wants next.
enum Wish {
    Nothing,
    Handshake,
    Answer,
    Close,
    Gone,
}

/// Prints its address and serves until it is killed; its database is a new one in this folder.
pub(crate) fn serve(folder: &Path, server: &Path) -> Result<()> {
    let stored = Stored::read(server)?;
    let file = folder.join("floor.sqlite");
    let mut database = Connection::open(&file).with_context(|| format!("can't open {}", file.display()))?;
    database.execute_batch(include_str!("sessions/schema.sql"))?;
    let says = Script::read()?.frames();
    let mut listener = TcpListener::bind("127.0.0.1:0".parse()?)?;
    println!("{}", listener.local_addr()?);
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    poll.registry().register(&mut listener, DOOR, Interest::READABLE)?;
    let mut visits: HashMap<usize, Visit> = HashMap::new();
    let (mut came, mut id) = (0, 0);
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        let mut answered = Vec::new();
        for event in &events {
            if event.token() == DOOR {
                while let Some(mut stream) = accepted(&listener)? {
                    stream.set_nodelay(true)?;
                    came += 1;
                    poll.registry().register(&mut stream, Token(came), Interest::READABLE)?;
                    visits.insert(came, Visit { stream, rest: Vec::new(), open: false, answers: 0, room: None });
                }
                continue;
            }
            let number = event.token().0;
            let Some(visit) = visits.get_mut(&number) else { continue };
            match visit.hear()? {
                Wish::Nothing => {}
                Wish::Handshake => {
                    let mut out = handshake(number).into_bytes();
                    out.extend(&says[0]);
                    visit.stream.write_all(&out)?;
                }
                Wish::Answer => answered.push(number),
                Wish::Close => {
                    visit.stream.write_all(&[0x88, 2, 0x03, 0xe8])?;
                    visits.remove(&number);
                }
                Wish::Gone => drop(visits.remove(&number)),
            }
        }
        if answered.is_empty() {
            continue;
        }
        let transaction = database.transaction()?;
        for number in &answered {
            let Some(visit) = visits.get_mut(number) else { continue };
            let rows = stored.events.get(visit.answers).context("more answers than the script has")?;
            visit.room = Some(write(&transaction, visit.room, *number, &mut id, rows, &stored.record)?);
        }
        transaction.commit()?;
        for number in answered {
            let Some(visit) = visits.get_mut(&number) else { continue };
            visit.answers += 1;
            visit.stream.write_all(&says[visit.answers])?;
        }
    }
}

fn accepted(listener: &TcpListener) -> Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((stream, _)) => Ok(Some(stream)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes one event of a session; gives its room's number.
fn write(
    database: &Connection,
    room: Option<i64>,
    session: usize,
    id: &mut i64,
    rows: &Rows,
    record: &str,
) -> Result<i64> {
    let (first, last) = (*id + 1, *id + rows.len() as i64);
    let at = 1_700_000_000_000 + first;
    *id = last;
    let number = match room {
        Some(number) => {
            database.prepare_cached(include_str!("sessions/update_room.sql"))?.execute(params![number, last, at])?;
            number
        }
        None => {
            let mut insert = database.prepare_cached(include_str!("sessions/insert_room.sql"))?;
            insert.insert(params![format!("~assistant/tea/{session:040x}"), last, at])?
        }
    };
    let mut event = database.prepare_cached(include_str!("sessions/event.sql"))?;
    for (id, (controls, record)) in (first..).zip(rows) {
        event.execute(params![number << 36 | id, at, controls, record])?;
    }
    database.prepare_cached(include_str!("sessions/session.sql"))?.execute(params![number, record])?;
    database.prepare_cached(include_str!("sessions/spoken.sql"))?.execute(params![first, number])?;
    Ok(number)
}

/// As long as the server's; the load's key is always the same.
fn handshake(number: usize) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nset-cookie: floor-assistant-tea={number:040x}; Path=/; \
         Max-Age=31536000; HttpOnly; SameSite=Lax\r\n\r\n"
    )
}

impl Visit {
    /// Reads what is there. A visitor says one thing at a time.
    fn hear(&mut self) -> Result<Wish> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(Wish::Gone),
                Ok(read) => self.rest.extend(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Wish::Nothing),
                Err(_) => return Ok(Wish::Gone),
            }
            if !self.open {
                if self.rest.ends_with(b"\r\n\r\n") {
                    self.open = true;
                    self.rest.clear();
                    return Ok(Wish::Handshake);
                }
                continue;
            }
            let [kind, length, ..] = self.rest[..] else { continue };
            let length = 6 + usize::from(length & 0x7f);
            ensure!(length < 6 + 126, "a long frame");
            if self.rest.len() < length {
                continue;
            }
            self.rest.drain(..length);
            return Ok(match kind {
                0x81 => Wish::Answer,
                0x88 => Wish::Close,
                other => bail!("a frame that begins with {other:#04x}"),
            });
        }
    }
}
