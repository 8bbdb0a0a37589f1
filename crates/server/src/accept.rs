//! Accepting connections, and HTTP/1.1 on each.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body};
use futures_util::FutureExt as _;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use parlor_gateway_web::Proxies;
use parlor_runtime::{
    Runtime,
    limits::{Limited, Open, What},
};
use parlor_sockets::Peer;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    sync::Semaphore,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    listen::{Kind, Socket},
    tls::Tls,
};

/// How long a client may take for the head of a request, and be idle between two.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes that a connection buffers of a request.
const BUFFER_MAX: usize = 64 * 1024;
/// How long a connection gets for the request that it is in, when the server ends.
const GRACE: Duration = Duration::from_secs(4);
/// How long a connection that was in use a moment ago is kept for the next request when the server ends: it may be on its
/// way already, and would be lost. It is answered, and the answer says that the connection is over.
const LINGER: Duration = Duration::from_millis(300);
const A_MOMENT: Duration = Duration::from_secs(1);
/// How many connections at once are told why they are refused, and how long each may take to hear it.
pub(crate) const REFUSING: usize = 64;
const HEARING: Duration = Duration::from_secs(2);
/// How long to wait when the system has no more file descriptors, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));

/// What every connection needs.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) router: Router,
    pub(crate) tls: Option<Tls>,
    pub(crate) runtime: Runtime,
    /// Cancelled once no socket is listened at any more: connections end.
    pub(crate) closed: CancellationToken,
    pub(crate) refusing: Arc<Semaphore>,
    pub(crate) proxies: Proxies,
}

/// A connection, from wherever it comes.
enum Stream {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

/// Accepts until the server ends.
pub(crate) async fn run(socket: Socket, door: Door) {
    let stopping = door.runtime.stopping().clone();
    let mut back_off = BACK_OFF.0;
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = accept(&socket.kind) => accepted,
        };
        match accepted {
            Ok(stream) => {
                back_off = BACK_OFF.0;
                door.open(stream);
            }
            // The client went away before it was accepted.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "can't accept connections; trying again");
                tokio::select! {
                    () = stopping.cancelled() => break,
                    () = tokio::time::sleep(back_off) => {}
                }
                back_off = (back_off * 2).min(BACK_OFF.1);
            }
        }
    }
    // Who waits in a socket that is closed is thrown out; in one that is handed on, the next process lets them in.
    if !socket.handed_on {
        while let Some(Ok(stream)) = accept(&socket.kind).now_or_never() {
            door.open(stream);
        }
    }
}

async fn accept(socket: &Kind) -> io::Result<Stream> {
    match socket {
        Kind::Tcp(listener) => listener.accept().await.map(|(stream, address)| Stream::Tcp(stream, address)),
        Kind::Unix(listener, _) => listener.accept().await.map(|(stream, _)| Stream::Unix(stream)),
    }
}

impl Door {
    fn open(&self, stream: Stream) {
        let (this, tracker) = (self.clone(), self.runtime.tracker());
        match stream {
            Stream::Tcp(stream, address) => match self.count(address) {
                Ok(open) => {
                    tracker.spawn(async move {
                        this.over_tcp(stream, address).await;
                        drop(open);
                    });
                }
                Err(limited) => {
                    // Of a flood of connections most are just closed.
                    let Ok(turn) = Arc::clone(&self.refusing).try_acquire_owned() else { return };
                    tracker.spawn(async move {
                        // Whether it hears it or not.
                        let _ = tokio::time::timeout(HEARING, this.refuse(stream, limited)).await;
                        drop(turn);
                    });
                }
            },
            Stream::Unix(stream) => {
                // Who connects there is on this machine, and has no address: a proxy, which counts its clients itself.
                let peer = Peer { address: (Ipv4Addr::LOCALHOST, 0).into(), tls: false };
                tracker.spawn(serve(stream, peer, this.router, this.closed));
            }
        }
    }

    /// Counts a connection. A proxy's are those of many; their websockets are counted by whose they are.
    fn count(&self, address: SocketAddr) -> Result<Option<Open>, Limited> {
        if self.proxies.trusts(address.ip()) {
            return Ok(None);
        }
        self.runtime.limits().open(What::Connections, address.ip())
    }

    async fn over_tcp(self, stream: TcpStream, address: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection is gone before it began");
            return;
        }
        let peer = Peer { address, tls: self.tls.is_some() };
        match self.tls {
            None => serve(stream, peer, self.router, self.closed).await,
            Some(tls) => {
                // Who has not said anything yet is not waited for at the end.
                let late = async {
                    self.closed.cancelled().await;
                    tokio::time::sleep(A_MOMENT).await;
                };
                let stream = tokio::select! {
                    stream = tls.accept(stream) => stream,
                    () = late => None,
                };
                let Some(stream) = stream else { return };
                // Nothing of the handshake is kept for as long as the connection lives.
                Box::pin(serve(stream, peer, self.router, self.closed)).await;
            }
        }
    }

    /// Answers a connection's first request with why it can't be served.
    async fn refuse(self, stream: TcpStream, limited: Limited) {
        match self.tls {
            None => refuse(stream, limited).await,
            Some(tls) => {
                if let Some(stream) = tls.accept(stream).await {
                    refuse(stream, limited).await;
                }
            }
        }
    }
}

