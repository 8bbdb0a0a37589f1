//! A websocket client that follows a script: it sees every frame as it came.

use std::{io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpSocket, TcpStream},
};

use crate::http::{Head, read_body, read_head, within};

/// The handshake's example key of RFC 6455, and what answers it.
const KEY: (&str, &str) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// What a client's frames are masked with.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// How many bytes wait for a narrow client that does not read.
const NARROW: u32 = 4 << 10;

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// A frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// Text.
    Text(String),
    /// The answer to a ping.
    Pong(Vec<u8>),
    /// A close frame, with its code and reason.
    Close(u16, String),
    /// The connection ended.
    End,
}

/// A websocket; over memory, where a test turns the time.
#[derive(Debug)]
pub struct Ws<S = TcpStream> {
    stream: BufReader<S>,
    head: Head,
}

/// Why there is no websocket.
#[derive(Debug)]
pub struct Refused {
    /// The status of the answer.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Ws {
    /// Opens one; `headers` are more lines of the handshake, each ended.
    pub async fn open(address: SocketAddr, target: &str, headers: &str) -> io::Result<Result<Self, Refused>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::over(BufReader::new(stream), &address.to_string(), target, headers).await
    }

    /// Opens one that reads no more than it is asked for, and for which the system keeps hardly anything else.
    pub async fn narrow(address: SocketAddr, target: &str) -> io::Result<Result<Self, Refused>> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(NARROW)?;
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        Self::over(BufReader::with_capacity(1, stream), &address.to_string(), target, "").await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Ws<S> {
    /// Opens one over a stream to the server, which is called `host` unless `headers` say otherwise.
    pub async fn over(
        mut stream: BufReader<S>,
        host: &str,
        target: &str,
        headers: &str,
    ) -> io::Result<Result<Self, Refused>> {
        let host = if headers.to_lowercase().contains("host: ") { String::new() } else { format!("host: {host}\r\n") };
        let request = format!(
            "GET {target} HTTP/1.1\r\n{host}connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: {}\r\n{headers}\r\n",
            KEY.0
        );
        stream.get_mut().write_all(request.as_bytes()).await?;
        let head = read_head(&mut stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.first.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        if status != 101 {
            return Ok(Err(Refused { status, body: read_body(&mut stream, &head).await? }));
        }
        assert_eq!(head.get("sec-websocket-accept"), Some(KEY.1));
        Ok(Ok(Self { stream, head }))
    }

    /// The subprotocol that the server chose.
    pub fn protocol(&self) -> Option<&str> {
        self.header("sec-websocket-protocol")
    }

    /// A header of the handshake's answer, if it is there; its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name)
    }

    /// The next frame.
    ///
    /// # Panics
    /// If none comes, or one that no server may send.
    pub async fn came(&mut self) -> Came {
        loop {
            match within("a frame", self.frame()).await {
                Ok((TEXT, payload)) => return Came::Text(String::from_utf8(payload).expect("text is UTF-8")),
                Ok((PONG, payload)) => return Came::Pong(payload),
                Ok((CLOSE, payload)) => {
                    let code = payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]));
                    let reason = String::from_utf8(payload.get(2..).unwrap_or_default().to_vec());
                    return Came::Close(code, reason.expect("a reason is UTF-8"));
                }
                Ok((PING, payload)) => self.write(PING + 1, &payload).await,
                Ok((other, _)) => panic!("a frame of kind {other:#x}"),
                Err(_) => return Came::End,
            }
        }
    }

    async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await?;
        assert_eq!(first & 0xf0, 0x80, "a whole frame without extensions");
        let length = match self.stream.read_u8().await? {
            126 => self.stream.read_u16().await?.into(),
            127 => usize::try_from(self.stream.read_u64().await?).map_err(io::Error::other)?,
            short => {
                assert!(short < 126, "a server's frames are not masked");
                usize::from(short)
            }
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).await?;
        Ok((first & 0x0f, payload))
    }

    /// The next text, as it came.
    ///
    /// # Panics
    /// If something else comes.
    pub async fn text(&mut self) -> String {
        match self.came().await {
            Came::Text(text) => text,
            other => panic!("no text but {other:?}"),
        }
    }

    /// The next text as JSON.
    pub async fn json(&mut self) -> Value {
        serde_json::from_str(&self.text().await).expect("a frame holds JSON")
    }

    /// So many texts as JSON.
    pub async fn take(&mut self, count: usize) -> Vec<Value> {
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(self.json().await);
        }
        all
    }

    /// The texts up to and with the first that `last` says yes to.
    pub async fn until(&mut self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            all.push(self.json().await);
            if all.last().is_some_and(&last) {
                return all;
            }
        }
    }

    /// Sends any bytes: a piece of a frame.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes).await;
    }

    /// The next bytes as they come, whatever frames they belong to.
    pub async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        within("some bytes", self.stream.read_exact(&mut bytes)).await.expect("the connection is open");
        bytes
    }

    async fn write(&mut self, kind: u8, payload: &[u8]) {
        // A server that is gone is seen when reading.
        let _ = self.try_write(kind, payload).await;
    }

    async fn try_write(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | kind];
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
        frame.extend(MASK);
        frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.stream.get_mut().write_all(&frame).await
    }

    /// Sends text.
    pub async fn say(&mut self, text: &str) {
        self.write(TEXT, text.as_bytes()).await;
    }

    /// Sends bytes.
    pub async fn send_binary(&mut self, bytes: &[u8]) {
        self.write(BINARY, bytes).await;
    }

    /// Sends a ping.
    pub async fn ping(&mut self, payload: &[u8]) {
        self.write(PING, payload).await;
    }

    /// Sends a close frame.
    pub async fn close(&mut self, code: u16) {
        self.write(CLOSE, &code.to_be_bytes()).await;
    }
}
