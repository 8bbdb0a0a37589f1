//! Sending: order, bursts, what waits, what overflows, pongs in between.

use std::time::Duration;

use parlor_sockets::{CloseCode, Frame, Gone, Incoming, Limits, Sent, Socket};

use crate::client::{Client, PING, PONG, Running, TEXT, memory, run, tcp, text};

const SMALL: Limits = Limits { outbox: 20_000, ..Limits::CLIENT };

/// Different frames of some length, numbered.
fn frames(from: usize, to: usize, length: usize) -> Vec<Frame> {
    (from..to).map(|number| Frame::text(&format!("{number:>length$}"))).collect()
}

fn number(payload: &[u8]) -> usize {
    std::str::from_utf8(payload).unwrap().trim().parse().unwrap()
}

/// Sends to a client that does not read until the outbox overflows; how many frames were taken.
fn fill(socket: &Socket, length: usize) -> usize {
    let mut taken = 0;
    loop {
        let frame = frames(taken, taken + 1, length);
        match socket.send(&frame) {
            Sent::Written | Sent::Queued => taken += 1,
            Sent::Overflow => return taken,
            Sent::Closed => panic!("closed"),
        }
    }
}

async fn expect_numbers<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(client: &mut Client<S>, to: usize) {
    for expected in 0..to {
        let (first, payload) = client.frame().await.unwrap();
        assert_eq!((first, number(&payload)), (TEXT, expected));
    }
}

/// The kernel says a moment after connecting that a stream may be written.
async fn writable(running: &mut Running, client: &mut Client<tokio::net::TcpStream>) {
    client.send(TEXT, b"hello").await;
    assert_eq!(running.next().await, text("hello"));
    let _ = running.socket.send(&[Frame::text("hello")]);
    running.socket.drained().await.unwrap();
    assert_eq!(client.frame().await.unwrap().1, b"hello");
}

#[tokio::test]
async fn a_client_that_reads_gets_frames_without_any_waiting() {
    let (connection, mut client) = tcp(Limits::CLIENT, false).await;
    let mut running = run(connection);
    writable(&mut running, &mut client).await;
    assert_eq!(running.socket.send(&frames(0, 1, 10)), Sent::Written);
    assert_eq!(running.socket.send(&frames(1, 200, 300)), Sent::Written);
    assert_eq!(running.socket.send(&[]), Sent::Written);
    expect_numbers(&mut client, 200).await;
    assert_eq!(running.socket.queued(), 0);
}

#[tokio::test]
async fn frames_that_are_cut_anywhere_arrive_whole_and_in_order() {
    let (connection, mut client) = tcp(Limits { outbox: 10 << 20, ..Limits::CLIENT }, true).await;
    let mut running = run(connection);
    writable(&mut running, &mut client).await;
    assert_eq!(running.socket.send(&frames(0, 300, 1000)), Sent::Queued);
    assert_eq!(running.socket.send(&frames(300, 310, 60_000)), Sent::Queued);
    assert!(running.socket.queued() > 800_000);
    expect_numbers(&mut client, 310).await;
    running.socket.drained().await.unwrap();
    assert_eq!(running.socket.queued(), 0);
    assert_eq!(running.socket.backlog().frames, 0);
}

#[tokio::test]
async fn what_overflows_is_refused_whole_and_the_rest_arrives() {
    let (connection, mut client) = tcp(SMALL, true).await;
    let mut running = run(connection);
    writable(&mut running, &mut client).await;
    let taken = fill(&running.socket, 500);
    let waiting = running.socket.queued();
    assert!(waiting > SMALL.outbox - 504 && waiting <= SMALL.outbox, "{waiting}");
    assert_eq!(running.socket.send(&frames(taken, taken + 3, 500)), Sent::Overflow);
    assert_eq!(running.socket.send(&[Frame::text(&"x".repeat(100_000))]), Sent::Overflow);
    assert_eq!(running.socket.queued(), waiting);
    expect_numbers(&mut client, taken).await;
    running.socket.ready(504).await.unwrap();
    let _ = running.socket.send(&[Frame::text("end")]);
    assert_eq!(client.frame().await.unwrap().1, b"end");
}

