//! Times: how long a client may take, and how it shows that it lives. They pass while all are waiting.

use std::time::Duration;

use parlor_gateway_hub::Settings;
use parlor_rooms::policy::Accounts;
use parlor_runtime::limits::{Limits, Rate};
use parlor_testkit::{http::within, ws::Came};
use serde_json::json;
use tokio::{
    io::DuplexStream,
    time::{Instant, timeout_at},
};

use crate::talk::{Client, House, closed};

/// What a ping of the server looks like.
const PING: [u8; 2] = [0x89, 0];

async fn enter(house: &House, name: &str) -> Client<DuplexStream> {
    Client::identify(house.ws_in_memory().await, json!({"name": name, "version": "0.2.0"})).await
}

#[tokio::test(start_paused = true)]
async fn five_seconds_are_there_to_introduce_oneself() {
    let house = House::open().await;
    let began = Instant::now();
    let mut late = house.ws_in_memory().await;
    // Pings are no introduction, and neither is half of one.
    late.ping(b"1").await;
    assert_eq!(late.came().await, Came::Pong(b"1".to_vec()));
    late.send_raw(&[0x01, 0x84, 0, 0, 0, 0, b'{', b'"']).await;
    assert_eq!(closed(&mut late).await, 4004);
    assert_eq!(began.elapsed().as_secs(), 5);
    let mut just_in_time = house.ws_in_memory().await;
    tokio::time::sleep(Duration::from_millis(4_900)).await;
    just_in_time.say(r#"{"type":"IDENTIFY","name":"a","version":"0.2.0"}"#).await;
    assert_eq!(just_in_time.json().await["type"], "HELLO");
}

#[tokio::test(start_paused = true)]
async fn the_server_pings_every_five_seconds_and_who_answers_stays() {
    let house = House::open().await;
    let mut ann = enter(&house, "ann").await;
    let mut pings = Vec::new();
    for _ in 0..20 {
        assert_eq!(ann.ws.bytes(2).await, PING);
        pings.push(Instant::now());
        ann.ws.send_raw(&[0x8a, 0x80, 0, 0, 0, 0]).await;
    }
    for pair in pings.windows(2) {
        assert_eq!((pair[1] - pair[0]).as_millis(), 5_000);
    }
    ann.ask(json!({"type": "SELF_FETCH"})).await;
}

#[tokio::test(start_paused = true)]
async fn ten_seconds_without_pong_or_ping_close_with_4009_whatever_else_is_said() {
    let house = House::open().await;
    let mut ann = enter(&house, "ann").await;
    let began = Instant::now();
    let mut answers = 0;
    let code = loop {
        match ann.ws.bytes(2).await[..] {
            [0x88, length] => {
                let reason = ann.ws.bytes(length.into()).await;
                break u16::from_be_bytes([reason[0], reason[1]]);
            }
            // It speaks, but says nothing of its heart.
            [0x89, 0] => ann.ws.say("nonsense").await,
            [0x81, length] if length < 126 => {
                ann.ws.bytes(length.into()).await;
                answers += 1;
            }
            [first, second] => panic!("{first:#x} {second}"),
            _ => panic!("two bytes"),
        }
    };
    assert_eq!(code, 4009);
    assert!(answers > 0);
    assert!((10..=11).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    // Though it has not answered that, its name is free.
    enter(&house, "ann").await;
    drop(ann);
}

#[tokio::test(start_paused = true)]
async fn a_clients_own_pings_are_signs_of_life_too() {
    let house = House::open().await;
    let mut ann = enter(&house, "ann").await;
    for _ in 0..8 {
        ann.ws.send_raw(&[0x89, 0x80, 0, 0, 0, 0]).await;
        let next = Instant::now() + Duration::from_secs(8);
        // The server's pings are not answered.
        while let Ok(frame) = timeout_at(next, ann.ws.bytes(2)).await {
            assert!(frame == PING || frame == [0x8a, 0], "{frame:?}");
        }
    }
    ann.ask(json!({"type": "SELF_FETCH"})).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_to_wait_for_its_payloads_to_be_heard_is_not_taken_for_dead() {
    let limits = Limits { on: true, payloads: Rate::new(10, 10), ..Limits::default() };
    let settings = Settings { ties: Vec::new(), ..Settings::default() };
    let house = House::build(settings, Accounts::Off, |builder| builder.limits(limits)).await;
    let mut ann = enter(&house, "ann").await;
    let began = Instant::now();
    // Its pongs come behind a minute of what it says.
    for _ in 0..70 {
        ann.ws.say(r#"{"type":"CLIENT_FETCH","uuid":"?"}"#).await;
    }
    for seq in 0..70 {
        let answer = within("an answer", ann.ws.json()).await;
        assert_eq!(answer, json!({"type": "INVALID_UUID", "uuid": "?", "seq": seq}));
    }
    assert!((55..=65).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn over_a_real_socket_the_same_with_short_times() {
    let house = House::with(|settings| {
        settings.identify_within = Duration::from_millis(20);
        settings.heartbeat = Duration::from_millis(50);
    })
    .await;
    assert_eq!(closed(&mut house.ws().await).await, 4004);
    let house = House::with(|settings| settings.heartbeat = Duration::from_millis(50)).await;
    let mut ann = house.enter("ann").await;
    assert_eq!(ann.ws.bytes(2).await, PING);
    // Unanswered.
    assert_eq!(closed(&mut ann.ws).await, 4009);
    ann.leave().await;
    house.enter("ann").await;
}
