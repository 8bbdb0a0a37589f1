//! How long a start takes until something is answered, with very many messages and with none.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Result, ensure};

use super::Plan;
use crate::contestants::{Contestant as _, Parlor};
use crate::long_room::LARGE;
use crate::report::{Report, Table, Target};
use crate::table::Series;
use crate::{clock, http};

/// Without an answer for so long it has failed.
const GIVEN_UP: Duration = Duration::from_secs(60);

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let room = plan.long_room()?;
    let repeat = plan.pick(9, 1);
    let mut report = Report::new(format!(
        "From the start of the process until a post is answered, stored and synced, in the room with {} messages, against a server \
         that has none. {repeat} times each in turns, after an end in order and after a kill.",
        room.messages
    ));
    let mut full = Parlor::start_on_copy(&plan.target, &room.data())?;
    let mut empty = Parlor::start(&plan.target)?;
    report.contestants.push(full.about());
    // Both are up: what listens may not yet be ready to end in order.
    first_answer(empty.server.address, || Ok(()))?;
    first_answer(full.server.address, || Ok(()))?;
    let [mut ended, mut killed]: [[Series; 2]; 2] = Default::default();
    for turn in 0..repeat {
        for place in [turn % 2, 1 - turn % 2] {
            let server = if place == 0 { &mut empty.server } else { &mut full.server };
            server.end()?;
            ended[place].push(first_answer(server.address, || server.start_again())?);
            server.kill()?;
            killed[place].push(first_answer(server.address, || server.start_again())?);
        }
    }
    let with = format!("{} messages, ms", room.messages);
    let mut table = Table::new(&["until the first answer", "no messages, ms", &with, "ratio"]);
    for (name, [none, many]) in [("after an end in order", ended), ("after a kill", killed)] {
        let ratio = many.ratio(&none);
        if name == "after an end in order" {
            let what = format!("start to first answer with {} messages", room.messages);
            report.targets.push(Target::at_most(&what, "≤ 1.2 × with none", &ratio, 1.2));
        }
        table.row(name, vec![none, many, ratio]);
    }
    report.tables.push(table);
    Ok(report)
}

/// Starts a server and asks until a post is answered; how many ms.
fn first_answer(address: SocketAddr, start: impl FnOnce() -> Result<()>) -> Result<f64> {
    let from = clock::now();
    start()?;
    let mut request = Vec::new();
    http::post(&mut request, LARGE, "first");
    loop {
        let asked = TcpStream::connect(address).and_then(|mut stream| {
            stream.set_nodelay(true)?;
            stream.write_all(&request)?;
            let mut answer = vec![0; 4096];
            let read = stream.read(&mut answer)?;
            answer.truncate(read);
            Ok(answer)
        });
        if let Ok(answer) = asked
            && let Some(head) = http::head(&answer)?
        {
            let took = from.elapsed().as_secs_f64() * 1e3;
            ensure!(matches!(head.status, 200..=202), "the first post was answered with {}", head.status);
            return Ok(took);
        }
        ensure!(from.elapsed() < GIVEN_UP, "no answer after {GIVEN_UP:?}");
        std::thread::sleep(Duration::from_micros(200));
    }
}
