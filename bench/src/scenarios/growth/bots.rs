//! What a post costs in a room with ever more bots, none of which it concerns.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;

use super::{Growth, Plan, Shall};
use crate::contestants::{Contestant as _, Parlor};
use crate::crowd::{Crowd, Load, Until};
use crate::http;
use crate::plot::Curve;
use crate::table::Series;

/// Patterns as people write them; the number makes each another.
const PATTERNS: [&str; 4] =
    ["^!command#\\b", "(?i)\\bhello bot#\\b", "^(what|who) is number# *\\?$", "@helper#(\\s|$)"];

pub(super) fn run(plan: &Plan) -> Result<Vec<Growth>> {
    let sizes: &[usize] = plan.pick(&[0, 1, 10, 100, 1000], &[0, 10]);
    let (time, repeat) = plan.pick((Duration::from_millis(1500), 3), (Duration::from_millis(200), 1));
    let mut points = Vec::new();
    for &size in sizes {
        let parlor = Rc::new(Parlor::start_with(&plan.target, &["--limits-bots", "1000"])?);
        let address = parlor.process().address;
        for number in 0..size {
            let pattern = PATTERNS[number % PATTERNS.len()].replace('#', &number.to_string());
            // Nobody listens there, and nobody is asked.
            let bot = serde_json::json!({
                "room": "bots-0", "name": format!("Bot {number}"), "responds_to": pattern, "url": "http://127.0.0.1:1/",
            });
            http::call(address, "/api/actions/bot", &bot)?;
        }
        let mut crowd = Crowd::gather(parlor, super::super::rooms("bots", 1), 0, 100)?;
        let load = |until| Load { senders: 64, until, alone: false, naps: false };
        crowd.run(load(Until::Posts(200)))?;
        let mut cost = Series::default();
        for _ in 0..repeat {
            let outcome = crowd.run(load(Until::Time(time)))?;
            cost.push(outcome.cpu_for(outcome.posts));
        }
        points.push((size as f64, cost));
    }
    let curves = vec![Curve { name: "parlor".to_owned(), points }];
    let note = "64 senders in one room; each bot has a pattern of its own, and none matches.".to_owned();
    let (x, y) = ("bots in the room", "Server CPU for a post, µs");
    Ok(vec![Growth { name: "bots", x, y, shall: Shall::GrowEvenly, curves, note }])
}
