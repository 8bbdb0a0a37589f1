//! Reading: messages, fragments, leftover bytes, and clients that break the protocol.

use std::time::Duration;

use bytes::Bytes;
use parlor_sockets::{CloseCode, Connection, Incoming, Limits};
use tokio::time::Instant;

use crate::client::{BINARY, CLOSE, Client, PING, PONG, TEXT, close_payload, masked, memory, run, tcp, text};

#[tokio::test]
async fn messages_arrive_whole_however_they_are_cut() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let mut running = run(connection);
    client.send(TEXT, "grüße".as_bytes()).await;
    assert_eq!(running.next().await, text("grüße"));
    client.send(BINARY, b"\x00\xff").await;
    assert_eq!(running.next().await, Incoming::Binary(Bytes::from_static(b"\x00\xff")));
    // Three fragments, cut inside a character, with a ping in between, and all byte by byte.
    let mut bytes = masked(0x01, b"a\xc3");
    bytes.extend(masked(PING, b"there?"));
    bytes.extend(masked(0x00, b"\xa9"));
    bytes.extend(masked(0x80, b"z"));
    for byte in bytes {
        client.send_raw(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(client.frame().await, Some((PONG, b"there?".to_vec())));
    assert_eq!(running.next().await, text("aéz"));
    client.send(TEXT, b"").await;
    assert_eq!(running.next().await, text(""));
    let long = "x".repeat(64 << 10);
    client.send(TEXT, long.as_bytes()).await;
    assert_eq!(running.next().await, text(&long));
    client.send(TEXT, b"and on").await;
    assert_eq!(running.next().await, text("and on"));
}

#[tokio::test]
async fn many_messages_in_one_read_come_one_by_one() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let mut running = run(connection);
    let bytes: Vec<u8> = (0..3000).flat_map(|number| masked(TEXT, format!("{number}").as_bytes())).collect();
    client.send_raw(&bytes).await;
    for number in 0..3000 {
        assert_eq!(running.next().await, text(&number.to_string()));
    }
}

#[tokio::test]
async fn leftover_bytes_are_read_first() {
    let (server, client) = tokio::io::duplex(1024);
    let mut client = Client::new(client);
    let bytes = [masked(TEXT, b"first"), masked(TEXT, b"second")].concat();
    let (left, right) = bytes.split_at(14);
    let mut running = run(Connection::over_io(server, left, Limits::CLIENT));
    assert_eq!(running.next().await, text("first"));
    client.send_raw(right).await;
    assert_eq!(running.next().await, text("second"));
}

#[tokio::test]
async fn next_loses_nothing_when_it_is_dropped() {
    let (mut connection, mut client) = memory(Limits::CLIENT, 1024);
    let bytes = masked(TEXT, b"piece by piece");
    for byte in &bytes[..bytes.len() - 1] {
        client.send_raw(&[*byte]).await;
        tokio::select! {
            biased;
            incoming = connection.next() => panic!("{incoming:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    client.send_raw(&bytes[bytes.len() - 1..]).await;
    assert_eq!(connection.next().await, text("piece by piece"));
}

/// The server answers these bytes with a close frame of this code, and then ends the connection, without waiting for its time to run out.
async fn check_refused(bytes: &[u8], code: u16) {
    let limits = Limits { closing: Duration::from_secs(60), ..Limits::CLIENT };
    let start = Instant::now();
    let (connection, mut client) = tcp(limits, false).await;
    let mut running = run(connection);
    client.send_raw(bytes).await;
    let (first, payload) = client.frame().await.expect("a close frame");
    assert_eq!((first, u16::from_be_bytes([payload[0], payload[1]])), (CLOSE, code), "{bytes:x?}");
    assert_eq!(client.frame().await, None);
    drop(client);
    running.assert_closed(code).await;
    assert!(start.elapsed() < limits.closing);
}

#[tokio::test]
async fn clients_that_break_the_protocol_are_closed_with_the_right_code() {
    let mut unmasked = masked(TEXT, b"");
    unmasked.truncate(2);
    unmasked[1] = 2;
    unmasked.extend(b"hi");
    check_refused(&unmasked, 1002).await;
    check_refused(&masked(0xc1, b"compressed"), 1002).await;
    check_refused(&masked(0x83, b"reserved"), 1002).await;
    check_refused(&masked(0x8b, b"reserved"), 1002).await;
    check_refused(&masked(0x80, b"continues nothing"), 1002).await;
    check_refused(&[masked(0x01, b"begun"), masked(0x81, b"begun again")].concat(), 1002).await;
    check_refused(&masked(0x09, b"a ping in fragments"), 1002).await;
    check_refused(&masked(PING, &[b'x'; 126]), 1002).await;
    check_refused(&masked(CLOSE, b"x"), 1002).await;
    check_refused(&masked(TEXT, b"\xff"), 1007).await;
    check_refused(&[masked(0x01, b"\xc3"), masked(0x80, b"x")].concat(), 1007).await;
    check_refused(&masked(CLOSE, &[&close_payload(1000, "")[..], b"\xff"].concat()), 1007).await;
    check_refused(&masked(TEXT, &[b'x'; (64 << 10) + 1]), 1009).await;
    check_refused(&[masked(0x01, &[b'x'; 40 << 10]), masked(0x80, &[b'x'; 40 << 10])].concat(), 1009).await;
    // Only the header of a frame that will never come.
    check_refused(&masked(TEXT, &[b'x'; 1 << 20])[..14], 1009).await;
}

#[tokio::test]
async fn bots_may_send_more() {
    let (connection, mut client) = tcp(Limits::BOT, false).await;
    let mut running = run(connection);
    let long = "x".repeat(8 << 20);
    client.send(TEXT, long.as_bytes()).await;
    assert_eq!(running.next().await, text(&long));
}

#[tokio::test]
async fn a_client_that_just_goes_away_is_closed_with_1006() {
    for before in [&b""[..], &masked(TEXT, b"cut off")[..8]] {
        let (mut connection, mut client) = memory(Limits::CLIENT, 1024);
        client.send_raw(before).await;
        drop(client);
        for _ in 0..2 {
            assert_eq!(connection.next().await, Incoming::Closed { code: CloseCode::ABNORMAL });
        }
    }
}
