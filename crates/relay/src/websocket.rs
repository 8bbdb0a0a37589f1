//! The client's side of a websocket (RFC 6455) over a stream that was upgraded already.

use std::{io, pin::Pin};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};

/// The longest message that is taken: more than any that the server sends.
const MESSAGE_MAX: usize = 16 << 20;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// A stream of bytes.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

type Boxed = Pin<Box<dyn Stream>>;

/// An open websocket.
pub(crate) struct WebSocket {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    /// The code (1005 if there was none) and the reason.
    Close(u16, String),
}

impl WebSocket {
    pub(crate) fn over(stream: impl Stream + 'static) -> Self {
        let stream: Boxed = Box::pin(stream);
        let (read, write) = tokio::io::split(stream);
        Self { reader: Reader { stream: read, decoder: Decoder::default() }, writer: Writer { stream: write } }
    }
}

/// The receiving half.
pub(crate) struct Reader {
    stream: ReadHalf<Boxed>,
    decoder: Decoder,
}

impl Reader {
    /// What comes next. Cancel-safe.
    pub(crate) async fn next(&mut self) -> io::Result<Came> {
        loop {
            if let Some(came) = self.decoder.next()? {
                return Ok(came);
            }
            if self.stream.read_buf(&mut self.decoder.bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// From bytes to messages.
#[derive(Default)]
struct Decoder {
    bytes: BytesMut,
    /// What has come of a message in pieces.
    message: Option<Vec<u8>>,
}

impl Decoder {
    fn next(&mut self) -> io::Result<Option<Came>> {
        loop {
            let Some((first, payload)) = self.frame()? else { return Ok(None) };
            let (last, kind) = (first & 0x80 != 0, first & 0x0f);
            if first & 0x70 != 0 || (kind >= CLOSE && !last) {
                return Err(wrong("a frame that was not agreed on"));
            }
            match kind {
                TEXT | CONTINUATION => {
                    if (kind == TEXT) == self.message.is_some() {
                        return Err(wrong("pieces of messages in disorder"));
                    }
                    let message = self.message.get_or_insert_default();
                    message.extend_from_slice(&payload);
                    if message.len() > MESSAGE_MAX {
                        return Err(wrong("a message that is too long"));
                    }
                    if last {
                        let whole = self.message.take().unwrap_or_default();
                        let text = String::from_utf8(whole).map_err(|_| wrong("a text that is not UTF-8"))?;
                        return Ok(Some(Came::Text(text)));
                    }
                }
                CLOSE => {
                    let code = payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]));
                    let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default()).into_owned();
                    return Ok(Some(Came::Close(code, reason)));
                }
                PING => return Ok(Some(Came::Ping(payload))),
                PONG => return Ok(Some(Came::Pong)),
                _ => return Err(wrong("a frame of an unknown kind")),
            }
        }
    }

    /// The next whole frame: its first byte and its payload.
    fn frame(&mut self) -> io::Result<Option<(u8, Vec<u8>)>> {
        let [first, second, ..] = self.bytes[..] else { return Ok(None) };
        if second & 0x80 != 0 {
            return Err(wrong("a masked frame"));
        }
        let extended = match second {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(bytes) = self.bytes.get(2..2 + extended) else { return Ok(None) };
        let length = match extended {
            0 => u64::from(second),
            _ => bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        let length = usize::try_from(length).ok().filter(|length| *length <= MESSAGE_MAX);
        let length = length.ok_or_else(|| wrong("a message that is too long"))?;
        let begin = 2 + extended;
        if self.bytes.len() < begin + length {
            self.bytes.reserve(begin + length - self.bytes.len());
            return Ok(None);
        }
        self.bytes.advance(begin);
        Ok(Some((first, self.bytes.split_to(length).to_vec())))
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the server sent {what}"))
}

/// The sending half.
pub(crate) struct Writer {
    stream: WriteHalf<Boxed>,
}

impl Writer {
    /// Writes a whole frame. Not cancel-safe: half a frame ends the connection.
    pub(crate) async fn write(&mut self, frame: &Frame) -> io::Result<()> {
        let mut mask = [0; 4];
        getrandom::fill(&mut mask).map_err(io::Error::other)?;
        let bytes = match frame {
            Frame::Text(text) => encode(TEXT, text.as_bytes(), mask),
            Frame::Ping => encode(PING, b"", mask),
            Frame::Pong(payload) => encode(PONG, payload, mask),
            Frame::Close(code) => encode(CLOSE, &code.to_be_bytes(), mask),
        };
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await
    }
}

/// What is sent.
pub(crate) enum Frame {
    Text(String),
    Ping,
    Pong(Vec<u8>),
    /// With its code.
    Close(u16),
}

/// A whole frame, masked as a client's has to be.
fn encode(kind: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | kind);
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        middle @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server's frame.
    fn plain(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = encode(first & 0x0f, payload, [0; 4]);
        frame[0] = first;
        frame[1] &= 0x7f;
        let header = frame.len() - payload.len() - 4;
        frame.drain(header..header + 4);
        frame
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let long = "x".repeat(70_000);
        let middle = "y".repeat(126);
        let bytes = [
            plain(0x81, b"hi"),
            plain(0x01, "h\u{e4}".as_bytes().split_at(2).0),
            plain(0x89, b"ping"),
            plain(0x80, "h\u{e4}".as_bytes().split_at(2).1),
            plain(0x81, middle.as_bytes()),
            plain(0x81, long.as_bytes()),
            plain(0x8a, b""),
            plain(0x88, &[&4401_u16.to_be_bytes()[..], b"token replaced"].concat()),
            plain(0x88, b""),
        ]
        .concat();
        for size in [1, 7, 4_096, bytes.len()] {
            let mut decoder = Decoder::default();
            let mut came = Vec::new();
            for piece in bytes.chunks(size) {
                decoder.bytes.extend_from_slice(piece);
                while let Some(one) = decoder.next().unwrap() {
                    came.push(one);
                }
            }
            let text = |text: &str| Came::Text(text.to_owned());
            let expected = [
                text("hi"),
                Came::Ping(b"ping".to_vec()),
                text("h\u{e4}"),
                text(&middle),
                text(&long),
                Came::Pong,
                Came::Close(4401, "token replaced".to_owned()),
                Came::Close(1005, String::new()),
            ];
            assert!(came == expected, "in pieces of {size}");
        }
    }

    #[test]
    fn what_no_server_may_send_ends_it() {
        for bytes in [
            encode(TEXT, b"masked", [1, 2, 3, 4]),
            plain(0xc1, b"compressed"),
            plain(0x09, b"a ping in pieces"),
            plain(0x80, b"the end of nothing"),
            [plain(0x01, b"a"), plain(0x81, b"b")].concat(),
            plain(0x83, b"what is that"),
            plain(0x81, b"\xff"),
            vec![0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0],
        ] {
            let mut decoder = Decoder { bytes: bytes.as_slice().into(), ..Decoder::default() };
            assert!(std::iter::repeat_with(|| decoder.next()).take(2).any(|next| next.is_err()), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_sent_is_masked() {
        assert_eq!(encode(TEXT, b"Hello", [0x37, 0xfa, 0x21, 0x3d]), *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    }
}
