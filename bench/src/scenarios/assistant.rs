//! What a visitor of the assistant costs: a session of six answers, its connection included, every answer synced before the flow goes
//! on, against a floor that does only what can't be left out.

use std::io::BufReader;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::Plan;
use crate::contestants::{About, Contestant as _, Parlor};
use crate::crowd::milliseconds;
use crate::machine;
use crate::process::{Peer, Target};
use crate::report::{Report, Table};
use crate::script::{FLOW, Script};
use crate::table::Series;
use crate::visitors::{Visited, Visitors};

const VISITORS: usize = 64;
/// By then a server has done what it puts off.
pub(crate) const LATER: Duration = Duration::from_millis(1500);

/// What is measured of each.
#[derive(Default)]
struct Cost {
    sessions: Series,
    answers: Series,
    total: Series,
    user: Series,
    system: Series,
    median: Series,
    late: Series,
}

impl Cost {
    fn add(&mut self, visited: &Visited) {
        self.sessions.push(visited.rate());
        self.answers.push(visited.rate() * Script::answers() as f64);
        self.total.push(visited.each(visited.cpu.total()));
        self.user.push(visited.each(visited.cpu.user));
        self.system.push(visited.each(visited.cpu.system));
        self.median.push(milliseconds(&visited.reactions, 0.5));
        self.late.push(milliseconds(&visited.reactions, 0.99));
    }

    fn cells(self, ratio: Series) -> Vec<Series> {
        let Self { sessions, answers, total, user, system, median, late } = self;
        vec![sessions, answers, total, user, system, ratio, median, late]
    }
}

/// Starts a Parlor that offers the flow.
pub(crate) fn start(target: &Target) -> Result<Parlor> {
    ensure!(!target.is_stand_in(), "the stand-in has no assistant");
    let flows = machine::project().join("bench/flows");
    Parlor::start_with(target, &["--flows", flows.to_str().context("the project's folder is no UTF-8")?])
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let (time, after, repeat) =
        plan.pick((Duration::from_secs(2), LATER, 9), (Duration::from_millis(300), Duration::ZERO, 1));
    let mut report = Report::new(format!(
        "{VISITORS} visitors at once, for {:.1} s at a time. Each comes with a websocket handshake and no cookie, reads what the flow \
         says, gives {} answers (choices and texts), each once all that the flow says to the one before has come, and closes; then \
         another comes. Every answer is synced before the flow says something to it. User and system CPU of the server's process \
         for a whole session, with what it puts off for a moment (the search's index). All that the flow says is compared with its file, and in the end Parlor's log with all that was said.",
        time.as_secs_f64(),
        Script::answers(),
    ));
    let parlor = start(&plan.target)?;
    let mut ours = Visitors::of(parlor.process())?;
    // The floor's rows are those of one session.
    ours.run(1, Duration::ZERO, Duration::ZERO)?;
    let data = parlor.server.data.display().to_string();
    let database = parlor.server.data.join("parlor.db").display().to_string();
    let floor = Peer::own(&["sessions".into(), data, database])?;
    let mut least = Visitors::of(floor.process())?;
    report.contestants.push(About {
        name: "floor".into(),
        version: String::new(),
        does: "one thread: websocket by hand over plain sockets, and the same rows through SQLite, those of all answers that are \
               there in one synced transaction; it knows in advance what is said"
            .into(),
    });
    report.contestants.push(parlor.about());

    let [mut lowest, mut cost]: [Cost; 2] = Default::default();
    // The first turn only warms both up.
    for turn in 0..=repeat {
        for place in [turn % 2, 1 - turn % 2] {
            let (name, visitors, into) = match place {
                0 => ("floor", &mut least, &mut lowest),
                _ => ("parlor", &mut ours, &mut cost),
            };
            let visited = visitors.run(VISITORS, time, after)?;
            if turn > 0 {
                report.invalid(name, visited.invalid.as_ref());
                into.add(&visited);
            }
        }
    }
    check(&plan.target, &parlor, &ours)?;

    let ratio = cost.total.ratio(&lowest.total);
    let mut table = Table::new(&[
        &format!("{VISITORS} visitors at once"),
        "sessions a second",
        "answers a second",
        "server's CPU for a session, µs",
        "user",
        "system",
        "ratio to the floor",
        "answered, median, ms",
        "p99, ms",
    ]);
    table.row("floor", lowest.cells(ratio.map(|_| 1.0)));
    table.row("parlor", cost.cells(ratio));
    report.tables.push(table);
    report.notes.push("Sessions are those of visitors who have come and gone; “answered” is the time until all that the flow says to an answer has come.".into());
    Ok(report)
}

/// Compares what the server has written down with what was said.
fn check(target: &Target, parlor: &Parlor, visitors: &Visitors) -> Result<()> {
    let mut tail = Command::new(target.program()?)
        .args(["tail", FLOW, "--from", "start", "--no-follow", "--data"])
        .arg(&parlor.server.data)
        .env("PARLOR_CONFIG", "none")
        .stdout(Stdio::piped())
        .spawn()?;
    let log = BufReader::new(tail.stdout.take().context("no output")?);
    let checked = visitors.check(log);
    let status = tail.wait()?;
    checked?;
    ensure!(status.success(), "parlor tail ended with {status}");
    Ok(())
}
