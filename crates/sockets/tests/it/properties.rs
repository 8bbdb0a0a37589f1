//! Whatever the sizes and wherever the bytes are cut, each side decodes exactly what the other one sent.

use parlor_sockets::{Connection, Frame, Incoming, Limits, Sent};
use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::client::{Client, PING, PONG, TEXT, masked, memory, run, tcp};

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..200_usize, 2 => 120..130_usize, 2 => 0..5000_usize, 1 => 65_500..65_600_usize]
}

/// Bursts of frames, and how much the client reads at once.
fn sending() -> impl Strategy<Value = (Vec<Vec<usize>>, Vec<usize>, usize)> {
    (
        prop::collection::vec(prop::collection::vec(sizes(), 0..80), 1..10),
        prop::collection::vec(1..20_000_usize, 1..10),
        1..5000_usize,
    )
}

async fn check_sending<S: AsyncRead + AsyncWrite + Unpin>(
    connection: Connection,
    mut client: Client<S>,
    bursts: Vec<Vec<usize>>,
    chunks: Vec<usize>,
) {
    let running = run(connection);
    let letter = |number: usize| char::from(b'a' + (number % 26) as u8);
    let sizes: Vec<usize> = bursts.concat();
    let mut number = 0;
    let send = async {
        for burst in &bursts {
            let frames: Vec<Frame> = burst
                .iter()
                .map(|size| {
                    number += 1;
                    Frame::text(&letter(number - 1).to_string().repeat(*size))
                })
                .collect();
            running.socket.ready(frames.iter().map(Frame::len).sum()).await.unwrap();
            assert!(matches!(running.socket.send(&frames), Sent::Written | Sent::Queued));
        }
    };
    let mut chunks = chunks.into_iter().cycle();
    let receive = async {
        client.send(PING, b"!").await;
        let (mut pongs, mut number) = (0, 0);
        while number < sizes.len() || pongs < 1 {
            match client.frame_in_chunks(chunks.next().unwrap()).await.unwrap() {
                (TEXT, payload) => {
                    assert_eq!(payload.len(), sizes[number]);
                    assert!(payload.iter().all(|byte| char::from(*byte) == letter(number)));
                    number += 1;
                }
                (PONG, payload) => {
                    assert_eq!(payload, b"!");
                    pongs += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    };
    tokio::join!(send, receive);
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_tcp_client_decodes_exactly_what_was_sent((bursts, chunks, _) in sending(), tiny: bool) {
        block_on(async {
            let (connection, client) = tcp(Limits { outbox: 300_000, ..Limits::CLIENT }, tiny).await;
            check_sending(connection, client, bursts, chunks).await;
        });
    }

    #[test]
    fn a_client_in_memory_decodes_exactly_what_was_sent((bursts, chunks, size) in sending()) {
        block_on(async {
            let (connection, client) = memory(Limits { outbox: 300_000, ..Limits::CLIENT }, size);
            check_sending(connection, client, bursts, chunks).await;
        });
    }

    #[test]
    fn the_server_decodes_exactly_what_a_client_sent(
        messages in prop::collection::vec((any::<bool>(), prop::collection::vec(sizes(), 1..5)), 0..20),
        chunks in prop::collection::vec(1..20_000_usize, 1..10),
    ) {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for (pinged, fragments) in &messages {
            let mut whole = String::new();
            for (place, size) in fragments.iter().enumerate() {
                let first = if place == 0 { 0x01 } else { 0x00 };
                let last = if place + 1 == fragments.len() { 0x80 } else { 0 };
                let fragment = "é".repeat(*size / 2);
                bytes.extend(masked(first | last, fragment.as_bytes()));
                whole += &fragment;
                if *pinged {
                    bytes.extend(masked(PING, b"?"));
                }
            }
            expected.push(Incoming::Text(whole));
        }
        block_on(async {
            let (connection, mut client) = memory(Limits::BOT, 10_000);
            let mut running = run(connection);
            let mut chunks = chunks.into_iter().cycle();
            let send = async {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(chunks.next().unwrap().min(rest.len()));
                    client.send_raw(now).await;
                    rest = later;
                }
            };
            let receive = async {
                for expected in expected {
                    assert!(running.next().await == expected);
                }
            };
            tokio::join!(send, receive);
        });
    }
}
