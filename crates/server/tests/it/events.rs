//! Server-sent events, read as a program reads them.

use std::net::SocketAddr;

use parlor_testkit::http::within;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader, Lines},
    net::TcpStream,
};

/// A stream of server-sent events.
pub(crate) struct Events<R>(pub(crate) Lines<BufReader<R>>);

impl Events<TcpStream> {
    /// Asks for it.
    pub(crate) async fn begin(address: SocketAddr, target: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut this = Self(BufReader::new(stream).lines());
        assert!(this.line().await.starts_with("HTTP/1.1 200"));
        let mut is_stream = false;
        loop {
            let line = this.line().await;
            is_stream |= line.eq_ignore_ascii_case("content-type: text/event-stream");
            if line.is_empty() {
                break assert!(is_stream);
            }
        }
        this
    }
}

impl<R: AsyncRead + Unpin> Events<R> {
    /// The next line.
    pub(crate) async fn line(&mut self) -> String {
        within("a line", self.0.next_line()).await.expect("a line").expect("a line")
    }

    /// The next record and its event's id.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        let mut id = String::new();
        loop {
            let line = self.line().await;
            if let Some(data) = line.strip_prefix("data: ") {
                return (id, serde_json::from_str(data).expect("JSON"));
            }
            if let Some(given) = line.strip_prefix("id: ") {
                given.clone_into(&mut id);
            }
        }
    }
}
