//! What somebody looks for: a query read into terms, the same for every driver.

use parlor_rooms::{EventId, RoomName};

/// The longest query, in bytes.
pub const QUERY_MAX: usize = 1_000;
/// Terms beyond so many do not count.
const TERMS_MAX: usize = 32;

/// A message is found if it has all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Terms with at least one letter or digit; with none nothing is found.
    pub terms: Vec<Term>,
}

/// Words that stand next to each other, in the text or in the author's name; upper and lower case, accents and
/// punctuation do not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The words, as they were written.
    pub words: String,
    /// In the author's name only.
    pub author: bool,
    /// The last word may go on.
    pub prefix: bool,
}

/// Why a query can't be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing in it.
    #[error("is empty; say what to look for")]
    Empty,
    /// There is too much in it.
    #[error("is longer than {QUERY_MAX} bytes")]
    TooLong,
}

impl Query {
    /// Reads what a person typed: words, `"words in a row"`, `from:NAME`. Nothing in it is an error but its length.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > QUERY_MAX {
            return Err(QueryError::TooLong);
        }
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(QueryError::Empty);
        }
        let mut terms = Vec::new();
        while !rest.is_empty() {
            let author = rest.get(..5).is_some_and(|begin| begin.eq_ignore_ascii_case("from:"))
                && rest[5..].starts_with(|c: char| !c.is_whitespace());
            if author {
                rest = &rest[5..];
            }
            let (words, quoted, behind) = piece(rest);
            rest = behind.trim_start();
            if words.chars().any(char::is_alphanumeric) && terms.len() < TERMS_MAX {
                let prefix = rest.is_empty() && !quoted && !author;
                terms.push(Term { words: words.to_owned(), author, prefix });
            }
        }
        Ok(Self { terms })
    }
}

/// The next word or quoted words, whether they are quoted, and what follows.
fn piece(text: &str) -> (&str, bool, &str) {
    if let Some(inside) = text.strip_prefix('"') {
        let (words, behind) = inside.split_once('"').unwrap_or((inside, ""));
        return (words, true, behind);
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
    (&text[..end], false, &text[end..])
}

/// What a search is to give.
#[derive(Clone, Debug)]
pub struct Sought {
    /// In this room.
    pub room: RoomName,
    /// What.
    pub query: Query,
    /// Only messages with ids below this one.
    pub before: Option<EventId>,
    /// At most so many.
    pub limit: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let query = Query::parse(text).expect("a query");
        let show = |term: &Term| {
            let (author, prefix) = (if term.author { "@" } else { "" }, if term.prefix { "*" } else { "" });
            format!("{author}{}{prefix}", term.words)
        };
        query.terms.iter().map(show).collect()
    }

    #[test]
    fn words_quotes_and_authors_are_read() {
        assert_eq!(terms("one two"), ["one", "two*"]);
        assert_eq!(terms("  one \"two three\" "), ["one", "two three"]);
        assert_eq!(terms("FROM:Ann hi"), ["@Ann", "hi*"]);
        assert_eq!(terms("from:\"Ann B\""), ["@Ann B"]);
        assert_eq!(terms("from: x"), ["from:", "x*"]);
        assert_eq!(terms("a\"b"), ["a", "b"]);
        assert_eq!(terms("C++ --- \u{0}x"), ["C++", "x*"]);
    }

    #[test]
    fn nothing_is_an_error_but_length() {
        assert_eq!(Query::parse(" \n "), Err(QueryError::Empty));
        assert_eq!(Query::parse(&"x".repeat(QUERY_MAX + 1)), Err(QueryError::TooLong));
        assert_eq!(terms("\"\" (*) ^ - + {} : NOT AND"), ["NOT", "AND*"]);
        assert!(terms("\" (*) ^ - + {} :").is_empty());
        assert_eq!(terms("frøm:x fro"), ["frøm:x", "fro*"]);
        assert_eq!(terms(&"x ".repeat(500)).len(), TERMS_MAX);
    }
}
