//! Plots as SVG that can be read on light and dark grounds: curves over logarithmic axes, and bars.

use std::fmt::Write as _;

use serde::Serialize;

use crate::table::{Series, short};

const WIDTH: f64 = 720.0;
const CURVES_HEIGHT: f64 = 400.0;
/// Where the field of curves begins and ends.
const LEFT: f64 = 76.0;
const RIGHT: f64 = 696.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 344.0;
/// Bars begin here, and are so far apart.
const BARS_LEFT: f64 = 190.0;
const BARS_RIGHT: f64 = 560.0;
const BAR: f64 = 30.0;
/// As many styles as the template has.
const STYLES: usize = 4;

#[derive(Debug, Serialize)]
pub(crate) struct Plot {
    /// The file's name, without its ending.
    pub(crate) name: String,
    pub(crate) title: String,
    #[serde(flatten)]
    pub(crate) shape: Shape,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Curves over two logarithmic axes, each named with its unit.
    Curves { x: String, y: String, curves: Vec<Curve> },
    /// A bar for each thing, with the unit of all.
    Bars { unit: String, bars: Vec<(String, Series)> },
}

#[derive(Debug, Serialize)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, Series)>,
}

impl Plot {
    pub(crate) fn svg(&self) -> String {
        let (marks, height) = match &self.shape {
            Shape::Curves { x, y, curves } => (curves_marks(x, y, curves), CURVES_HEIGHT),
            Shape::Bars { unit, bars } => (bars_marks(unit, bars), 84.0 + BAR * bars.len() as f64),
        };
        include_str!("plot.svg")
            .replace("HEIGHT", &height.to_string())
            .replace("TITLE", &escaped(&self.title))
            .replace("MARKS", marks.trim_end())
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A logarithmic axis: what it spans, and where its ends are drawn.
struct Axis {
    least: f64,
    greatest: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let values: Vec<f64> = values.filter(|value| value.is_finite() && *value > 0.0).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(0.0, f64::max);
        // A little room, and at least some of an order of magnitude, so that noise does not look like a mountain.
        let (mut least, mut greatest) = if values.is_empty() { (1.0, 10.0) } else { (least, greatest) };
        if greatest / least < 8.0 {
            let widen = (8.0 * least / greatest).sqrt();
            (least, greatest) = (least / widen, greatest * widen);
        }
        Self { least: least / 1.15, greatest: greatest * 1.15, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value / self.least).ln() / (self.greatest / self.least).ln();
        self.from + share * (self.to - self.from)
    }

    /// Round values between the ends: powers of ten, and between them if there are few.
    fn ticks(&self) -> Vec<f64> {
        let few = (self.greatest / self.least).log10() < 2.0;
        let steps: &[f64] = if few { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let decades = (self.least.log10().floor() as i32)..=(self.greatest.log10().ceil() as i32);
        decades
            .flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)))
            .filter(|tick| (self.least..=self.greatest).contains(tick))
            .collect()
    }
}

