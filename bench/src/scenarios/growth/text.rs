//! What a longer text costs.

use std::rc::Rc;

use anyhow::Result;

use super::{Growth, Plan, Shall};
use crate::contestants::Parlor;
use crate::crowd::{Crowd, Load, Until};
use crate::plot::Curve;
use crate::table::Series;

pub(super) fn run(plan: &Plan) -> Result<Vec<Growth>> {
    let (sockets, repeat) = plan.pick((100, 3), (20, 1));
    let parlor = Rc::new(Parlor::start(&plan.target)?);
    let mut points = Vec::new();
    for text in [16, 64, 256, 1024, 4096, 16_384] {
        let posts = plan.pick(2000, 20);
        let mut crowd = Crowd::gather(parlor.clone(), vec![format!("text-{text}")], sockets, text)?;
        let mut cost = Series::default();
        for _ in 0..repeat {
            let outcome = crowd.run(Load { senders: 1, until: Until::Posts(posts), alone: true, naps: false })?;
            cost.push(outcome.cpu_for(outcome.deliveries));
        }
        points.push((text as f64, cost));
    }
    let curves = vec![Curve { name: "parlor".to_owned(), points }];
    let note = format!("One post at a time in a room of {sockets} sockets, the post's own work included.");
    let (x, y) = ("bytes of text", "Server CPU for a delivery, µs");
    Ok(vec![Growth { name: "text", x, y, shall: Shall::GrowEvenly, curves, note }])
}
