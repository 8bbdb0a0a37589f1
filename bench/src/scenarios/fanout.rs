//! What one delivery costs: one room of many sockets, against a bare loop of one `write(2)` each, and against peers.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use super::Plan;
use crate::contestants::{Floor, Parlor};
use crate::crowd::{Crowd, Load, Outcome, Until};
use crate::plot::{Plot, Shape};
use crate::report::{Report, Row, Table, Target};
use crate::table::Series;

const TEXT: usize = 100;

/// What is measured of each.
#[derive(Default)]
pub(super) struct Cost {
    pub(super) total: Series,
    pub(super) user: Series,
    pub(super) system: Series,
}

impl Cost {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        let each = 1e6 / outcome.deliveries as f64;
        self.total.push(outcome.cpu.total() * each);
        self.user.push(outcome.cpu.user * each);
        self.system.push(outcome.cpu.system * each);
    }
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let sockets = plan.pick(1000, 100);
    let (posts, peers_posts, repeat, pairs) = plan.pick((125, 200, 7, 4), (50, 20, 2, 1));
    let mut report = Report::new(format!(
        "One room of {sockets} sockets, a text of {TEXT} bytes. User and system CPU of the server's process for each delivery: \
         {posts} posts at a time ({peers_posts} for peers), one after the other (the next waits for the answer and all deliveries) or from 64 \
         senders (then several wait, and may go out together). The floor writes as many bytes to as many sockets."
    ));
    let rooms = super::rooms("fanout", 1);
    let mut parlor = Crowd::gather(Rc::new(Parlor::start(&plan.target)?), rooms.clone(), sockets, TEXT)?;
    let length = parlor.message_length()?;
    let floor = Rc::new(Floor::start(sockets, length)?);
    let mut floor = Crowd::gather(floor, rooms.clone(), sockets, TEXT)?;
    report.contestants.extend([floor.contestant.about(), parlor.contestant.about()]);
    let mut peers = plan.crowds(&mut report, &rooms, sockets, TEXT);

    let alone = |posts| Load { senders: 1, until: Until::Posts(posts), alone: true, naps: true };
    let burst = |posts| Load { senders: 64, until: Until::Posts(posts), alone: false, naps: true };
    // Warms all up.
    floor.run(alone(20))?;
    parlor.run(burst(64))?;
    for peer in &mut peers {
        peer.run(burst(64))?;
    }
    let [mut least, mut single, mut many] = <[Cost; 3]>::default();
    // The floor's median in each round.
    let mut rounds = Series::default();
    let mut theirs: Vec<[Cost; 2]> = peers.iter().map(|_| Default::default()).collect();
    for _ in 0..repeat {
        // So short that both meet the same machine. Who comes first changes, so that nobody profits from what the other left.
        let mut round = Series::default();
        for pair in 0..pairs {
            for place in [pair % 2, 1 - pair % 2] {
                if place == 0 {
                    let outcome = floor.run(alone(posts))?;
                    round.push(outcome.cpu_for(outcome.deliveries));
                    least.add(&outcome);
                } else {
                    single.add(&parlor.run(alone(posts))?);
                }
            }
        }
        rounds.push(round.median());
        many.add(&parlor.run(burst(4 * posts))?);
        for (place, [single, many]) in theirs.iter_mut().enumerate() {
            let peer = &mut peers[place];
            single.add(&peer.run(alone(peers_posts))?);
            many.add(&peer.run(burst(peers_posts))?);
            // Those who wait for their turn are asked meanwhile whether they are still there.
            for waiting in peers.iter_mut().chain([&mut parlor]) {
                waiting.settle(Duration::ZERO)?;
            }
        }
    }

    let mut table = Table::new(&[
        &format!("{length} bytes a message"),
        "CPU for a delivery, µs",
        "user",
        "system",
        "ratio to the floor",
    ]);
    let mut bars = Vec::new();
    let mut row = |name: String, cost: Cost, beside: &Series| {
        let ratio = cost.total.ratio(beside);
        bars.push((name.clone(), cost.total.clone()));
        table.row(name, vec![cost.total, cost.user, cost.system, ratio.clone()]);
        ratio
    };
    let single = row("parlor, one at a time".into(), single, &least.total);
    let many = row("parlor, 64 senders".into(), many, &rounds);
    for (peer, [single, many]) in peers.iter().zip(theirs) {
        let name = peer.contestant.about().name;
        row(format!("{name}, one at a time"), single, &rounds);
        row(format!("{name}, 64 senders"), many, &rounds);
    }
    bars.insert(0, ("floor".into(), least.total.clone()));
    let ones = least.total.map(|_| 1.0);
    table.rows.insert(0, Row { name: "floor".into(), cells: vec![least.total, least.user, least.system, ones] });
    report.tables.push(table);
    report.targets.push(Target::at_most("CPU for one delivery", "≤ 1.25 × the floor", &single, 1.25));
    report.targets.push(Target::at_most("the same in bursts of 64 senders", "below the floor", &many, 1.0));
    report.plots.push(Plot {
        name: "fanout".into(),
        title: format!("Server CPU for one delivery, a room of {sockets} sockets"),
        shape: Shape::Bars { unit: "µs, less is better".into(), bars },
    });
    Ok(report)
}
