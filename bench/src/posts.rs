//! Stored posts a second through the API, with nobody listening and with sockets in the rooms.

use std::time::Duration;

use anyhow::Result;

use crate::fanout::wait;
use crate::load::{self, Until};
use crate::process::Target;
use crate::swarm::{Event, Id, Swarm};
use crate::table::{self, Series, row, short};

#[derive(Debug, clap::Args)]
pub(crate) struct Posts {
    #[command(flatten)]
    target: Target,
    /// Senders; each posts when its last post was answered
    #[arg(long, default_value_t = 64)]
    senders: usize,
    /// Rooms that they post to
    #[arg(long, default_value_t = 100)]
    rooms: usize,
    /// Sockets in these rooms, for the second row
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// Seconds of each repetition
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Repetitions, interleaved
    #[arg(long, default_value_t = 5)]
    repeat: usize,
    /// A few seconds, to see that it runs
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(mut options: Posts) -> Result<()> {
    if options.quick {
        (options.sockets, options.seconds, options.repeat) = (200, 1, 2);
    }
    let server = options.target.start()?;
    let mut swarm = Swarm::new()?;
    let names = |kind: &str| (0..options.rooms).map(|number| format!("{kind}-{number}")).collect::<Vec<_>>();
    let (quiet, full) = (names("quiet"), names("full"));
    for number in 0..options.sockets {
        swarm.websocket(server.address, &format!("/ws/{}", full[number % full.len()]))?;
    }
    wait(&mut swarm, options.sockets, &mut |event| matches!(event, Event::Opened))?;
    let senders = (0..options.senders).map(|_| swarm.http(server.address)).collect::<Result<Vec<Id>>>()?;
    let text = "x".repeat(100);
    load::post(&mut swarm, &senders, &quiet, &text, Until::Posts(500))?;

    let mut measured: [[Series; 4]; 2] = Default::default();
    for _ in 0..options.repeat {
        for (rooms, [rate, middle, late, cpu]) in [&quiet, &full].into_iter().zip(&mut measured) {
            let before = server.cpu()?;
            let posted =
                load::post(&mut swarm, &senders, rooms, &text, Until::Time(Duration::from_secs(options.seconds)))?;
            rate.push(posted.count as f64 / posted.seconds);
            middle.push(posted.latency.median());
            late.push(posted.latency.percentile(99));
            cpu.push(server.cpu()?.since(before).total() * 1e6 / posted.count as f64);
        }
    }
    println!("posts: {} senders, {} rooms, {} s × {}", options.senders, options.rooms, options.seconds, options.repeat);
    let mut rows = vec![row!["what", "posts a second", "median", "p99", "server's CPU for a post"]];
    let names = ["nobody listens".to_owned(), format!("{} sockets in the rooms", options.sockets)];
    for (name, [rate, middle, late, cpu]) in names.iter().zip(&measured) {
        rows.push(row![
            name,
            rate.spread("/s"),
            format!("{} ms", short(middle.median())),
            format!("{} ms", short(late.median())),
            cpu.spread("µs"),
        ]);
    }
    table::print(&rows);
    Ok(())
}
