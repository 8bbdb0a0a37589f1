//! The picture of a flow, as a file.

use std::fmt::Write as _;

use super::drawing::{Drawing, Drawn};
use crate::{Finding, Flow, Severity, text::escape};

const HEAD: &str = include_str!("head.svg");
const STYLE: &str = include_str!("style.css");

/// The flow as a picture, with the states marked that findings are about. It is readable on light and on dark.
pub fn svg(flow: &Flow, findings: &[Finding]) -> String {
    let drawing = Drawing::new(flow, findings);
    let (wide, high) = (drawing.width.to_string(), drawing.height.to_string());
    let head =
        [("{width}", wide.as_str()), ("{height}", &high), ("{style}", STYLE), ("{title}", &escaped(flow.name()))];
    let mut drawn = head.iter().fold(HEAD.to_owned(), |head, (key, value)| head.replace(key, value));
    let mut labels = String::new();
    for way in &drawing.ways {
        let aside = if way.aside { " aside" } else { "" };
        let _ = writeln!(drawn, "<path class=\"way{aside}\" d=\"{}\" marker-end=\"url(#tip)\"/>", way.path);
        if !way.label.is_empty() {
            let (text, (x, y)) = (escaped(&way.label), way.at);
            let _ = writeln!(labels, "<text class=\"label\" x=\"{x:.0}\" y=\"{y:.0}\">{text}</text>");
        }
    }
    for state in &drawing.states {
        let Drawn { x, y, width, height, round, kind, .. } = state;
        let mark = match state.mark {
            None => "",
            Some(Severity::Warning) => " warning",
            Some(Severity::Error) => " error",
        };
        let (tip, name, words) = (escaped(&state.tip), escaped(&state.label), escaped(&state.words));
        let (text, first, second) = (x + 12.0, y + 19.0, y + 35.0);
        let _ = writeln!(
            drawn,
            "<g class=\"state {kind}{mark}\"><title>{tip}</title>\
             <rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>\
             <text x=\"{text}\" y=\"{first}\">{name}</text><text class=\"what\" x=\"{text}\" y=\"{second}\">{words}</text></g>"
        );
    }
    drawn.push_str(&labels);
    drawn.push_str("</svg>\n");
    drawn
}

/// A text in XML, which has no control characters.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    escape(&text.replace(|next: char| next.is_control() && next != '\n', " "), &mut written);
    written.replace(['\u{fffe}', '\u{ffff}'], " ")
}
