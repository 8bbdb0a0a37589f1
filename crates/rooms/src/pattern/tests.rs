//! What patterns find, and what they are refused for. The differential test in `tests/pattern.rs` looks wider.

use proptest::prelude::*;

use super::{Budget, FLAGS, MAX_LENGTH, MAX_NESTING, Pattern, Refusal, compile, parse, search::Search};

#[path = "../../tests/pattern/generate.rs"]
mod generate;

/// Checks where a pattern is found first, and what its groups take: `start..end group group`, or `-`.
fn check(pattern: &str, text: &str, expected: &str) {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{error}"));
    check_pattern(&pattern, text, expected);
}

fn check_pattern(pattern: &Pattern, text: &str, expected: &str) {
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
    assert_eq!(error.refusal, None, "{error}");
}

fn check_refusal(pattern: &str, at: usize, refusal: Refusal) {
    let error = Pattern::parse(pattern).map(|_| ()).expect_err(pattern);
    assert_eq!((error.at, error.refusal), (at, Some(refusal)), "{error}");
}

#[test]
fn case_is_ignored_as_in_python() {
    check("straße", "STRAẞE", "0..8");
    check("ß", "ss", "-");
    check("i", "İ", "0..2");
    check("k", "\u{212a}", "0..3");
    check("S", "ſ", "0..2");
    check("ı", "I", "0..1");
    check("[^k]", "\u{212a}", "-");
    check("(?a)k", "\u{212a}", "-");
    check("(?-i:a)", "A", "-");
    check("[H-j]", "ı", "0..2");
    check("σ", "ς", "0..2");
    check(r"(k)\1", "K\u{212a}", "0..4 \"K\"");
}

#[test]
fn places_are_python_s() {
    check("a$", "a\n", "0..1");
    check(r"a\Z", "a\n", "-");
    check("a$", "a\n\n", "-");
    check("(?m)a$", "a\n\n", "0..1");
    check("(?m)^b", "a\nb", "2..3");
    check("a.b", "a\nb", "-");
    check("(?s)a.b", "a\nb", "0..3");
    check("a.b", "a\rb", "0..3");
    check(r"\b", "", "-");
    check(r"\B", "", "-");
    check(r"\bé\b", "é", "0..2");
    check(r"(?a)\bé\b", "é", "-");
}

#[test]
fn alphabets_are_python_s() {
    check(r"\w+", "²½Ⅷ_ª", "0..10");
    check(r"\w", "\u{301}Ⓐ", "-");
    check(r"\d", "²", "-");
    check(r"\d", "٣", "0..2");
    check(r"\s+", "\u{1c}\u{1f}\u{85}\u{a0}", "0..6");
    check(r"(?a)\s", "\u{1c}", "-");
}

#[test]
fn sets_have_no_operators() {
    check("[a&&b]+", "&", "0..1");
    check("[+--]+", "+,-.", "0..3");
    check("[a||b]", "|", "0..1");
    check("[~~]", "~", "0..1");
    check("[[]", "[", "0..1");
    check("[]a]+", "]a", "0..2");
    check("[[:x:]]", "x]", "0..2");
    check(r"[\b]", "\u{8}", "0..1");
    check_error("[b-a]", 1, "backwards");
    check_error(r"[a-\d]", 1, "one character on each side");
    check_error("x[a", 1, "never closed");
}

