//! Stored posts a second through the API: with nobody listening against the writer's floor, and with sockets in the rooms against peers.

use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};

use super::Plan;
use crate::contestants::{Contestant, Parlor};
use crate::crowd::{Crowd, Load, Until, milliseconds};
use crate::plot::{Plot, Shape};
use crate::process;
use crate::report::{Report, Table, Target};
use crate::table::Series;

const TEXT: usize = 100;
const ROOMS: usize = 100;
const SENDERS: usize = 64;

#[derive(Default)]
struct Rate {
    posts: Series,
    median: Series,
    late: Series,
    cpu: Series,
}

impl Rate {
    fn take(&mut self, crowd: &mut Crowd, time: Duration, report: &mut Report, name: &str) -> Result<()> {
        let outcome = crowd.run(Load { senders: SENDERS, until: Until::Time(time), alone: false, naps: false })?;
        self.posts.push(outcome.rate());
        self.median.push(milliseconds(&outcome.answers, 0.5));
        self.late.push(milliseconds(&outcome.answers, 0.99));
        self.cpu.push(outcome.cpu_for(outcome.posts));
        report.invalid(name, outcome.invalid.as_ref());
        Ok(())
    }

    fn cells(self) -> Vec<Series> {
        vec![self.posts, self.median, self.late, self.cpu]
    }
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let sockets = plan.pick(1000, 100);
    let (time, repeat) = plan.pick((Duration::from_secs(1), 15), (Duration::from_millis(300), 2));
    let mut report = Report::new(format!(
        "{SENDERS} senders, each posting when its last post was answered, to {ROOMS} rooms in turn, a text of {TEXT} bytes, \
         {:.1} s at a time. Every post of Parlor's is synced before its answer. The floor is one SQLite writer that does the \
         same rows in batches of 64, synced too.",
        time.as_secs_f64()
    ));
    let parlor = Rc::new(Parlor::start(&plan.target)?);
    let data = parlor.server.data.display().to_string();
    let quiet = super::rooms("quiet", ROOMS);
    let full = super::rooms("full", ROOMS);
    report.contestants.push(parlor.about());
    let mut alone = Crowd::gather(parlor.clone(), quiet, 0, TEXT)?;
    let mut parlor = Crowd::gather(parlor, full.clone(), sockets, TEXT)?;
    let mut peers = plan.crowds(&mut report, &full, sockets, TEXT);

    let warm = Load { senders: SENDERS, until: Until::Posts(500), alone: false, naps: false };
    parlor.run(warm)?;
    alone.run(warm)?;
    for peer in &mut peers {
        peer.run(warm)?;
    }
    let (mut rows, mut commits) = (Series::default(), Series::default());
    let (mut stored, mut followed) = (Rate::default(), Rate::default());
    let mut theirs: Vec<Rate> = peers.iter().map(|_| Rate::default()).collect();
    let floor = ["rows".to_owned(), data, time.as_millis().to_string()];
    for turn in 0..repeat {
        for place in [turn % 2, 1 - turn % 2] {
            if place == 0 {
                let [least, commit] = process::numbers(&floor)?[..] else { bail!("the floor printed something else") };
                rows.push(least);
                commits.push(commit);
            } else {
                stored.take(&mut alone, time, &mut report, "parlor, nobody listens")?;
            }
        }
        followed.take(&mut parlor, time, &mut report, "parlor, sockets in the rooms")?;
        for (peer, rate) in peers.iter_mut().zip(&mut theirs) {
            let name = peer.contestant.about().name;
            rate.take(peer, time, &mut report, &name)?;
        }
    }

    let ratio = stored.posts.ratio(&rows);
    let mut table = Table::new(&[
        "what",
        "posts a second",
        "answered, median, ms",
        "p99, ms",
        "server's CPU for a post, µs",
        "ratio to the floor",
    ]);
    table.row(
        "floor: the same rows through one SQLite writer",
        vec![rows, commits, Series::default(), Series::default(), ratio.map(|_| 1.0)],
    );
    let mut cells = stored.cells();
    cells.push(ratio.clone());
    table.row("parlor, nobody listens", cells);
    report.tables.push(table);

    let named = format!("with {sockets} sockets in the rooms");
    let mut table = Table::new(&[
        &named,
        "posts a second",
        "answered, median, ms",
        "p99, ms",
        "server's CPU for a post, µs",
        "parlor's posts by its",
    ]);
    let ours = followed.posts.clone();
    let mut bars = vec![("parlor".to_owned(), ours.clone())];
    let mut cells = followed.cells();
    cells.push(Series::default());
    table.row("parlor", cells);
    for (peer, rate) in peers.iter().zip(theirs) {
        let name = peer.contestant.about().name;
        let ratio = ours.ratio(&rate.posts);
        bars.push((name.clone(), rate.posts.clone()));
        let mut cells = rate.cells();
        cells.push(ratio);
        table.row(format!("{name} (not stored)"), cells);
    }
    report.tables.push(table);
    report.targets.push(Target::at_least(
        "stored posts a second, nobody listening",
        "≥ 1/3 of the floor",
        &ratio,
        1.0 / 3.0,
    ));
    report.notes.push("The floor's “answered” is the median of its commits.".into());
    report.plots.push(Plot {
        name: "posts".into(),
        title: format!("Posts a second, {sockets} sockets in {ROOMS} rooms, {SENDERS} senders"),
        shape: Shape::Bars { unit: "posts a second, more is better; only parlor stores them".into(), bars },
    });
    Ok(report)
}
