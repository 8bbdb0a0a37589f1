//! What one message costs in the hub: from the owner of a service to its subscribers, and to all, against a bare loop of one
//! `write(2)` each.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use super::Plan;
use super::fanout::Cost;
use crate::contestants::{Contestant as _, Floor, Hub, To};
use crate::crowd::{Crowd, Load, Until};
use crate::report::{Report, Table, Target};

const TEXT: usize = 100;

/// One kind of message.
struct Work {
    to: To,
    name: &'static str,
    /// How many at a time: as many as take the server half a second.
    posts: usize,
    /// How long each is.
    length: usize,
    floor: Cost,
    hub: Cost,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let (sockets, repeat, pairs) = plan.pick((1000, 7, 4), (50, 2, 1));
    let works = plan.pick([40, 125], [10, 20]);
    let mut report = Report::new(format!(
        "A service with {sockets} subscribers, whose owner sends a MESSAGE with {TEXT} bytes of text, one at a time (the next waits for \
         the answer and all deliveries): to the service ({} in a turn), where by the protocol each names all subscribers, and to ALL \
         ({} in a turn). User and system CPU of the server's process for each delivery. The floor writes as many bytes to as many \
         sockets.",
        works[0], works[1]
    ));
    let rooms = super::rooms("hub", 1);
    let hub = Rc::new(Hub::start(&plan.target)?);
    let mut speaks = Crowd::gather(hub.clone(), rooms.clone(), sockets, TEXT)?;
    let mut work = |to, name, posts| {
        hub.to.set(to);
        let length = speaks.message_length()?;
        anyhow::Ok(Work { to, name, posts, length, floor: Cost::default(), hub: Cost::default() })
    };
    let mut works = [work(To::Subscribers, "to the service", works[0])?, work(To::All, "to all", works[1])?];
    let floor = Rc::new(Floor::start(sockets, works[0].length)?);
    let mut loops = Crowd::gather(floor.clone(), rooms, sockets, TEXT)?;
    report.contestants.extend([floor.about(), hub.about()]);

    let alone = |posts| Load { senders: 1, until: Until::Posts(posts), alone: true, naps: true };
    // So short that both meet the same machine. Who comes first changes, so that nobody profits from what the other left. The first
    // round only warms all up.
    for round in 0..=repeat {
        for Work { to, posts, length, floor: least, hub: cost, .. } in &mut works {
            hub.to.set(*to);
            floor.message.set(*length);
            let (posts, pairs) = if round == 0 { (5, 1) } else { (*posts, pairs) };
            for pair in 0..pairs {
                for place in [pair % 2, 1 - pair % 2] {
                    let (crowd, cost) = if place == 0 { (&mut loops, &mut *least) } else { (&mut speaks, &mut *cost) };
                    let outcome = crowd.run(alone(posts))?;
                    if round > 0 {
                        cost.add(&outcome);
                    }
                    // The hub asks every five seconds whether its clients are still there, and gives them as long to answer.
                    speaks.settle(Duration::ZERO)?;
                }
            }
        }
    }

    let mut table =
        Table::new(&["one at a time", "bytes", "CPU for a delivery, µs", "user", "system", "ratio to the floor"]);
    for Work { to, name, length, floor, hub, .. } in works {
        let ratio = hub.total.ratio(&floor.total);
        if to == To::Subscribers {
            let work = format!("CPU for one message to a service of {sockets}");
            report.targets.push(Target::at_most(&work, "≤ 1.25 × the floor", &ratio, 1.25));
        }
        let ones = floor.total.map(|_| 1.0);
        let length = length as f64;
        table.row(format!("floor, {name}"), vec![length.into(), floor.total, floor.user, floor.system, ones]);
        table.row(format!("parlor, {name}"), vec![length.into(), hub.total, hub.user, hub.system, ratio]);
    }
    report.tables.push(table);
    Ok(report)
}
