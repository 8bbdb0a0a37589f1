//! Closing, from both sides, with every code.

use parlor_sockets::{CloseCode, Connection, Frame, Incoming, Limits, Sent};
use tokio::time::Instant;

use crate::client::{CLOSE, PING, TEXT, close_payload, memory, run, tcp};

#[tokio::test]
async fn every_code_of_a_client_is_echoed() {
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4999] {
        let (connection, mut client) = tcp(Limits::CLIENT, false).await;
        let mut running = run(connection);
        client.send(CLOSE, &close_payload(code, "bye")).await;
        assert_eq!(client.frame().await, Some((CLOSE, close_payload(code, "bye"))));
        assert_eq!(client.frame().await, None);
        running.assert_closed(code).await;
    }
}

#[tokio::test]
async fn codes_that_nobody_may_send_are_answered_with_1002() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        let (connection, mut client) = tcp(Limits::CLIENT, false).await;
        let mut running = run(connection);
        client.send(CLOSE, &close_payload(code, "")).await;
        let (first, payload) = client.frame().await.unwrap();
        assert_eq!((first, &payload[..2]), (CLOSE, &1002_u16.to_be_bytes()[..]), "{code}");
        running.assert_closed(1002).await;
    }
}

#[tokio::test]
async fn a_close_without_a_code_is_answered_without_one() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let mut running = run(connection);
    client.send(CLOSE, b"").await;
    assert_eq!(client.frame().await, Some((CLOSE, Vec::new())));
    running.assert_closed(1005).await;
}

#[tokio::test]
async fn closing_comes_after_what_waits_and_ends_with_the_clients_answer() {
    let (connection, mut client) = tcp(Limits::CLIENT, true).await;
    let mut running = run(connection);
    let frames = vec![Frame::text(&"x".repeat(10_000)); 20];
    assert_eq!(running.socket.send(&frames), Sent::Queued);
    running.socket.close(CloseCode::RESTART, "the server restarts");
    running.socket.close(CloseCode::ERROR, "not this one");
    assert!(running.socket.is_closed());
    assert_eq!(running.socket.send(&frames), Sent::Closed);
    for _ in 0..20 {
        assert_eq!(client.frame().await.unwrap().0, TEXT);
    }
    assert_eq!(client.frame().await, Some((CLOSE, close_payload(1012, "the server restarts"))));
    client.send(TEXT, b"said before the close frame came").await;
    client.send(PING, b"").await;
    client.send(CLOSE, &close_payload(1000, "")).await;
    assert_eq!(client.frame().await, None);
    running.assert_closed(1012).await;
}

#[tokio::test]
async fn abandoning_throws_away_what_waits_but_not_half_a_frame() {
    let (connection, mut client) = tcp(Limits::CLIENT, true).await;
    let mut running = run(connection);
    let frames = vec![Frame::text(&"x".repeat(10_000)); 90];
    assert_eq!(running.socket.send(&frames), Sent::Queued);
    running.socket.abandon(CloseCode::TRY_AGAIN, "too far behind");
    let mut texts = 0;
    loop {
        match client.frame().await.unwrap() {
            (TEXT, payload) => assert_eq!(payload.len(), 10_000),
            other => {
                assert_eq!(other, (CLOSE, close_payload(1013, "too far behind")));
                break;
            }
        }
        texts += 1;
    }
    assert!(texts < 90, "{texts}");
    drop(client);
    running.assert_closed(1013).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_answers_the_close_has_five_seconds() {
    // One that is silent, one that does not even read.
    for size in [1024, 8] {
        let (mut connection, _client) = memory(Limits::CLIENT, size);
        let start = Instant::now();
        let _ = connection.socket().send(&[Frame::text("something")]);
        connection.socket().close(CloseCode::AWAY, "");
        assert_eq!(connection.next().await, Incoming::Closed { code: CloseCode::AWAY });
        assert_eq!(start.elapsed(), Limits::CLIENT.closing);
    }
}

#[tokio::test]
async fn killing_ends_at_once() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let mut running = run(connection);
    running.socket.kill();
    running.assert_closed(1006).await;
    assert_eq!(client.frame().await, None);
}

#[tokio::test]
async fn dropping_the_connection_ends_it_though_sockets_are_held() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let socket = connection.socket().clone();
    drop(connection);
    assert_eq!(client.frame().await, None);
    assert_eq!(socket.send(&[Frame::text("late")]), Sent::Closed);
    assert!(socket.is_closed());
    socket.close(CloseCode::NORMAL, "");
    socket.wake();
}

#[tokio::test]
async fn an_idle_connection_is_small() {
    assert!(size_of::<Connection>() <= 320, "{}", size_of::<Connection>());
    let (mut connection, _client) = memory(Limits::CLIENT, 8);
    let future = connection.next();
    assert!(size_of_val(&future) <= 32, "{}", size_of_val(&future));
}
