//! A web server of bots that fail, each in its own way.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;

/// How long a slow bot takes.
const SLOW: Duration = Duration::from_secs(3);
/// How long one hangs; the server gives up before.
const HANGS: Duration = Duration::from_secs(180);

/// The bots, for as long as this is there.
pub(crate) struct BadBots {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl BadBots {
    /// What there is, by path.
    pub(crate) const PATHS: &'static [&'static str] =
        &["fine", "error", "garbage", "closes", "slow", "hangs", "huge", "redirect", "refuses"];

    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let bots = Self { address: listener.local_addr()?, asked: Arc::default() };
        let asked = Arc::clone(&bots.asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                asked.fetch_add(1, Ordering::Relaxed);
                // What goes wrong here is what is wanted.
                std::thread::spawn(move || drop(answer(stream)));
            }
        });
        Ok(bots)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        match path {
            // Nobody listens there.
            "refuses" => "http://127.0.0.1:1/".to_owned(),
            path => format!("http://{}/{path}", self.address),
        }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = vec![0; 8 << 10];
    let read = stream.read(&mut request)?;
    let request = String::from_utf8_lossy(&request[..read]);
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let fine = r#"{"text": "fine"}"#;
    let (status, body) = match path {
        "error" => ("500 Internal Server Error", "<h1>Traceback</h1>".to_owned()),
        "garbage" => ("200 OK", "\u{0}{not json".to_owned()),
        "closes" => return Ok(()),
        "hangs" => {
            std::thread::sleep(HANGS);
            return Ok(());
        }
        "slow" => {
            std::thread::sleep(SLOW);
            ("200 OK", fine.to_owned())
        }
        "huge" => ("200 OK", format!(r#"{{"text": "{}"}}"#, "x".repeat(8 << 20))),
        "redirect" => ("302 Found", String::new()),
        _ => ("200 OK", fine.to_owned()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
