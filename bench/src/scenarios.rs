//! What is measured: a scenario each, which starts its contestants, loads them in turns, and reports.

pub(crate) mod assistant;
mod catch_up;
mod fanout;
mod growth;
mod history;
mod hub;
mod latency;
mod memory;
mod neighbours;
mod posts;
mod search;
mod slow;
mod start;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};

use crate::clock;
use crate::contestants::{AxumPeer, Contestant, Nats, Node};
use crate::crowd::Crowd;
use crate::long_room::LongRoom;
use crate::machine::{self, Machine};
use crate::process::{self, Target};
use crate::report::Report;
use crate::results::Run;

/// Sockets on both sides of the largest run, each a file of its process, and some more.
const FILES: u64 = 20_000;

/// Something that is measured.
struct Scenario {
    name: &'static str,
    title: &'static str,
    run: fn(&Plan) -> Result<Report>,
}

/// All, in the order in which they run and stand in the results.
const SCENARIOS: &[Scenario] = &[
    Scenario { name: "fanout", title: "CPU for one delivery", run: fanout::run },
    Scenario { name: "posts", title: "posts a second", run: posts::run },
    Scenario { name: "history", title: "a room with a long history", run: history::run },
    Scenario { name: "catch-up", title: "catching up on 10,000 messages", run: catch_up::run },
    Scenario { name: "search", title: "searching a long history", run: search::run },
    Scenario { name: "start", title: "from the start to the first answer", run: start::run },
    Scenario { name: "memory", title: "memory for an idle socket", run: memory::run },
    Scenario { name: "latency", title: "how late deliveries are", run: latency::run },
    Scenario { name: "neighbours", title: "rooms beside a very large one", run: neighbours::run },
    Scenario { name: "slow", title: "clients that read nothing", run: slow::run },
    Scenario { name: "hub", title: "CPU for one message in the hub", run: hub::run },
    Scenario { name: "assistant", title: "CPU for a session of the assistant", run: assistant::run },
    Scenario { name: "growth", title: "how costs grow", run: growth::run },
];

#[derive(Debug, clap::Args)]
pub(crate) struct Measure {
    /// Which scenarios; all without
    names: Vec<String>,
    #[command(flatten)]
    target: Target,
    /// Each in a few seconds, to see that it runs; no figures are written
    #[arg(long)]
    quick: bool,
    /// Without the peers that have to be fetched
    #[arg(long)]
    no_peers: bool,
    /// The folder with the packages of peers on node
    #[arg(long)]
    peers: Option<PathBuf>,
    /// The program nats-server
    #[arg(long)]
    nats_server: Option<PathBuf>,
    /// The folder with RESULTS.md and the plots
    #[arg(long)]
    results: Option<PathBuf>,
    /// The file to which all figures are appended, a line of JSON for each scenario
    #[arg(long)]
    json: Option<PathBuf>,
}

/// What a scenario is given.
pub(crate) struct Plan {
    pub(crate) target: Target,
    /// Few of everything.
    pub(crate) quick: bool,
    peers: bool,
    folder: PathBuf,
    nats_server: Option<PathBuf>,
}

/// Runs the scenarios that are named, or all.
pub(crate) fn run(options: Measure) -> Result<()> {
    let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    for name in &options.names {
        ensure!(names.contains(&name.as_str()), "there is no scenario {name}; there are {}", names.join(", "));
    }
    process::allow_files(FILES);
    let machine = Machine::look(&options.target.folder())?;
    let plan = Plan {
        target: options.target,
        quick: options.quick,
        peers: !options.no_peers,
        folder: options.peers.unwrap_or_else(|| machine::project().join("bench/peers")),
        nats_server: options.nats_server,
    };
    let mut failed = Vec::new();
    for scenario in SCENARIOS {
        if !options.names.is_empty() && !options.names.iter().any(|name| name == scenario.name) {
            continue;
        }
        eprintln!("{} …", scenario.name);
        let (start, date) = (clock::now(), clock::date());
        // The others are still worth their while.
        let report = match (scenario.run)(&plan) {
            Ok(report) => report,
            Err(error) => {
                eprintln!("{}: {error:#}", scenario.name);
                failed.push(scenario.name);
                continue;
            }
        };
        let run = Run {
            name: scenario.name,
            title: scenario.title,
            command: format!("cargo xtask bench {}", scenario.name),
            date,
            commit: machine::commit(),
            seconds: start.elapsed().as_secs_f64(),
            machine: &machine,
            report,
        };
        println!("{}", run.markdown());
        if plan.quick {
            continue;
        }
        if let Some(file) = &options.json {
            run.append(file)?;
        }
        if let Some(folder) = &options.results {
            run.write(folder, &names)?;
        }
    }
    ensure!(failed.is_empty(), "these failed, see above: {}", failed.join(", "));
    Ok(())
}

/// How to start a contestant.
type Start<'a> = Box<dyn Fn() -> Result<Rc<dyn Contestant>> + 'a>;

impl Plan {
    /// The first outside of a quick run, else the second.
    pub(crate) fn pick<T>(&self, usual: T, quick: T) -> T {
        if self.quick { quick } else { usual }
    }

    /// The room with very many messages; made if it is not there.
    pub(crate) fn long_room(&self) -> Result<LongRoom> {
        LongRoom::with(&self.target, self.pick(1_000_000, 2_000))
    }

    /// The peers, by name and how to start each.
    pub(crate) fn peers(&self) -> Vec<(&'static str, Start<'_>)> {
        let folder: &Path = &self.folder;
        let mut peers: Vec<(&'static str, Start<'_>)> = vec![("axum", Box::new(|| Ok(Rc::new(AxumPeer::start()?))))];
        if self.peers {
            peers.push(("ws", Box::new(|| Ok(Rc::new(Node::ws(folder)?)))));
            peers.push(("socket.io", Box::new(|| Ok(Rc::new(Node::socket_io(folder)?)))));
            let nats: Start<'_> = Box::new(|| {
                let program = self.nats_server.as_deref().context("it could not be fetched")?;
                Ok(Rc::new(Nats::start(program, &self.target.folder())?))
            });
            peers.push(("nats-server", nats));
        }
        peers
    }

    /// The peers with their sockets; those that can't take part are named in the report.
    pub(crate) fn crowds(&self, report: &mut Report, rooms: &[String], sockets: usize, text: usize) -> Vec<Crowd> {
        let mut crowds = Vec::new();
        for (name, start) in self.peers() {
            match start().and_then(|peer| Crowd::gather(peer, rooms.to_vec(), sockets, text)) {
                Ok(crowd) => {
                    report.contestants.push(crowd.contestant.about());
                    crowds.push(crowd);
                }
                Err(error) => report.absent.push(format!("{name} is not among them: {error:#}")),
            }
        }
        crowds
    }
}

/// So many rooms of their own for a purpose.
pub(crate) fn rooms(purpose: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{purpose}-{number}")).collect()
}
