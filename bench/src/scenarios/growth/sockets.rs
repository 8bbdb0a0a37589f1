//! What a delivery costs in ever larger rooms.

use std::rc::Rc;

use anyhow::Result;

use super::{Growth, Plan, Shall};
use crate::contestants::{Floor, Parlor};
use crate::crowd::{Crowd, Load, Until};
use crate::plot::Curve;
use crate::table::Series;

const TEXT: usize = 100;

pub(super) fn run(plan: &Plan) -> Result<Vec<Growth>> {
    let sizes: &[usize] = plan.pick(&[10, 100, 1000, 5000, 15_000], &[10, 100]);
    let (deliveries, repeat) = plan.pick((150_000, 3), (1_000, 1));
    let [mut ours, mut floors] = <[Vec<(f64, Series)>; 2]>::default();
    for &size in sizes {
        // New ones each time, so that what the sockets before have left behind is not measured.
        let rooms = super::super::rooms("sockets", 1);
        let mut parlor = Crowd::gather(Rc::new(Parlor::start(&plan.target)?), rooms.clone(), size, TEXT)?;
        let length = parlor.message_length()?;
        let [mut cost, mut least] = <[Series; 2]>::default();
        let load = |posts| Load { senders: 1, until: Until::Posts(posts), alone: true, naps: true };
        // A room of ten takes no time for its deliveries, and its naps do.
        let posts = (deliveries / size).clamp(10, 1500);
        {
            parlor.run(load(10))?;
            for _ in 0..repeat {
                let outcome = parlor.run(load(posts))?;
                cost.push(outcome.cpu_for(outcome.deliveries));
            }
        }
        drop(parlor);
        let mut floor = Crowd::gather(Rc::new(Floor::start(size, length)?), rooms, size, TEXT)?;
        for _ in 0..repeat {
            let outcome = floor.run(load(posts))?;
            least.push(outcome.cpu_for(outcome.deliveries));
        }
        ours.push((size as f64, cost));
        floors.push((size as f64, least));
    }
    let curves =
        vec![Curve { name: "parlor".to_owned(), points: ours }, Curve { name: "floor".to_owned(), points: floors }];
    let note = "One post at a time; in small rooms the post's own work is most of it.".to_owned();
    let (x, y) = ("sockets in the room", "Server CPU for a delivery, µs");
    Ok(vec![Growth { name: "sockets", x, y, shall: Shall::StayFlat, curves, note }])
}
