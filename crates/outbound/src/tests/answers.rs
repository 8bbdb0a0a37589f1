//! What comes back: good answers, strange ones, slow ones, endless ones, none.

use std::future::pending;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use super::server::{Script, Server, answer, ok};
use super::{Names, PLENTY, get, local, post};
use crate::{Bytes, Client, Error, HeaderMap, HeaderName, HeaderValue, Lookup, MAX_HEADER_BYTES, Resolved};

const SHORT: Duration = Duration::from_millis(150);

#[tokio::test]
async fn json_is_posted_and_the_answer_comes_back_whole() {
    let mut server = Server::start(answer("200 OK", "X-Bot: Echo\r\n", r#"{"text":"hi"}"#)).await;
    let headers = HeaderMap::from_iter([(HeaderName::from_static("parlor-room"), HeaderValue::from_static("welcome"))]);
    let client = Client::new(local());
    let body = Bytes::from(r#"{"room":"welcome"}"#);
    let answer = client.post_json(&server.url(), &headers, body, PLENTY, 1000).await.unwrap();

    assert_eq!((answer.status, answer.reason.as_str(), answer.truncated), (200, "OK", false));
    assert_eq!(answer.headers["x-bot"], "Echo");
    assert_eq!(&answer.body[..], br#"{"text":"hi"}"#);
    assert!(answer.took > Duration::ZERO && answer.took < PLENTY);

    let request = server.request().await;
    assert!(request.starts_with("POST /bot HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/json\r\n"), "{request}");
    assert!(request.contains("\r\nparlor-room: welcome\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"room\":\"welcome\"}"), "{request}");
}

#[tokio::test]
async fn every_status_is_an_answer_with_its_reason() {
    let client = Client::new(local());
    for (sent, status, reason) in [
        ("404 NOT FOUND", 404, "NOT FOUND"),
        ("500 Internal Server Error", 500, "Internal Server Error"),
        ("418 Teapot, short", 418, "Teapot, short"),
        ("404 ", 404, "Not Found"),
    ] {
        let server = Server::start(answer(sent, "", "x")).await;
        let answer = post(&client, &server.url(), "{}").await.unwrap();
        assert_eq!((answer.status, answer.reason.as_str()), (status, reason));
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let mut server = Server::start(answer("302 Found", "location: /elsewhere\r\n", "")).await;
    let client = Client::new(local());
    assert_eq!(post(&client, &server.url(), "{}").await.unwrap().status, 302);
    assert_eq!(get(&client, &server.url()).await.unwrap().headers["location"], "/elsewhere");
    server.request().await;
    server.request().await;
    assert!(server.heard_nothing());
}

#[tokio::test]
async fn a_cookie_is_not_kept_and_a_password_goes_to_its_own_host_only_as_a_header() {
    let mut server = Server::start(answer("200 OK", "set-cookie: a=b\r\n", "")).await;
    let client = Client::new(local());
    get(&client, &server.url()).await.unwrap();
    server.request().await;
    let with_password = server.url().replace("http://", "http://me:secret@");
    get(&client, &with_password).await.unwrap();
    let request = server.request().await;
    assert!(!request.to_lowercase().contains("cookie"), "{request}");
    assert!(!request.contains("secret") && request.contains("authorization: Basic "), "{request}");
}

#[tokio::test]
async fn reading_stops_at_the_limit_and_says_so() {
    let client = Client::new(local());
    for (length, limit, truncated) in [(1000, 1000, false), (1001, 1000, true), (1, 0, true), (0, 0, false)] {
        let server = Server::start(ok(&"x".repeat(length))).await;
        let answer = client.get(&server.url(), &HeaderMap::new(), PLENTY, limit).await.unwrap();
        assert_eq!((answer.body.len(), answer.truncated), (length.min(limit), truncated));
    }
    let endless = Script::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 1000]);
    let server = Server::start(endless).await;
    let answer = client.get(&server.url(), &HeaderMap::new(), PLENTY, 100_000).await.unwrap();
    assert_eq!((answer.body.len(), answer.truncated), (100_000, true));
}

#[tokio::test]
async fn large_and_endless_headers_are_refused() {
    let client = Client::new(local());
    let one_large = answer("200 OK", &format!("x-large: {}\r\n", "x".repeat(MAX_HEADER_BYTES)), "");
    let many = answer("200 OK", &"x-many: x\r\n".repeat(10_000), "");
    let endless = Script::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-endless: xxxxxxxxxxxxxxxxxxxxx\r\n".to_vec());
    let one_endless = Script::Endless(b"HTTP/1.1 200 OK\r\nx-endless: ".to_vec(), vec![b'x'; 1000]);
    for script in [one_large, many, endless, one_endless] {
        let server = Server::start(script).await;
        assert_eq!(get(&client, &server.url()).await.unwrap_err(), Error::TooLarge);
    }
    let fits = Server::start(answer("200 OK", &format!("x-large: {}\r\n", "x".repeat(60_000)), "")).await;
    assert_eq!(get(&client, &fits.url()).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_byte_now_and_then_does_not_make_the_time_longer() {
    let client = Client::new(local());
    let body = b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n".iter().copied().chain([b'x'; 10_000]).collect();
    let headers = b"HTTP/1.1 200 OK\r\n".iter().copied().chain(b"x-slow: x\r\n".repeat(1_000)).collect();
    for bytes in [body, headers] {
        let server = Server::start(Script::Slow(bytes, Duration::from_millis(1))).await;
        let result = client.get(&server.url(), &HeaderMap::new(), SHORT, 1 << 20).await;
        assert_eq!(result.unwrap_err(), Error::TimedOut(SHORT));
    }
}

#[tokio::test]
async fn what_is_compressed_stays_so_and_is_not_asked_for() {
    // Whoever tried to unpack this would fail.
    let bomb = "\u{1f}not unpacked";
    let mut server = Server::start(answer("200 OK", "content-encoding: gzip\r\n", bomb)).await;
    let client = Client::new(local());
    let answer = get(&client, &server.url()).await.unwrap();
    assert_eq!(
        (&answer.body[..], &answer.headers["content-encoding"]),
        (bomb.as_bytes(), &HeaderValue::from_static("gzip"))
    );
    assert!(!server.request().await.to_lowercase().contains("accept-encoding"));
}

#[tokio::test]
async fn the_time_is_for_everything_together() {
    let client = Client::new(local());
    let silent = Script::Stuck(Vec::new());
    let half_headers = Script::Stuck(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec());
    let half_body = Script::Stuck(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec());
    for script in [silent, half_headers, half_body] {
        let server = Server::start(script).await;
        let result = client.get(&server.url(), &HeaderMap::new(), SHORT, 1000).await;
        assert_eq!(result.unwrap_err(), Error::TimedOut(SHORT));
    }

    struct NeverAnswers;
    impl Lookup for NeverAnswers {
        fn lookup(&self, _: &str) -> Resolved {
            Box::pin(pending())
        }
    }
    let client = Client::with_lookup(local(), Arc::new(NeverAnswers));
    let result = client.get("http://bot.example/", &HeaderMap::new(), SHORT, 1000).await;
    assert_eq!(result.unwrap_err(), Error::TimedOut(SHORT));
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_refused_in_words() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::with_lookup(local(), Names::new([("bot.example", &["127.0.0.1", "::1"])]));
    for host in ["127.0.0.1", "bot.example"] {
        let error = get(&client, &format!("http://{host}:{port}/")).await.unwrap_err();
        assert_eq!(error, Error::Refused);
        assert_eq!(error.to_string(), "nothing is listening there (connection refused)");
        assert!(error.is_connect());
    }
}

#[tokio::test]
async fn a_server_on_one_of_a_names_addresses_is_found() {
    // As `localhost` often is: Flask listens on 127.0.0.1, the name begins with ::1.
    let server = Server::start(ok("found")).await;
    let client = Client::with_lookup(local(), Names::new([("localhost", &["::1", "127.0.0.1"])]));
    let answer = get(&client, &format!("http://localhost:{}/", server.address.port())).await.unwrap();
    assert_eq!(&answer.body[..], b"found");
}

#[tokio::test]
async fn the_systems_resolver_knows_localhost() {
    let server = Server::start(ok("found")).await;
    let answer = get(&Client::new(local()), &format!("http://localhost:{}/", server.address.port())).await.unwrap();
    assert_eq!(&answer.body[..], b"found");
}

#[tokio::test]
async fn a_name_without_an_address_is_no_such_host() {
    let client = Client::with_lookup(local(), Names::new([("empty.example", &[])]));
    for url in ["http://nowhere.example/", "http://empty.example/"] {
        assert_eq!(get(&client, url).await.unwrap_err(), Error::NoSuchHost);
    }
}

#[tokio::test]
async fn what_is_not_an_answer_is_explained() {
    let client = Client::new(local());
    for (script, words) in [
        (Script::Answer(Vec::new()), "closed the connection before its answer was complete"),
        (
            Script::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec()),
            "closed the connection before its answer was complete",
        ),
        (Script::Answer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()), "is not HTTP"),
    ] {
        let server = Server::start(script).await;
        let error = get(&client, &server.url()).await.unwrap_err();
        assert!(matches!(&error, Error::Broken(_)), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
}