#[tokio::test]
async fn a_frame_beyond_the_limit_passes_alone() {
    let (connection, mut client) = tcp(SMALL, true).await;
    let running = run(connection);
    let long = Frame::text(&"x".repeat(3 << 20));
    assert_eq!(running.socket.send(std::slice::from_ref(&long)), Sent::Queued);
    assert_eq!(running.socket.send(&[Frame::text("more")]), Sent::Overflow);
    assert_eq!(client.frame().await.unwrap().1, long.payload());
    running.socket.drained().await.unwrap();
    assert_ne!(running.socket.send(&[Frame::text("more")]), Sent::Overflow);
    assert_eq!(client.frame().await.unwrap().1, b"more");
}

#[tokio::test]
async fn a_pong_goes_between_frames_and_only_the_latest_ping_is_answered() {
    let (connection, mut client) = tcp(SMALL, true).await;
    let mut running = run(connection);
    writable(&mut running, &mut client).await;
    let taken = fill(&running.socket, 999);
    for ping in ["one", "two", "three"] {
        client.send(PING, ping.as_bytes()).await;
    }
    client.send(TEXT, b"done").await;
    assert_eq!(running.next().await, text("done"));
    let (mut texts, mut pongs) = (0, Vec::new());
    while texts < taken {
        match client.frame().await.unwrap() {
            (TEXT, payload) => {
                assert_eq!(number(&payload), texts);
                texts += 1;
            }
            (PONG, payload) => pongs.push((texts, payload)),
            other => panic!("{other:?}"),
        }
    }
    let [(before, payload)] = &pongs[..] else { panic!("{pongs:?}") };
    assert_eq!(payload, b"three");
    assert!(*before < taken, "the pong waited for everything");
}

#[tokio::test(start_paused = true)]
async fn over_memory_everything_goes_through_the_task() {
    let (connection, mut client) = memory(SMALL, 64);
    let running = run(connection);
    let taken = fill(&running.socket, 100);
    assert_eq!(running.socket.queued(), taken * 102);
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::task::yield_now().await;
    let backlog = running.socket.backlog();
    assert_eq!(backlog.waiting, Duration::from_secs(3));
    assert!(backlog.stalled <= backlog.waiting && backlog.frames > 0);
    expect_numbers(&mut client, taken).await;
    running.socket.drained().await.unwrap();
}

#[tokio::test]
async fn waiting_for_room_ends_with_the_connection() {
    let (connection, client) = tcp(SMALL, true).await;
    let mut running = run(connection);
    let taken = fill(&running.socket, 500);
    assert!(taken > 0);
    let waiter = running.socket.clone();
    let (waited, ()) = tokio::join!(waiter.ready(1000), async {
        tokio::task::yield_now().await;
        drop(client);
    });
    assert_eq!(waited, Err(Gone));
    running.assert_closed(1006).await;
    assert_eq!(running.socket.send(&[Frame::text("late")]), Sent::Closed);
    assert_eq!(running.socket.drained().await, Err(Gone));
}

#[tokio::test]
async fn replay_can_wait_for_room_beside_reading() {
    let (mut connection, mut client) = tcp(SMALL, true).await;
    let socket = connection.socket().clone();
    let replay = async {
        for first in (0..1000).step_by(10) {
            let frames = frames(first, first + 10, 300);
            socket.ready(frames.iter().map(Frame::len).sum()).await.unwrap();
            assert!(matches!(socket.send(&frames), Sent::Queued | Sent::Written));
        }
        socket.drained().await.unwrap();
    };
    let server = async {
        let mut replay = std::pin::pin!(replay);
        loop {
            tokio::select! {
                () = &mut replay => return,
                incoming = connection.next() => assert_eq!(incoming, text("hi")),
            }
        }
    };
    tokio::join!(server, async {
        client.send(TEXT, b"hi").await;
        expect_numbers(&mut client, 1000).await;
    });
}

#[tokio::test]
async fn waking_makes_next_return_once() {
    let (mut connection, _client) = memory(Limits::CLIENT, 64);
    let socket = connection.socket().clone();
    socket.wake();
    socket.wake();
    assert_eq!(connection.next().await, Incoming::Woken);
    let mut running = run(connection);
    socket.wake();
    assert_eq!(running.next().await, Incoming::Woken);
    socket.kill();
    assert_eq!(running.next().await, Incoming::Closed { code: CloseCode::ABNORMAL });
}

#[tokio::test]
async fn a_socket_equals_its_clones_only() {
    let (one, _client) = memory(Limits::CLIENT, 64);
    let (other, _client) = memory(Limits::CLIENT, 64);
    assert_eq!(one.socket(), &one.socket().clone());
    assert_ne!(one.socket(), other.socket());
}
