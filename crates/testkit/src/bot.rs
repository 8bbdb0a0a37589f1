//! A bot for one test: an HTTP server in the test's own process, which answers as the test says and shows what it got.

use std::{net::SocketAddr, sync::Arc};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::http::{read_body, read_head, within};

/// What the bot does with a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Status 200 and this JSON.
    Json(Value),
    /// This status, these headers and this body.
    Raw(u16, Vec<(String, String)>, Vec<u8>),
    /// Whatever the test says later, with [`Received::answer`].
    Later,
    /// Nothing, and the connection stays open until the other side closes it.
    Silence,
    /// Nothing, and the connection is closed.
    HangUp,
}

impl Answer {
    /// `{"text": …}`.
    pub fn text(text: &str) -> Self {
        Self::Json(serde_json::json!({ "text": text }))
    }

    /// This status and a body that is no JSON.
    pub fn status(status: u16) -> Self {
        Self::Raw(status, vec![("content-type".into(), "text/html".into())], b"<p>nothing here</p>".to_vec())
    }

    /// Status 200 and this body.
    pub fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::Raw(200, vec![("content-type".into(), "application/json".into())], body.into())
    }
}

/// A request that the bot got.
#[derive(Debug)]
pub struct Received {
    /// `POST`, most likely.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names (in lower case) and values.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    later: Option<oneshot::Sender<Answer>>,
}

impl Received {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a bot is sent JSON")
    }

    /// Answers a request that waits for it ([`Answer::Later`]).
    pub fn answer(mut self, answer: Answer) {
        let later = self.later.take().expect("the script said `Later`");
        // The server may be gone by now.
        let _ = later.send(answer);
    }
}

type Script = dyn Fn(&str, &Value) -> Answer + Send + Sync;

/// The bots: one for each path.
#[derive(Debug)]
pub struct BotServer {
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Received>,
    _task: JoinSet<()>,
}

impl BotServer {
    /// Answers what `script` says for a path and the JSON that came.
    pub async fn start(script: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (heard, requests) = mpsc::unbounded_channel();
        let script: Arc<Script> = Arc::new(script);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&script), heard.clone()));
            }
        });
        Self { address, requests, _task: task }
    }

    /// Answers every request with this.
    pub async fn always(answer: Answer) -> Self {
        Self::start(move |_, _| answer.clone()).await
    }

    /// The address of the bot at this path, which begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request that no test has seen yet.
    pub async fn next(&mut self) -> Received {
        within("a request to the bot", self.requests.recv()).await.expect("the bot runs")
    }

    /// A request that has come already and that no test has seen yet.
    pub fn waiting(&mut self) -> Option<Received> {
        self.requests.try_recv().ok()
    }
}

async fn serve(stream: TcpStream, script: Arc<Script>, heard: mpsc::UnboundedSender<Received>) {
    let mut stream = BufReader::new(stream);
    if stream.fill_buf().await.is_ok_and(|begin| begin.first().is_some_and(|byte| !byte.is_ascii_uppercase())) {
        // TLS, most likely: what a server without it says.
        let _ = stream.get_mut().write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        return;
    }
    // The other side may leave at any moment; that ends it.
    while let Ok(Some(head)) = read_head(&mut stream).await {
        let Ok(body) = read_body(&mut stream, &head).await else { return };
        let mut first = head.first.split(' ').map(str::to_owned);
        let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let mut answer = script(&path, &serde_json::from_slice(&body).unwrap_or_default());
        let (later, wait) = oneshot::channel();
        let later = matches!(answer, Answer::Later).then_some(later);
        let waits = later.is_some();
        if heard.send(Received { method, path, headers: head.headers, body, later }).is_err() {
            return;
        }
        if waits {
            match wait.await {
                Ok(said) => answer = said,
                Err(_) => return,
            }
        }
        let (status, headers, body) = match answer {
            Answer::Json(value) => {
                (200, vec![("content-type".to_owned(), "application/json".to_owned())], value.to_string().into_bytes())
            }
            Answer::Raw(status, headers, body) => (status, headers, body),
            Answer::Silence | Answer::Later => {
                let mut rest = [0; 1024];
                while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
                return;
            }
            Answer::HangUp => return,
        };
        let mut bytes = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            bytes += &format!("{name}: {value}\r\n");
        }
        let bytes = [bytes.as_bytes(), b"\r\n", &body].concat();
        if stream.get_mut().write_all(&bytes).await.is_err() {
            return;
        }
    }
}
