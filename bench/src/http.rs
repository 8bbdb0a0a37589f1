//! HTTP/1.1 by hand: the requests of the load, and as much of responses as they need.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result, bail, ensure};

/// A websocket handshake. The key need not be random for a server on this machine.
pub(crate) fn handshake(path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    .into_bytes()
}

/// Appends a post of a message on a connection that is kept. It asks for the answer as soon as the message is durable.
pub(crate) fn post(into: &mut Vec<u8>, room: &str, text: &str) {
    post_as(into, room, "bench", text);
}

/// The same as somebody.
pub(crate) fn post_as(into: &mut Vec<u8>, room: &str, author: &str, text: &str) {
    post_with(into, room, author, text, "");
}

/// Appends a request for something on a connection that is kept.
pub(crate) fn get(into: &mut Vec<u8>, path: &str) {
    into.extend_from_slice(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").as_bytes());
}

/// The same under a key: repeated, it is the same message.
pub(crate) fn keyed_post(into: &mut Vec<u8>, room: &str, text: &str, key: &str) {
    post_with(into, room, "bench", text, &format!("Idempotency-Key: {key}\r\n"));
}

fn post_with(into: &mut Vec<u8>, room: &str, author: &str, text: &str, headers: &str) {
    let body = serde_json::json!({"room": room, "author": author, "text": text}).to_string();
    into.extend_from_slice(
        format!(
            "POST /api/actions/message HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Prefer: respond-async\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
}

/// Makes one call of the API and waits for its answer, which has to be good.
pub(crate) fn call(server: SocketAddr, path: &str, body: &serde_json::Value) -> Result<()> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(server)?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let status = head(&answer)?.context("no answer")?.status;
    ensure!(matches!(status, 200..=202), "{path} answered {status}: {}", String::from_utf8_lossy(&answer));
    Ok(())
}

/// A response's head: the status, and how long the head and the body are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) length: usize,
    pub(crate) body: usize,
}

/// Reads a response's head, if all of it is there. Bodies need a `Content-Length`.
pub(crate) fn head(bytes: &[u8]) -> Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        ensure!(bytes.len() < 16 << 10, "a response's head does not end");
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes[..end]).context("a response's head is not UTF-8")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let status = status.with_context(|| format!("no HTTP response: {text:?}"))?;
    let mut body = 0;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            body = value.trim().parse().context("a wrong Content-Length")?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("the server answers in chunks; the load generator only reads bodies with a Content-Length");
        }
    }
    Ok(Some(Head { status, length: end + 4, body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let bytes = b"HTTP/1.1 202 Accepted\r\ncontent-length: 12\r\n\r\n{\"id\": 1234}";
        assert_eq!(head(&bytes[..40]).unwrap(), None);
        assert_eq!(head(bytes).unwrap(), Some(Head { status: 202, length: 45, body: 12 }));
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(head(b"hello\r\n\r\n").is_err());
    }
}
