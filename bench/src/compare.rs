//! Two builds of Parlor side by side: what a change brought, on a machine whose speed changes from second to second.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use crate::contestants::{Contestant as _, Parlor};
use crate::crowd::{Crowd, Load, Until};
use crate::process::{self, Target};
use crate::report::Table;
use crate::scenarios::{assistant, rooms};
use crate::table::Series;
use crate::visitors::Visitors;

const TEXT: usize = 100;
const ROOMS: usize = 100;
const SOCKETS: usize = 1000;
const SENDERS: usize = 64;
/// So short that both meet the same machine.
const TURN: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The binary before the change
    before: PathBuf,
    /// The binary after it
    after: PathBuf,
    /// How often each of them gets its turn
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Only the works in whose names this stands
    #[arg(long, default_value = "")]
    work: String,
    /// Where the servers keep their data meanwhile; without it, a new folder among the temporary ones
    #[arg(long)]
    data: Option<PathBuf>,
}

/// One kind of load, and what a thing cost under it.
struct Work {
    name: &'static str,
    rooms: usize,
    sockets: usize,
    load: Load,
    /// Whether a delivery is what is counted, not a post.
    deliveries: bool,
}

const WORKS: [Work; 4] = [
    Work { name: "a post, nobody listens", rooms: ROOMS, sockets: 0, load: load(Until::Time(TURN)), deliveries: false },
    Work {
        name: "a post, 10 sockets in each room",
        rooms: ROOMS,
        sockets: SOCKETS,
        load: load(Until::Time(TURN)),
        deliveries: false,
    },
    Work {
        name: "a delivery in a room of 1,000, one post at a time",
        rooms: 1,
        sockets: SOCKETS,
        load: Load { senders: 1, until: Until::Posts(100), alone: true, naps: true },
        deliveries: true,
    },
    Work {
        name: "a delivery in a room of 1,000, 64 senders",
        rooms: 1,
        sockets: SOCKETS,
        load: Load { senders: SENDERS, until: Until::Posts(500), alone: false, naps: true },
        deliveries: true,
    },
];

/// The other one, which is no crowd's.
const SESSION: &str = "a session of the assistant, 64 at once";

const fn load(until: Until) -> Load {
    Load { senders: SENDERS, until, alone: false, naps: false }
}

/// Gives both the same work in turns and prints what it cost each, and the ratio of each pair of turns.
pub(crate) fn run(options: Compare) -> Result<()> {
    process::allow_files(20_000);
    let Compare { before, after, rounds, work: wanted, data } = options;
    let rounds = usize::from(rounds);
    let targets = [before, after].map(|binary| Target::of(binary, data.clone()));
    let mut table = Table::new(&["server's CPU, µs", "before", "after", "after by before"]);
    for work in WORKS.iter().filter(|work| work.name.contains(&wanted)) {
        let mut sides = Vec::new();
        for target in &targets {
            let parlor = Rc::new(Parlor::start(target)?);
            let mut crowd = Crowd::gather(parlor, rooms("compare", work.rooms), work.sockets, TEXT)?;
            crowd.run(Load { until: Until::Posts(500), ..work.load })?;
            sides.push((crowd, Series::default()));
        }
        for round in 0..rounds {
            for place in [round % 2, 1 - round % 2] {
                let (crowd, costs) = &mut sides[place];
                let outcome = crowd.run(work.load)?;
                costs.push(outcome.cpu_for(if work.deliveries { outcome.deliveries } else { outcome.posts }));
            }
        }
        row(&mut table, work.name, &sides[0].1, &sides[1].1);
    }
    if SESSION.contains(&wanted) {
        let mut sides = Vec::new();
        for target in &targets {
            let parlor = assistant::start(target)?;
            let mut visitors = Visitors::of(parlor.process())?;
            visitors.run(SENDERS, TURN, assistant::LATER)?;
            sides.push((parlor, visitors, Series::default()));
        }
        for round in 0..rounds {
            for place in [round % 2, 1 - round % 2] {
                let (_, visitors, costs) = &mut sides[place];
                let visited = visitors.run(SENDERS, TURN, assistant::LATER)?;
                costs.push(visited.each(visited.cpu.total()));
            }
        }
        row(&mut table, SESSION, &sides[0].2, &sides[1].2);
    }
    println!("{}", table.markdown());
    Ok(())
}

fn row(table: &mut Table, name: &str, before: &Series, after: &Series) {
    let ratio = after.ratio(before);
    let cells = [before, after, &ratio].map(Series::quarters);
    eprintln!("{name}: {}", cells[2].spread());
    table.row(name, cells.to_vec());
}
