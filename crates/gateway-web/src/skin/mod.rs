//! Skins: a folder that overrides the look, the words and single templates. Read when the server starts, and again when
//! something in it has changed, so that who makes one has only to load the page again.

mod folder;
mod shape;
mod words;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use minijinja::{Value, context};
use serde_json::json;

use self::folder::{Folder, Stamp};
use crate::{
    assets::{self, Hash},
    templates::Templates,
};

/// What is wrong with a skin, in a sentence that says where and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("the skin in {}: {what}", .folder.display())]
pub struct SkinError {
    folder: PathBuf,
    what: String,
}

/// A skin, as its folder is now.
#[derive(Debug)]
pub struct Skin {
    folder: PathBuf,
    worn: Mutex<(Stamp, Arc<Worn>)>,
}

/// What was read of it.
pub(crate) struct Worn {
    pub(crate) templates: Templates,
    files: Folder,
    logo: Option<String>,
}

impl std::fmt::Debug for Worn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worn").field("logo", &self.logo).finish_non_exhaustive()
    }
}

impl Skin {
    /// Reads the folder, and refuses it if anything in it would not do what it is meant to.
    pub fn open(folder: &Path) -> Result<Self, SkinError> {
        let error = |what| SkinError { folder: folder.to_owned(), what };
        let stamp = folder::stamp(folder).map_err(error)?;
        let worn = Worn::read(folder).map_err(error)?;
        Ok(Self { folder: folder.to_owned(), worn: Mutex::new((stamp, Arc::new(worn))) })
    }

    /// It as it is now; as it was before, if what is there now is wrong.
    pub(crate) fn worn(&self) -> Arc<Worn> {
        let mut worn = self.worn.lock().unwrap_or_else(PoisonError::into_inner);
        // A look at some dozen files, at most; nothing that a thread would have to wait for.
        match folder::stamp(&self.folder) {
            Ok(stamp) if stamp == worn.0 => {}
            Ok(stamp) => {
                match Worn::read(&self.folder) {
                    Ok(new) => worn.1 = Arc::new(new),
                    Err(what) => tracing::warn!("the skin has changed and stays as it was before: {what}"),
                }
                worn.0 = stamp;
            }
            Err(what) => tracing::debug!("the skin can't be looked at: {what}"),
        }
        Arc::clone(&worn.1)
    }
}

impl Worn {
    fn read(folder: &Path) -> Result<Self, String> {
        let files = folder::read(folder)?;
        let logo = ["logo.svg", "logo.png"].into_iter().find(|name| files.has(name)).map(str::to_owned);
        let words = match files.text("words.json")? {
            Some(given) => {
                words::check(&given, &shape::read(&assets::words())).map_err(|what| format!("words.json: {what}"))?
            }
            None => serde_json::Map::new(),
        };
        let url = |name: &String| format!("/web/skin/{name}");
        let name = words.get("name").and_then(|name| name.as_str()).unwrap_or("Parlor").to_owned();
        let data = json!({ "logo": logo.as_ref().map(url), "words": words }).to_string().replace('<', "\\u003c");
        let skin = context! {
            name,
            css => files.has("skin.css"),
            logo => logo.as_ref().map(url),
            data => Value::from_safe_string(data),
        };
        let mut replaced = Vec::new();
        for file in files.names().filter_map(|name| name.strip_prefix("templates/")) {
            let source = files.text(&format!("templates/{file}"))?.unwrap_or_default();
            replaced.push((file.to_owned(), source));
        }
        let templates = Templates::replaced(replaced, skin)?;
        Ok(Self { templates, files, logo })
    }

    /// The file at `/web/skin/{path}`.
    pub(crate) fn file(&self, path: &str) -> Option<(Hash, Bytes)> {
        let own = path == "skin.css" || self.logo.as_deref() == Some(path);
        self.files.file(&if own { path.to_owned() } else { format!("static/{path}") })
    }

    /// The icon's path below `/web/`.
    pub(crate) fn icon(&self) -> Option<String> {
        self.logo.as_ref().map(|logo| format!("skin/{logo}"))
    }
}
