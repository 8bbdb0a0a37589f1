//! A client that speaks raw websocket frames, and connections to test with.

use std::io::ErrorKind;

use bytes::{Buf, BytesMut};
use parlor_sockets::{CloseCode, Connection, Incoming, Limits, Socket};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8a;

/// The client's side, over anything.
pub(crate) struct Client<S> {
    pub(crate) io: S,
    read: BytesMut,
}

/// A client's frame, masked.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x12, 0x34, 0x56, 0x78];
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        long @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((long as u16).to_be_bytes());
        }
        longer => {
            frame.push(0x80 | 127);
            frame.extend((longer as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A close frame's payload.
pub(crate) fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_bytes()].concat()
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn new(io: S) -> Self {
        Self { io, read: BytesMut::new() }
    }

    pub(crate) async fn send(&mut self, first: u8, payload: &[u8]) {
        self.io.write_all(&masked(first, payload)).await.unwrap();
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.unwrap();
    }

    /// The next frame: its first byte and its payload; none at the end of the stream. Fails on a frame that is cut off or masked.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        self.frame_in_chunks(64 << 10).await
    }

    /// The same, reading at most so many bytes at once.
    pub(crate) async fn frame_in_chunks(&mut self, chunk: usize) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some(frame) = self.decode() {
                return Some(frame);
            }
            let mut bytes = vec![0; chunk];
            let read = match self.io.read(&mut bytes).await {
                Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
                read => read.unwrap(),
            };
            if read == 0 {
                assert!(self.read.is_empty(), "the stream ended inside a frame");
                return None;
            }
            self.read.extend_from_slice(&bytes[..read]);
        }
    }

    fn decode(&mut self) -> Option<(u8, Vec<u8>)> {
        let (&first, &second) = (self.read.first()?, self.read.get(1)?);
        assert_eq!(second & 0x80, 0, "a server's frame is masked");
        assert!(matches!(first, TEXT | BINARY | CLOSE | PING | PONG), "no frame begins with {first:#x}");
        let (skip, length) = match second {
            126 => (4, u16::from_be_bytes(self.read.get(2..4)?.try_into().unwrap()).into()),
            127 => (10, u64::from_be_bytes(self.read.get(2..10)?.try_into().unwrap()) as usize),
            short => (2, short.into()),
        };
        if self.read.len() < skip + length {
            return None;
        }
        self.read.advance(skip);
        Some((first, self.read.split_to(length).to_vec()))
    }
}

/// Both ends of a loopback connection. With `tiny`, little fits into the kernel's buffers.
pub(crate) async fn tcp(limits: Limits, tiny: bool) -> (Connection, Client<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpSocket::new_v4().unwrap();
    if tiny {
        client.set_recv_buffer_size(4 << 10).unwrap();
    }
    let (client, server) = tokio::join!(client.connect(listener.local_addr().unwrap()), listener.accept());
    let (server, _) = server.unwrap();
    if tiny {
        SockRef::from(&server).set_send_buffer_size(4 << 10).unwrap();
    }
    (Connection::over_tcp(server, &[], limits), Client::new(client.unwrap()))
}

/// Both ends of a connection in memory that holds so many bytes.
pub(crate) fn memory(limits: Limits, size: usize) -> (Connection, Client<DuplexStream>) {
    let (server, client) = tokio::io::duplex(size);
    (Connection::over_io(server, &[], limits), Client::new(client))
}

/// A connection whose task runs.
pub(crate) struct Running {
    pub(crate) socket: Socket,
    incoming: mpsc::UnboundedReceiver<Incoming>,
    _task: JoinSet<()>,
}

pub(crate) fn run(mut connection: Connection) -> Running {
    let socket = connection.socket().clone();
    let (tell, incoming) = mpsc::unbounded_channel();
    let mut task = JoinSet::new();
    task.spawn(async move {
        loop {
            let incoming = connection.next().await;
            let last = matches!(incoming, Incoming::Closed { .. });
            let _ = tell.send(incoming);
            if last {
                return;
            }
        }
    });
    Running { socket, incoming, _task: task }
}

impl Running {
    pub(crate) async fn next(&mut self) -> Incoming {
        self.incoming.recv().await.expect("the connection's task has ended")
    }

    pub(crate) async fn assert_closed(&mut self, code: u16) {
        assert_eq!(self.next().await, Incoming::Closed { code: CloseCode(code) });
    }
}

pub(crate) fn text(text: &str) -> Incoming {
    Incoming::Text(text.to_owned())
}
