//! `parlor export`: rooms, their settings, bots and messages as JSON lines, one moment of a server that runs or does not.
//!
//! The first line is a header, the last one counts what came before; between them `room`, `bot` and `message` lines, a room
//! after the other, messages in order. `docs/reference/export.md` describes them.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use flate2::{Compression, write::GzEncoder};
use parlor_rooms::{Bot, Clock as _, EventId, RoomName, RoomSettings};
use parlor_store::record;
use parlor_store_sqlite::{Reading, private_file};
use serde::Serialize;
use serde_json::json;

use crate::{backup::name, cli, clock::SystemClock, config::Loaded, meter::Meter};

/// The version of the lines.
pub(crate) const VERSION: u32 = 1;
/// How many messages are read at once.
const CHUNK: usize = 1_000;

pub(crate) fn run(options: &cli::Export) -> Result<()> {
    let data = Loaded::place(&options.place)?.server.data;
    let reading = Reading::open(&data)?;
    let room = options.room.as_deref().map(parse).transpose()?;
    let rooms = rooms(&reading, room.as_ref())?;
    let meter = if options.to.is_some() { Meter::new() } else { Meter::quiet() };
    meter.count("exporting rooms");
    let counts = match options.to.as_deref().filter(|to| *to != Path::new("-")) {
        None => {
            let out = BufWriter::new(io::stdout().lock());
            match Lines::new(out, options.with_secrets).all(&reading, &rooms, &meter) {
                // Who reads may stop reading, as `head` does.
                Err(error) if is_broken_pipe(&error) => return Ok(()),
                counts => counts?,
            }
        }
        Some(to) => into_file(to, options.with_secrets, &reading, &rooms, &meter)?,
    };
    meter.clear();
    let [rooms, bots, messages] = counts;
    if let Some(to) = &options.to {
        println!("Exported {rooms} rooms, {bots} bots and {messages} messages to {}", to.display());
    }
    Ok(())
}

pub(crate) fn parse(room: &str) -> Result<RoomName> {
    RoomName::parse(room).map_err(|why| anyhow!("the room's name `{}` {why}", room.escape_debug()))
}

fn rooms(reading: &Reading, only: Option<&RoomName>) -> Result<Vec<RoomName>> {
    let all = reading.rooms()?;
    let Some(only) = only else { return Ok(all) };
    if !all.contains(only) {
        bail!("there is no room `{only}`; `parlor export` without --room exports all");
    }
    Ok(vec![only.clone()])
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Under another name as long as it is not whole.
fn into_file(to: &Path, secrets: bool, reading: &Reading, rooms: &[RoomName], meter: &Meter) -> Result<[u64; 3]> {
    let wrong = || format!("can't write {}", to.display());
    if to.is_dir() {
        bail!("{} is a folder; name a file, such as {}", to.display(), to.join("rooms.jsonl").display());
    }
    let mut part = to.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = || -> Result<[u64; 3]> {
        let file = private_file(&part)?;
        file.set_len(0)?;
        let (file, counts) = if to.extension().is_some_and(|end| end == "gz") {
            let packed = GzEncoder::new(BufWriter::new(file), Compression::fast());
            let mut lines = Lines::new(packed, secrets);
            let counts = lines.all(reading, rooms, meter)?;
            (lines.out.finish()?, counts)
        } else {
            let mut lines = Lines::new(BufWriter::new(file), secrets);
            let counts = lines.all(reading, rooms, meter)?;
            (lines.out, counts)
        };
        let file: File = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&part, to)?;
        Ok(counts)
    };
    written().with_context(wrong).inspect_err(|_| {
        // It may not have been made.
        let _ = fs::remove_file(&part);
    })
}

/// Writes the lines.
struct Lines<W> {
    out: W,
    secrets: bool,
}

#[derive(Serialize)]
struct RoomLine<'a> {
    r#type: &'static str,
    room: &'a str,
    settings: &'a RoomSettings,
}

#[derive(Serialize)]
struct BotLine<'a> {
    r#type: &'static str,
    room: &'a str,
    bot: &'a Bot,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl<W: Write> Lines<W> {
    fn new(out: W, secrets: bool) -> Self {
        Self { out, secrets }
    }

    /// All lines; gives how many rooms, bots and messages there were.
    fn all(&mut self, reading: &Reading, rooms: &[RoomName], meter: &Meter) -> Result<[u64; 3]> {
        let now = SystemClock.now();
        let id = format!("{}-{}", name::stamp(now), now.0.rem_euclid(1_000_000));
        let version = env!("CARGO_PKG_VERSION");
        self.line(&json!({"type": "parlor-export", "version": VERSION, "id": id, "server": version}))?;
        let mut counts = [0; 3];
        for (number, room) in (0..).zip(rooms) {
            meter.at(number, rooms.len() as u64);
            self.room(reading, room, &mut counts)?;
        }
        let [rooms, bots, messages] = counts;
        self.line(&json!({"type": "end", "rooms": rooms, "bots": bots, "messages": messages}))?;
        self.out.flush()?;
        Ok(counts)
    }

    fn room(&mut self, reading: &Reading, room: &RoomName, counts: &mut [u64; 3]) -> Result<()> {
        let state = reading.room(room)?.state;
        self.line(&RoomLine { r#type: "room", room: room.as_str(), settings: &state.settings })?;
        counts[0] += 1;
        for bot in state.bots.values() {
            let secret = if self.secrets { reading.secret(bot.id)? } else { None };
            self.line(&BotLine { r#type: "bot", room: room.as_str(), bot, secret })?;
            counts[1] += 1;
        }
        let (mut after, mut line) = (EventId::ZERO, Vec::new());
        loop {
            let messages = reading.messages(room, after, CHUNK)?;
            let Some(last) = messages.last() else { return Ok(()) };
            after = last.id;
            counts[2] += messages.len() as u64;
            for message in &messages {
                line.clear();
                record::splice(&mut line, message.id, message.at, &message.record);
                // What clients get, with its type in front.
                self.out.write_all(b"{\"type\":\"message\",")?;
                self.out.write_all(&line[1..])?;
                self.out.write_all(b"\n")?;
            }
        }
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.out, line).map_err(io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }
}
