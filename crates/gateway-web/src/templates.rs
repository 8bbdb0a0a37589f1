//! The pages' templates, and the values that every one of them gets.

mod samples;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{LazyLock, Mutex},
};

use minijinja::{Environment, Value, context, syntax::SyntaxConfig};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rust_embed::RustEmbed;

use crate::assets;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/templates"]
struct Sources;

/// Those that a skin may replace. The frame is none of them: what it holds has to be what the page around it expects.
pub(crate) const REPLACEABLE: &[&str] = &[
    "page.html",
    "mark.html",
    "lobby.html",
    "room.html",
    "docs.html",
    "hub.html",
    "operator.html",
    "counts.html",
    "assistant.html",
    "guide.html",
    "error.html",
    "door.html",
    "login.html",
    "enter.html",
    "account-top.html",
    "me.html",
    "admin.html",
    "admin-people.html",
    "admin-rooms.html",
    "admin-bots.html",
    "admin-flows.html",
    "admin-flow.html",
    "admin-audit.html",
];

/// The style sheets that our templates ask for as one file, as they stand there: `tokens+base.css`.
pub(crate) static JOINED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let sources = Sources::iter().filter_map(|name| Sources::get(&name));
    let texts = sources.map(|file| String::from_utf8_lossy(&file.data).into_owned());
    let names = |text: String| text.split('"').filter_map(joined).collect::<Vec<_>>();
    texts.flat_map(names).collect()
});

fn joined(value: &str) -> Option<String> {
    let path = value
        .strip_prefix("{{ base }}")
        .unwrap_or(value)
        .strip_prefix("/web/")
        .filter(|path| path.contains('+') && path.ends_with(".css"))?;
    Some(path.to_owned())
}

/// The pages' templates, read once.
pub(crate) struct Templates {
    environment: Environment<'static>,
    /// The name, and what a skin has: `name`, `css`, `logo`, `data`.
    skin: Value,
    /// What pages are told to load, by the module that they begin with.
    preloads: Mutex<HashMap<&'static str, Value>>,
}

impl Templates {
    /// Those in the binary.
    ///
    /// # Panics
    /// If one of them is broken, which every start would show.
    pub(crate) fn embedded() -> Self {
        Self::replaced(Vec::new(), context! { name => "Parlor" }).expect("our own templates are right")
    }

    /// Those in the binary, some of them replaced. The error is a sentence that says where a replacement is wrong.
    pub(crate) fn replaced(replacements: Vec<(String, String)>, skin: Value) -> Result<Self, String> {
        let mut environment = Environment::new();
        environment.set_syntax(blocks_stand_on_lines_of_their_own());
        environment.add_filter("urlencode", |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
        for name in Sources::iter().filter(|name| name.ends_with(".html")) {
            let file = Sources::get(&name).expect("it was listed");
            let source = String::from_utf8(file.data.into_owned()).expect("templates are UTF-8");
            environment.add_template_owned(name.into_owned(), source).expect("our own templates are right");
        }
        let names: Vec<String> = replacements.iter().map(|(name, _)| name.clone()).collect();
        for (name, source) in replacements {
            environment.add_template_owned(name, source).map_err(|error| wrong(&error))?;
        }
        let templates = Self { environment, skin, preloads: Mutex::default() };
        // What a template asks of others shows only when it is drawn.
        if !names.is_empty() {
            for values in samples::all() {
                for page in REPLACEABLE {
                    templates.render(page, None, values.clone()).map_err(|error| wrong(&error))?;
                }
            }
        }
        Ok(templates)
    }

    /// What the server is called.
    pub(crate) fn name(&self) -> String {
        self.skin.get_attr("name").map(|name| name.to_string()).unwrap_or_default()
    }

    /// A page. `entry` is the module that it begins with, below `/web/`.
    pub(crate) fn render(
        &self,
        name: &str,
        entry: Option<&'static str>,
        values: Value,
    ) -> Result<String, minijinja::Error> {
        let preloads = entry.map(|entry| self.preloads(entry));
        let values = context! { entry => entry.map(|entry| Value::from_safe_string(entry.to_owned())), preloads, skin => self.skin.clone(), ..values };
        self.environment.get_template(name)?.render(values)
    }

    /// A part of a page, from a template of our own.
    ///
    /// # Panics
    /// If the template is broken, which the tests would show.
    pub(crate) fn part(&self, name: &str, values: Value) -> String {
        let template = self.environment.get_template(name).expect("it is in the binary");
        template.render(values).expect("our own templates are right")
    }

    fn preloads(&self, entry: &'static str) -> Value {
        let mut known = self.preloads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // In a debug build the files are read from the disk, and may have changed.
        if cfg!(debug_assertions) {
            known.remove(entry);
        }
        known
            .entry(entry)
            .or_insert_with(|| assets::preloads(entry).into_iter().map(Value::from_safe_string).collect())
            .clone()
    }
}

/// A block tag's line end is not part of the page.
fn blocks_stand_on_lines_of_their_own() -> SyntaxConfig {
    SyntaxConfig::builder().trim_blocks(true).build().expect("nothing else is changed")
}

fn wrong(error: &minijinja::Error) -> String {
    let place = error.name().zip(error.line()).map(|(name, line)| format!("templates/{name}, line {line}: "));
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    place.unwrap_or_default() + &what
}
