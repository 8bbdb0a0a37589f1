//! Search in the guide: all words must stand in a section; where the heading has them comes first.

use minijinja::{Value, context};

use super::{book::Book, markdown};

/// The longest question, in characters, and the most words of it that count.
const LONGEST: usize = 200;
const MOST_WORDS: usize = 8;
/// How many sections are shown, and how many characters of each.
const SHOWN: usize = 30;
const SNIPPET: usize = 180;

/// A section that was found.
#[derive(Debug)]
pub(crate) struct Found {
    url: String,
    page: String,
    /// Empty for what stands before a page's first heading.
    title: String,
    snippet: Vec<Piece>,
    score: usize,
}

impl Found {
    /// For the template.
    pub(crate) fn value(self) -> Value {
        let piece = |Piece { text, hit }| context! { text, hit };
        let snippet: Vec<Value> = self.snippet.into_iter().map(piece).collect();
        context! { url => self.url, page => self.page, title => self.title, snippet }
    }
}

/// A part of a snippet, marked or not.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    hit: bool,
}

/// The sections in which all words of the question stand, the best first.
pub(crate) fn find(book: &Book, question: &str) -> Vec<Found> {
    let folded: String = fold(question).into_iter().take(LONGEST).collect();
    let words: Vec<Vec<char>> = folded.split_whitespace().take(MOST_WORDS).map(|word| word.chars().collect()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for page in &book.pages {
        for section in &page.sections {
            let (page_title, title, text) = (fold(&page.title), fold(&section.title), fold(&section.text));
            let mut score = 0;
            for word in &words {
                let here = count(&text, word).min(3) + 5 * count(&title, word).min(1);
                let around = 3 * count(&page_title, word).min(1);
                if here + around == 0 {
                    score = 0;
                    break;
                }
                score += here + around;
            }
            // A page's title alone finds the page, and not each of its sections.
            let itself = section.id.is_empty() || words.iter().any(|word| count(&text, word) + count(&title, word) > 0);
            if score > 0 && itself {
                let url = markdown::url(&page.file);
                let url = if section.id.is_empty() { url } else { format!("{url}#{}", section.id) };
                let snippet = snippet(&section.text, &text, &words);
                found.push(Found { url, page: page.title.clone(), title: section.title.clone(), snippet, score });
            }
        }
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.score));
    found.truncate(SHOWN);
    found
}

/// Lower case, a character for each, so that places stay the same.
fn fold(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

fn count(text: &[char], word: &[char]) -> usize {
    text.windows(word.len()).filter(|window| *window == word).count()
}

/// The words around the first hit, with all hits marked.
fn snippet(text: &str, folded: &[char], words: &[Vec<char>]) -> Vec<Piece> {
    let original: Vec<char> = text.chars().collect();
    let first = words.iter().filter_map(|word| folded.windows(word.len()).position(|window| window == word)).min();
    let start = first.unwrap_or(0).saturating_sub(SNIPPET / 3);
    // From the beginning of a word.
    let start =
        if start == 0 { 0 } else { start + original[start..].iter().position(|c| *c == ' ').map_or(0, |at| at + 1) };
    let end = (start + SNIPPET).min(original.len());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |text: &[char], hit: bool| {
        let text: String = text.iter().map(|c| if c.is_whitespace() { ' ' } else { *c }).collect();
        match pieces.last_mut() {
            Some(last) if last.hit == hit => last.text.push_str(&text),
            _ => pieces.push(Piece { text, hit }),
        }
    };
    if start > 0 {
        push(&['…'], false);
    }
    let mut at = start;
    while at < end {
        let hit = words.iter().filter(|word| folded[at..].starts_with(word)).map(Vec::len).max();
        push(&original[at..at + hit.unwrap_or(1)], hit.is_some());
        at += hit.unwrap_or(1);
    }
    if at < original.len() {
        push(&['…'], false);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::Templates;

    fn book() -> Book {
        let page = |file: &str, source: &str| markdown::read(file, source, &Templates::embedded());
        let pages = vec![
            page("guide/forms.md", "# Forms\n\nA form asks.\n\n## Buttons\n\nEach button has a Name, and a form.\n"),
            page("guide/style.md", "# Style\n\nİstanbul is styled with buttons.\n"),
        ];
        Book { pages, chapters: Vec::new() }
    }

    fn urls(question: &str) -> Vec<String> {
        find(&book(), question).into_iter().map(|found| found.url).collect()
    }

    #[test]
    fn all_words_must_be_there_and_headings_come_first() {
        assert_eq!(urls("BUTTONS"), ["/guide/forms#buttons", "/guide/style"]);
        assert_eq!(urls("name form"), ["/guide/forms#buttons"]);
        assert_eq!(urls("style"), ["/guide/style"]);
        assert!(urls("button nothing").is_empty());
        assert!(urls("  ").is_empty());
        assert!(urls(&"x".repeat(100_000)).is_empty());
    }

    #[test]
    fn hits_are_marked_where_they_stand() {
        let found = find(&book(), "styled");
        let pieces: Vec<_> = found[0].snippet.iter().map(|piece| (piece.text.as_str(), piece.hit)).collect();
        assert_eq!(pieces, [("İstanbul is ", false), ("styled", true), (" with buttons. ", false)]);
    }
}
