//! Catching up: a client that has nothing and gets a room's 10,000 messages.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::Plan;
use crate::clock;
use crate::contestants::{About, Contestant as _, Parlor};
use crate::long_room;
use crate::machine;
use crate::natural::Talk;
use crate::process::Peer;
use crate::report::{Report, Table, Target};
use crate::swarm::{Event, Swarm};
use crate::table::Series;
use crate::usage::Process;

const ROOM: &str = "catch-up";

/// What one client got.
struct Caught {
    milliseconds: f64,
    bytes: usize,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let messages: usize = plan.pick(10_000, 500);
    let (clients, repeat) = plan.pick((40, 7), (3, 1));
    let mut report = Report::new(format!(
        "A client opens the room with `?since=0` and reads all {messages} messages of natural text; {clients} clients one after the \
         other, in turns with the floor: it reads the stored JSON of the same rows from the same database and writes as many bytes, \
         through a buffer of 64 KiB. The time until the last message has come, and the server's CPU for it."
    ));
    let parlor = Parlor::start(&plan.target)?;
    let address = parlor.server.address;
    let mut talk = Talk::learn(&machine::project(), 3)?;
    let mut left: usize = messages;
    long_room::fill(address, ROOM, &mut || {
        let more = left > 0;
        left = left.saturating_sub(1);
        Ok(more.then(|| talk.next()))
    })?;
    let mut swarm = Swarm::new()?;
    let ours = |swarm: &mut Swarm| catch_up(swarm, address, Some(&format!("/ws/{ROOM}?since=0")), messages);
    let database = parlor.server.data.join("parlor.db").display().to_string();
    let floor_with = |more: usize| Peer::own(&["replay".into(), database.clone(), ROOM.into(), more.to_string()]);
    // First without anything more, to see how much that has to be.
    let wanted = ours(&mut swarm)?.bytes;
    let bare = {
        let floor = floor_with(0)?;
        catch_up(&mut swarm, floor.process().address, None, messages)?.bytes
    };
    let floor = floor_with(wanted.saturating_sub(bare) / messages)?;
    let theirs = |swarm: &mut Swarm| catch_up(swarm, floor.process().address, None, messages);
    let least = theirs(&mut swarm)?.bytes;
    ensure!(
        wanted.abs_diff(least) <= wanted / 100,
        "the floor sends {least} bytes where the server sends {wanted}: that would be no comparison"
    );

    let [mut times, mut costs]: [[Series; 2]; 2] = Default::default();
    for turn in 0..repeat {
        for place in [turn % 2, 1 - turn % 2] {
            let process: Process = if place == 0 { floor.process() } else { parlor.process() };
            let before = process.cpu()?;
            let mut each = Series::default();
            for _ in 0..clients {
                each.push(if place == 0 { theirs(&mut swarm)? } else { ours(&mut swarm)? }.milliseconds);
            }
            times[place].push(each.median());
            costs[place].push(process.cpu()?.since(before).total() * 1e3 / clients as f64);
        }
    }
    let [ratio, cpu_ratio] = [&times, &costs].map(|[floor, parlor]| parlor.ratio(floor));
    let mut table = Table::new(&[
        &format!("{messages} messages, {:.1} MB", wanted as f64 / 1e6),
        "until the last, ms",
        "ratio to the floor",
        "server's CPU, ms",
        "ratio to the floor",
    ]);
    let ([floor_time, our_time], [floor_cpu, our_cpu]) = (times, costs);
    let ones = ratio.map(|_| 1.0);
    table.row("floor", vec![floor_time, ones.clone(), floor_cpu, ones]);
    table.row("parlor", vec![our_time, ratio.clone(), our_cpu, cpu_ratio.clone()]);
    report.tables.push(table);
    let what = format!("catching up on {messages} messages");
    report.targets.push(Target::at_most(&format!("{what}, CPU"), "≤ 2 × the floor", &cpu_ratio, 2.0));
    report.targets.push(Target::at_most(&format!("{what}, time"), "≤ 2 × the floor", &ratio, 2.0));
    report.contestants.push(About {
        name: "floor".into(),
        version: String::new(),
        does: "reads the stored JSON of the same rows and writes it, padded to the same length, to a socket".into(),
    });
    report.contestants.push(parlor.about());
    Ok(report)
}

/// Reads all messages over a new connection, with a handshake or without, and checks that each is one and that they are all.
fn catch_up(swarm: &mut Swarm, server: SocketAddr, path: Option<&str>, messages: usize) -> Result<Caught> {
    let start = clock::now();
    let socket = match path {
        Some(path) => swarm.websocket(server, path)?,
        None => swarm.frames(server)?,
    };
    let (mut seen, mut bytes, mut failure) = (0, 0, None);
    while seen < messages {
        let happened = swarm.turn(Duration::from_secs(30), |id, event, _| match event {
            Event::Text(payload) if id == socket => {
                // What else is said first is no message.
                if memchr::memmem::find(payload, b"\"text\":").is_some() {
                    seen += 1;
                    bytes += payload.len();
                }
            }
            Event::Gone(why) if seen < messages => failure = Some(why),
            Event::Text(_) | Event::Gone(_) | Event::Opened | Event::Response { .. } | Event::Bytes(_) => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(happened, "{seen} of {messages} messages came");
    }
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    ensure!(seen == messages, "{seen} messages came, and there are {messages}");
    swarm.drop(socket);
    Ok(Caught { milliseconds, bytes })
}
