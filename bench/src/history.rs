//! Whether a room with very many messages is as quick to open and to post in as one with few.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::clock;
use crate::load::{self, Until};
use crate::process::Target;
use crate::swarm::{Event, Id, Swarm};
use crate::table::{self, Series, row};

#[derive(Debug, clap::Args)]
pub(crate) struct History {
    #[command(flatten)]
    target: Target,
    /// Messages in the large room
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Messages that are asked for when a room is opened; the small room has just as many, so that the same is sent
    #[arg(long, default_value_t = 50)]
    last: usize,
    /// How often each thing is done in each room, one after the other
    #[arg(long, default_value_t = 1000)]
    repeat: usize,
    /// A few seconds, to see that it runs
    #[arg(long)]
    quick: bool,
}

const SMALL: &str = "history-small";
const LARGE: &str = "history-large";

pub(crate) fn run(mut options: History) -> Result<()> {
    if options.quick {
        (options.messages, options.repeat) = (10_000, 50);
    }
    let server = options.target.start()?;
    let mut swarm = Swarm::new()?;
    let senders = (0..64).map(|_| swarm.http(server.address)).collect::<Result<Vec<Id>>>()?;
    let text = "x".repeat(100);
    for (room, messages) in [(SMALL, options.last), (LARGE, options.messages)] {
        let filled = load::post(&mut swarm, &senders, &[room.to_owned()], &text, Until::Posts(messages))?;
        eprintln!("{room}: {messages} messages in {:.1} s", filled.seconds);
    }
    // A server ends connections that are idle for long.
    senders.into_iter().for_each(|sender| swarm.drop(sender));
    let sender = [swarm.http(server.address)?];

    let (mut opening, mut posting): ([Series; 2], [Series; 2]) = Default::default();
    for turn in 0..options.repeat {
        // Who comes first changes, so that neither profits from what the other warmed up.
        for place in [turn % 2, 1 - turn % 2] {
            let room = [SMALL, LARGE][place];
            opening[place].push(open(&mut swarm, server.address, room, options.last)?);
        }
        for place in [turn % 2, 1 - turn % 2] {
            let room = [SMALL.to_owned(), LARGE.to_owned()];
            let posted = load::post(&mut swarm, &sender, &room[place..=place], &text, Until::Posts(1))?;
            posting[place].push(posted.latency.median());
        }
    }
    println!("history: {} messages against {}, {} times each", options.messages, options.last, options.repeat);
    let mut rows = vec![row!["what", "small room", "large room", "ratio of the medians"]];
    for (name, [small, large]) in
        [(format!("opening with ?last={}", options.last), opening), ("a post".into(), posting)]
    {
        let quarters = |series: &Series| {
            format!("{:.3} ms ({:.3} – {:.3})", series.median(), series.percentile(25), series.percentile(75))
        };
        rows.push(row![name, quarters(&small), quarters(&large), format!("{:.2} ×", large.median() / small.median())]);
    }
    table::print(&rows);
    println!("in brackets: the quarters; target: at most 1.1 ×");
    Ok(())
}

/// Opens a room, waits for its newest messages, and leaves; how many ms until the last of them was there.
fn open(swarm: &mut Swarm, server: SocketAddr, room: &str, last: usize) -> Result<f64> {
    let start = clock::now();
    let socket = swarm.websocket(server, &format!("/ws/{room}?last={last}"))?;
    let (mut messages, mut failure) = (0, None);
    while messages < last {
        let happened = swarm.turn(Duration::from_secs(30), |_, event, _| match event {
            Event::Text(_) => messages += 1,
            Event::Gone(why) => failure = Some(why),
            Event::Opened | Event::Response { .. } | Event::Bytes => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(happened, "{messages} of {last} messages came when {room} was opened");
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    swarm.drop(socket);
    Ok(took)
}
