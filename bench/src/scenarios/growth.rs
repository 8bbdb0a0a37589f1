//! How costs grow: a curve for each thing that grows, and whether it bends upwards.

mod bots;
mod messages;
mod rooms;
mod sockets;
mod text;

use anyhow::Result;

use super::Plan;
use crate::plot::{Curve, Plot, Shape};
use crate::report::{Report, Table};
use crate::table::{Series, short};

/// How much more a unit may cost than at any smaller size.
const BEND: f64 = 1.3;
/// How much of the cost at the smallest size a growth has to be before its parts are compared: less is noise.
const NOISE: f64 = 0.25;

/// How a cost may grow without bending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shall {
    /// Not at all.
    StayFlat,
    /// By as much for each unit, above what the smallest size costs.
    GrowEvenly,
}

/// What grows, and what it costs.
struct Growth {
    name: &'static str,
    /// What is on the axes, with units.
    x: &'static str,
    y: &'static str,
    shall: Shall,
    /// The first is Parlor's.
    curves: Vec<Curve>,
    note: String,
}

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let mut report = Report::new(format!(
        "What one thing costs as another grows. A curve bends upwards where a unit costs more than {BEND} times what it cost at any \
         smaller size; a note says so."
    ));
    for growth in [sockets::run, rooms::run, messages::run, bots::run, text::run] {
        for growth in growth(plan)? {
            growth.tell(&mut report);
        }
    }
    Ok(report)
}

impl Growth {
    /// A table, a plot, and a note on whether it bends.
    fn tell(self, report: &mut Report) {
        let columns: Vec<&str> =
            [self.x].into_iter().chain(self.curves.iter().map(|curve| curve.name.as_str())).collect();
        let mut table = Table::new(&columns);
        for (place, (at, _)) in self.curves[0].points.iter().enumerate() {
            let cells = self.curves.iter().filter_map(|curve| curve.points.get(place).map(|(_, cost)| cost.clone()));
            table.row(short(*at).trim_end_matches(".0").trim_end_matches(".00"), cells.collect());
        }
        let bends = bends(self.shall, &self.curves[0].points);
        let bent = if bends.is_empty() {
            "does not bend upwards".to_owned()
        } else {
            format!("**bends upwards** {}", bends.join(", "))
        };
        report.notes.push(format!("{}, by {}: {bent}. {}", self.y, self.x, self.note));
        table.columns[0] = format!("{}, by {}", self.y, self.x);
        report.tables.push(table);
        let shape = Shape::Curves { x: self.x.to_owned(), y: self.y.to_owned(), curves: self.curves };
        report.plots.push(Plot {
            name: format!("growth-{}", self.name),
            title: format!("{}, by {}", self.y, self.x),
            shape,
        });
    }
}

/// Where a curve bends upwards, and how much.
fn bends(shall: Shall, points: &[(f64, Series)]) -> Vec<String> {
    let Some((first_at, first)) = points.first().map(|(at, cost)| (*at, cost.median())) else { return Vec::new() };
    let mut least = f64::INFINITY;
    let mut bends = Vec::new();
    for (at, cost) in points {
        let cost = cost.median();
        let unit = match shall {
            Shall::StayFlat => cost,
            Shall::GrowEvenly if cost - first > NOISE * first => (cost - first) / (at - first_at),
            Shall::GrowEvenly => continue,
        };
        if unit > least * BEND {
            bends.push(format!("at {} ({} times the least before)", short(*at), short(unit / least)));
        }
        least = least.min(unit);
    }
    bends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_bends_is_told_and_one_that_wavers_or_grows_evenly_is_not() {
        let points = |costs: &[f64]| -> Vec<(f64, Series)> {
            costs.iter().enumerate().map(|(place, cost)| (10f64.powi(place as i32), Series::from(*cost))).collect()
        };
        assert!(bends(Shall::StayFlat, &points(&[10.0, 4.0, 4.5, 4.2])).is_empty());
        assert_eq!(bends(Shall::StayFlat, &points(&[10.0, 4.0, 4.5, 6.0])).len(), 1);
        assert!(bends(Shall::GrowEvenly, &points(&[5.0, 5.1, 15.0, 105.0])).is_empty());
        assert_eq!(bends(Shall::GrowEvenly, &points(&[5.0, 5.1, 15.0, 205.0])).len(), 1);
        assert!(bends(Shall::GrowEvenly, &[]).is_empty());
    }
}
