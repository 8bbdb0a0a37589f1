//! The picture of a flow, as what is to be drawn and where: a file is made of it, and a page's picture.

use serde::Serialize;

use super::{edges, layout::layers, short, summary};
use crate::{Checked, Finding, Flow, Severity};

/// A state's box, and the space around it.
const WIDTH: f64 = 190.0;
const HEIGHT: f64 = 44.0;
const BESIDE: f64 = 36.0;
const BELOW: f64 = 60.0;
const MARGIN: f64 = 60.0;
/// How many characters fit into a box, of a name and of the words below it.
const NAME: usize = 24;
const WORDS: usize = 30;

/// A flow's picture. Lengths are in pixels, from the upper left corner.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawing {
    /// How wide it is.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// The states, in the file's order.
    pub states: Vec<Drawn>,
    /// The ways between them.
    pub ways: Vec<Way>,
}

/// A state's box.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// The state's name.
    pub name: String,
    /// What it does: see [`crate::State::kind`].
    pub kind: &'static str,
    /// The line where it stands in the file, from 1.
    pub line: u32,
    /// Where it is.
    pub x: f64,
    /// Where it is, from the top.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// How round its corners are.
    pub round: f64,
    /// The worst that was found about it.
    pub mark: Option<Severity>,
    /// What stands in its first line: the name, as far as it fits.
    pub label: String,
    /// What stands in its second line.
    pub words: String,
    /// All that there is to say about it.
    pub tip: String,
}

/// A way from one state to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// The name of the state where it begins.
    pub from: String,
    /// The name of the one to which it leads.
    pub to: String,
    /// Its line, as an SVG path.
    pub path: String,
    /// The choice, or the condition; empty if it is always gone.
    pub label: String,
    /// The middle of the label.
    pub at: (f64, f64),
    /// Whether it is gone only when something else does not work out.
    pub aside: bool,
}

impl Drawing {
    /// Of a text that may have errors, as far as it could be read; nothing if it is no JSON, or holds no state.
    pub fn of(checked: &Checked) -> Option<Self> {
        let read = checked.read.as_ref().filter(|read| !read.states().is_empty())?;
        Some(Self::new(read, &checked.findings))
    }

    pub(super) fn new(flow: &Flow, findings: &[Finding]) -> Self {
        let states = flow.states();
        let edges = edges(flow);
        let layers = layers(states.len(), &edges);
        let widest = layers.iter().map(Vec::len).max().unwrap_or(1);
        let width = number(widest) * (WIDTH + BESIDE) - BESIDE + 2.0 * MARGIN;
        let height = number(layers.len()) * (HEIGHT + BELOW) - BELOW + 2.0 * MARGIN;
        let mut places = vec![(0.0, 0.0); states.len()];
        for (row, layer) in layers.iter().enumerate() {
            let first = (width - (number(layer.len()) * (WIDTH + BESIDE) - BESIDE)) / 2.0;
            for (column, &state) in layer.iter().enumerate() {
                places[state] = (first + number(column) * (WIDTH + BESIDE), MARGIN + number(row) * (HEIGHT + BELOW));
            }
        }
        let ways = edges.into_iter().map(|edge| {
            let (path, at) = way(places[edge.from], places[edge.to], width);
            let name = |state: usize| states[state].name().to_owned();
            Way { from: name(edge.from), to: name(edge.to), path, label: edge.label, at, aside: edge.aside }
        });
        let ways = ways.collect();
        let drawn = states.iter().zip(places).map(|(state, (x, y))| {
            let about = || findings.iter().filter(|finding| finding.state.as_deref() == Some(state.name()));
            let (kind, line, words) = (state.kind(), state.position().line, summary(flow, state));
            let mut tip = format!("{} ({kind}, line {line})\n{words}", state.name());
            about().for_each(|finding| tip = format!("{tip}\n{}", finding.message));
            Drawn {
                name: state.name().to_owned(),
                kind,
                line,
                x,
                y,
                width: WIDTH,
                height: HEIGHT,
                round: if matches!(kind, "ChoiceResponse" | "UserText") { HEIGHT / 2.0 } else { 6.0 },
                mark: about().map(|finding| finding.severity).min(),
                label: cut(state.name(), NAME),
                words: cut(&words, WORDS),
                tip,
            }
        });
        Self { width, height, states: drawn.collect(), ways }
    }
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

#[expect(clippy::cast_precision_loss, reason = "a flow has few states")]
fn number(count: usize) -> f64 {
    count as f64
}
