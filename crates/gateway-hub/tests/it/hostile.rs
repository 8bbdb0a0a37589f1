//! Whatever is sent, the server lives, and two who talk to each other meanwhile notice nothing.

use std::sync::Arc;

use parlor_gateway_hub::Settings;
use parlor_rooms::policy::Accounts;
use parlor_runtime::limits::Limits;
use parlor_testkit::{
    http::within,
    seed::Seed,
    ws::{Came, Ws},
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::talk::{Client, House};

/// How many broken payloads are tried.
const BROKEN: usize = 10_000;

/// Two who talk to each other until they are told that it is enough.
struct Pair {
    enough: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<u64>,
}

impl Pair {
    async fn begin(house: &House) -> Self {
        let [ann, bob] = house.enter_all(["ann", "bob"]).await;
        let (enough, told) = oneshot::channel();
        Self { enough, done: house.runtime.tracker().spawn(talk(ann, bob, told)) }
    }

    /// Both have heard everything, in order.
    async fn end(self) {
        self.enough.send(()).expect("they still talk");
        let count = within("their last word", self.done).await.expect("they noticed nothing");
        assert!(count > 10, "they said too little meanwhile: {count}");
    }
}

/// One says a number, the other says it back. Whoever joins, leaves, or speaks to all, is passed over; what is for them alone can
/// only come from the other.
async fn talk(mut ann: Client, mut bob: Client, mut enough: oneshot::Receiver<()>) -> u64 {
    async fn hear(client: &mut Client, from: &str) -> Value {
        loop {
            let payload = client.ws.json().await;
            match payload["type"].as_str() {
                Some("MESSAGE") if payload["target"]["type"] == "NAME" && payload["target"]["name"] == client.name => {
                    if payload["origin"]["name"] == from {
                        return payload["data"].clone();
                    }
                }
                Some("OK") if payload.get("seq").is_some() => {
                    assert_eq!(payload["seq"], client.seq, "each is answered once, in order");
                    client.seq += 1;
                }
                Some(
                    "MESSAGE" | "CLIENT_JOINED" | "CLIENT_LEFT" | "SERVICE_CREATE_RESULT" | "SERVICE_DELETE_RESULT",
                ) => {}
                _ => panic!("{payload}"),
            }
        }
    }
    let mut count = 0_u64;
    loop {
        let last = enough.try_recv().is_ok();
        let to_bob = json!({"type": "MESSAGE", "target": {"type": "NAME", "name": "bob"}, "data": count});
        ann.ws.say(&to_bob.to_string()).await;
        assert_eq!(hear(&mut bob, "ann").await, count);
        let to_ann = json!({"type": "MESSAGE", "target": {"type": "NAME", "name": "ann"}, "data": count});
        bob.ws.say(&to_ann.to_string()).await;
        assert_eq!(hear(&mut ann, "bob").await, count);
        count += 1;
        if last {
            return count;
        }
    }
}

/// Payloads that are right, to be broken.
fn right(uuid: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        r#"{"type":"IDENTIFY","name":"x","nickname":"X","version":"0.2.0","secret":"s","tags":["a","b"]}"#,
        r#"{"type":"SELF_SUBSCRIBE","service":"s"}"#,
        r#"{"type":"SELF_UNSUBSCRIBE","service":"s"}"#,
        r#"{"type":"SELF_FETCH"}"#,
        r#"{"type":"SELF_SET_SEQ","seq":5}"#,
        r#"{"type":"SERVICE_CREATE","service":"s","nickname":"S"}"#,
        r#"{"type":"SERVICE_DELETE","service":"s"}"#,
        r#"{"type":"SERVICE_FETCH","service":"s"}"#,
        r#"{"type":"SERVICE_FETCH_ALL"}"#,
        r#"{"type":"CLIENT_FETCH_ALL"}"#,
        r#"{"type":"MESSAGE","target":{"type":"NAME","name":"hostile"},"data":{"a":[1,2.5e3,null,"\u00e9\n"]}}"#,
        r#"{"type":"MESSAGE","target":{"type":"SERVICE","service":"s"},"data":[]}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(json!({"type": "CLIENT_FETCH", "uuid": uuid}).to_string());
    let target = json!({"type": "SERVICE_CLIENT_UUID", "service": "s", "uuid": uuid});
    all.push(json!({"type": "MESSAGE", "target": target, "data": 1}).to_string());
    all
}

/// Breaks a payload in one to four places.
fn broken(payload: &str, seed: &mut Seed) -> String {
    const PIECES: [&str; 24] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "null",
        "0",
        "-1",
        "1e999",
        "\\u0000",
        "\\ud800",
        "\u{0}",
        "\u{feff}",
        "\"type\":\"MESSAGE\"",
        "{\"type\":\"SERVICE\"}",
        "é",
        "\u{1F600}",
        "true",
        "\n",
        "[[[[[[[[",
        "18446744073709551616",
    ];
    let mut text: Vec<char> = payload.chars().collect();
    for _ in 0..=seed.below(4) {
        let at = seed.below(text.len() as u64 + 1) as usize;
        let end = (at + seed.below(12) as usize).min(text.len());
        match seed.below(5) {
            0 => text.truncate(at),
            1 => drop(text.drain(at..end)),
            2 => {
                let again = text[at..end].to_vec();
                text.splice(at..at, again);
            }
            kind => {
                let piece = PIECES[seed.below(PIECES.len() as u64) as usize];
                let replaced = if kind == 3 { end } else { at };
                text.splice(at..replaced, piece.chars());
            }
        }
    }
    text.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_broken_payloads_are_each_answered_or_understood() {
    let house = House::open().await;
    let pair = Pair::begin(&house).await;
    let mut hostile = house.enter("hostile").await;
    let (mut seed, right, mut errors) = (Seed(20_240_601), right(&hostile.uuid), 0);
    for round in 0..BROKEN {
        let payload = broken(&right[seed.below(right.len() as u64) as usize], &mut seed);
        hostile.ws.say(&payload).await;
        // Every hundred at once, so that some wait for each other.
        if round % 100 == 99 {
            let mut answers = 0;
            while answers < 100 {
                let text = hostile.ws.text().await;
                // Half a pair of surrogates is JSON, but no text.
                let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
                    assert!(text.contains("\\ud800") || text.contains("e999"), "{error}: {text}");
                    Value::Null
                });
                answers += usize::from(answer.get("seq").is_some());
                errors += usize::from(answer["type"] == "ERROR_PROTOCOL");
            }
        }
    }
    assert!((BROKEN / 2..BROKEN).contains(&errors), "{errors} were no payloads");
    // The numbers are what they should be: set anew, they go on.
    hostile.ws.say(r#"{"type":"SELF_SET_SEQ","seq":1000000}"#).await;
    let answer = hostile.ws.until(|payload| payload["seq"] == 1_000_000).await;
    assert_eq!(answer.last().map(|answer| &answer["type"]), Some(&json!("OK")));
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_introductions_let_nobody_in_and_close_the_door_for_nobody() {
    let house = House::open().await;
    let pair = Pair::begin(&house).await;
    let (mut seed, right) = (Seed(7), right("0"));
    for _ in 0..300 {
        let mut ws = house.ws().await;
        ws.say(&broken(&right[0], &mut seed)).await;
        match ws.came().await {
            Came::Text(text) => assert!(text.starts_with(r#"{"type":"HELLO""#), "{text}"),
            Came::Close(code, reason) => assert!([4002, 4003, 4005, 4007, 4008].contains(&code), "{code} {reason}"),
            other => panic!("{other:?}"),
        }
    }
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_and_huge_things_are_answered() {
    let house = House::open().await;
    let pair = Pair::begin(&house).await;
    let mut hostile = house.enter("hostile").await;
    let (name, deep) = ("x".repeat(1_000_000), format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    for (text, answer) in [
        (json!({"type": name}).to_string(), "ERROR_UNSUPPORTED"),
        (json!({"type": "SERVICE_CREATE", "service": name}).to_string(), "ERROR_PROTOCOL"),
        (json!({"type": "SERVICE_CREATE", "service": "s", "nickname": name}).to_string(), "ERROR_PROTOCOL"),
        (json!({"type": "SELF_SUBSCRIBE", "service": name}).to_string(), "INVALID_SERVICE"),
        (json!({"type": "CLIENT_FETCH", "uuid": name}).to_string(), "INVALID_UUID"),
        (json!({"type": "MESSAGE", "target": {"type": "NAME", "name": name}, "data": 1}).to_string(), "INVALID_NAME"),
        (json!({"type": "MESSAGE", "target": {"type": name}, "data": 1}).to_string(), "ERROR_PROTOCOL"),
        (deep.clone(), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":{deep}}}"#), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":"SELF_SUBSCRIBE","service":{deep}}}"#), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":"MESSAGE","target":{deep},"data":1}}"#), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":"MESSAGE","target":{{"type":"NAME","name":{deep}}},"data":1}}"#), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":"MESSAGE","target":{{"type":"ALL","more":{objects}}},"data":1}}"#), "ERROR_PROTOCOL"),
        (format!(r#"{{"type":"SELF_FETCH","more":{objects}}}"#), "SELF_FETCH_RESULT"),
        ("[".repeat(300_000), "ERROR_PROTOCOL"),
        (r#"{"a":"#.repeat(50_000), "ERROR_PROTOCOL"),
        ("\"".to_owned() + &name, "ERROR_PROTOCOL"),
        ("9".repeat(300_000), "ERROR_PROTOCOL"),
    ] {
        let answered = hostile.asks(&text).await.1;
        assert_eq!(answered["type"], answer, "{text:.100}: {answered:.300}");
    }
    // Names of a megabyte are not given back to anybody who did not send them, and nothing of it stays.
    assert_eq!(hostile.ask(json!({"type": "SERVICE_FETCH_ALL"})).await["services"], json!([]));
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_frames_wrong_frames_and_huge_claims_close_their_own_connection_alone() {
    let house = House::open().await;
    let pair = Pair::begin(&house).await;
    let text = |payload: &[u8]| {
        let mut frame = vec![0x81, 0x80 | payload.len() as u8, 0, 0, 0, 0];
        frame.extend_from_slice(payload);
        frame
    };
    for (bytes, code) in [
        // Not UTF-8.
        (text(b"\xff\xfe"), 1007),
        (text(b"\xed\xa0\x80"), 1007),
        // Eight exabytes, and four gigabytes.
        (vec![0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009),
        (vec![0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 1009),
        (vec![0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009),
        // Not masked, a reserved bit, an opcode that there is not, a piece of nothing, a long ping.
        (vec![0x81, 0x02, b'{', b'}'], 1002),
        (vec![0xc1, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x83, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x80, 0x80, 0, 0, 0, 0], 1002),
        ([&[0x89, 0xfe, 0, 126][..], &[0; 130]].concat(), 1002),
        (vec![0x09, 0x80, 0, 0, 0, 0], 1002),
    ] {
        for identified in [false, true] {
            let mut ws = if identified { house.enter("hostile").await.ws } else { house.ws().await };
            ws.send_raw(&bytes).await;
            assert_eq!(ws.came().await, Came::Close(code, reason(code).to_owned()), "{bytes:x?}");
            ws.close(code).await;
            while ws.came().await != Came::End {}
        }
    }
    // Halves, of frames and of handshakes, and then nothing.
    let whole = text(br#"{"type":"SELF_FETCH"}"#);
    for end in 1..whole.len() {
        let mut hostile = house.enter(&format!("hostile_{end}")).await;
        hostile.ws.send_raw(&whole[..end]).await;
    }
    let mut seed = Seed(3);
    for _ in 0..200 {
        let mut ws = house.ws().await;
        let noise: Vec<u8> = (0..seed.below(400)).map(|_| seed.draw() as u8).collect();
        ws.send_raw(&noise).await;
    }
    pair.end().await;
}

fn reason(code: u16) -> &'static str {
    match code {
        1007 => "the text is not UTF-8",
        1009 => "the message is too long",
        _ => "a frame breaks the websocket protocol",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_from_one_holds_up_nobody_else() {
    for on in [false, true] {
        let limits = Limits { on, ..Limits::default() };
        let settings = Settings { ties: Vec::new(), ..Settings::default() };
        let house = House::build(settings, Accounts::Off, |builder| builder.limits(limits)).await;
        let pair = Pair::begin(&house).await;
        // One that reads nothing of what it gets for it, with small payloads and large ones.
        for (name, length) in [("small", 0), ("large", 100_000)] {
            let narrow = within("a websocket", Ws::narrow(house.address, "/ws")).await.expect("there").expect("open");
            let mut flood = Client::identify(narrow, json!({"name": name, "version": "0.2.0"})).await;
            let data = "x".repeat(length);
            let text = json!({"type": "MESSAGE", "target": {"type": "NAME", "name": name}, "data": data}).to_string();
            let payloads = if length == 0 { 3_000 } else { 50 };
            let send = async {
                for _ in 0..payloads {
                    flood.ws.say(&text).await;
                }
            };
            // It may be dropped meanwhile, or be made to wait.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), send).await;
        }
        pair.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_come_and_go_at_once_leave_nothing_behind() {
    let house = Arc::new(House::open().await);
    let pair = Pair::begin(&house).await;
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let (house, tracker) = (Arc::clone(&house), house.runtime.tracker().clone());
            tracker.spawn(async move {
                for round in 0..10 {
                    let mut client = house.enter(&format!("client_{task}_{round}")).await;
                    client
                        .asks(&json!({"type": "SERVICE_CREATE", "service": format!("service {task}")}).to_string())
                        .await;
                    client
                        .asks(&json!({"type": "SELF_SUBSCRIBE", "service": format!("service {task}")}).to_string())
                        .await;
                    if round % 2 == 0 {
                        client.ws.close(1000).await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        within("a client", task).await.expect("it came and went");
    }
    let mut watches = house.enter("watches").await;
    loop {
        let (_, clients) = watches.asks(r#"{"type":"CLIENT_FETCH_ALL"}"#).await;
        let (_, services) = watches.asks(r#"{"type":"SERVICE_FETCH_ALL"}"#).await;
        if clients["clients"].as_array().map(Vec::len) == Some(3) && services["services"] == json!([]) {
            break;
        }
        // Somebody is still on the way out.
        tokio::task::yield_now().await;
    }
    pair.end().await;
}
