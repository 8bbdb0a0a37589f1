//! Texts of a flow: in one language or several, with variables in them.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// How long a text may get by what is put into it, in bytes; what is over is left out.
const LONGEST: usize = 64 * 1024;

/// What a URL's path and query take as it is.
const URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a flow knows by a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// The value: what was typed, or a choice's itemId.
    pub value: String,
    /// How the value reads, where that is something else: a choice's content, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Variable {
    /// A value that reads as it is.
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), label: None }
    }

    /// What stands for it in texts.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.value)
    }
}

/// The variables of a session, by name.
pub type Variables = BTreeMap<String, Variable>;

/// Where a text goes, and so how variables are put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into HTML: the label, escaped.
    Html,
    /// Into a URL: the value, percent-encoded.
    Url,
    /// Into JSON or a header: the value.
    Raw,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

/// A text with variables in it: `Hello {{name}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

impl Template {
    /// Reads one. Braces that hold no name are left as they are.
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let inside = &rest[open + 2..];
            // A name and some spaces are no longer than this.
            let close = inside.as_bytes().windows(2).take(128).position(|pair| pair == b"}}");
            let name = close.map(|close| (inside[..close].trim_matches(' '), close));
            match name.filter(|(name, _)| is_name(name)) {
                Some((name, close)) => {
                    literal.push_str(&rest[..open]);
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Variable(name.to_owned()));
                    rest = &inside[close + 2..];
                }
                None => {
                    literal.push_str(&rest[..=open]);
                    rest = &rest[open + 1..];
                }
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Self { parts }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// What stands before the first variable.
    pub(crate) fn beginning(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(literal)) => literal,
            _ => "",
        }
    }

    /// The text with what the variables are now; one that is not set is nothing.
    pub(crate) fn fill(&self, variables: &Variables, into: Place) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => {
                    let Some(variable) = variables.get(name).filter(|_| text.len() < LONGEST) else { continue };
                    match into {
                        Place::Html => escape(variable.label(), &mut text),
                        Place::Raw => text.push_str(&variable.value),
                        // As a step of a path they would lead out of it.
                        Place::Url if variable.value.bytes().all(|byte| byte == b'.') => {}
                        Place::Url => text.extend(utf8_percent_encode(&variable.value, URL)),
                    }
                }
            }
        }
        text
    }

    /// The text as its author wrote it.
    pub(crate) fn source(&self) -> String {
        let written = |part: &Part| match part {
            Part::Literal(literal) => literal.clone(),
            Part::Variable(name) => format!("{{{{{name}}}}}"),
        };
        self.parts.iter().map(written).collect()
    }
}

/// Whether something can be a variable's name.
pub(crate) fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
        && name.len() <= 64
}

/// A text as a part of a URL.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, URL).to_string()
}

/// Writes a text so that HTML shows it.
pub(crate) fn escape(text: &str, to: &mut String) {
    for next in text.chars() {
        match next {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\'' => to.push_str("&#39;"),
            other => to.push(other),
        }
    }
}

/// A text in one language, or in several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    One(Template),
    Many(BTreeMap<String, Template>),
}

impl Text {
    /// The text in a language; in the flow's first if it is not there.
    pub(crate) fn template(&self, language: &Language<'_>) -> &Template {
        static NOTHING: Template = Template { parts: Vec::new() };
        match self {
            Self::One(template) => template,
            Self::Many(all) => all.get(language.chosen).or_else(|| all.get(language.first)).unwrap_or(&NOTHING),
        }
    }

    pub(crate) fn html(&self, language: &Language<'_>, variables: &Variables) -> String {
        self.template(language).fill(variables, Place::Html)
    }

    /// As its author wrote it, in the flow's first language.
    pub(crate) fn source(&self, first: &str) -> String {
        self.template(&Language { chosen: first, first }).source()
    }
}

/// The language that a visitor gets, and the one that stands in for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language<'f> {
    pub(crate) chosen: &'f str,
    pub(crate) first: &'f str,
}

/// The best of a flow's languages for what a browser wants, best first: each wish exactly, then by its language without
/// the country; else the flow's first.
pub(crate) fn choose<'f>(offered: &'f [String], wanted: &[String]) -> Language<'f> {
    let first = offered.first().map_or("", String::as_str);
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let chosen = wanted.iter().find_map(|wish| {
        let exact = offered.iter().find(|tag| tag.eq_ignore_ascii_case(wish));
        exact.or_else(|| offered.iter().find(|tag| primary(tag) == primary(wish)))
    });
    Language { chosen: chosen.map_or(first, String::as_str), first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let tea = Variable { value: "tea".into(), label: Some("Tea & <cake>".into()) };
        [("drink".into(), tea), ("dots".into(), Variable::new("..")), ("name".into(), Variable::new("A b/é"))].into()
    }

    #[test]
    fn variables_are_put_in_as_the_place_needs_it() {
        for (text, into, filled) in [
            ("Hi {{ name }}: {{drink}}!", Place::Html, "Hi A b/é: Tea &amp; &lt;cake&gt;!"),
            ("/x/{{name}}?d={{drink}}", Place::Url, "/x/A%20b%2F%C3%A9?d=tea"),
            ("/x/{{dots}}/y", Place::Url, "/x//y"),
            ("{{drink}} {{gone}}.", Place::Raw, "tea ."),
            ("{{}} {{a b}} {{{drink}}} {{1}} {x} {{", Place::Raw, "{{}} {{a b}} {tea} {{1}} {x} {{"),
        ] {
            assert_eq!(Template::read(text).fill(&variables(), into), filled, "{text}");
        }
    }

    #[test]
    fn a_template_without_variables_is_its_text() {
        for text in ["", "plain", "{{ not one", "a {{b c}} }} d", "{{{{}}}}"] {
            assert_eq!(Template::read(text).fill(&Variables::new(), Place::Html), text);
        }
    }

    #[test]
    fn the_language_is_the_best_that_is_there() {
        let offered = ["en".to_owned(), "de".to_owned(), "pt-BR".to_owned()];
        for (wanted, chosen) in [
            (&["de-AT", "en"][..], "de"),
            (&["fr", "PT-br"], "pt-BR"),
            (&["pt"], "pt-BR"),
            (&["fr"], "en"),
            (&[], "en"),
        ] {
            let wanted: Vec<_> = wanted.iter().map(|tag| (*tag).to_owned()).collect();
            assert_eq!(choose(&offered, &wanted).chosen, chosen, "{wanted:?}");
        }
        assert_eq!(choose(&[], &["de".into()]).chosen, "");
    }
}
