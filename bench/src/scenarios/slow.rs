//! What clients that read nothing cost those who read; and that they get everything once they come back.

use std::collections::HashSet;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::Plan;
use crate::contestants::{Contestant as _, Parlor};
use crate::crowd::{Crowd, Load, Look, Until, milliseconds};
use crate::report::{Report, Table, Target};
use crate::swarm::{Event, Swarm};
use crate::table::Series;
use crate::{clock, http};

/// Long, so that those who do not read are soon behind.
const TEXT: usize = 8_000;
/// Posts a second.
const RATE: f64 = 20.0;
/// What the kernel may keep for a client that does not read: far less than it is sent.
const NARROW: usize = 4 << 10;

#[derive(Default)]
struct Measured {
    median: Series,
    late: Series,
    memory: Series,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let (sockets, stuck, fill) = plan.pick((100, 100, 500), (10, 10, 60));
    let (time, repeat) = plan.pick((Duration::from_secs(5), 5), (Duration::from_millis(500), 1));
    let mut report = Report::new(format!(
        "One room of {sockets} sockets that read, {RATE} posts a second, a text of {TEXT} bytes, {} s at a time: in turns without others, \
         and with {stuck} more that read nothing at all, half of which want everything from the beginning. Before each turn {fill} \
         posts fill what is kept for those. In the end one comes back and has to get every message once.",
        time.as_secs_f64()
    ));
    let rooms = super::rooms("slow", 1);
    let parlor = Rc::new(Parlor::start(&plan.target)?);
    let address = parlor.process().address;
    report.contestants.push(parlor.about());
    let mut crowd = Crowd::gather(parlor, rooms.clone(), sockets, TEXT)?;
    let mut posts = 0;
    let mut measured: [Measured; 2] = Default::default();
    for turn in 0..repeat {
        for place in [turn % 2, 1 - turn % 2] {
            let others: Vec<TcpStream> = (0..stuck * place)
                .map(|number| stop(address, &rooms[0], if number % 2 == 0 { "?last=0" } else { "?since=0" }))
                .collect::<Result<_>>()?;
            let load = Load { senders: 1, until: Until::Posts(fill), alone: true, naps: false };
            posts += crowd.run(load)?.posts;
            let outcome = crowd.by_schedule(RATE, time, Look::Always)?;
            posts += outcome.posts;
            measured[place].median.push(milliseconds(&outcome.arrivals, 0.5));
            measured[place].late.push(milliseconds(&outcome.arrivals, 0.99));
            measured[place].memory.push(crowd.contestant.process().resident()? / 1e6);
            report.invalid(if place == 0 { "all read" } else { "some do not" }, outcome.invalid.as_ref());
            drop(others);
        }
    }
    come_back(address, &rooms[0], posts)?;

    let ratio = measured[1].late.ratio(&measured[0].late);
    let wanted = format!("delivery p99 of those who read, with {stuck} that do not");
    report.targets.push(Target::at_most(&wanted, "≤ 1.5 × that without", &ratio, 1.5));
    let mut table =
        Table::new(&["delivered to those who read after", "median, ms", "p99, ms", "the process's memory, MB"]);
    for (name, one) in ["all read".to_owned(), format!("{stuck} more do not")].into_iter().zip(measured) {
        table.row(name, vec![one.median, one.late, one.memory]);
    }
    report.tables.push(table);
    Ok(report)
}

/// A client that opens a room's stream and reads nothing.
fn stop(address: SocketAddr, room: &str, query: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    rustix::net::sockopt::set_socket_recv_buffer_size(&stream, NARROW)?;
    stream.write_all(&http::handshake(&format!("/ws/{room}{query}")))?;
    Ok(stream)
}

/// Wants everything: each of so many posts once.
fn come_back(address: SocketAddr, room: &str, posts: usize) -> Result<()> {
    let mut swarm = Swarm::new()?;
    swarm.websocket(address, &format!("/ws/{room}?since=0"))?;
    let (deadline, mut came) = (clock::now() + Duration::from_secs(60), HashSet::new());
    while came.len() < posts {
        let mut failure = None;
        swarm.turn(Duration::from_secs(1), |_, event, _| match event {
            Event::Text(payload) if number(payload).is_some_and(|number| number < posts && came.insert(number)) => {}
            Event::Text(payload) => failure = Some(format!("came twice: {}", String::from_utf8_lossy(payload))),
            Event::Gone(why) => failure = Some(why),
            _ => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(clock::now() < deadline, "who came back got {} of {posts} posts within a minute", came.len());
    }
    Ok(())
}

/// The number in a post's text.
fn number(message: &[u8]) -> Option<usize> {
    const MARK: &[u8] = b"bench#";
    let start = message.windows(MARK.len()).position(|window| window == MARK)? + MARK.len();
    std::str::from_utf8(message.get(start..start + 8)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_posts_number_is_found_in_its_message() {
        assert_eq!(number(br#"{"kind":"message","data":{"id":7,"text":"bench#00000123 xxxxxx"}}"#), Some(123));
        assert_eq!(number(br#"{"kind":"clear_messages","data":{}}"#), None);
        assert_eq!(number(b"bench#12"), None);
    }
}
