//! Reading JSON lines: one thing at a time, each with the number of its line, and what is wrong with it in words.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use flate2::read::MultiGzDecoder;
use parlor_rooms::{Bot, EventId, Message, RoomName, RoomSettings, Timestamp};
use parlor_store::record;
use serde::Deserialize;
use serde_json::json;

use crate::export::VERSION;

/// The longest line: a message of the largest size, however it is escaped, is shorter.
const LINE_MAX: u64 = 64 << 20;

/// One thing that is imported.
#[derive(Debug)]
pub(crate) enum Item {
    /// The first line: which export this is.
    Header {
        id: String,
    },
    /// A room, with its settings if they are known.
    Room {
        room: RoomName,
        settings: Option<RoomSettings>,
    },
    Bot {
        room: RoomName,
        bot: Box<Bot>,
        secret: Option<String>,
    },
    Message {
        room: RoomName,
        id: Option<EventId>,
        when: Option<Timestamp>,
        message: Box<Message>,
    },
    /// The last line.
    End,
}

/// A line, or what is wrong with it.
pub(crate) struct Line {
    /// Where it stands, such as `line 7`; empty for what stands nowhere.
    pub(crate) place: String,
    pub(crate) item: Result<Item, String>,
}

/// The lines of a file, compressed or not.
pub(crate) struct Lines {
    source: Box<dyn BufRead + Send>,
    number: u64,
}

#[derive(Deserialize)]
struct Kind {
    r#type: String,
}

#[derive(Deserialize)]
struct HeaderLine {
    version: u32,
    id: Option<String>,
}

#[derive(Deserialize)]
struct RoomLine {
    room: String,
    settings: Option<RoomSettings>,
}

#[derive(Deserialize)]
struct BotLine {
    room: String,
    bot: Bot,
    secret: Option<String>,
}

#[derive(Deserialize)]
struct MessageLine {
    room: String,
    id: Option<EventId>,
    when: Option<f64>,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let wrong = || format!("can't read {}", path.display());
        let mut begin = [0; 2];
        let count = File::open(path).and_then(|mut file| file.read(&mut begin)).with_context(wrong)?;
        let file = BufReader::new(File::open(path).with_context(wrong)?);
        let source: Box<dyn BufRead + Send> = if begin[..count] == [0x1f, 0x8b] {
            Box::new(BufReader::new(MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self { source, number: 0 })
    }

    /// The next line; none at the end. Empty ones are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            self.number += 1;
            let number = self.number;
            let read = io::Read::take(&mut self.source, LINE_MAX).read_until(b'\n', &mut bytes);
            let count = read.with_context(|| format!("can't read line {number}"))?;
            if count == 0 {
                return Ok(None);
            }
            if count as u64 == LINE_MAX && bytes.last() != Some(&b'\n') {
                bail!("line {number} is longer than {} MiB; is it the right file?", LINE_MAX >> 20);
            }
            let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            let line = if number == 1 { line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line) } else { line };
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Ok(Some(Line { place: format!("line {number}"), item: item(line, number) }));
        }
    }
}

impl Item {
    /// Writes the line that is read as this, without its end.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Header { id } => {
                serde_json::to_writer(out, &json!({"type": "parlor-export", "version": VERSION, "id": id}))?;
            }
            Self::Room { room, settings } => {
                let line = json!({"type": "room", "room": room.as_str(), "settings": settings});
                serde_json::to_writer(out, &line)?;
            }
            Self::Bot { room, bot, secret } => {
                let line = json!({"type": "bot", "room": room.as_str(), "bot": bot, "secret": secret});
                serde_json::to_writer(out, &line)?;
            }
            Self::Message { room, id, when, message } => {
                out.extend_from_slice(b"{\"type\":\"message\",");
                if let Some(id) = id {
                    write!(out, "\"id\":{id},")?;
                }
                if let Some(when) = when {
                    write!(out, "\"when\":{when},")?;
                }
                out.extend_from_slice(&record::message(room, message)[1..]);
            }
            Self::End => out.extend_from_slice(b"{\"type\":\"end\"}"),
        }
        Ok(())
    }
}

/// Reads a line. The first one of all has to be a header.
pub(super) fn item(line: &[u8], number: u64) -> Result<Item, String> {
    if std::str::from_utf8(line).is_err() {
        return Err("it is not UTF-8".to_owned());
    }
    let kind: Kind = read(line)?;
    match kind.r#type.as_str() {
        "parlor-export" => {
            let header: HeaderLine = read(line)?;
            if header.version > VERSION {
                return Err(format!(
                    "it is of version {}, which a newer Parlor wrote; this one reads up to {VERSION}",
                    header.version
                ));
            }
            Ok(Item::Header { id: header.id.unwrap_or_else(|| String::from_utf8_lossy(line).into_owned()) })
        }
        _ if number == 1 => Err("it is no header of an export (`parlor export` writes them)".to_owned()),
        "room" => {
            let line: RoomLine = read(line)?;
            Ok(Item::Room { room: room(&line.room)?, settings: line.settings })
        }
        "bot" => {
            let line: BotLine = read(line)?;
            Ok(Item::Bot { room: room(&line.room)?, bot: Box::new(line.bot), secret: line.secret })
        }
        "message" => {
            let known: MessageLine = read(line)?;
            let message = record::read_message(line).map_err(|error| plain(&error))?;
            let when = known.when.map(time).transpose()?;
            Ok(Item::Message { room: room(&known.room)?, id: known.id, when, message: Box::new(message) })
        }
        "end" => Ok(Item::End),
        other => Err(format!("`type` is `{}`, which is none that is known", other.escape_debug())),
    }
}

fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| plain(&error))
}

/// The line's own number says more than “line 1”.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rsplit_once(" at line ") {
        Some((what, _)) => format!("{what} (column {})", error.column()),
        None => said,
    }
}

fn room(name: &str) -> Result<RoomName, String> {
    RoomName::parse(name).map_err(|why| format!("the room's name `{}` {why}", name.escape_debug()))
}

/// Seconds since 1970 as they stand in JSON.
pub(crate) fn time(seconds: f64) -> Result<Timestamp, String> {
    // Up to the year 5138, in microseconds far below 2^63.
    if !(0.0..100_000_000_000.0).contains(&seconds) {
        return Err("`when` is no time in seconds since 1970".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, reason = "its bounds are checked")]
    Ok(Timestamp((seconds * 1e6).round() as i64))
}
