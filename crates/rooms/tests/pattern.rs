//! Patterns against Python itself: thousands of made-up patterns and texts, and every character there is.
//!
//! Needs `python3` (3.11 or later). For a longer run: `PATTERN_PAIRS=200000 PATTERN_SEED=7 cargo test -p parlor-rooms
//! --release --test pattern`.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "pattern/generate.rs"]
mod generate;

use std::{
    collections::{BTreeMap, HashMap},
    env,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    thread,
};

use generate::Random;
use parlor_rooms::pattern::{Budget, Params, Pattern, Refusal};
use serde_json::{Value, json};

/// Asks Python a list of questions.
fn ask(questions: Vec<Value>) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pattern/oracle.py");
    let mut python = Command::new("python3");
    let python = python.arg(script).env("PYTHONIOENCODING", "utf-8").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("this test needs python3, 3.11 or later");
    let mut input = python.stdin.take().unwrap();
    let count = questions.len();
    let writer = thread::spawn(move || {
        for question in questions {
            writeln!(input, "{question}").unwrap();
        }
    });
    let lines = BufReader::new(python.stdout.take().unwrap()).lines();
    let answers: Vec<Value> = lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    writer.join().unwrap();
    assert!(python.wait().unwrap().success());
    assert_eq!(answers.len(), count);
    answers
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// A group's place counted in characters, as Python does.
fn spans(text: &str, params: &Params) -> Value {
    let count = |bytes: usize| text[..bytes].chars().count();
    let groups =
        (0..=params.group_count()).map(|group| params.group(group).map(|span| [count(span.start), count(span.end)]));
    json!(groups.collect::<Vec<_>>())
}

/// How the two go together.
enum Outcome {
    Same,
    Refused(Refusal),
    Exhausted,
}

/// How the two compare; an error if they must not differ in this way.
fn compare(pattern: &str, text: &str, python: &Value) -> Result<Outcome, String> {
    let ours = match Pattern::parse(pattern) {
        Ok(ours) => ours,
        Err(_) if python["refused"].is_string() => return Ok(Outcome::Same),
        Err(error) => return error.refusal.map(Outcome::Refused).ok_or(format!("we refuse it: {error}")),
    };
    if let Some(why) = python["refused"].as_str() {
        return Err(format!("only Python refuses it: {why}"));
    }
    let found = match ours.search(text, &mut Budget::for_text(text.len())) {
        Ok(found) => found.map_or(Value::Null, |params| spans(text, &params)),
        Err(_) => return Ok(Outcome::Exhausted),
    };
    let same = found == python["spans"] || python["silent"].is_string();
    if same { Ok(Outcome::Same) } else { Err(format!("we find {found}")) }
}

/// Whether a newer Python than 3.11 may see this in another way: `\B` in an empty text, and `\z`, since 3.14.
fn is_newer(pattern: &str, text: &str) -> bool {
    pattern.contains(r"\B") && text.is_empty() || pattern.contains(r"\z")
}

#[test]
fn patterns_mean_what_they_mean_in_python() {
    let (count, seed) = (number("PATTERN_PAIRS", 5_000), number("PATTERN_SEED", 1));
    let mut random = Random::new(seed);
    let pairs: Vec<(String, String)> = (0..count).map(|_| generate::pair(&mut random)).collect();
    let questions = std::iter::once(json!("about")).chain(pairs.iter().map(|(pattern, text)| json!([pattern, text])));
    let mut answers = ask(questions.collect()).into_iter();
    let newest = answers.next().is_some_and(|about| about["version"][1].as_u64() >= Some(14));

    let (mut accepted, mut matched, mut exhausted, mut silent) = (0, 0, 0, 0);
    let mut refusals: BTreeMap<Refusal, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for ((pattern, text), python) in pairs.iter().zip(answers) {
        accepted += usize::from(!python["refused"].is_string());
        silent += usize::from(python["silent"].is_string());
        matched += usize::from(python["spans"].is_array());
        match compare(pattern, text, &python) {
            Ok(Outcome::Same) => {}
            Ok(Outcome::Exhausted) => exhausted += 1,
            Ok(Outcome::Refused(refusal)) => *refusals.entry(refusal).or_default() += 1,
            Err(_) if newest && is_newer(pattern, text) => {}
            Err(how) => differences.push(format!("{pattern:?} in {text:?}: {how}; Python: {python}")),
        }
    }
    println!("{count} pairs; Python takes {accepted}, finds {matched}, has no answer to {silent}");
    println!("given up here: {exhausted}; refused only here: {refusals:?}");
    let refused: usize = refusals.values().sum();
    differences.sort_by_key(String::len);
    let first: Vec<_> = differences.iter().take(25).map(String::as_str).collect();
    assert!(first.is_empty(), "{} differences, the shortest:\n{}", differences.len(), first.join("\n"));
    assert!(accepted * 2 > pairs.len() && matched * 4 > pairs.len(), "too few patterns make sense");
    assert!(exhausted * 1_000 < accepted, "too many searches are given up");
    assert!(refused * 20 < accepted, "too many patterns are refused only here");
}

#[test]
fn characters_are_what_they_are_in_python() {
    let answers = ask(vec![json!("about"), json!("tables")]);
    if answers[0]["unicode"] != "14.0.0" {
        println!("this Python knows other characters than 3.11");
        return;
    }
    let finds = |pattern: &Pattern, code: u32| {
        let text = char::from_u32(code).unwrap().to_string();
        pattern.search(&text, &mut Budget::for_text(4)).unwrap().is_some()
    };
    for (class, held) in answers[1]["held"].as_object().unwrap() {
        let held: Vec<u32> = serde_json::from_value(held.clone()).unwrap();
        let pattern = Pattern::parse(class).unwrap();
        let ours: Vec<u32> = (0..=0x10_ffff)
            .filter(|code| !(0xd800..0xe000).contains(code))
            .filter(|code| finds(&pattern, *code))
            .collect();
        assert_eq!(ours, held, "{class}");
    }
    let same: HashMap<u32, Vec<u32>> =
        serde_json::from_value::<Vec<_>>(answers[1]["same"].clone()).unwrap().into_iter().collect();
    for (code, others) in &same {
        let letter = char::from_u32(*code).unwrap();
        let pattern = Pattern::parse(&letter.to_string()).unwrap();
        let near = [code - 1, *code, code + 1, code ^ 0x20, code ^ 1];
        let cases = letter.to_lowercase().chain(letter.to_uppercase()).map(u32::from);
        for other in
            near.into_iter().chain(cases).chain(others.iter().copied()).filter(|other| char::from_u32(*other).is_some())
        {
            assert_eq!(finds(&pattern, other), others.contains(&other) || other == *code, "{code:x} {other:x}");
        }
    }
}
