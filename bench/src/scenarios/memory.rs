//! What an idle socket costs in memory: the process's, and the kernel's.

use std::time::Duration;

use anyhow::Result;

use super::{Plan, Start};
use crate::contestants::{About, Parlor};
use crate::crowd::Crowd;
use crate::plot::{Plot, Shape};
use crate::report::{Report, Table, Target};
use crate::table::Series;
use crate::usage;

const ROOMS: usize = 100;

#[derive(Default)]
struct Memory {
    resident: Series,
    kernel: Series,
    both: Series,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let (sockets, repeat) = plan.pick((5000, 3), (300, 1));
    let mut report = Report::new(format!(
        "{sockets} idle sockets in {ROOMS} rooms, come in waves of 50, to a server that was started for it. The process's memory is \
         its resident set (VmRSS) with them less that before; the kernel's is what /proc/net/sockstat and the slabs have grown by, \
         halved, for both ends of each connection are on this machine."
    ));
    let parlor: Start<'_> = Box::new(|| Ok(std::rc::Rc::new(Parlor::start(&plan.target)?)));
    let mut contestants = vec![("parlor", parlor)];
    contestants.extend(plan.peers());
    let mut measured: Vec<(Memory, Option<About>)> = contestants.iter().map(|_| Default::default()).collect();
    for turn in 0..repeat {
        for place in 0..contestants.len() {
            let place = if turn % 2 == 0 { place } else { contestants.len() - 1 - place };
            let (name, start) = &contestants[place];
            let (memory, about) = &mut measured[place];
            match idle(start, sockets, plan.quick, memory) {
                Ok(seen) => *about = Some(seen),
                Err(error) if *name == "parlor" => return Err(error),
                Err(error) if turn == 0 => report.absent.push(format!("{name} is not among them: {error:#}")),
                Err(_) => {}
            }
        }
    }

    let mut table = Table::new(&["KiB for a socket", "process", "kernel", "both"]);
    let mut bars = Vec::new();
    for (memory, about) in measured {
        let Some(about) = about else { continue };
        if about.name == "parlor" {
            report.targets.push(Target::at_most("process memory for an idle socket", "≤ 8 KiB", &memory.resident, 8.0));
            report.targets.push(Target::at_most("the same with the kernel's", "≤ 16 KiB", &memory.both, 16.0));
        }
        bars.push((about.name.clone(), memory.both.clone()));
        table.row(about.name.clone(), vec![memory.resident, memory.kernel, memory.both]);
        report.contestants.push(about);
    }
    report.tables.push(table);
    report.notes.push("The kernel's share counts the whole machine: it is only right if nothing else runs.".into());
    report.plots.push(Plot {
        name: "memory".into(),
        title: "Memory for an idle socket, the kernel's included".into(),
        shape: Shape::Bars { unit: "KiB, less is better".into(), bars },
    });
    Ok(report)
}

/// Starts a server, and measures what so many sockets add.
fn idle(start: &Start<'_>, sockets: usize, quick: bool, memory: &mut Memory) -> Result<About> {
    let quiet = Duration::from_millis(if quick { 100 } else { 1000 });
    let contestant = start()?;
    let (process, about) = (contestant.process(), contestant.about());
    // A first few, for what is made when the first come; and the load generator's own beginnings.
    Crowd::gather(contestant.clone(), super::rooms("first", 1), 50, 0)?.settle(quiet)?;
    let (resident, kernel) = (process.resident()?, usage::kernel_memory()?);
    let mut crowd = Crowd::gather(contestant, super::rooms("memory", ROOMS), sockets, 0)?;
    crowd.settle(quiet)?;
    let each = |bytes: f64| bytes / sockets as f64 / 1024.0;
    let resident = each(process.resident()? - resident);
    let kernel = each(usage::kernel_memory()? - kernel) / 2.0;
    memory.resident.push(resident);
    memory.kernel.push(kernel);
    memory.both.push(resident + kernel);
    Ok(about)
}
