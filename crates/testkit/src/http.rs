//! A small HTTP/1.1 client that says exactly what a test wants said, and gives back everything that came.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// How long a test waits for what must come: far longer than it takes, so that only what never comes fails.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Waits for what must come.
///
/// # Panics
/// If it does not come before the deadline.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not come within {} seconds", DEADLINE.as_secs()),
    }
}

/// Percent-encodes everything that is not a letter, a digit, `-`, `.` or `_`, slashes too.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes all");
        }
        encoded
    })
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// Of any method; `target` goes onto the first line as it is.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// A GET.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A POST of JSON that does not say so: students' clients forget the content type.
    pub fn post(target: &str, body: &Value) -> Self {
        Self::new("POST", target).body(body.to_string())
    }

    /// Adds a header; `host` takes the place of the server's own.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let named = |name: &str| self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !named("host") {
            head += &format!("host: {address}\r\n");
        }
        if !matches!(self.method.as_str(), "GET" | "HEAD") && !named("content-length") && !named("transfer-encoding") {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names (in lower case) and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, without the transfer's coding.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {} and no JSON ({error}): {}", self.status, self.text()))
    }

    /// The body as JSON, of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }
}

/// One connection, kept alive; opened when it is needed.
#[derive(Debug)]
pub struct Http {
    address: SocketAddr,
    stream: Option<(BufReader<OwnedReadHalf>, OwnedWriteHalf)>,
}

impl Http {
    /// A client of the server at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn send(&mut self, request: Request) -> Reply {
        let what = format!("the answer to {} {}", request.method, request.target);
        match within(&what, self.try_send(&request)).await {
            Ok(reply) => reply,
            Err(error) => panic!("{what}: {error}"),
        }
    }

    /// The same, where the server may go away.
    pub async fn try_send(&mut self, request: &Request) -> io::Result<Reply> {
        let (mut read, mut write) = match self.stream.take() {
            Some(open) => open,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                let (read, write) = stream.into_split();
                (BufReader::new(read), write)
            }
        };
        let bytes = request.bytes(self.address);
        // Both at once: a server may answer before it has read everything, and then need not read the rest.
        let mut answer = Box::pin(read_reply(&mut read, &request.method));
        let (reply, whole) = tokio::select! {
            reply = &mut answer => (reply?, false),
            written = write.write_all(&bytes) => match written {
                Ok(()) => ((&mut answer).await?, true),
                Err(error) => ((&mut answer).await.map_err(|_| error)?, false),
            }
        };
        drop(answer);
        if whole && reply.header("connection") != Some("close") {
            self.stream = Some((read, write));
        }
        Ok(reply)
    }

    /// `GET`.
    pub async fn get(&mut self, target: &str) -> Reply {
        self.send(Request::get(target)).await
    }

    /// `POST` of JSON.
    pub async fn post(&mut self, target: &str, body: &Value) -> Reply {
        self.send(Request::post(target, body)).await
    }
}

/// The first line and the headers (names in lower case) of a request or an answer.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    fn length(&self) -> Option<usize> {
        self.get("content-length").map(|length| length.parse().expect("a content-length is a number"))
    }
}

/// Reads bytes one line or one piece at a time; what follows a head stays in the stream.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Head>> {
    let mut lines = Vec::new();
    loop {
        let Some(line) = read_line(stream).await? else {
            return if lines.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        };
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let headers = lines
        .filter_map(|line| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())))
        .collect();
    Ok(Some(Head { first, headers }))
}

async fn read_line(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return if line.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        line.push(byte[0]);
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            return String::from_utf8(line).map(Some).map_err(io::Error::other);
        }
    }
}

/// Reads the body that a head announces; without an announcement there is none.
pub(crate) async fn read_body(stream: &mut (impl AsyncRead + Unpin), head: &Head) -> io::Result<Vec<u8>> {
    if head.get("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        let mut body = Vec::new();
        loop {
            let size = read_line(stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
            let start = body.len();
            body.resize(start + size + 2, 0);
            stream.read_exact(&mut body[start..]).await?;
            body.truncate(start + size);
            if size == 0 {
                return Ok(body);
            }
        }
    }
    let mut body = vec![0; head.length().unwrap_or_default()];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

async fn read_reply(stream: &mut (impl AsyncRead + Unpin), method: &str) -> io::Result<Reply> {
    let head = read_head(stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status: u16 = status.ok_or_else(|| io::Error::other(format!("no status: {}", head.first)))?;
    let bare = method == "HEAD" || status == 204 || status == 304 || status < 200;
    let body = if bare { Vec::new() } else { read_body(stream, &head).await? };
    Ok(Reply { status, headers: head.headers, body })
}
