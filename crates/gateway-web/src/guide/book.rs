//! The guide as a whole: its pages in the order in which its first page names them.

use rust_embed::RustEmbed;

use super::markdown::{self, Page};
use crate::templates::Templates;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/guide"]
struct Guide;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/reference"]
struct Reference;

/// Where the order of the others is written, as a list of links under bold lines.
const INDEX: &str = "guide/index.md";

/// All pages.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) pages: Vec<Page>,
    pub(crate) chapters: Vec<Chapter>,
}

/// A bold line of the index, and the links below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chapter {
    pub(crate) title: String,
    /// Files and what the index calls them.
    pub(crate) pages: Vec<(String, String)>,
}

impl Book {
    /// Reads all that the binary holds.
    pub(crate) fn read(templates: &Templates) -> Self {
        let index = file(INDEX).unwrap_or_default();
        let chapters = chapters(&index);
        let mut names = vec![INDEX.to_owned()];
        names.extend(chapters.iter().flat_map(|chapter| chapter.pages.iter().map(|(file, _)| file.clone())));
        let all = Guide::iter().map(|name| format!("guide/{name}"));
        let mut unnamed: Vec<_> = all.chain(Reference::iter().map(|name| format!("reference/{name}"))).collect();
        unnamed.retain(|name| name.ends_with(".md") && !names.contains(name));
        unnamed.sort();
        names.extend(unnamed);
        let read = |name: &String| file(name).map(|source| markdown::read(name, &source, templates));
        Self { pages: names.iter().filter_map(read).collect(), chapters }
    }

    /// The page at `/guide/{name}`, and its place.
    pub(crate) fn page(&self, name: &str) -> Option<(usize, &Page)> {
        let url = if name.is_empty() { "/guide/".to_owned() } else { format!("/guide/{name}") };
        self.pages.iter().enumerate().find(|(_, page)| markdown::url(&page.file) == url)
    }
}

/// A picture of the guide, or a program to take along: what is no page.
pub(crate) fn attached(name: &str) -> Option<rust_embed::EmbeddedFile> {
    if name.ends_with(".md") { None } else { Guide::get(name) }
}

fn file(path: &str) -> Option<String> {
    let file = match path.split_once('/')? {
        ("guide", name) => Guide::get(name),
        ("reference", name) => Reference::get(name),
        _ => None,
    }?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The bold lines of the index and the pages that are linked below each. A page that is linked twice counts once.
fn chapters(index: &str) -> Vec<Chapter> {
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};
    let mut chapters: Vec<Chapter> = Vec::new();
    let (mut words, mut link) = (String::new(), None);
    for event in Parser::new(index) {
        match event {
            Event::Start(Tag::Strong) => words.clear(),
            Event::End(TagEnd::Strong) => chapters.push(Chapter { title: words.clone(), pages: Vec::new() }),
            Event::Start(Tag::Link { dest_url, .. }) => {
                words.clear();
                link = dest_url.ends_with(".md").then(|| dest_url.into_string());
            }
            Event::End(TagEnd::Link) => {
                let target = link.take().map(|target| match target.strip_prefix("../") {
                    Some(elsewhere) => elsewhere.to_owned(),
                    None => format!("guide/{target}"),
                });
                let known = |file: &String| chapters.iter().any(|one| one.pages.iter().any(|(page, _)| page == file));
                if let Some(file) = target.filter(|file| !known(file))
                    && let Some(chapter) = chapters.last_mut()
                {
                    chapter.pages.push((file, words.clone()));
                }
            }
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            _ => {}
        }
    }
    chapters
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_index_gives_the_chapters() {
        let read = chapters(
            "# Guide\n\n**One**\n\n- [A](a.md): x\n- [B `c`](../reference/b.md), [A](a.md)\n\n**Two**\n\n- [out](/docs/)\n",
        );
        let pages = vec![("guide/a.md".to_owned(), "A".to_owned()), ("reference/b.md".to_owned(), "B c".to_owned())];
        let two = Chapter { title: "Two".to_owned(), pages: Vec::new() };
        assert_eq!(read, [Chapter { title: "One".to_owned(), pages }, two]);
    }

    #[test]
    fn every_page_is_named_in_the_index_and_has_a_title() {
        let book = Book::read(&Templates::embedded());
        assert!(book.pages.len() > 10);
        for page in book.pages.iter().skip(1) {
            let named = book.chapters.iter().any(|chapter| chapter.pages.iter().any(|(file, _)| *file == page.file));
            assert!(named, "{} is missing in {INDEX}", page.file);
            assert!(!page.title.is_empty(), "{}", page.file);
        }
    }

    #[test]
    fn every_link_and_anchor_leads_somewhere() {
        let book = Book::read(&Templates::embedded());
        let mut places = HashSet::new();
        for page in &book.pages {
            let url = markdown::url(&page.file);
            places.extend(page.sections.iter().map(|section| format!("{url}#{}", section.id)));
            places.insert(url);
        }
        for page in &book.pages {
            for attribute in ["href=\"", "src=\""] {
                for link in page.html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                    let whole = if link.starts_with('#') { markdown::url(&page.file) + link } else { link.to_owned() };
                    let there = match whole.strip_prefix("/guide/") {
                        Some(name) => places.contains(&whole) || attached(name).is_some(),
                        None => !whole.ends_with(".md"),
                    };
                    assert!(there, "{} links to {link}, which is not there", page.file);
                }
            }
        }
    }
}
