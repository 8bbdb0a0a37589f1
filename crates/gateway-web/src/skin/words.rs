//! A skin's words: held against the words that the pages have, and brought into the shape in which the pages take them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::shape::Words;

/// The forms that a number can ask for, as `Intl.PluralRules` calls them.
const FORMS: &[&str] = &["zero", "one", "two", "few", "many", "other"];

/// What a skin says, by the path of what it replaces: a string, a list, or `{params, text | forms}`. The error is a
/// sentence.
pub(super) fn check(given: &str, known: &BTreeMap<String, Words>) -> Result<Map<String, Value>, String> {
    let given: Value = serde_json::from_str(given).map_err(|error| format!("it is not JSON: {error}"))?;
    let Value::Object(given) = given else { return Err("it must be an object, `{ … }`".to_owned()) };
    let mut replaced = Map::new();
    group(&given, "", known, &mut replaced)?;
    Ok(replaced)
}

fn group(
    given: &Map<String, Value>,
    within: &str,
    known: &BTreeMap<String, Words>,
    replaced: &mut Map<String, Value>,
) -> Result<(), String> {
    for (name, value) in given {
        let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        let found = known.get(&path).ok_or_else(|| unknown(&path, known))?;
        let words = match (found, value) {
            (Words::Group, Value::Object(inside)) => {
                group(inside, &path, known, replaced)?;
                continue;
            }
            (Words::Text, Value::String(text)) => json!(text),
            (Words::List, Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_string) => {
                json!(items)
            }
            (Words::Sentence(params), Value::String(text)) => {
                placeholders(&path, text, params)?;
                json!({ "params": params, "text": text })
            }
            (Words::Sentence(params), Value::Object(forms)) => {
                for (form, text) in forms {
                    let text = text.as_str().filter(|_| FORMS.contains(&form.as_str())).ok_or_else(|| {
                        format!("`{path}.{form}`: the forms of a sentence are strings called {}", FORMS.join(", "))
                    })?;
                    placeholders(&path, text, params)?;
                }
                if !forms.contains_key("other") {
                    return Err(format!("`{path}` needs the form `other`"));
                }
                json!({ "params": params, "forms": forms })
            }
            (Words::Group, _) => return Err(format!("`{path}` is a group of words: `{{ … }}`")),
            (Words::List, _) => return Err(format!("`{path}` is a list of strings")),
            (Words::Text | Words::Sentence(_), _) => return Err(format!("`{path}` must be a string")),
            (Words::Fixed, _) => return Err(format!("`{path}` can't be replaced")),
        };
        replaced.insert(path, words);
    }
    Ok(())
}

/// Names in braces must be those that the sentence has.
fn placeholders(path: &str, text: &str, params: &[String]) -> Result<(), String> {
    for rest in text.split('{').skip(1) {
        let name = rest.split_once('}').map(|(name, _)| name);
        if !name.is_some_and(|name| params.iter().any(|param| param == name)) {
            let there = params.iter().map(|param| format!("{{{param}}}")).collect::<Vec<_>>().join(", ");
            return Err(format!("`{path}` has {{{}}}; what it can have is {there}", name.unwrap_or("without an end")));
        }
    }
    Ok(())
}

fn unknown(path: &str, known: &BTreeMap<String, Words>) -> String {
    let nearest = known.keys().min_by_key(|one| distance(one, path));
    let hint = nearest.filter(|one| distance(one, path) <= 4 + path.len() / 4);
    let hint = hint.map(|one| format!("; did you mean `{one}`?")).unwrap_or_default();
    format!("there are no words called `{path}`{hint}")
}

/// How many letters have to change.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeMap<String, Words> {
        let params = |names: &[&str]| Words::Sentence(names.iter().map(|&name| name.to_owned()).collect());
        BTreeMap::from([
            ("name".to_owned(), Words::Text),
            ("lobby".to_owned(), Words::Group),
            ("lobby.title".to_owned(), Words::Text),
            ("head".to_owned(), Words::Group),
            ("head.bots".to_owned(), params(&["n"])),
            ("you".to_owned(), Words::Group),
            ("you.nouns".to_owned(), Words::List),
        ])
    }

    #[test]
    fn words_that_fit_are_taken() {
        let given = r#"{"name": "R", "lobby": {"title": "Hi {you}"}, "head": {"bots": {"one": "a bot", "other": "{n} bots"}},
            "you": {"nouns": ["Owl"]}}"#;
        let taken = Value::from(check(given, &known()).expect("it fits"));
        assert_eq!(
            taken,
            json!({"name": "R", "lobby.title": "Hi {you}", "you.nouns": ["Owl"],
                "head.bots": {"params": ["n"], "forms": {"one": "a bot", "other": "{n} bots"}}})
        );
    }

    #[test]
    fn what_does_not_fit_is_said_with_what_would() {
        for (given, words) in [
            ("{", &["not JSON"][..]),
            ("[]", &["object"]),
            (r#"{"lobby": {"titel": "x"}}"#, &["`lobby.titel`", "`lobby.title`?"]),
            (r#"{"lobby": "x"}"#, &["`lobby`", "group"]),
            (r#"{"name": 1}"#, &["`name`", "string"]),
            (r#"{"you": {"nouns": []}}"#, &["`you.nouns`", "list"]),
            (r#"{"head": {"bots": "{number} bots"}}"#, &["{number}", "{n}"]),
            (r#"{"head": {"bots": "{n bots"}}"#, &["`head.bots`"]),
            (r#"{"head": {"bots": {"one": "x"}}}"#, &["`other`"]),
            (r#"{"head": {"bots": {"some": "x", "other": "y"}}}"#, &["some", "few"]),
        ] {
            let error = check(given, &known()).expect_err(given);
            words.iter().for_each(|word| assert!(error.contains(word), "no {word} in: {error}"));
        }
    }
}
