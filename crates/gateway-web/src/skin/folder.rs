//! A skin's folder: what may be in it, and reading it whole.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use bytes::Bytes;

use super::words::distance;
use crate::{assets::Hash, templates::REPLACEABLE};

/// What may be in it.
const ALLOWED: &str = "skin.css, logo.svg or logo.png, words.json, templates/ and static/";
/// What may be in `static/`, by the names' endings.
const KINDS: &[&str] = &["css", "js", "svg", "png", "jpg", "jpeg", "webp", "woff2", "json", "txt"];
/// The most files, bytes of all of them, and folders inside each other.
const MOST_FILES: usize = 500;
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const DEEPEST: usize = 8;

/// Every file's path, when it was changed and how long it is: what tells whether to read it again.
pub(super) type Stamp = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// The files by their paths, with `/`.
pub(super) struct Folder(BTreeMap<String, (Hash, Bytes)>);

impl Folder {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn file(&self, name: &str) -> Option<(Hash, Bytes)> {
        self.0.get(name).cloned()
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let Some((_, bytes)) = self.0.get(name) else { return Ok(None) };
        String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| format!("{name} is not UTF-8"))
    }
}

/// What is in the folder now, without reading it.
pub(super) fn stamp(folder: &Path) -> Result<Stamp, String> {
    let mut stamp = Vec::new();
    walk(folder, 0, &mut stamp)?;
    stamp.sort();
    Ok(stamp)
}

fn walk(folder: &Path, depth: usize, stamp: &mut Stamp) -> Result<(), String> {
    let unreadable = |path: &Path, error: std::io::Error| format!("{} can't be read: {error}", path.display());
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        // What an editor or a system leaves there.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        let about = fs::metadata(&path).map_err(|error| unreadable(&path, error))?;
        if about.is_dir() && depth < DEEPEST {
            walk(&path, depth + 1, stamp)?;
        } else if about.is_file() {
            stamp.push((path, about.modified().ok(), about.len()));
        }
        if stamp.len() > MOST_FILES {
            return Err(format!("it has more than {MOST_FILES} files; is it the right folder?"));
        }
    }
    Ok(())
}

/// Reads all of it. The error is a sentence.
pub(super) fn read(folder: &Path) -> Result<Folder, String> {
    let stamp = stamp(folder)?;
    let whole: u64 = stamp.iter().map(|(_, _, length)| length).sum();
    if whole > MOST_BYTES {
        return Err(format!("its files have more than {} MiB together", MOST_BYTES / 1024 / 1024));
    }
    let mut files = BTreeMap::new();
    for (path, ..) in stamp {
        let parts = path.strip_prefix(folder).unwrap_or(&path).components();
        let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if name.ends_with(".md") || name.starts_with("LICENSE") {
            continue;
        }
        allowed(&name)?;
        let bytes = fs::read(&path).map_err(|error| format!("{name} can't be read: {error}"))?;
        files.insert(name, (hash(&bytes), Bytes::from(bytes)));
    }
    if files.contains_key("logo.svg") && files.contains_key("logo.png") {
        return Err("it has logo.svg and logo.png; leave one of them".to_owned());
    }
    Ok(Folder(files))
}

fn allowed(name: &str) -> Result<(), String> {
    if let Some(template) = name.strip_prefix("templates/") {
        if REPLACEABLE.contains(&template) {
            return Ok(());
        }
        return Err(format!("{name} replaces nothing; the templates are {}", REPLACEABLE.join(", ")));
    }
    if let Some(file) = name.strip_prefix("static/") {
        let kind = file.rsplit_once('.').map_or("", |(_, kind)| kind);
        if KINDS.contains(&kind) {
            return Ok(());
        }
        return Err(format!("{name} is of a kind that is not served; in static/ may be {}", KINDS.join(", ")));
    }
    let known = ["skin.css", "logo.svg", "logo.png", "words.json"];
    if known.contains(&name) {
        return Ok(());
    }
    let near = known.iter().find(|known| distance(known, name) <= 2);
    let hint = near.map(|known| format!(" (did you mean {known}?)")).unwrap_or_default();
    Err(format!("{name} is not known{hint}; in it may be {ALLOWED}"))
}

/// Tells files apart, for ETags; nobody gains by making two alike.
fn hash(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    for (part, nth) in hash.chunks_exact_mut(8).zip(0u8..) {
        let mut hasher = DefaultHasher::new();
        (nth, bytes).hash(&mut hasher);
        part.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    hash
}
