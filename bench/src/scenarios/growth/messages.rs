//! What opening a room and posting in it take, with ever more messages in it.

use std::rc::Rc;

use anyhow::Result;

use super::{Growth, Plan, Shall};
use crate::contestants::Parlor;
use crate::crowd::{Crowd, Load, Until, milliseconds};
use crate::long_room::{LARGE, TENTH};
use crate::plot::Curve;
use crate::scenarios::history;
use crate::swarm::Swarm;
use crate::table::Series;

pub(super) fn run(plan: &Plan) -> Result<Vec<Growth>> {
    let long = plan.long_room()?;
    let repeat = plan.pick(300, 5);
    let parlor = Rc::new(Parlor::start_on_copy(&plan.target, &long.data())?);
    let small: &[usize] = plan.pick(&[1, 1_000, 10_000], &[1, 100]);
    let mut rooms: Vec<(usize, String)> =
        small.iter().map(|size| (*size, format!("messages-{size}-{}", std::process::id()))).collect();
    rooms.push((long.messages / 10, TENTH.to_owned()));
    rooms.push((long.messages, LARGE.to_owned()));
    let mut crowds = Vec::new();
    for (size, room) in &rooms {
        let mut crowd = Crowd::gather(parlor.clone(), vec![room.clone()], 0, 100)?;
        // The last is of the same length everywhere.
        let posts = if small.contains(size) { *size } else { 1 };
        crowd.run(Load { senders: 64.min(posts), until: Until::Posts(posts), alone: false, naps: false })?;
        crowds.push(crowd);
    }
    let mut swarm = Swarm::new()?;
    let mut opening: Vec<(f64, Series)> = rooms.iter().map(|(size, _)| (*size as f64, Series::default())).collect();
    let mut posting = opening.clone();
    for _ in 0..repeat {
        for (place, (_, room)) in rooms.iter().enumerate() {
            opening[place].1.push(history::open(&mut swarm, parlor.server.address, room, 1)?);
        }
    }
    let one = Load { senders: 1, until: Until::Posts(1), alone: true, naps: false };
    for _ in 0..repeat {
        for (place, crowd) in crowds.iter_mut().enumerate() {
            posting[place].1.push(milliseconds(&crowd.run(one)?.answers, 0.5));
        }
    }
    let growth = |name, y, points: Vec<(f64, Series)>, note: &str| {
        let points = points.into_iter().map(|(at, times)| (at, times.quarters())).collect();
        let curves = vec![Curve { name: "parlor".to_owned(), points }];
        Growth { name, x: "messages in the room", y, shall: Shall::StayFlat, curves, note: note.to_owned() }
    };
    Ok(vec![
        growth("opening", "Opening a room, ms", opening, "With `?last=1`; medians and quarters."),
        growth(
            "posting",
            "A post's answer, ms",
            posting,
            "Synced; medians and quarters. The smallest room grows by these posts.",
        ),
    ])
}
