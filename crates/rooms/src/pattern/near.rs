//! How far a text fits a pattern that is not found in it: what somebody who writes one wants to know first.

use std::ops::Range;

use super::{Budget, Pattern};

/// A beginning has to take at least so many characters; less is found in any text.
const LEAST: usize = 3;

/// How far a text fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The longest beginning of the pattern that is found, in bytes of the pattern.
    pub upto: usize,
    /// Where it is found, in bytes of the text.
    pub span: Range<usize>,
}

impl Pattern {
    /// Looks for the longest beginning of the pattern that is found, for a text in which the whole of it is not. Nothing
    /// where there is none worth telling, or where that is hard to say. Takes the steps from the budget.
    pub fn near(&self, text: &str, budget: &mut Budget) -> Option<Near> {
        let cuts = &self.0.cuts;
        let mut near = None;
        // What a beginning needs, a longer one needs too: the cuts before the best one are found, those after it not.
        let (mut found, mut missing) = (0, cuts.len());
        while missing - found > 1 {
            let middle = found + (missing - found) / 2;
            let upto = self.source().char_indices().nth(cuts[middle]).map_or(self.source().len(), |(at, _)| at);
            let beginning = Self::parse(&self.source()[..upto]).ok()?;
            match beginning.search(text, budget).ok()? {
                Some(params) => {
                    near = Some(Near { upto, span: params.span() });
                    found = middle;
                }
                None => missing = middle,
            }
        }
        near.filter(|near| text[near.span.clone()].chars().nth(LEAST - 1).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of the pattern is found, and where.
    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<(&str, &str)>) {
        let read = Pattern::parse(pattern).expect("a pattern");
        let mut budget = Budget::for_text(text.len());
        assert!(read.search(text, &mut budget).expect("quick").is_none(), "{pattern:?} is found in {text:?}");
        let near = read.near(text, &mut budget);
        let near = near.as_ref().map(|near| (&pattern[..near.upto], &text[near.span.clone()]));
        assert_eq!(near, expected, "{pattern:?} in {text:?}");
    }

    #[test]
    fn the_longest_beginning_that_is_found_is_told() {
        let repeat = r"repeat (?P<word>\w+) (?P<count>\d+) times";
        check(repeat, "Repeat this", Some((r"repeat (?P<word>\w+)", "Repeat this")));
        check(repeat, "repeat this 3", Some((r"repeat (?P<word>\w+) (?P<count>\d+)", "repeat this 3")));
        check(repeat, "please repeat this 3 time", Some((&repeat[..repeat.len() - 1], "repeat this 3 time")));
        check(r"hello\s+world", "hello 🦜", Some((r"hello\s+", "hello ")));
        check("hé*llo x", "héé héllo y", Some(("hé*llo ", "héllo ")));
        check(r"\bcount(?:er|ing)?\b", "counts", Some((r"\bcount(?:er|ing)?", "count")));
        check("(?x) abc  d e f # all\n g", "abcde", Some(("(?x) abc  d e ", "abcde")));
        check(r"(\w)(\w)\2\1x", "abba", Some((r"(\w)(\w)\2\1", "abba")));
    }

    #[test]
    fn what_says_nothing_is_not_told() {
        check("hello", "he", None);
        check("hello", "nothing of it", None);
        // One of several: none of them is the one that was meant.
        check("hello|hallo", "hell", None);
        check("^hello world", "say hello", None);
        assert_eq!(Pattern::literal("hello").expect("a name").near("hell", &mut Budget::for_text(4)), None);
    }

    #[test]
    fn the_budget_holds_for_it() {
        let text = "a".repeat(5_000);
        let pattern = Pattern::parse(r"(?=(a+)+$)(a|aa)+\1bbbbbb$").expect("a pattern");
        let mut budget = Budget::for_text(text.len());
        let before = budget.left();
        assert_eq!(pattern.near(&text, &mut budget), None);
        assert!(budget.left() >= before / 2, "one search gave up, and no other was begun");
    }
}
