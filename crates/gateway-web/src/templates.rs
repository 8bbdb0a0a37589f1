//! The pages' templates, and the values that every one of them gets.

use std::{collections::HashMap, sync::Mutex};

use minijinja::{Environment, Value, context, syntax::SyntaxConfig};
use rust_embed::RustEmbed;

use crate::assets;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/templates"]
struct Sources;

/// The pages' templates, read once.
pub(crate) struct Templates {
    environment: Environment<'static>,
    /// What pages are told to load, by the module that they begin with.
    preloads: Mutex<HashMap<&'static str, Value>>,
}

impl Templates {
    /// Those in the binary.
    ///
    /// # Panics
    /// If one of them is broken, which every start would show.
    pub(crate) fn embedded() -> Self {
        let mut environment = Environment::new();
        environment.set_syntax(blocks_stand_on_lines_of_their_own());
        for name in Sources::iter() {
            let file = Sources::get(&name).expect("it was listed");
            let source = String::from_utf8(file.data.into_owned()).expect("templates are UTF-8");
            environment.add_template_owned(name.into_owned(), source).expect("our own templates are right");
        }
        Self { environment, preloads: Mutex::default() }
    }

    /// A page. `entry` is the module that it begins with, below `/web/`.
    pub(crate) fn render(
        &self,
        name: &str,
        entry: Option<&'static str>,
        values: Value,
    ) -> Result<String, minijinja::Error> {
        let preloads = entry.map(|entry| self.preloads(entry));
        let values =
            context! { entry => entry.map(|entry| Value::from_safe_string(entry.to_owned())), preloads, ..values };
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
