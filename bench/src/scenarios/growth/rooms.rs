//! What a post costs among ever more rooms.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use super::{Growth, Plan, Shall};
use crate::contestants::Parlor;
use crate::crowd::{Crowd, Load, Until};
use crate::plot::Curve;
use crate::table::Series;

pub(super) fn run(plan: &Plan) -> Result<Vec<Growth>> {
    let sizes: &[usize] = plan.pick(&[1, 10, 100, 1000, 10_000], &[1, 10]);
    let (time, repeat) = plan.pick((Duration::from_secs(1), 5), (Duration::from_millis(200), 1));
    let load = |until| Load { senders: 64, until, alone: false, naps: false };
    let mut crowds = Vec::new();
    for &size in sizes {
        let parlor = Rc::new(Parlor::start(&plan.target)?);
        let mut crowd = Crowd::gather(parlor, super::super::rooms("rooms", size), size, 100)?;
        // Each room has had its first message, which makes it.
        crowd.run(load(Until::Posts(size.max(200))))?;
        crowds.push(crowd);
    }
    let mut points: Vec<(f64, Series)> = sizes.iter().map(|size| (*size as f64, Series::default())).collect();
    let mut written = points.clone();
    // In turns, for the machine is not the same from one minute to the next.
    for _ in 0..repeat {
        for place in 0..crowds.len() {
            let before = crowds[place].contestant.process().written()?;
            let outcome = crowds[place].run(load(Until::Time(time)))?;
            let bytes = crowds[place].contestant.process().written()? - before;
            points[place].1.push(outcome.cpu_for(outcome.posts));
            written[place].1.push(bytes / 1024.0 / outcome.posts as f64);
            for crowd in &mut crowds {
                crowd.settle(Duration::ZERO)?;
            }
        }
    }
    let growth = |name, y, points, note: &str| {
        let curves = vec![Curve { name: "parlor".to_owned(), points }];
        Growth { name, x: "rooms", y, shall: Shall::StayFlat, curves, note: note.to_owned() }
    };
    let all = "64 senders, rooms in turn, a socket in each room. In one room the posts of a batch share a page of the database; in \
         64 rooms each writes its own (see the next curve). Of 1,000 rooms and more with their sockets little is in the processor's caches.";
    let pages = "To files and as answers. It tells why a post costs more in more rooms: each page that a batch has changed is written \
         to the log and then to the database, 4 KiB each. In 10,000 rooms the newest messages of neighbouring rooms, which come one after \
         the other here, lie on one page again.";
    Ok(vec![
        growth("rooms", "Server CPU for a post, µs", points, all),
        growth("rooms-written", "KiB written for a post", written, pages),
    ])
}
