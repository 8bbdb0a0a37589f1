//! A runtime over the store in memory, and clients that follow its rooms over an in-memory stream.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parlor_rooms::{Bot, Content, EventId, Message, Part, RoomName};
use parlor_runtime::{
    Builder, Caller, CommandError, Encoder, EncoderId, Follow, Kinds, Posted, Runtime, Said, Signal,
    log::{Committed, StoredMessage, record},
};
use parlor_sockets::{Connection, Frame, Limits};
use parlor_testkit::{FakeClock, Faults, MemoryStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(20);

/// Writes `m ID TEXT`, `clear`, `put ID`, `delete ID`, `here NAMES UNNAMED`, `+NAME -NAME UNNAMED`, `connection ID`; reads `name NAME`.
struct Plain;

impl Encoder for Plain {
    fn event(&self, committed: &Committed, _: Content, frames: &mut Vec<Frame>) {
        for part in &committed.event.parts {
            match part {
                Part::Cleared => frames.push(Frame::text("clear")),
                Part::BotPut(bot) => frames.push(Frame::text(&format!("put {}", bot.id))),
                Part::BotDeleted(bot) => frames.push(Frame::text(&format!("delete {}", bot.id))),
                _ => {}
            }
        }
        for (id, message) in committed.event.messages() {
            frames.push(Frame::text(&format!("m {id} {}", message.text)));
        }
    }

    fn message(&self, _: &RoomName, message: &StoredMessage, _: Content) -> Frame {
        let text = record::read_message(&message.record).expect("a record").text;
        Frame::text(&format!("m {} {text}", message.id))
    }

    fn cleared(&self, _: &RoomName) -> Option<Frame> {
        Some(Frame::text("clear"))
    }

    fn bot(&self, _: &RoomName, bot: &Bot) -> Option<Frame> {
        Some(Frame::text(&format!("put {}", bot.id)))
    }

    fn bot_deleted(&self, _: &RoomName, bot: &Bot) -> Option<Frame> {
        Some(Frame::text(&format!("delete {}", bot.id)))
    }

    fn signal(&self, _: &RoomName, signal: &Signal<'_>) -> Option<Frame> {
        let text = match *signal {
            Signal::Here { names, unnamed } => format!("here {} {unnamed}", names.join(",")),
            Signal::Presence { joined, left, unnamed } => {
                let signed =
                    |sign: char, names: &[&str]| names.iter().map(|name| format!("{sign}{name} ")).collect::<String>();
                format!("{}{}{unnamed}", signed('+', joined), signed('-', left))
            }
            Signal::BotConnection { bot, .. } => format!("connection {bot}"),
            _ => return None,
        };
        Some(Frame::text(&text))
    }

    fn said(&self, text: &str) -> Option<Said> {
        text.strip_prefix("name ").map(|name| Said::Presence(Some(name.to_owned())))
    }
}

pub(crate) fn room() -> RoomName {
    RoomName::parse("a").expect("a name")
}

pub(crate) struct Kit {
    pub(crate) runtime: Runtime,
    encoder: EncoderId,
    /// Who comes and speaks.
    pub(crate) caller: Caller,
}

impl Kit {
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        Self::with(faults, seed, |builder| builder)
    }

    pub(crate) fn with(faults: Faults, seed: u64, set: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(FakeClock::default());
        let store = MemoryStore::with_faults(Arc::clone(&clock) as _, faults, seed);
        let mut builder = set(Builder::new(Arc::new(store), clock));
        let encoder = builder.encoder(Arc::new(Plain));
        Self { runtime: builder.start(), encoder, caller: Caller::anyone(None) }
    }

    pub(crate) async fn say(&self, text: &str) -> Result<Posted, CommandError> {
        self.runtime.post(&self.caller, room(), Message::user("Ann", text), None).await
    }

    /// Comes to the room; `small` gives it an outbox that overflows soon.
    pub(crate) fn follow(&self, since: Option<u64>, last: Option<usize>, limits: Limits, pipe: usize) -> Client {
        self.come(since, last, Kinds::NONE, limits, pipe)
    }

    /// Comes with a wish for signals.
    pub(crate) fn ask(&self, also: Kinds, limits: Limits, pipe: usize) -> Client {
        self.come(None, None, also | Kinds::PRESENCE, limits, pipe)
    }

    fn come(&self, since: Option<u64>, last: Option<usize>, also: Kinds, limits: Limits, pipe: usize) -> Client {
        let (ours, theirs) = tokio::io::duplex(pipe);
        let connection = Connection::over_io(theirs, &[], limits);
        let caller = self.caller.clone();
        let follow = Follow { caller, room: room(), since: since.map(EventId), last, also, encoder: self.encoder };
        let runtime = self.runtime.clone();
        self.runtime.tracker().spawn(async move { runtime.follow(connection, follow).await });
        Client { stream: ours, buffer: VecDeque::new() }
    }

    pub(crate) fn join(&self, since: Option<u64>) -> Client {
        self.follow(since, None, Limits::CLIENT, 64 * 1024)
    }
}

