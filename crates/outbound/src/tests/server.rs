//! A server for one test: does what its script says to every connection, and remembers the requests.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// What happens on a connection.
#[derive(Clone)]
pub(super) enum Script {
    /// Reads a request, writes these bytes, closes.
    Answer(Vec<u8>),
    /// Reads a request, writes the first part, then the second again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Reads a request, then writes these bytes one at a time, with a pause between.
    Slow(Vec<u8>, Duration),
    /// Reads a request, writes these bytes, then nothing more, and leaves the connection open.
    Stuck(Vec<u8>),
    /// Writes these bytes without reading anything, closes when the other side does.
    SpeakFirst(Vec<u8>),
}

/// An answer with status 200 and this body.
pub(super) fn ok(body: &str) -> Script {
    answer("200 OK", "", body)
}

/// An answer; `headers` are whole lines.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Script {
    let length = body.len();
    Script::Answer(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into())
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: UnboundedReceiver<String>,
    _task: JoinSet<()>,
}

impl Server {
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, requests) = unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(play(stream, script.clone(), heard.clone()));
            }
        });
        Self { address, requests, _task: task }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/bot", self.address)
    }

    /// The next request's head and body, as they came.
    pub(super) async fn request(&mut self) -> String {
        self.requests.recv().await.unwrap()
    }

    /// Whether no request has come that was not looked at.
    pub(super) fn heard_nothing(&mut self) -> bool {
        self.requests.try_recv().is_err()
    }
}

/// Plays the script on one connection. The other side may leave at any moment: errors end it.
pub(super) async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: Script,
    heard: UnboundedSender<String>,
) {
    if !matches!(script, Script::SpeakFirst(_)) {
        let Some(request) = read_request(&mut stream).await else { return };
        let _ = heard.send(request);
    }
    let mut wait = [0];
    match script {
        Script::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Script::Endless(first, again) => {
            let mut result = stream.write_all(&first).await;
            while result.is_ok() {
                result = stream.write_all(&again).await;
            }
        }
        Script::Slow(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Script::Stuck(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut wait).await;
        }
        Script::SpeakFirst(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while stream.read(&mut wait).await.is_ok_and(|n| n > 0) {}
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |n| n.parse().unwrap()) {
                return Some(text);
            }
        }
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}
