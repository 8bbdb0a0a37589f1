//! What an idle socket costs in memory.

use std::time::Duration;

use anyhow::Result;

use crate::fanout::wait;
use crate::process::{Target, kernel_memory};
use crate::swarm::{Event, Swarm};
use crate::table::{self, row, short};

#[derive(Debug, clap::Args)]
pub(crate) struct Memory {
    #[command(flatten)]
    target: Target,
    /// Sockets
    #[arg(long, default_value_t = 5000)]
    sockets: usize,
    /// Rooms that they are in
    #[arg(long, default_value_t = 100)]
    rooms: usize,
    /// A few seconds, to see that it runs
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(mut options: Memory) -> Result<()> {
    if options.quick {
        options.sockets = 500;
    }
    let server = options.target.start()?;
    let mut swarm = Swarm::new()?;
    settle(&mut swarm)?;
    let (resident, kernel) = (server.resident()?, kernel_memory()?);
    // In waves, as people come; each handshake has buffers for a moment.
    let mut opened = 0;
    while opened < options.sockets {
        let wave = (options.sockets - opened).min(50);
        for number in opened..opened + wave {
            swarm.websocket(server.address, &format!("/ws/memory-{}", number % options.rooms))?;
        }
        wait(&mut swarm, wave, &mut |event| matches!(event, Event::Opened))?;
        opened += wave;
    }
    settle(&mut swarm)?;
    let each = |bytes: f64| bytes / options.sockets as f64 / 1024.0;
    let (resident, kernel) = (each(server.resident()? - resident), each(kernel_memory()? - kernel));
    println!("memory: {} idle sockets in {} rooms", options.sockets, options.rooms);
    table::print(&[
        row!["what", "KiB for a socket"],
        row!["the server's resident memory", short(resident)],
        row!["the kernel's, both ends of the connection (the whole machine's: only if it is quiet)", short(kernel)],
        row!["the server's with the half of that", short(resident + kernel / 2.0)],
    ]);
    Ok(())
}

/// Lets what is under way come to its end.
fn settle(swarm: &mut Swarm) -> Result<()> {
    while swarm.turn(Duration::from_secs(1), |_, _, _| ())? {}
    Ok(())
}
