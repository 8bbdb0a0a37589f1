//! Stored posts a second through the API, with nobody listening and with sockets in the rooms.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::fanout::wait;
use crate::load::{self, Until};
use crate::process::{self, Target};
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
    let (mut rows, mut commits, mut ratio) = (Series::default(), Series::default(), Series::default());
    let floor = ["rows".to_owned(), server.data.display().to_string(), options.seconds.to_string()];
    for _ in 0..options.repeat {
        let [least, commit] = process::numbers(&floor)?[..] else { bail!("the floor printed something else") };
        rows.push(least);
        commits.push(commit);
        for (rooms, [rate, middle, late, cpu]) in [&quiet, &full].into_iter().zip(&mut measured) {
            let before = server.cpu()?;
            let posted =
                load::post(&mut swarm, &senders, rooms, &text, Until::Time(Duration::from_secs(options.seconds)))?;
            let posts = posted.count as f64 / posted.seconds;
            rate.push(posts);
            if std::ptr::eq(rooms, &quiet) {
                ratio.push(posts / least);
            }
            middle.push(posted.latency.median());
            late.push(posted.latency.percentile(99));
            cpu.push(server.cpu()?.since(before).total() * 1e6 / posted.count as f64);
        }
    }
    println!("posts: {} senders, {} rooms, {} s × {}", options.senders, options.rooms, options.seconds, options.repeat);
    let floor = "floor: the same rows through one SQLite writer, 64 in a transaction";
    let mut table = vec![
        row!["what", "posts a second", "median", "p99", "server's CPU for a post"],
        row![floor, rows.spread("/s"), format!("{} ms for a commit", short(commits.median())), "", ""],
    ];
    let names = ["nobody listens".to_owned(), format!("{} sockets in the rooms", options.sockets)];
    for (name, [rate, middle, late, cpu]) in names.iter().zip(&measured) {
        table.push(row![
            name,
            rate.spread("/s"),
            format!("{} ms", short(middle.median())),
            format!("{} ms", short(late.median())),
            cpu.spread("µs"),
        ]);
    }
    table::print(&table);
    println!("nobody listens, against the floor: {}; target: at least 0.33 ×", ratio.spread("×"));
    Ok(())
}
