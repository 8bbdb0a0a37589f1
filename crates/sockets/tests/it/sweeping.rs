//! The sweeper, with paused time.

use std::time::Duration;

use parlor_sockets::{CloseCode, Frame, Limits, Sent, Signs, Sweep, Sweeper};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::client::{CLOSE, PING, PONG, TEXT, close_payload, memory, run, text};

const SWEEP: Sweep = Sweep {
    interval: Duration::from_secs(5),
    signs: Signs::Anything,
    silent: Duration::from_secs(30),
    dead: (CloseCode::AWAY, "no answer to a ping"),
    answer: Duration::from_secs(20),
    stalled: Duration::from_secs(30),
    stalled_reason: "come back with ?since=",
};

/// Where only beats count.
const BEATS: Sweep = Sweep {
    interval: SECOND,
    signs: Signs::Beats,
    silent: Duration::from_secs(5),
    answer: Duration::from_secs(5),
    dead: (CloseCode(4009), "no heartbeat"),
    ..SWEEP
};
const SECOND: Duration = Duration::from_secs(1);

fn sweeper() -> (Sweeper, CancellationToken, JoinSet<()>) {
    sweeper_of(SWEEP)
}

fn sweeper_of(sweep: Sweep) -> (Sweeper, CancellationToken, JoinSet<()>) {
    let sweeper = Sweeper::new(sweep);
    let token = CancellationToken::new();
    let mut task = JoinSet::new();
    task.spawn(sweeper.clone().run(token.clone()));
    (sweeper, token, task)
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_pinged_and_closed_if_it_does_not_answer() {
    let (sweeper, _token, _task) = sweeper();
    let (mut connection, mut client) = memory(Limits::CLIENT, 1024);
    let start = Instant::now();
    sweeper.watch(&mut connection);
    sweeper.watch(&mut connection);
    assert_eq!(sweeper.count(), 1);
    let mut running = run(connection);
    assert_eq!(client.frame().await, Some((PING, Vec::new())));
    let pinged = start.elapsed();
    assert!(pinged >= SWEEP.silent && pinged <= SWEEP.silent + 2 * SWEEP.interval, "{pinged:?}");
    assert_eq!(client.frame().await, Some((CLOSE, close_payload(1001, "no answer to a ping"))));
    assert_eq!(start.elapsed() - pinged, SWEEP.answer);
    running.assert_closed(1001).await;
    while sweeper.count() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_or_talks_stays() {
    let (sweeper, _token, _task) = sweeper();
    let (mut connection, mut client) = memory(Limits::CLIENT, 1024);
    sweeper.watch(&mut connection);
    let running = run(connection);
    for _ in 0..10 {
        assert_eq!(client.frame().await, Some((PING, Vec::new())));
        client.send(PONG, b"").await;
    }
    let start = Instant::now();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_secs(20)).await;
        client.send(TEXT, b"hi").await;
    }
    assert!(!running.socket.is_closed());
    // No ping came meanwhile: the next one is 30 s after the last word.
    let talked = start.elapsed();
    assert_eq!(client.frame().await, Some((PING, Vec::new())));
    assert!(start.elapsed() - talked >= SWEEP.silent);
}

#[tokio::test(start_paused = true)]
async fn where_only_beats_count_a_client_that_talks_and_does_not_answer_is_dead() {
    let (sweeper, _token, _task) = sweeper_of(BEATS);
    let (mut connection, mut client) = memory(Limits::CLIENT, 1024);
    sweeper.watch(&mut connection);
    let mut running = run(connection);
    for _ in 0..3 {
        assert_eq!(client.frame().await, Some((PING, Vec::new())));
        client.send(PONG, b"").await;
    }
    assert_eq!(client.frame().await, Some((PING, Vec::new())));
    let pinged = Instant::now();
    for _ in 0..4 {
        tokio::time::sleep(SECOND).await;
        client.send(TEXT, b"hi").await;
    }
    assert_eq!(client.frame().await, Some((CLOSE, close_payload(4009, "no heartbeat"))));
    assert!(pinged.elapsed() <= 6 * SECOND, "{:?}", pinged.elapsed());
    for _ in 0..4 {
        assert_eq!(running.next().await, text("hi"));
    }
    running.assert_closed(4009).await;
}