fn curves_marks(x_name: &str, y_name: &str, curves: &[Curve]) -> String {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    // What is at nothing is drawn where one would be: a logarithm of nothing there is not.
    let x_of = |x: f64| x.max(0.5);
    let x = Axis::over(points().map(|(x, _)| x_of(*x)), LEFT, RIGHT);
    let y = Axis::over(points().flat_map(|(_, y)| [y.percentile(0), y.percentile(100)]), BOTTOM, TOP);
    let mut marks = String::new();
    for tick in x.ticks() {
        let at = x.place(tick);
        let _ = writeln!(marks, r#"<line class="grid" x1="{at:.1}" x2="{at:.1}" y1="{TOP}" y2="{BOTTOM}"/>"#);
        let _ =
            writeln!(marks, r#"<text class="middle" x="{at:.1}" y="{:.1}">{}</text>"#, BOTTOM + 18.0, tick_name(tick));
    }
    for tick in y.ticks() {
        let at = y.place(tick);
        let _ = writeln!(marks, r#"<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{at:.1}" y2="{at:.1}"/>"#);
        let _ = writeln!(
            marks,
            r#"<text class="end" x="{:.1}" y="{:.1}">{}</text>"#,
            LEFT - 8.0,
            at + 4.0,
            tick_name(tick)
        );
    }
    let _ = writeln!(marks, r#"<path class="axis" fill="none" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>"#);
    let _ = writeln!(
        marks,
        r#"<text class="middle" x="{:.1}" y="{:.1}">{}</text>"#,
        (LEFT + RIGHT) / 2.0,
        BOTTOM + 42.0,
        escaped(x_name)
    );
    let _ = writeln!(marks, r#"<text x="16" y="{:.1}">{}</text>"#, TOP - 14.0, escaped(y_name));
    let mut key = LEFT + 220.0;
    for (number, curve) in curves.iter().enumerate() {
        let style = number % STYLES;
        let mut path = String::new();
        for (place, (at, values)) in curve.points.iter().enumerate() {
            let (left, middle) = (x.place(x_of(*at)), y.place(values.median()));
            let _ = write!(path, "{}{left:.1} {middle:.1}", if place == 0 { "M" } else { "L" });
            let (low, high) = (y.place(values.percentile(0)), y.place(values.percentile(100)));
            let _ = writeln!(
                marks,
                r#"<line class="spread s{style}" x1="{left:.1}" x2="{left:.1}" y1="{low:.1}" y2="{high:.1}"/>"#
            );
            let _ = writeln!(marks, r#"<circle class="dot s{style}" cx="{left:.1}" cy="{middle:.1}" r="3.5"/>"#);
        }
        let _ = writeln!(marks, r#"<path class="line s{style}" d="{path}"/>"#);
        if curves.len() > 1 {
            let (height, end) = (TOP - 18.0, key + 18.0);
            let _ = writeln!(marks, r#"<path class="line s{style}" d="M{key} {height}H{end}"/>"#);
            let _ =
                writeln!(marks, r#"<text x="{:.1}" y="{:.1}">{}</text>"#, end + 6.0, TOP - 14.0, escaped(&curve.name));
            key = end + 22.0 + 7.0 * curve.name.chars().count() as f64;
        }
    }
    marks
}

fn bars_marks(unit: &str, bars: &[(String, Series)]) -> String {
    let greatest = bars.iter().map(|(_, values)| values.percentile(100)).filter(|value| value.is_finite());
    let greatest = greatest.fold(f64::MIN_POSITIVE, f64::max);
    let place = |value: f64| BARS_LEFT + value / greatest * (BARS_RIGHT - BARS_LEFT);
    let mut marks = format!("<text x=\"16\" y=\"48\">{}</text>\n", escaped(unit));
    for (number, (name, values)) in bars.iter().enumerate() {
        let (top, width) = (62.0 + BAR * number as f64, place(values.median()) - BARS_LEFT);
        let middle = top + 9.0;
        let (low, high) = (place(values.percentile(0)), place(values.percentile(100)));
        let _ = writeln!(
            marks,
            r#"<text class="end" x="{:.1}" y="{:.1}">{}</text>"#,
            BARS_LEFT - 8.0,
            top + 13.0,
            escaped(name)
        );
        let _ =
            writeln!(marks, r#"<rect class="bar s0" x="{BARS_LEFT}" y="{top:.1}" width="{width:.1}" height="18"/>"#);
        let _ =
            writeln!(marks, r#"<line class="axis" x1="{low:.1}" x2="{high:.1}" y1="{middle:.1}" y2="{middle:.1}"/>"#);
        let _ = writeln!(
            marks,
            r#"<text x="{:.1}" y="{:.1}">{}</text>"#,
            high.min(WIDTH - 60.0) + 8.0,
            top + 13.0,
            values.spread()
        );
    }
    marks
}

fn tick_name(tick: f64) -> String {
    match tick {
        1e6.. => format!("{} M", tick / 1e6),
        1e3.. => format!("{} k", tick / 1e3),
        0.1.. => format!("{tick}"),
        _ => short(tick),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_drawn_within_its_field_and_names_its_units() {
        let points = [(0.0, 3.0), (10.0, 3.5), (1e6, 40.0)].map(|(x, y)| (x, Series::from(y))).to_vec();
        let curves = vec![Curve { name: "posts & more".into(), points }];
        let shape = Shape::Curves { x: "messages in the room".into(), y: "µs of CPU".into(), curves };
        let svg = Plot { name: "n".into(), title: "A < B".into(), shape }.svg();
        for words in ["A &lt; B", "messages in the room", "µs of CPU", "1 M", "prefers-color-scheme"] {
            assert!(svg.contains(words), "{words} is not in {svg}");
        }
        let number = |text: &str| text.split('"').next().and_then(|number| number.parse::<f64>().ok()).unwrap();
        assert!(svg.split("cx=\"").skip(1).map(number).all(|x| (LEFT..=RIGHT).contains(&x)), "{svg}");
        assert!(svg.split("cy=\"").skip(1).map(number).all(|y| (TOP..=BOTTOM).contains(&y)), "{svg}");
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_greatest() {
        let bars = vec![("one".to_owned(), Series::from(2.0)), ("two".to_owned(), Series::from(1.0))];
        let svg = Plot { name: "n".into(), title: "t".into(), shape: Shape::Bars { unit: "ms".into(), bars } }.svg();
        assert!(svg.contains(r#"width="370.0" height="18""#) && svg.contains(r#"width="185.0" height="18""#), "{svg}");
    }
}