async fn refuse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, limited: Limited) {
    let answer = service_fn(move |_: Request<Incoming>| {
        let mut response = parlor_gateway_web::limited(limited);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let connection = http1::Builder::new().max_buf_size(BUFFER_MAX).serve_connection(TokioIo::new(stream), answer);
    let _ = connection.await;
}

async fn serve<S>(stream: S, peer: Peer, router: Router, closed: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let used = Arc::new(Used::now());
    let (using, ends) = (Arc::clone(&used), closed.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let (answer, using, ends) = (router.call(request), Arc::clone(&using), ends.clone());
        async move {
            using.mark();
            let mut response: Response<Body> = answer.await?;
            using.mark();
            if ends.is_cancelled() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(BUFFER_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // In a box: after an upgrade nothing of it is left.
    let mut connection = Box::pin(connection);
    let ended = tokio::select! {
        // A request that is there already is answered.
        biased;
        ended = &mut connection => ended,
        () = used.over(&closed) => {
            connection.as_mut().graceful_shutdown();
            // A request that never arrives whole must not hold up the end.
            match tokio::time::timeout(GRACE, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// When a connection was last in use.
struct Used(Mutex<Instant>);

impl Used {
    fn now() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    fn mark(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until the server ends and no request can be on its way here any more.
    async fn over(&self, closed: &CancellationToken) {
        closed.cancelled().await;
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < A_MOMENT {
            tokio::time::sleep(LINGER).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_util::task::TaskTracker;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    /// A connection and its client's end.
    fn connection(stopping: &CancellationToken) -> (DuplexStream, TaskTracker) {
        let (client, server) = duplex(64 * 1024);
        let peer = Peer { address: (Ipv4Addr::LOCALHOST, 1).into(), tls: false };
        let router = Router::new().route("/", get(|| async { "hello" }));
        let tracker = TaskTracker::new();
        tracker.spawn(serve(server, peer, router, stopping.clone()));
        (client, tracker)
    }

    /// One answer, as it came.
    async fn answer(client: &mut DuplexStream) -> String {
        let mut said = Vec::new();
        while !said.ends_with(b"hello") {
            let mut byte = [0];
            assert_eq!(
                client.read(&mut byte).await.expect("a stream"),
                1,
                "it ended: {}",
                String::from_utf8_lossy(&said)
            );
            said.push(byte[0]);
        }
        String::from_utf8(said).expect("text")
    }

    #[tokio::test]
    async fn a_connection_in_use_is_answered_once_more_when_the_server_ends() {
        let stopping = CancellationToken::new();
        let (mut client, tracker) = connection(&stopping);
        client.write_all(REQUEST).await.expect("written");
        assert!(!answer(&mut client).await.contains("connection: close"));
        stopping.cancel();
        client.write_all(REQUEST).await.expect("still open");
        assert!(answer(&mut client).await.contains("connection: close"));
        assert_eq!(client.read(&mut [0]).await.expect("an end in order"), 0);
        tracker.close();
        tracker.wait().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_never_ends_has_half_a_minute_and_so_has_who_says_nothing() {
        let stopping = CancellationToken::new();
        for head in [&b""[..], b"GET /ws/a HTTP/1.1\r\nhost: a\r\nupgrade: "] {
            let began = Instant::now();
            let (mut client, tracker) = connection(&stopping);
            client.write_all(head).await.expect("written");
            let mut said = Vec::new();
            client.read_to_end(&mut said).await.expect("an end");
            assert_eq!(began.elapsed().as_secs(), HEADER_TIMEOUT.as_secs(), "{}", String::from_utf8_lossy(&said));
            tracker.close();
            tracker.wait().await;
        }
    }

    #[tokio::test]
    async fn only_a_connection_in_use_is_kept_for_a_moment() {
        let stopping = CancellationToken::new();
        let fresh = Used::now();
        assert!(fresh.over(&stopping).now_or_never().is_none(), "the server does not end");
        stopping.cancel();
        assert!(fresh.over(&stopping).now_or_never().is_none(), "the next request may be on its way");
        let idle = Used(Mutex::new(Instant::now().checked_sub(A_MOMENT).expect("a machine that runs for a second")));
        assert!(idle.over(&stopping).now_or_never().is_some());
    }
}
