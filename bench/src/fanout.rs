//! What one delivery costs: one room of many sockets, against a bare loop of one `write(2)` each.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::process::{Cpu, Helper, Server, Target};
use crate::swarm::{Event, Id, Swarm};
use crate::table::{self, Series, row, short};
use crate::{clock, http};

/// How long the client looks away between two reads.
const NAP: Duration = Duration::from_millis(1);

#[derive(Debug, clap::Args)]
pub(crate) struct Fanout {
    #[command(flatten)]
    target: Target,
    /// Sockets in the room
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// Posts in each repetition
    #[arg(long, default_value_t = 500)]
    posts: usize,
    /// Repetitions, interleaved
    #[arg(long, default_value_t = 7)]
    repeat: usize,
    /// Bytes of text in each message
    #[arg(long, default_value_t = 100)]
    text: usize,
    /// A few seconds, to see that it runs
    #[arg(long)]
    quick: bool,
}

/// One server with its sockets and those who make it send.
struct Side {
    drivers: Drivers,
    /// What each driver sends to have one message delivered to all.
    order: Vec<u8>,
}

enum Drivers {
    /// The floor's controlling connection.
    Control(Id),
    /// So many connections for requests, new ones for each run: a server ends those that are idle for long.
    Posts(SocketAddr, usize),
}

pub(crate) fn run(mut options: Fanout) -> Result<()> {
    if options.quick {
        (options.sockets, options.posts, options.repeat) = (100, 200, 3);
    }
    let mut swarm = Swarm::new()?;
    let server = options.target.start()?;
    let text = "x".repeat(options.text);
    let mut order = Vec::new();
    http::post(&mut order, "fanout", &text);
    for _ in 0..options.sockets {
        swarm.websocket(server.address, "/ws/fanout")?;
    }
    wait(&mut swarm, options.sockets, &mut |event| matches!(event, Event::Opened))?;
    let single = Side { drivers: Drivers::Posts(server.address, 1), order: order.clone() };
    let burst = Side { drivers: Drivers::Posts(server.address, 64), order };
    // Warms up, and tells how long a frame is.
    let frame = drive(&mut swarm, &single, 20, options.sockets)?;

    let floor = Helper::start(&["floor".into(), options.sockets.to_string(), frame.to_string()])?;
    let control = swarm.plain(floor.address)?;
    for _ in 0..options.sockets {
        swarm.frames(floor.address)?;
    }
    wait(&mut swarm, 1, &mut |event| matches!(event, Event::Bytes))?;
    let loops = Side { drivers: Drivers::Control(control), order: b"!".to_vec() };
    drive(&mut swarm, &loops, 20, options.sockets)?;

    let mut table = vec![row!["what", "CPU for a delivery", "user", "system", "ratio to the floor"]];
    let mut measured: [[Series; 4]; 3] = Default::default();
    for _ in 0..options.repeat {
        let mut least = f64::NAN;
        for (side, series) in [&loops, &single, &burst].into_iter().zip(&mut measured) {
            let before = cpu(side, &loops, &floor, &server)?;
            drive(&mut swarm, side, options.posts, options.sockets)?;
            let used = cpu(side, &loops, &floor, &server)?.since(before);
            let each = 1e6 / (options.posts * options.sockets) as f64;
            if std::ptr::eq(side, &loops) {
                least = used.total();
            }
            for (series, value) in
                series.iter_mut().zip([used.total() * each, used.user * each, used.system * each, used.total() / least])
            {
                series.push(value);
            }
        }
    }
    for (name, [total, user, system, ratio]) in
        ["floor: a loop of write(2)", "one post at a time", "64 senders"].into_iter().zip(&measured)
    {
        table.push(row![name, total.spread("µs"), short(user.median()), short(system.median()), ratio.spread("×")]);
    }
    println!(
        "fanout: {} sockets in one room, frames of {frame} bytes, {} posts × {}",
        options.sockets, options.posts, options.repeat
    );
    table::print(&table);
    Ok(())
}

fn cpu(side: &Side, floor_side: &Side, floor: &Helper, server: &Server) -> Result<Cpu> {
    if std::ptr::eq(side, floor_side) { floor.cpu() } else { server.cpu() }
}

/// Has so many messages delivered and waits until all have come; each driver orders the next when its last is answered. Gives the
/// length of a frame.
fn drive(swarm: &mut Swarm, side: &Side, messages: usize, sockets: usize) -> Result<usize> {
    let (mut ordered, mut answered, mut delivered, mut frame) = (0, 0, 0, 0);
    let drivers = match side.drivers {
        Drivers::Control(control) => vec![control],
        Drivers::Posts(server, count) => (0..count).map(|_| swarm.http(server)).collect::<Result<_>>()?,
    };
    for driver in drivers.iter().take(messages) {
        swarm.send(*driver, &side.order)?;
        ordered += 1;
    }
    // A single driver waits for all deliveries too, so that each message is alone.
    let alone = drivers.len() == 1;
    let mut failure = None;
    while answered < messages || delivered < messages * sockets {
        let happened = swarm.turn(Duration::from_secs(10), |_, event, reply| match event {
            Event::Text(payload) => {
                delivered += 1;
                frame = payload.len() + if payload.len() < 126 { 2 } else { 4 };
            }
            Event::Response { .. } | Event::Bytes => {
                if let Event::Response { status, body } = event
                    && status >= 300
                {
                    failure = Some(format!("a post was answered with {status}: {}", String::from_utf8_lossy(body)));
                }
                answered += 1;
                if !alone && ordered < messages {
                    reply.extend_from_slice(&side.order);
                    ordered += 1;
                }
            }
            Event::Opened => {}
            Event::Gone(why) => failure = Some(why),
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        // A client that waits in epoll is woken by the kernel at the sender's cost, the more often the faster it is: that would be
        // measured too, by chance. One that naps is not.
        std::thread::sleep(NAP);
        ensure!(happened, "nothing for 10 s: {answered} of {messages} answered, {delivered} frames delivered");
        if alone && ordered < messages && answered == ordered && delivered == ordered * sockets {
            swarm.send(drivers[0], &side.order)?;
            ordered += 1;
        }
    }
    if let Drivers::Posts(..) = side.drivers {
        drivers.into_iter().for_each(|driver| swarm.drop(driver));
    }
    Ok(frame)
}

/// Waits for so many events of a kind.
pub(crate) fn wait(swarm: &mut Swarm, count: usize, wanted: &mut dyn FnMut(&Event<'_>) -> bool) -> Result<()> {
    let deadline = clock::now() + Duration::from_secs(60);
    let (mut seen, mut failure) = (0, None);
    while seen < count {
        swarm.turn(Duration::from_secs(1), |_, event, _| {
            seen += usize::from(wanted(&event));
            if let Event::Gone(why) = event {
                failure = Some(why);
            }
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(clock::now() < deadline, "only {seen} of {count} connections are there after a minute");
    }
    Ok(())
}
