//! The picture of a flow.

use std::fmt::Write as _;

use super::{edges, layout::layers, short, summary};
use crate::{Finding, Flow, Severity, text::escape};

/// A state's box, and the space around it.
const WIDTH: f64 = 190.0;
const HEIGHT: f64 = 44.0;
const BESIDE: f64 = 36.0;
const BELOW: f64 = 60.0;
const MARGIN: f64 = 60.0;
/// How many characters fit into a box, of a name and of the words below it.
const NAME: usize = 24;
const WORDS: usize = 30;

const HEAD: &str = include_str!("head.svg");
const STYLE: &str = include_str!("style.css");

/// The flow as a picture, with the states marked that findings are about. It is readable on light and on dark.
pub fn svg(flow: &Flow, findings: &[Finding]) -> String {
    let states = flow.states();
    let edges = edges(flow);
    let layers = layers(states.len(), &edges);
    let widest = layers.iter().map(Vec::len).max().unwrap_or(1);
    let width = number(widest) * (WIDTH + BESIDE) - BESIDE + 2.0 * MARGIN;
    let height = number(layers.len()) * (HEIGHT + BELOW) - BELOW + 2.0 * MARGIN;
    let mut places = vec![(0.0, 0.0); states.len()];
    for (row, layer) in layers.iter().enumerate() {
        let left = (width - (number(layer.len()) * (WIDTH + BESIDE) - BESIDE)) / 2.0;
        for (column, &state) in layer.iter().enumerate() {
            places[state] = (left + number(column) * (WIDTH + BESIDE), MARGIN + number(row) * (HEIGHT + BELOW));
        }
    }
    let (wide, high) = (width.to_string(), height.to_string());
    let head =
        [("{width}", wide.as_str()), ("{height}", &high), ("{style}", STYLE), ("{title}", &escaped(flow.name()))];
    let mut drawn = head.iter().fold(HEAD.to_owned(), |head, (key, value)| head.replace(key, value));
    let mut labels = String::new();
    for edge in &edges {
        let (way, label) = way(places[edge.from], places[edge.to], width);
        let aside = if edge.aside { " aside" } else { "" };
        let _ = writeln!(drawn, "<path class=\"way{aside}\" d=\"{way}\" marker-end=\"url(#tip)\"/>");
        if !edge.label.is_empty() {
            let (x, y) = label;
            let text = escaped(&edge.label);
            let _ = writeln!(labels, "<text class=\"label\" x=\"{x:.0}\" y=\"{y:.0}\">{text}</text>");
        }
    }
    for (at, state) in states.iter().enumerate() {
        let (x, y) = places[at];
        let about = || findings.iter().filter(|finding| finding.state.as_deref() == Some(state.name()));
        let mark = match about().map(|finding| finding.severity).min() {
            None => "",
            Some(Severity::Warning) => " warning",
            Some(Severity::Error) => " error",
        };
        let kind = state.kind();
        let round = if matches!(kind, "ChoiceResponse" | "UserText") { HEIGHT / 2.0 } else { 6.0 };
        let words = summary(flow, state);
        let mut tip = format!("{} ({kind}, line {})\n{words}", state.name(), state.position().line);
        about().for_each(|finding| tip = format!("{tip}\n{}", finding.message));
        let (tip, name, words) = (escaped(&tip), escaped(&cut(state.name(), NAME)), escaped(&cut(&words, WORDS)));
        let (text, first, second) = (x + 12.0, y + 19.0, y + 35.0);
        let _ = writeln!(
            drawn,
            "<g class=\"state {kind}{mark}\"><title>{tip}</title>\
             <rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"{round}\"/>\
             <text x=\"{text}\" y=\"{first}\">{name}</text><text class=\"what\" x=\"{text}\" y=\"{second}\">{words}</text></g>"
        );
    }
    drawn.push_str(&labels);
    drawn.push_str("</svg>\n");
    drawn
}

/// The line from one box to another, and where its label stands.
fn way(from: (f64, f64), to: (f64, f64), width: f64) -> (String, (f64, f64)) {
    let middle = |place: (f64, f64)| place.0 + WIDTH / 2.0;
    if to.1 > from.1 {
        let (x, y, to_x, to_y) = (middle(from), from.1 + HEIGHT, middle(to), to.1);
        let bend = (to_y - y) / 2.0;
        let way = format!("M{x} {y}C{x} {:.1} {to_x} {:.1} {to_x} {to_y}", y + bend, to_y - bend);
        return (way, ((x + to_x) / 2.0, (y + to_y) / 2.0 + 4.0));
    }
    // Upwards, or beside: around, on the side that is nearer.
    let right = middle(from) + middle(to) >= width;
    let side = |place: (f64, f64)| if right { place.0 + WIDTH } else { place.0 };
    let reach = 30.0 + (from.1 - to.1) / 20.0;
    let out = if right {
        (side(from).max(side(to)) + reach).min(width - 4.0)
    } else {
        (side(from).min(side(to)) - reach).max(4.0)
    };
    let (x, y, to_x, to_y) = (side(from), from.1 + HEIGHT / 2.0, side(to), to.1 + HEIGHT / 2.0 + 6.0);
    (format!("M{x} {y}C{out:.1} {y} {out:.1} {to_y} {to_x} {to_y}"), ((x + 6.0 * out + to_x) / 8.0, (y + to_y) / 2.0))
}

fn cut(text: &str, most: usize) -> String {
    let text = short(text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end_matches(['…', ' '])),
        None => text,
    }
}

/// A text in XML, which has no control characters.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    escape(&text.replace(|next: char| next.is_control() && next != '\n', " "), &mut written);
    written.replace(['\u{fffe}', '\u{ffff}'], " ")
}

#[expect(clippy::cast_precision_loss, reason = "a flow has few states")]
fn number(count: usize) -> f64 {
    count as f64
}
