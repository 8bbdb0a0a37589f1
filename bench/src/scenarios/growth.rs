//! How costs grow: a curve for each thing that grows, and whether it bends upwards.

mod text;

use anyhow::Result;

use super::Plan;
use crate::plot::{Curve, Plot, Shape};
use crate::report::{Report, Table};
use crate::table::{Series, short};

/// How much more a unit may cost than at the neighbour before.
const BEND: f64 = 1.3;

/// What grows.
struct Growth {
    name: &'static str,
    /// What is on the axes, with units.
    x: &'static str,
    y: &'static str,
    points: Vec<(f64, Series)>,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let mut report =
        Report::new("What one thing costs as another grows. A curve that bends upwards is named.".to_owned());
    text::run(plan)?.tell(&mut report);
    Ok(report)
}

impl Growth {
    /// A table, a plot, and a note if it bends.
    fn tell(self, report: &mut Report) {
        let Self { name, x, y, points } = self;
        let mut table = Table::new(&[x, y, "by the one before"]);
        let mut before: Option<f64> = None;
        for (at, cost) in &points {
            let ratio = before.map_or_else(Series::default, |before| Series::from(cost.median() / before));
            if ratio.median() > BEND {
                report.notes.push(format!(
                    "**bends upwards** at {} {x}: {} times the one before",
                    short(*at),
                    short(ratio.median())
                ));
            }
            before = Some(cost.median());
            table.row(short(*at), vec![cost.clone(), ratio]);
        }
        report.tables.push(table);
        let curves = vec![Curve { name: name.to_owned(), points }];
        let shape = Shape::Curves { x: x.to_owned(), y: y.to_owned(), curves };
        report.plots.push(Plot { name: format!("growth-{name}"), title: format!("{y}, by {x}"), shape });
    }
}
