//! Two builds of Parlor side by side: what a change brought, on a machine whose speed changes from second to second.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use crate::contestants::Parlor;
use crate::crowd::{Crowd, Load, Until};
use crate::process::{self, Target};
use crate::report::Table;
use crate::scenarios::rooms;
use crate::table::Series;

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

const fn load(until: Until) -> Load {
    Load { senders: SENDERS, until, alone: false, naps: false }
}

/// Gives both the same work in turns and prints what it cost each, and the ratio of each pair of turns.
pub(crate) fn run(options: Compare) -> Result<()> {
    process::allow_files(20_000);
    let Compare { before, after, rounds, data } = options;
    let rounds = usize::from(rounds);
    let mut table = Table::new(&["server's CPU, µs", "before", "after", "after by before"]);
    for work in &WORKS {
        let mut sides = Vec::new();
        for binary in [&before, &after] {
            let parlor = Rc::new(Parlor::start(&Target::of(binary.clone(), data.clone()))?);
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
        let [before, after] = [&sides[0].1, &sides[1].1];
        let ratio = after.ratio(before);
        let cells = [before, after, &ratio].map(Series::quarters);
        eprintln!("{}: {}", work.name, cells[2].spread());
        table.row(work.name, cells.to_vec());
    }
    println!("{}", table.markdown());
    Ok(())
}
