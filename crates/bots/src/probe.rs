//! Trying a pattern on texts: where it is found and what its groups took, in the units that a page counts in.

use std::ops::Range;

use parlor_rooms::{
    Bot, BotId,
    pattern::{Budget, Params, Pattern},
};
use parlor_runtime::inspect::{Found, FoundGroup, Probe, Probed};

use crate::matching::source;

/// Searches for a pattern, or for a name, in each text. One budget for all: what a person types is tried at each key.
pub(crate) fn search(probe: &Probe) -> Probed {
    let mut probed = Probed { error: None, found: vec![None; probe.texts.len()] };
    let bot = unsaved(&probe.name, probe.responds_to.as_deref());
    if source(&bot).is_empty() {
        return probed;
    }
    let pattern = match bot.pattern() {
        Ok(pattern) => pattern,
        Err(error) => {
            let at = error.pattern.chars().take(error.at).map(char::len_utf16).sum();
            probed.error = Some((error.to_string(), Some(at)));
            return probed;
        }
    };
    let mut budget = Budget::for_text(probe.texts.iter().map(String::len).max().unwrap_or_default());
    // The newest first, in case not all can be searched.
    for (text, found) in probe.texts.iter().zip(&mut probed.found).rev() {
        match pattern.search(text, &mut budget) {
            Ok(params) => *found = params.map(|params| place(&pattern, text, &params)),
            Err(error) => {
                probed.error = Some((error.to_string(), None));
                break;
            }
        }
    }
    probed
}

/// A bot that only its name and pattern matter of.
pub(crate) fn unsaved(name: &str, responds_to: Option<&str>) -> Bot {
    Bot { responds_to: responds_to.map(str::to_owned), ..Bot::new(BotId(0), name, "") }
}

fn place(pattern: &Pattern, text: &str, params: &Params) -> Found {
    let units = Units::of(text);
    let groups = (1..=params.group_count()).map(|number| {
        let span = params.group(number);
        FoundGroup {
            name: pattern.group_name(number).map(str::to_owned),
            text: span.clone().and_then(|span| text.get(span)).map(str::to_owned),
            span: span.map(|span| units.range(&span)),
        }
    });
    Found { groups: groups.collect(), span: units.range(&params.span()) }
}

/// Turns places in bytes into places in UTF-16 units.
struct Units {
    /// Where a character of more than one byte ends, in bytes, and how many units less that is; in order.
    less: Vec<(usize, usize)>,
}

impl Units {
    fn of(text: &str) -> Self {
        let mut less = Vec::new();
        let mut sum = 0;
        for (at, character) in text.char_indices().filter(|(_, character)| !character.is_ascii()) {
            sum += character.len_utf8() - character.len_utf16();
            less.push((at + character.len_utf8(), sum));
        }
        Self { less }
    }

    fn at(&self, byte: usize) -> usize {
        let before = self.less.partition_point(|(end, _)| *end <= byte);
        byte - before.checked_sub(1).map_or(0, |last| self.less[last].1)
    }

    fn range(&self, bytes: &Range<usize>) -> Range<usize> {
        self.at(bytes.start)..self.at(bytes.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(responds_to: &str, texts: &[&str]) -> Probed {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        search(&Probe { name: "B".into(), responds_to: Some(responds_to.into()), texts })
    }

    /// The units of a text, as JavaScript's `slice` would cut them.
    fn slice(text: &str, span: &Range<usize>) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        String::from_utf16(&units[span.clone()]).unwrap()
    }

    #[test]
    fn places_are_counted_as_javascript_counts_them() {
        let text = "é 🦜🦜 Käse 🦜x";
        let probed = probe(r"(?P<what>k\w+) (.)(x)?(y)?", &[text]);
        let found = probed.found[0].clone().unwrap();
        assert_eq!(slice(text, &found.span), "Käse 🦜x");
        let groups: Vec<_> = found.groups.iter().map(|group| (group.name.as_deref(), group.text.as_deref())).collect();
        assert_eq!(groups, [(Some("what"), Some("Käse")), (None, Some("🦜")), (None, Some("x")), (None, None)]);
        for group in &found.groups {
            assert_eq!(group.span.as_ref().map(|span| slice(text, span)), group.text);
        }
    }

    #[test]
    fn an_error_has_its_place_in_the_pattern() {
        let (sentence, at) = probe("🦜🦜(", &["x"]).error.unwrap();
        assert_eq!(at, Some(4));
        assert!(sentence.contains("“🦜🦜(”"), "{sentence}");
        assert_eq!(probe("a+", &["x"]), Probed { error: None, found: vec![None] });
    }

    #[test]
    fn a_slow_pattern_says_so_and_what_was_found_before_stays() {
        let slow = "a".repeat(5_000);
        let probed = probe(r"(?=(a+)+$)(a|aa)+\1b$|x", &["x", &slow, "x"]);
        assert!(probed.error.unwrap().0.contains("too long"));
        assert_eq!(probed.found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn without_a_pattern_the_name_is_looked_for_and_nothing_where_there_is_none() {
        let probe = |name: &str| {
            search(&Probe { name: name.into(), responds_to: Some(String::new()), texts: vec!["hi c++ (BOT".into()] })
        };
        assert_eq!(probe("C++ (bot").found[0].as_ref().map(|found| found.span.clone()), Some(3..11));
        assert_eq!(probe(""), Probed { error: None, found: vec![None] });
    }
}
