//! Accepting connections, and HTTP/1.1 on each.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, header},
};
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
    limits::{Limited, What},
};
use parlor_sockets::Peer;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

/// How long a client may take for the head of a request, and be idle between two.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes that a connection buffers of a request.
const BUFFER_MAX: usize = 64 * 1024;
/// How long a connection gets for the request that it is in, when the server ends.
const GRACE: Duration = Duration::from_secs(4);
/// How many connections at once are told why they are refused, and how long each may take to hear it.
const REFUSING: usize = 64;
const HEARING: Duration = Duration::from_secs(2);
/// How long to wait when the system has no more file descriptors, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));

/// Accepts until `stopping`.
pub(crate) async fn run(listener: TcpListener, router: Router, runtime: Runtime, proxies: Proxies) {
    let stopping = runtime.stopping();
    let refusing = Arc::new(Semaphore::new(REFUSING));
    let mut back_off = BACK_OFF.0;
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                back_off = BACK_OFF.0;
                let peer = Peer { address, tls: false };
                // A proxy's connections are those of many; their websockets are counted by whose they are.
                let open = if proxies.trusts(address.ip()) {
                    Ok(None)
                } else {
                    runtime.limits().open(What::Connections, address.ip())
                };
                match open {
                    Ok(open) => {
                        let served = serve(stream, peer, router.clone(), stopping.clone());
                        runtime.tracker().spawn(async move {
                            served.await;
                            drop(open);
                        });
                    }
                    Err(limited) => {
                        // Of a flood of connections most are just closed.
                        let Ok(turn) = Arc::clone(&refusing).try_acquire_owned() else { continue };
                        runtime.tracker().spawn(async move {
                            refuse(stream, limited).await;
                            drop(turn);
                        });
                    }
                }
            }
            // The client went away before it was accepted.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "can't accept connections; trying again");
                tokio::time::sleep(back_off).await;
                back_off = (back_off * 2).min(BACK_OFF.1);
            }
        }
    }
}

/// Answers a connection's first request with why it can't be served.
async fn refuse(stream: TcpStream, limited: Limited) {
    let answer = service_fn(move |_: Request<Incoming>| {
        let mut response = parlor_gateway_web::limited(limited);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let connection = http1::Builder::new().max_buf_size(BUFFER_MAX).serve_connection(TokioIo::new(stream), answer);
    // Whether it hears it or not.
    let _ = tokio::time::timeout(HEARING, connection).await;
}

async fn serve(stream: TcpStream, peer: Peer, router: Router, stopping: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is gone before it began");
        return;
    }
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
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
        ended = &mut connection => ended,
        () = stopping.cancelled() => {
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