/// The other end of a websocket.
pub(crate) struct Client {
    stream: DuplexStream,
    buffer: VecDeque<u8>,
}

impl Client {
    /// The next text; panics if none comes.
    pub(crate) async fn next(&mut self) -> String {
        tokio::time::timeout(DEADLINE, self.read()).await.expect("a frame was due")
    }

    async fn read(&mut self) -> String {
        loop {
            if let Some(payload) = self.frame() {
                return payload;
            }
            let mut chunk = [0; 4096];
            let count = self.stream.read(&mut chunk).await.expect("the stream is whole");
            assert_ne!(count, 0, "the server closed");
            self.buffer.extend(&chunk[..count]);
        }
    }

    /// Takes a whole text frame out of the buffer, skipping pings.
    fn frame(&mut self) -> Option<String> {
        let bytes = self.buffer.make_contiguous();
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let (header, length) = match second {
            126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
            127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().expect("eight bytes")) as usize),
            short => (2, usize::from(short)),
        };
        let payload = bytes.get(header..header + length)?.to_vec();
        self.buffer.drain(..header + length);
        match first {
            0x81 => Some(String::from_utf8(payload).expect("UTF-8")),
            0x89 => self.frame(),
            other => panic!("an unexpected frame {other:#x}: {}", String::from_utf8_lossy(&payload)),
        }
    }

    /// Waits until the server closes, and gives the code; panics if it says anything else before.
    pub(crate) async fn closed(&mut self) -> u16 {
        let closed = async {
            while self.buffer.len() < 4 {
                let mut chunk = [0; 4096];
                let count = self.stream.read(&mut chunk).await.expect("the stream is whole");
                assert_ne!(count, 0, "the server closed without a word");
                self.buffer.extend(&chunk[..count]);
            }
        };
        tokio::time::timeout(DEADLINE, closed).await.expect("it was to be closed");
        assert_eq!(self.buffer[0], 0x88, "a frame to close with: {:?}", self.buffer);
        u16::from_be_bytes([self.buffer[2], self.buffer[3]])
    }

    /// Waits until it is told who is here, and that it is: it is a member now, and nothing more is on its way.
    pub(crate) async fn told(&mut self) {
        while !self.next().await.starts_with(|c: char| c.is_ascii_digit()) {}
    }

    /// Sends a text.
    pub(crate) async fn say(&mut self, text: &str) {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).expect("a short text");
        let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        frame.extend_from_slice(text.as_bytes());
        self.stream.write_all(&frame).await.expect("the stream is whole");
    }

    /// The next `count` texts.
    pub(crate) async fn take(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            texts.push(self.next().await);
        }
        texts
    }
}

/// The id in `m ID TEXT`.
pub(crate) fn id(text: &str) -> u64 {
    text.split(' ').nth(1).and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no message: {text}"))
}
