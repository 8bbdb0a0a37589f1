//! Draws a flow: as text for Mermaid, and as a picture.

mod drawing;
mod layout;
mod svg;

pub use self::{
    drawing::{Drawing, Drawn, Way},
    svg::svg,
};
use crate::{
    Flow,
    flow::{Kind, Next, State},
    read::reading::NOWHERE,
    words::plain,
};

/// How long a label may be, in characters.
const LONGEST: usize = 40;

/// A way from a state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edge {
    from: usize,
    to: usize,
    /// The choice, or the condition; empty if it is always gone.
    label: String,
    /// Whether it is gone only when something else does not work out.
    aside: bool,
}

/// All ways of a flow, each once.
fn edges(flow: &Flow) -> Vec<Edge> {
    let mut edges = Vec::new();
    let first = flow.0.settings.languages.first().map_or("", String::as_str);
    for (from, state) in flow.states().iter().enumerate() {
        let mut add =
            |to: usize, label: String, aside: bool| edges.push(Edge { from, to, label: short(&label), aside });
        let mut next = |next: &Next| match next {
            Next::To(to) => add(*to, String::new(), false),
            Next::When(when, last) => {
                when.iter().for_each(|(condition, to)| add(*to, condition.words(), false));
                add(*last, "else".into(), false);
            }
        };
        match &state.kind {
            Kind::Say { next: onward, .. } | Kind::EndChat { next: onward, .. } => onward.iter().for_each(next),
            Kind::Handoff { next: Some(onward), .. } => {
                onward.all().for_each(|to| add(to, "handed back".into(), false));
            }
            Kind::MatchChoice { next: onward, .. } | Kind::MatchText { next: onward, .. } => next(onward),
            Kind::Request { next: onward, otherwise, .. } => {
                next(onward);
                otherwise.iter().for_each(|to| add(*to, "fails".into(), true));
            }
            Kind::Choice { group, choices, .. } => {
                for choice in choices {
                    let key = (group.key().into_owned(), choice.item.key().into_owned());
                    let content = plain(&choice.content.source(first));
                    flow.0.choices.get(&key).into_iter().for_each(|to| add(*to, content.clone(), false));
                }
                flow.0.settings.fallback.iter().for_each(|to| add(*to, "any text".into(), true));
            }
            Kind::Chat { session, input, .. } => {
                let to = flow.0.sessions.get(&*session.key());
                let label = input.as_ref().map_or("", |input| input.kind.name());
                to.into_iter().for_each(|to| add(*to, label.into(), false));
                let otherwise = input.as_ref().and_then(|input| input.otherwise);
                otherwise.iter().for_each(|to| add(*to, "gives up".into(), true));
            }
            Kind::Handoff { .. } | Kind::Jump { .. } => {}
        }
    }
    // Of a text with errors: what leads nowhere.
    edges.retain(|edge| edge.to != NOWHERE);
    edges.dedup();
    edges
}

