//! Whether a room with very many messages is as quick to open and to post in as one with few.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::Plan;
use crate::clock;
use crate::contestants::{Contestant, Parlor};
use crate::crowd::{Crowd, Load, Until, milliseconds};
use crate::long_room::LARGE;
use crate::report::{Report, Table, Target};
use crate::swarm::{Event, Swarm};
use crate::table::Series;

/// What is asked for when a room is opened; the small room has just as many, so that the same is sent.
const LAST: usize = 50;
const TEXT: usize = 100;

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let long = plan.long_room()?;
    let (messages, repeat) = (long.messages, plan.pick(1000, 5));
    let mut report = Report::new(format!(
        "A room with {messages} messages against one with {LAST}, {repeat} times each in turns: opening it with `?last={LAST}` until \
         the last message is there, and posting until the answer, synced. Medians are compared, for the disk has its moments."
    ));
    let parlor = Rc::new(Parlor::start_on_copy(&plan.target, &long.data())?);
    let rooms = ["history-small", LARGE];
    report.contestants.push(parlor.about());
    let mut crowds = Vec::new();
    for room in rooms {
        let mut crowd = Crowd::gather(parlor.clone(), vec![room.to_owned()], 0, TEXT)?;
        // As many as are asked for, so that opening sends the same bytes.
        crowd.run(Load { senders: 1, until: Until::Posts(LAST), alone: true, naps: false })?;
        crowds.push(crowd);
    }
    let (mut opening, mut posting): ([Series; 2], [Series; 2]) = Default::default();
    let mut swarm = Swarm::new()?;
    let one = Load { senders: 1, until: Until::Posts(1), alone: true, naps: false };
    for turn in 0..repeat {
        // Who comes first changes, so that neither profits from what the other warmed up.
        for place in [turn % 2, 1 - turn % 2] {
            opening[place].push(open(&mut swarm, parlor.server.address, rooms[place], LAST)?);
        }
        for place in [turn % 2, 1 - turn % 2] {
            posting[place].push(milliseconds(&crowds[place].run(one)?.answers, 0.5));
        }
    }
    let large = format!("{messages} messages, ms");
    let mut table =
        Table::new(&["median and quarters", &format!("{LAST} messages, ms"), &large, "ratio of the medians"]);
    for (name, [small, large]) in [("opening the room", opening), ("a post in it", posting)] {
        let ratio = Series::from(large.median() / small.median());
        report.targets.push(Target::at_most(
            &format!("{name}, with {messages} messages"),
            "≤ 1.1 × an empty one's",
            &ratio,
            1.1,
        ));
        table.row(name, vec![small.quarters(), large.quarters(), ratio]);
    }
    report.tables.push(table);
    Ok(report)
}

/// Opens a room, waits for its newest messages, and leaves; how many ms until the last of them was there.
pub(super) fn open(swarm: &mut Swarm, server: SocketAddr, room: &str, last: usize) -> Result<f64> {
    let start = clock::now();
    let socket = swarm.websocket(server, &format!("/ws/{room}?last={last}"))?;
    let (mut messages, mut failure) = (0, None);
    while messages < last {
        let happened = swarm.turn(Duration::from_secs(30), |_, event, _| match event {
            Event::Text(_) => messages += 1,
            Event::Gone(why) => failure = Some(why),
            Event::Opened | Event::Response { .. } | Event::Bytes(_) => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(happened, "{messages} of {last} messages came when {room} was opened");
    }
    let took = start.elapsed().as_secs_f64() * 1e3;
    swarm.drop(socket);
    Ok(took)
}
