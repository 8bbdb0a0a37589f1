//! From bytes to messages: tungstenite, fed by hand, with nothing kept for a client that is silent.
//!
//! tungstenite keeps a buffer for each connection that grows with the largest message and is never given back. So it never gets
//! more than the rest of the current frame: between two messages there is then nothing in it, and it can be dropped. A
//! connection that waits costs no buffer at all.

use std::io::{self, ErrorKind, Read, Write};

use bytes::Bytes;
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, Message};

use crate::CloseCode;
use crate::socket::Shared;

/// The buffer that tungstenite gets for as long as there is something to read.
const BUFFER: usize = 1024;

/// What the client said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Text(String),
    Binary(Bytes),
    /// The client closes, or answers our close frame.
    Close,
    /// The client broke a rule: nothing after that can be understood.
    Broken(CloseCode, &'static str),
}

/// Where the stream of bytes is between frames.
#[derive(Debug, Default)]
struct Place {
    header: [u8; 14],
    have: usize,
    body: u64,
    inside_message: bool,
}

impl Place {
    fn between_messages(&self) -> bool {
        self.have == 0 && !self.inside_message
    }

    /// How many bytes certainly belong to the frame that the next byte is in; at least one.
    fn wanted(&self) -> u64 {
        let header = self.header_length();
        if self.have < header { (header - self.have) as u64 } else { self.body }
    }

    /// As far as it can be known yet.
    fn header_length(&self) -> usize {
        if self.have < 2 {
            return 2;
        }
        let length = match self.header[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + if self.header[1] & 0x80 == 0 { 0 } else { 4 }
    }

    /// Moves on by bytes that are not more than was wanted.
    fn advance(&mut self, bytes: &[u8]) {
        if self.have == self.header_length() {
            self.body -= bytes.len() as u64;
        } else {
            self.header[self.have..self.have + bytes.len()].copy_from_slice(bytes);
            self.have += bytes.len();
            if self.have < self.header_length() {
                return;
            }
            self.body = match (self.header[1] & 0x7f, &self.header) {
                (126, [_, _, a, b, ..]) => u16::from_be_bytes([*a, *b]).into(),
                (127, [_, _, length @ .., _, _, _, _]) => u64::from_be_bytes(*length),
                (short, _) => short.into(),
            };
        }
        if self.body == 0 {
            let (last, control) = (self.header[0] & 0x80 != 0, self.header[0] & 0x08 != 0);
            if !control {
                self.inside_message = !last;
            }
            self.have = 0;
        }
    }
}

/// The stream that tungstenite sees: it reads from a chunk of memory, and what it writes goes to the outbox as a whole frame.
struct Feed<'a, 'b> {
    place: &'a mut Place,
    input: &'a mut &'b [u8],
    shared: &'a Shared,
}

impl Read for Feed<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.place.wanted()).unwrap_or(usize::MAX);
        let (now, rest) = self.input.split_at(wanted.min(into.len()).min(self.input.len()));
        if now.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        into[..now.len()].copy_from_slice(now);
        self.place.advance(now);
        *self.input = rest;
        Ok(now.len())
    }
}

impl Write for Feed<'_, '_> {
    fn write(&mut self, frame: &[u8]) -> io::Result<usize> {
        self.shared.control(frame);
        Ok(frame.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads one client's frames.
#[derive(Debug)]
pub(crate) struct Reader {
    context: Option<Box<WebSocketContext>>,
    place: Place,
    limit: usize,
}

impl Reader {
    pub(crate) fn new(limit: usize) -> Self {
        Self { context: None, place: Place::default(), limit }
    }

    /// Takes bytes off the front of `input` until they make an event, or all of them. Answers pings on the way.
    pub(crate) fn feed(&mut self, input: &mut &[u8], shared: &Shared) -> Option<Event> {
        while !input.is_empty() {
            let limit = self.limit;
            let context = self.context.get_or_insert_with(|| Box::new(context(limit)));
            let mut feed = Feed { place: &mut self.place, input, shared };
            let event = match context.read(&mut feed) {
                Ok(Message::Text(text)) => Event::Text(text.as_str().to_owned()),
                Ok(Message::Binary(bytes)) => Event::Binary(bytes),
                Ok(Message::Ping(_)) => {
                    // The pong is out with this; it can't fail, for the feed takes everything.
                    let _ = context.flush(&mut feed);
                    shared.beats();
                    continue;
                }
                Ok(Message::Pong(_)) => {
                    shared.beats();
                    continue;
                }
                Ok(Message::Frame(_)) => continue,
                Ok(Message::Close(_)) => {
                    // Says that the connection is closed, once our answer is in the outbox.
                    let _ = context.flush(&mut feed);
                    Event::Close
                }
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(Error::Capacity(_)) => Event::Broken(CloseCode::TOO_BIG, "the message is too long"),
                Err(Error::Utf8(_)) => Event::Broken(CloseCode::INVALID_DATA, "the text is not UTF-8"),
                Err(_) => Event::Broken(CloseCode::PROTOCOL, "a frame breaks the websocket protocol"),
            };
            return Some(event);
        }
        None
    }

    /// Gives memory back if the client is between two messages. To be called before waiting.
    pub(crate) fn rest(&mut self) {
        if self.place.between_messages() {
            self.context = None;
        }
    }
}

fn context(limit: usize) -> WebSocketContext {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limit))
        .max_frame_size(Some(limit));
    WebSocketContext::new(Role::Server, Some(config))
}
