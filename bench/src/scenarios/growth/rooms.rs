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
    let (time, repeat) = plan.pick((Duration::from_millis(1500), 3), (Duration::from_millis(200), 1));
    let mut points = Vec::new();
    for &size in sizes {
        let parlor = Rc::new(Parlor::start(&plan.target)?);
        let mut crowd = Crowd::gather(parlor, super::super::rooms("rooms", size), size, 100)?;
        let load = |until| Load { senders: 64, until, alone: false, naps: false };
        // Each room has had its first message, which makes it.
        crowd.run(load(Until::Posts(size.max(200))))?;
        let mut cost = Series::default();
        for _ in 0..repeat {
            let outcome = crowd.run(load(Until::Time(time)))?;
            cost.push(outcome.cpu_for(outcome.posts));
        }
        points.push((size as f64, cost));
    }
    let curves = vec![Curve { name: "parlor".to_owned(), points }];
    let note = "64 senders, rooms in turn, a socket in each room.".to_owned();
    let (x, y) = ("rooms", "Server CPU for a post, µs");
    Ok(vec![Growth { name: "rooms", x, y, shall: Shall::StayFlat, curves, note }])
}
