//! The handshake: what is refused and how, and the whole way through hyper.

use std::convert::Infallible;

use http::header::{ALLOW, SEC_WEBSOCKET_VERSION};
use http::{Request, Response, request};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming as Body};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parlor_sockets::{Frame, Limits, Refusal, Upgrade};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::client::{Client, TEXT, masked, run, text};

/// The example of RFC 6455.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

fn parts(change: impl FnOnce(request::Builder) -> request::Builder) -> request::Parts {
    let builder =
        Request::builder().uri("/ws/room").header("Connection", "keep-alive, Upgrade").header("Upgrade", "WebSocket");
    let (mut parts, ()) = change(builder).body(()).unwrap().into_parts();
    parts.extensions.insert(hyper::upgrade::on(Request::new(())));
    parts
}

fn check(expected: Refusal, status: u16, change: impl FnOnce(request::Builder) -> request::Builder) {
    let refusal = Upgrade::from_parts(&mut parts(change), &[]).unwrap_err();
    assert_eq!((refusal, refusal.status().as_u16()), (expected, status));
    assert_eq!(refusal.headers().contains_key(SEC_WEBSOCKET_VERSION), status == 426);
    assert_eq!(refusal.headers().contains_key(ALLOW), status == 405);
    assert!(refusal.to_string().ends_with('.'));
}

fn versioned(builder: request::Builder) -> request::Builder {
    builder.header("Sec-WebSocket-Version", "13")
}

#[test]
fn what_is_no_handshake_is_refused_with_its_reason() {
    check(Refusal::Method, 405, |builder| versioned(builder).method("POST").header("Sec-WebSocket-Key", KEY));
    check(Refusal::Version, 426, |builder| builder.header("Sec-WebSocket-Key", KEY));
    check(Refusal::Version, 426, |builder| {
        builder.header("Sec-WebSocket-Version", "8").header("Sec-WebSocket-Key", KEY)
    });
    check(Refusal::Key, 400, versioned);
    check(Refusal::Key, 400, |builder| versioned(builder).header("Sec-WebSocket-Key", "short"));
    check(Refusal::Key, 400, |builder| versioned(builder).header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZ\u{20}=="));
    check(Refusal::Key, 400, |builder| {
        versioned(builder).header("Sec-WebSocket-Key", KEY).header("Sec-WebSocket-Key", KEY)
    });
    check(Refusal::NotUpgradable, 400, |builder| {
        versioned(builder).header("Sec-WebSocket-Key", KEY).version(http::Version::HTTP_10)
    });

    let (mut plain, ()) = Request::builder().uri("/ws/room").body(()).unwrap().into_parts();
    assert_eq!(Upgrade::from_parts(&mut plain, &[]).unwrap_err(), Refusal::NoUpgrade);
    let mut taken = parts(|builder| versioned(builder).header("Sec-WebSocket-Key", KEY));
    assert!(Upgrade::from_parts(&mut taken, &[]).is_ok());
    assert_eq!(Upgrade::from_parts(&mut taken, &[]).unwrap_err(), Refusal::NotUpgradable);
}

#[test]
fn the_response_has_the_accept_key_and_agrees_to_no_extension() {
    let mut parts = parts(|builder| {
        versioned(builder)
            .header("Sec-WebSocket-Key", KEY)
            .header("Sec-WebSocket-Extensions", "permessage-deflate")
            .header("Sec-WebSocket-Protocol", "other, second")
            .header("Sec-WebSocket-Protocol", "first")
    });
    let upgrade = Upgrade::from_parts(&mut parts, &["first", "second"]).unwrap();
    assert_eq!(upgrade.protocol(), Some("second"));
    let response = upgrade.response();
    assert_eq!(response.status(), 101);
    assert_eq!(response.headers()["sec-websocket-accept"], ACCEPT);
    assert_eq!(response.headers()["sec-websocket-protocol"], "second");
    assert!(!response.headers().contains_key("sec-websocket-extensions"));
}

/// Serves one HTTP connection, upgrades what it asks for, and greets it.
async fn serve(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, heard: mpsc::UnboundedSender<String>) {
    let (send, mut upgrades) = mpsc::unbounded_channel();
    let service = service_fn(move |request: Request<Body>| {
        let (mut parts, _) = request.into_parts();
        let upgrade = Upgrade::from_parts(&mut parts, &[]).unwrap();
        let response: Response<Empty<Bytes>> = upgrade.response().map(|()| Empty::new());
        send.send(upgrade).unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    let http = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(io), service).with_upgrades();
    let socket = async {
        let mut running = run(upgrades.recv().await.unwrap().connect(Limits::CLIENT).await.unwrap());
        assert_ne!(running.socket.send(&[Frame::text("welcome")]), parlor_sockets::Sent::Closed);
        for expected in ["with the request", "cut in two", "afterwards"] {
            assert_eq!(running.next().await, text(expected));
            heard.send(expected.to_owned()).unwrap();
        }
    };
    let (served, ()) = tokio::join!(http, socket);
    served.unwrap();
}

async fn shake_hands(mut io: impl AsyncRead + AsyncWrite + Unpin, mut heard: mpsc::UnboundedReceiver<String>) {
    let request = format!(
        "GET /ws/room HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    let cut = masked(TEXT, b"cut in two");
    // The first frames come in the same packet as the request: hyper has read them when the stream is taken back.
    io.write_all(&[request.as_bytes(), &masked(TEXT, b"with the request"), &cut[..5]].concat()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains(ACCEPT), "{head}");
    let mut client = Client::new(io);
    assert_eq!(client.frame().await, Some((TEXT, b"welcome".to_vec())));
    assert_eq!(heard.recv().await.unwrap(), "with the request");
    client.send_raw(&cut[5..]).await;
    assert_eq!(heard.recv().await.unwrap(), "cut in two");
    client.send(TEXT, b"afterwards").await;
    assert_eq!(heard.recv().await.unwrap(), "afterwards");
}

#[tokio::test]
async fn a_tcp_stream_is_taken_back_with_what_was_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, server) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::join!(serve(server.unwrap().0, tell), shake_hands(client.unwrap(), heard));
}

#[tokio::test]
async fn a_stream_in_memory_works_behind_a_box() {
    let (client, server) = tokio::io::duplex(1024);
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::join!(serve(server, tell), shake_hands(client, heard));
}

#[tokio::test]
async fn an_upgrade_that_never_happens_is_an_error() {
    let upgrade =
        Upgrade::from_parts(&mut parts(|builder| versioned(builder).header("Sec-WebSocket-Key", KEY)), &[]).unwrap();
    assert!(upgrade.connect(Limits::CLIENT).await.is_err());
}
