//! Whether a very large room that is posted to makes the others wait.

use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::Plan;
use crate::contestants::{Contestant as _, Parlor, Running};
use crate::crowd::{Crowd, Look, Outcome, milliseconds};
use crate::report::{Report, Table, Target};
use crate::table::Series;
use crate::usage::Process;

const TEXT: usize = 100;
/// The other rooms, with two sockets each, and the posts a second in all of them together.
const ROOMS: usize = 50;
const RATE: f64 = 50.0;
/// Posts a second in the large room.
const LARGE_RATE: f64 = 10.0;

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let large = plan.pick(5000, 200);
    let (time, repeat) = plan.pick((Duration::from_secs(5), 9), (Duration::from_millis(300), 1));
    let mut report = Report::new(format!(
        "{ROOMS} rooms of two sockets get {RATE} posts a second together, by schedule, {} s at a time; beside them a room of {large} \
         sockets gets {LARGE_RATE} a second, or none. The large room's clients are read by a thread of lower priority, so that the \
         load generator's own work for them is not what the others wait for.",
        time.as_secs_f64()
    ));
    let parlor = Rc::new(Parlor::start(&plan.target)?);
    report.contestants.push(parlor.about());
    let process = parlor.process();
    let mut others = Crowd::gather(parlor, super::rooms("other", ROOMS), 2 * ROOMS, TEXT)?;
    let (orders, ordered) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let crowd = thread::spawn(move || large_room(process, large, &ordered, &tell));
    let ready = told.recv().is_ok();
    let [mut idle, mut busy]: [[Series; 3]; 2] = Default::default();
    let mut theirs = Series::default();
    for turn in 0..if ready { repeat } else { 0 } {
        for place in [turn % 2, 1 - turn % 2] {
            if place == 1 {
                orders.send(time).context("the large room's thread has ended")?;
            }
            let outcome = others.by_schedule(RATE, time, Look::Often)?;
            report.invalid(["the others, an idle server", "the others, a busy one"][place], outcome.invalid.as_ref());
            let series = if place == 1 { &mut busy } else { &mut idle };
            for (series, quantile) in series.iter_mut().zip([0.5, 0.99, 1.0]) {
                series.push(milliseconds(&outcome.arrivals, quantile));
            }
            if place == 1 {
                let Ok(late) = told.recv() else { break };
                theirs.push(late);
            }
        }
    }
    drop(orders);
    crowd.join().ok().context("the large room's thread panicked")??;

    let mut table = Table::new(&["delivered after, ms", "median", "p99", "latest"]);
    let ratio = busy[1].ratio(&idle[1]);
    table.row("the others, an idle server", idle.to_vec());
    table.row(format!("the others, {LARGE_RATE} posts a second in the room of {large}"), busy.to_vec());
    table.row(format!("the room of {large} itself"), vec![Series::default(), theirs, Series::default()]);
    table.row("ratio of the p99", vec![Series::default(), ratio.clone(), Series::default()]);
    report.tables.push(table);
    report.targets.push(Target::at_most(
        &format!("other rooms' p99 while one of {large} gets {LARGE_RATE} a second"),
        "≤ 3 × an idle server's",
        &ratio,
        3.0,
    ));
    Ok(report)
}

/// Brings the large room's sockets in, says so, and posts for as long as it is told, as often as it is told; says its p99.
fn large_room(
    process: Process,
    sockets: usize,
    orders: &mpsc::Receiver<Duration>,
    tell: &mpsc::Sender<f64>,
) -> Result<()> {
    // The others go first.
    let _ = rustix::process::nice(19);
    let mut crowd = Crowd::gather(Rc::new(Running(process)), super::rooms("large", 1), sockets, TEXT)?;
    tell.send(0.0)?;
    loop {
        match orders.recv_timeout(Duration::from_millis(200)) {
            Ok(time) => {
                let outcome: Outcome = crowd.by_schedule(LARGE_RATE, time, Look::Often)?;
                tell.send(milliseconds(&outcome.arrivals, 0.99))?;
            }
            // Pings have to be answered meanwhile.
            Err(mpsc::RecvTimeoutError::Timeout) => drop(crowd.attend(Duration::ZERO)?),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
