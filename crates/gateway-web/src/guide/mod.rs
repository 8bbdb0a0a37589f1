//! `GET /guide/…`: the guide and the reference, written in `docs/`, in the pages' look and without need of scripts.

mod book;
mod markdown;
mod search;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::State,
    response::{Redirect, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use minijinja::{Value, context};

use self::{book::Book, markdown::Heading};
use crate::{
    Web, assets,
    front::Base,
    pages,
    params::{Params, Rest},
    templates::Templates,
};

/// The guide, read when it is first asked for.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Option<Arc<Book>>>);

impl Shelf {
    fn book(&self, templates: &Templates) -> Arc<Book> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // In a debug build it is read from the disk, and may have changed.
        match &*book {
            Some(book) if !cfg!(debug_assertions) => Arc::clone(book),
            _ => Arc::clone(book.insert(Arc::new(Book::read(templates)))),
        }
    }
}

pub(crate) async fn redirect(State(web): State<Web>) -> Redirect {
    Redirect::permanent(&web.base().at("/guide/"))
}

/// The first page, or what was found.
pub(crate) async fn index(State(web): State<Web>, params: Params) -> Response {
    let book = web.shelf().book(&web.templates());
    match params.text("q").map(str::trim).filter(|question| !question.is_empty()) {
        Some(question) => {
            let found: Vec<Value> = search::find(&book, question).into_iter().map(search::Found::value).collect();
            let values = context! { title => "Search · Guide", q => question, found, ..around(&book, None) };
            pages::guide(&web, values)
        }
        None => show(&web, &book, ""),
    }
}

pub(crate) async fn page(State(web): State<Web>, Rest(name): Rest, headers: HeaderMap) -> Response {
    let name = name.unwrap_or_default();
    if let Some(file) = book::attached(&name) {
        let hash = file.metadata.sha256_hash();
        return assets::serve(web.coded(), &name, hash, || Bytes::from(file.data.into_owned()), &headers);
    }
    let book = web.shelf().book(&web.templates());
    show(&web, &book, &name)
}

fn missing(web: &Web) -> Response {
    pages::error(web, StatusCode::NOT_FOUND, "The guide has no such page. Its first page, /guide/, names them all.")
}

fn show(web: &Web, book: &Book, name: &str) -> Response {
    let Some((place, page)) = book.page(name) else { return missing(web) };
    let title = if place == 0 { page.title.clone() } else { format!("{} · Guide", page.title) };
    let content = Value::from_safe_string(below(web.base(), &page.html));
    let heading = |Heading { id, title, level }: &Heading| context! { id => id, title => title, level => level };
    let headings: Vec<Value> = page.headings.iter().map(heading).collect();
    let values = context! { title, content, headings, ..around(book, Some(place)) };
    pages::guide(web, values)
}

/// A page's HTML, whose links lead to addresses below `base`. What stands in its text is left alone.
fn below(base: &Base, html: &str) -> String {
    let mut pieces = html.split('<');
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (tag, text) = piece.split_at(piece.find('>').unwrap_or(piece.len()));
        let tag = ["href=\"", "src=\""]
            .iter()
            .fold(tag.to_owned(), |tag, name| tag.replace(&format!("{name}/"), &format!("{name}{}", base.at("/"))));
        all.extend(["<", &tag, text]);
    }
    all
}

/// The list of pages, and the ones before and after the one that is shown.
fn around(book: &Book, place: Option<usize>) -> Value {
    let link = |(file, title): &(String, String)| {
        let current = place.is_some_and(|place| book.pages[place].file == *file);
        context! { url => markdown::url(file), title, current }
    };
    let chapters: Vec<Value> = book
        .chapters
        .iter()
        .map(|chapter| context! { title => chapter.title.as_str(), pages => chapter.pages.iter().map(link).collect::<Vec<_>>() })
        .collect();
    let beside = |place: Option<usize>| {
        let page = book.pages.get(place?)?;
        Some(context! { url => markdown::url(&page.file), title => page.title.as_str() })
    };
    context! {
        chapters,
        first => place == Some(0),
        previous => beside(place.and_then(|place| place.checked_sub(1))),
        next => beside(place.map(|place| place + 1)),
    }
}