#[tokio::test(start_paused = true)]
async fn where_only_beats_count_a_client_that_reads_slowly_is_not_closed_unasked() {
    let (sweeper, _token, _task) = sweeper_of(BEATS);
    let (mut connection, mut client) = memory(Limits::CLIENT, 16);
    sweeper.watch(&mut connection);
    let mut running = run(connection);
    let frames: Vec<Frame> = (0..20).map(|_| Frame::text(&"x".repeat(100))).collect();
    assert_eq!(running.socket.send(&frames), Sent::Queued);
    for _ in 0..20 {
        tokio::time::sleep(SECOND).await;
        assert_eq!(client.frame().await, Some((TEXT, vec![b'x'; 100])));
    }
    // Only now is it asked, and has its time for an answer.
    assert_eq!(client.frame().await, Some((PING, Vec::new())));
    assert_eq!(client.frame().await, Some((CLOSE, close_payload(4009, "no heartbeat"))));
    running.assert_closed(4009).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_told_to_come_back() {
    let (sweeper, _token, _task) = sweeper();
    let (mut connection, mut client) = memory(Limits::CLIENT, 16);
    sweeper.watch(&mut connection);
    let mut running = run(connection);
    assert_eq!(running.socket.send(&[Frame::text(&"x".repeat(100)), Frame::text("y")]), Sent::Queued);
    let start = Instant::now();
    while !running.socket.is_closed() {
        // It talks, so it is not dead.
        client.send(PONG, b"").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(start.elapsed() >= SWEEP.stalled && start.elapsed() <= SWEEP.stalled + 2 * SWEEP.interval);
    assert_eq!(client.frame().await.unwrap().1.len(), 100);
    assert_eq!(client.frame().await, Some((CLOSE, close_payload(1013, SWEEP.stalled_reason))));
    drop(client);
    running.assert_closed(1013).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_client_that_makes_progress_stays() {
    let (sweeper, _token, _task) = sweeper();
    let (mut connection, mut client) = memory(Limits::CLIENT, 16);
    sweeper.watch(&mut connection);
    let running = run(connection);
    assert_eq!(running.socket.send(&[Frame::text(&"x".repeat(1000))]), Sent::Queued);
    let mut buffer = [0; 16];
    for _ in 0..50 {
        tokio::io::AsyncReadExt::read_exact(&mut client.io, &mut buffer).await.unwrap();
        tokio::time::sleep(Duration::from_secs(25)).await;
        assert!(!running.socket.is_closed());
    }
}

#[tokio::test(start_paused = true)]
async fn all_are_closed_at_a_shutdown_and_those_that_come_late_too() {
    let (sweeper, token, mut task) = sweeper();
    let mut all = Vec::new();
    for _ in 0..700 {
        let (mut connection, client) = memory(Limits::CLIENT, 1024);
        sweeper.watch(&mut connection);
        all.push((run(connection), client));
    }
    // Some leave first, so that there are holes.
    for (running, client) in all.drain(100..200) {
        drop((running, client));
    }
    while sweeper.count() > 600 {
        tokio::task::yield_now().await;
    }
    sweeper.close_all(CloseCode::RESTART, "the server restarts").await;
    let (mut late, client) = memory(Limits::CLIENT, 1024);
    sweeper.watch(&mut late);
    all.push((run(late), client));
    for (running, client) in &mut all {
        assert_eq!(client.frame().await, Some((CLOSE, close_payload(1012, "the server restarts"))));
        client.send(CLOSE, &close_payload(1012, "")).await;
        running.assert_closed(1012).await;
    }
    token.cancel();
    task.join_next().await.unwrap().unwrap();
    drop(all);
    assert_eq!(sweeper.count(), 0);
}