#[test]
fn groups_take_what_they_take_in_python() {
    check("(?P<a>x+)(y)?", "AXXZ", r#"1..3 "XX" null"#);
    check("(a|ab)(c|bcd)(d*)", "abcd", r#"0..4 "a" "bcd" """#);
    check("(a|)*", "aab", r#"0..2 """#);
    check("(|a)+", "aab", r#"0..0 """#);
    check("(?:(a)|b)*", "ab", r#"0..2 "a""#);
    check("(a?)*?b", "aab", r#"0..3 "a""#);
    check("(?=(a+))a", "aa", r#"0..1 "aa""#);
    check("(?!(a)b)a", "ac", "0..1 null");
    check(r"(\w+) \1", "hey Hello hello", r#"4..15 "Hello""#);
    check(r"(a)?\1b", "b", "-");
    check("(<)?x(?(1)>|!)", "x!", "0..2 null");
    check("(?P<q><)?x(?(q)>|!)", "<x>", r#"0..3 "<""#);
}

#[test]
fn repetitions() {
    check("a{,2}b", "aaab", "1..4");
    check("a{2}{", "aa{", "0..3");
    check("a{ 1}", "a{ 1}", "0..5");
    check("(?:ab|a){2}+", "abab", "0..4");
    check("(?:a|ab){2}+", "abab", "-");
    check("a++a", "aaa", "-");
    check("(?>a|ab)c", "abc", "-");
    check("(?=a)*b", "b", "0..1");
    check_error("a**", 2, "right after another repetition");
    check_error("*a", 0, "nothing before");
    check_error("^*", 1, "nothing before");
    check_error("a{5,2}", 1, "larger");
    check_error("a{4294967295}", 1, "more often");
}

#[test]
fn lookbehind() {
    check("(?<=a)b(?!c)", "abcabd", "4..5");
    check("(?<!^)a", "aa", "1..2");
    check(r"(ab)(?<=\1)c", "abc", r#"0..3 "ab""#);
    check_error("x(?<=a*)", 1, "fixed length");
    check_error(r"(?<=(a)\1)", 7, "same lookbehind");
}

#[test]
fn escapes() {
    check(r"\x41\u0062\U00000063\061\0\<", "abc1\0<", "0..6");
    check_error(r"\q", 0, "has no meaning");
    check_error(r"a\", 1, "after the backslash");
    check_error(r"\x4", 0, "2 hexadecimal digits");
    check_error(r"\U00110000", 0, "no character with the number");
    check_error(r"(a)\2", 3, "no such group");
    check_error(r"(a\1)", 2, "inside of the same group");
    check_error(r"\400", 0, r"above \377");
}

#[test]
fn flags_and_comments() {
    check("(?x) a b # c\n d", "abd", "0..3");
    check(r"(?#a\)b)c", "c", "0..1");
    check("(?i-s:a)(?x: b )", "AB", "0..2");
    check_error("a(?i)", 1, "have to stand at its start");
    check_error("(?L)", 2, "bytes");
    check_error("(?q)", 0, "not followed by anything known");
    check_error("(?a)(?u)", 4, "exclude each other");
    check_error("(?i-i:a)", 4, "on and off");
}

#[test]
fn groups_that_are_wrong() {
    check_error("a(b", 1, "never closed");
    check_error("a)", 1, "no “(” for this");
    check_error("(?P<1>a)", 4, "can't be a group's name");
    check_error("(?P<a>a)(?P<a>b)", 12, "already is a group");
    check_error("(?P=a)", 4, "no group named");
    check_error("(?(2)a)(b)", 3, "only 1");
    check_error("(?<a>b)", 0, "(?P<name>…)");
}

#[test]
fn what_only_we_refuse() {
    check_refusal(&"a".repeat(MAX_LENGTH + 1), MAX_LENGTH, Refusal::TooLong);
    let nested = |depth| format!("{}{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Pattern::parse(&nested(MAX_NESTING)).is_ok());
    check_refusal(&nested(MAX_NESTING + 1), MAX_NESTING + 1, Refusal::TooDeep);
    check_refusal(r"a\N{DASH}", 1, Refusal::CharacterName);
    check_refusal("(?t)a", 2, Refusal::TemplateFlag);
    check_refusal("(a)(?(+1)b)", 6, Refusal::OddGroupNumber);
    check_refusal("((?(1)a|b))", 4, Refusal::OpenGroup);
    check_refusal("(?:(a)|b)*+", 9, Refusal::PossessiveGroup);
    check_refusal(r"(?a:\W)", 0, Refusal::AlphabetAtStart);
}

#[test]
fn a_sentence_names_the_pattern_the_place_and_the_reason() {
    let error = Pattern::parse("hi (there").unwrap_err();
    let sentence = r"The pattern “hi (there” can't be used: at character 4, “(”, this “(” is never closed; add a “)”, or write \( for the character itself.";
    assert_eq!(error.to_string(), sentence);
    let error = Pattern::parse("a\\").unwrap_err().to_string();
    assert!(error.contains(r"at character 2, “\”, there is nothing"), "{error}");
    let error = Pattern::parse("(?").unwrap_err();
    assert_eq!(
        error.to_string(),
        "The pattern “(?” can't be used: at its end, the pattern ends in the middle of “(?…”."
    );
}

#[test]
fn a_name_is_literal_text() {
    let pattern = Pattern::literal("C++ (bot").unwrap();
    check_pattern(&pattern, "ask the c++ (BOT!", "8..16");
    check_pattern(&Pattern::literal("").unwrap(), "x", "0..0");
}

#[test]
fn params_are_named_groups_in_order() {
    let pattern = Pattern::parse("(?P<b>x)|(y)|(?P<a>z)").unwrap();
    assert_eq!(pattern.group_names().collect::<Vec<_>>(), ["b", "a"]);
    let params = pattern.search("éz", &mut Budget::for_text(3)).unwrap().unwrap();
    assert_eq!(params.iter().collect::<Vec<_>>(), [("b", None), ("a", Some("z"))]);
    assert_eq!(params.get("a"), Some(Some("z")));
    assert_eq!(params.span(), 2..3);
}

/// Checks that a search of a long text ends in time, with or without an answer.
fn check_effort(pattern: &str, text: &str, answers: bool) {
    let pattern = Pattern::parse(pattern).unwrap();
    let mut budget = Budget::for_text(text.len());
    assert_eq!(pattern.search(text, &mut budget).is_ok(), answers, "{}", pattern.source());
}

#[test]
fn no_pattern_takes_long() {
    let text = "a".repeat(16 * 1024);
    let easy = [
        "(a+)+b",
        "(a|a)*b",
        "(a*)*b",
        "(.*)(.*)(.*)x",
        ".*x.*y.*z",
        "(?=.*x)(?=.*y)z?",
        "(?:(?=.*x)a)*b",
        "(a|aa|aaa)*?b",
        "(?:a{2,}){3,}b",
        "(?:(?:a*)*)*b",
        "(?!.*x.*y)b|c",
    ];
    for pattern in easy {
        check_effort(pattern, &text, true);
    }
    for pattern in [r"(a*)(a*)(a*)\1\2b", r"(?=(a+))(?:(a)|b)*\1c", "(?:a{1,500}){1,500}b", "(?:){4000000000}a"] {
        check_effort(pattern, &text, false);
    }
}

#[test]
fn what_runs_out_names_the_pattern_and_leaves_some_for_others() {
    let text = "a".repeat(16 * 1024);
    let mut budget = Budget::for_text(text.len());
    let before = budget.left();
    let pattern = Pattern::parse(r"(a*)(a*)\1\2b").unwrap();
    let exhausted = pattern.search(&text, &mut budget).unwrap_err();
    assert_eq!(exhausted.pattern, r"(a*)(a*)\1\2b");
    assert!(budget.left() >= before / 2);
    for _ in 0..10 {
        let _ = pattern.search(&text, &mut budget);
    }
    assert_eq!(budget.left(), 0);
    assert!(Pattern::parse("a").unwrap().search("a", &mut budget).is_err());
}

#[test]
fn remembering_failures_changes_no_result() {
    let mut random = generate::Random::new(1);
    let mut compared = 0;
    for _ in 0..20_000 {
        let (pattern, text) = generate::pair(&mut random);
        let Ok(parsed) = parse::parse(&pattern, FLAGS) else { continue };
        let program = compile::compile(&parsed);
        let text: Vec<u32> = text.chars().map(u32::from).collect();
        let (mut remembers, mut forgets) =
            (Search::with_calm(&program, &text, 300_000, 0), Search::with_calm(&program, &text, 300_000, u64::MAX));
        if let (Ok(one), Ok(other)) = (remembers.run(), forgets.run()) {
            compared += 1;
            assert_eq!(one, other, "{pattern:?} in {text:?}");
        }
    }
    assert!(compared > 10_000);
}

proptest! {
    #[test]
    fn reading_never_panics(pattern in any::<String>(), text in ".{0,20}") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let _ = pattern.search(&text, &mut Budget::for_text(text.len()));
        }
    }

    #[test]
    fn reading_signs_never_panics(pattern in r"[\[\](){}*+?|^$.\\a1,:=!<>P#ixs&~ -]{0,40}", text in "[a1 ]{0,10}") {
        match Pattern::parse(&pattern) {
            Ok(pattern) => drop(pattern.search(&text, &mut Budget::for_text(text.len()))),
            Err(error) => prop_assert!(error.at <= pattern.chars().count()),
        }
    }

    #[test]
    fn every_name_finds_itself(name in any::<String>(), before in any::<String>()) {
        if let Ok(pattern) = Pattern::literal(&name) {
            let text = format!("{before}{name}!");
            prop_assert!(pattern.search(&text, &mut Budget::for_text(text.len())).unwrap().is_some());
        }
    }
}
