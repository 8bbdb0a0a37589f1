//! Senders that each post the next message when the last is answered.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::swarm::{Event, Id, Swarm};
use crate::table::Series;
use crate::{clock, http};

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Posts(usize),
    Time(Duration),
}

/// What came of it.
pub(crate) struct Posted {
    pub(crate) count: usize,
    pub(crate) seconds: f64,
    /// How long each answer took, in ms.
    pub(crate) latency: Series,
}

/// Posts from all senders at once, round robin into the rooms. Waits for the last answer, not for deliveries.
pub(crate) fn post(swarm: &mut Swarm, senders: &[Id], rooms: &[String], text: &str, until: Until) -> Result<Posted> {
    let start = clock::now();
    let mut sent_at: Vec<Option<Instant>> = Vec::new();
    let (mut ordered, mut count, mut latency) = (0, 0, Series::default());
    let more = |ordered: usize, start: Instant| match until {
        Until::Posts(posts) => ordered < posts,
        Until::Time(time) => start.elapsed() < time,
    };
    let mut bytes = Vec::new();
    for &sender in senders {
        if !more(ordered, start) {
            break;
        }
        bytes.clear();
        http::post(&mut bytes, &rooms[ordered % rooms.len()], text);
        ordered += 1;
        if sent_at.len() <= sender {
            sent_at.resize(sender + 1, None);
        }
        sent_at[sender] = Some(clock::now());
        swarm.send(sender, &bytes)?;
    }
    let mut failure = None;
    while count < ordered {
        let happened = swarm.turn(Duration::from_secs(30), |id, event, reply| match event {
            Event::Response { status, body } => {
                if status >= 300 {
                    failure = Some(format!("a post was answered with {status}: {}", String::from_utf8_lossy(body)));
                }
                count += 1;
                if let Some(Some(sent)) = sent_at.get(id) {
                    latency.push(sent.elapsed().as_secs_f64() * 1e3);
                }
                if more(ordered, start) {
                    http::post(reply, &rooms[ordered % rooms.len()], text);
                    ordered += 1;
                    sent_at[id] = Some(clock::now());
                }
            }
            Event::Gone(why) => failure = Some(why),
            Event::Text(_) | Event::Opened | Event::Bytes => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(happened, "no answer for 30 s");
    }
    Ok(Posted { count, seconds: start.elapsed().as_secs_f64(), latency })
}
