//! How late the last few deliveries are, with few posts a second: by schedule, whatever has become of the posts before.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use super::Plan;
use crate::contestants::{Contestant as _, Parlor};
use crate::crowd::{Crowd, Look, milliseconds};
use crate::plot::{Plot, Shape};
use crate::report::{Report, Table};
use crate::table::Series;

const TEXT: usize = 100;
/// Posts a second.
const RATE: f64 = 20.0;

#[derive(Default)]
struct Late {
    median: Series,
    late: Series,
    latest: Series,
    answers: Series,
}

impl Late {
    fn take(&mut self, crowd: &mut Crowd, time: Duration, report: &mut Report) -> Result<()> {
        let outcome = crowd.by_schedule(RATE, time, Look::Always)?;
        self.median.push(milliseconds(&outcome.arrivals, 0.5));
        self.late.push(milliseconds(&outcome.arrivals, 0.99));
        self.latest.push(milliseconds(&outcome.arrivals, 1.0));
        self.answers.push(milliseconds(&outcome.answers, 0.99));
        report.invalid(&crowd.contestant.about().name, outcome.invalid.as_ref());
        Ok(())
    }
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let sockets = plan.pick(1000, 100);
    let (time, repeat) = plan.pick((Duration::from_secs(4), 5), (Duration::from_millis(300), 1));
    let mut report = Report::new(format!(
        "One room of {sockets} sockets, {RATE} posts a second, a text of {TEXT} bytes, {} s at a time. Each post has its time, and \
         goes out then whatever has become of those before; each delivery counts from that time until the client has read it, and \
         the client reads all {sockets} sockets, one after the other.",
        time.as_secs_f64()
    ));
    let rooms = super::rooms("latency", 1);
    let parlor = Rc::new(Parlor::start(&plan.target)?);
    report.contestants.push(parlor.about());
    let mut crowds = vec![Crowd::gather(parlor, rooms.clone(), sockets, TEXT)?];
    crowds.extend(plan.crowds(&mut report, &rooms, sockets, TEXT));
    let mut measured: Vec<Late> = crowds.iter().map(|_| Late::default()).collect();
    for crowd in &mut crowds {
        crowd.by_schedule(RATE, Duration::from_millis(500), Look::Always)?;
    }
    for turn in 0..repeat {
        for place in 0..crowds.len() {
            let place = if turn % 2 == 0 { place } else { crowds.len() - 1 - place };
            measured[place].take(&mut crowds[place], time, &mut report)?;
        }
    }
    let mut table = Table::new(&["delivered after, ms", "median", "p99", "latest", "post answered, p99"]);
    let mut bars = Vec::new();
    for (crowd, late) in crowds.iter().zip(measured) {
        let name = crowd.contestant.about().name;
        bars.push((name.clone(), late.late.clone()));
        table.row(name, vec![late.median, late.late, late.latest, late.answers]);
    }
    report.tables.push(table);
    report.plots.push(Plot {
        name: "latency".into(),
        title: format!("Delivery at p99, {sockets} sockets, {RATE} posts a second"),
        shape: Shape::Bars { unit: "ms from when the post was due, less is better".into(), bars },
    });
    Ok(report)
}