/// What a state says or does, in a few words.
fn summary(flow: &Flow, state: &State) -> String {
    let first = flow.0.settings.languages.first().map_or("", String::as_str);
    let words = match &state.kind {
        Kind::Say { content, .. } => plain(&content.source(first)),
        Kind::Choice { question, .. } => plain(&question.source(first)),
        Kind::Chat { prompt, text, .. } => {
            text.as_ref().or(prompt.as_ref()).map_or_else(String::new, |text| plain(&text.source(first)))
        }
        Kind::EndChat { session, .. } => format!("closes {session}"),
        Kind::Handoff { queue, .. } => {
            queue.as_ref().map_or_else(|| "to a person".into(), |queue| format!("to {queue}"))
        }
        Kind::MatchChoice { group, item, .. } => format!("{group}: {item}"),
        Kind::MatchText { session, .. } => format!("text of {session}"),
        Kind::Request { request, .. } => format!("{} {}", request.method.name(), request.url.source()),
        Kind::Jump { flow, state } => match state {
            Some(state) => format!("to {flow}/{state}"),
            None => format!("to {flow}"),
        },
    };
    short(&words)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// The flow as a Mermaid flowchart.
pub fn mermaid(flow: &Flow) -> String {
    let mut drawn = String::from("flowchart TD\n");
    for (at, state) in flow.states().iter().enumerate() {
        let summary = summary(flow, state);
        let label = if summary.is_empty() { state.name.clone() } else { format!("{}: {summary}", short(&state.name)) };
        let label = quoted(&label);
        let (open, close) = match &state.kind {
            Kind::Choice { .. } => ("{{", "}}"),
            Kind::Chat { .. } => ("[/", "/]"),
            Kind::MatchChoice { .. } | Kind::MatchText { .. } => ("([", "])"),
            Kind::Handoff { .. } | Kind::Jump { .. } => ("[[", "]]"),
            Kind::Request { .. } => ("[(", ")]"),
            Kind::Say { .. } | Kind::EndChat { .. } => ("[", "]"),
        };
        drawn.push_str(&format!("    s{at}{open}\"{label}\"{close}\n"));
    }
    for Edge { from, to, label, aside } in edges(flow) {
        let arrow = if aside { "-.->" } else { "-->" };
        let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", quoted(&label)) };
        drawn.push_str(&format!("    s{from} {arrow}{label} s{to}\n"));
    }
    drawn
}

/// A text within Mermaid's quotation marks.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for next in text.chars() {
        match next {
            '"' => quoted.push_str("#quot;"),
            '#' => quoted.push_str("#35;"),
            '<' => quoted.push_str("#lt;"),
            '>' => quoted.push_str("#gt;"),
            '&' => quoted.push_str("#amp;"),
            '`' => quoted.push_str("#96;"),
            control if control.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Finding, Severity,
        tests::{flow, plain, plain_flow, text},
    };

    #[test]
    fn edges_are_labelled_with_their_choices() {
        let flow = plain_flow();
        let at = |name: &str| flow.states().iter().position(|state| state.name() == name).expect("it is there");
        let edge =
            |from: &str, to: &str, label: &str| Edge { from: at(from), to: at(to), label: label.into(), aside: false };
        let edges = edges(&flow);
        for wanted in
            [edge("hello", "ask", ""), edge("ask", "roses", "Roses"), edge("open", "typed", ""), edge("yes", "ask", "")]
        {
            assert!(edges.contains(&wanted), "{wanted:?}");
        }
        assert_eq!(edges.len(), 14);
    }

    #[test]
    fn mermaid_names_each_state_and_each_way() {
        let mut file = plain();
        file["bye"]["sendRequest"]["content"] = json!("\"Bye\" <b>#1</b>");
        let drawn = mermaid(&flow(&text(&file, "hello")));
        assert!(drawn.starts_with("flowchart TD\n    s0[\"hello: Welcome to the garden.\"]\n"), "{drawn}");
        assert!(drawn.contains("bye: #quot;Bye#quot; #35;1\"]"), "{drawn}");
        assert!(drawn.contains("-->|\"Something else\"|"), "{drawn}");
        assert_eq!(drawn.matches("-->").count(), 14);
    }

    #[test]
    fn a_picture_has_every_state_and_every_way_and_no_tags_of_the_flow() {
        let mut file = plain();
        file["$flow"] = json!({"fallback": "par<don"});
        file["par<don"] = json!({"sendRequest": {"kind": "BotText", "content": "1 < 2 & \"3\"</text><script>"}});
        let flow = flow(&text(&file, "hello"));
        let picture = svg(&flow, &[]);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert_eq!(picture.matches("<g class=\"state").count(), flow.states().len());
        assert_eq!(picture.matches("<path class=\"way").count(), edges(&flow).len());
        assert_eq!(picture.matches("<path class=\"way aside").count(), 2);
        assert!(picture.contains("par&lt;don") && !picture.contains("<script") && picture.contains("Roses</text>"));
        assert!(picture.contains("prefers-color-scheme: dark"));
        assert!(!picture.contains("NaN") && !picture.contains("\"-"));
    }

    #[test]
    fn findings_mark_their_states() {
        let message = "No way leads here.".to_owned();
        let finding = Finding { severity: Severity::Warning, state: Some("bye".into()), line: 1, column: 1, message };
        let picture = svg(&plain_flow(), &[finding]);
        assert_eq!(picture.matches("state BotText warning").count(), 1);
        assert!(picture.contains("No way leads here."));
    }

    #[test]
    fn a_text_with_errors_is_drawn_as_far_as_it_is_read() {
        let mut file = plain();
        file["hello"]["next"] = json!("nowhere");
        file["bye"] = json!({"sendRequest": {"kind": "BotTex", "content": "x"}});
        let checked = crate::check("plain", &text(&file, "hello"));
        assert!(checked.flow.is_none());
        let drawing = Drawing::of(&checked).expect("it was read");
        let mark = |name: &str| drawing.states.iter().find(|state| state.name == name).expect("it is there").mark;
        assert_eq!((mark("hello"), mark("bye"), mark("roses")), (Some(Severity::Error), Some(Severity::Error), None));
        assert!(!drawing.ways.iter().any(|way| way.from == "hello"));
        assert!(drawing.ways.iter().any(|way| way.from == "ask" && way.to == "roses" && way.label == "Roses"));
        assert_eq!(Drawing::of(&crate::check("plain", "{")), None);
        assert_eq!(Drawing::of(&crate::check("plain", "{}")), None);
    }

    #[test]
    fn a_large_flow_is_drawn() {
        let states: Vec<_> = (0..3_000)
            .map(|at| {
                let state = json!({"sendRequest": {"kind": "Handoff"}, "next": format!("s{}", (at * 7 + 1) % 3_000)});
                (format!("s{at}"), state)
            })
            .collect();
        let states: Vec<_> = states.iter().map(|(name, state)| (name.as_str(), state.clone())).collect();
        let flow = flow(&crate::tests::file(&states));
        assert_eq!(svg(&flow, &[]).matches("<path class=\"way").count(), 3_000);
    }
}
