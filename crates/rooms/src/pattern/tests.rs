//! What patterns find, and what they are refused for. The differential test in `tests/pattern.rs` looks wider.

use super::{Budget, Pattern, Refusal};

/// Checks where a pattern is found first, and what its groups take: `start..end group group`, or `-`.
fn check(pattern: &str, text: &str, expected: &str) {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{error}"));
    let found = pattern.search(text, &mut Budget::for_text(text.len())).unwrap_or_else(|error| panic!("{error}"));
    let found = found.map_or("-".to_owned(), |params| {
        let span = params.span();
        let groups = (1..=params.group_count()).map(|group| match params.group(group) {
            Some(span) => format!(" {:?}", &text[span]),
            None => " null".to_owned(),
        });
        format!("{}..{}{}", span.start, span.end, groups.collect::<String>())
    });
    assert_eq!(found, expected, "{} in {text:?}", pattern.source());
}

/// Checks that a pattern is refused at a place, in words that hold `why`.
fn check_error(pattern: &str, at: usize, why: &str) {
    let error = Pattern::parse(pattern).map(|_| ()).expect_err(pattern);
    assert_eq!(error.at, at, "{error}");
    assert!(error.why.contains(why), "{error}");
}

#[test]
fn simple() {
    check("(?P<a>x+)(y)?", "AXXZ", "1..3 \"XX\" null");
    check("(a|ab)(c|bcd)(d*)", "abcd", r#"0..4 "a" "bcd" """#);
    check(r"(\w+) \1", "hey Hello hello", r#"4..15 "Hello""#);
    check("(?<=a)b(?!c)", "abcabd", "4..5");
    check("(a|)*+", "aab", "0..2 \"\"");
    check_error("(abc", 0, "never closed");
    assert_eq!(Pattern::parse(r"\N{DASH}").unwrap_err().refusal, Some(Refusal::CharacterName));
}
