//! The configuration file: read, with the line and column of everything that is wrong with it.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    ops::Range,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    problem::{Fault, Origin, Problem},
    setting::{Entry, Section},
    suggest::nearest,
};

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// How many things that are wrong are said, and where.
const MOST: usize = 50;

/// A file's text, and its name.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) path: PathBuf,
    text: String,
}

/// What a file says of a setting.
pub(crate) enum Said<'a> {
    /// Its value.
    Value(&'a Spanned<DeValue<'a>>),
    /// The file in which the secret is.
    Elsewhere(PathBuf),
}

impl Text {
    /// Reads it.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let say = |message: String| Problem { origin: Origin::WholeFile(path.to_owned()), message };
        let bytes = bytes(path, LARGEST).map_err(say)?;
        Self::new(path, bytes)
    }

    /// The same, of bytes that are read already.
    pub(crate) fn new(path: &Path, bytes: Vec<u8>) -> Result<Self, Problem> {
        String::from_utf8(bytes).map(|text| Self { path: path.to_owned(), text }).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
            let origin = Self { path: path.to_owned(), text }.place(good);
            Problem { origin, message: "here it is not UTF-8; save the file as UTF-8".to_owned() }
        })
    }

    /// The line and column of a byte.
    pub(crate) fn place(&self, at: usize) -> Origin {
        let before = self.text.get(..at).unwrap_or(&self.text);
        // The mark that some editors put before the text is not part of its first line.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Origin::File { path: self.path.clone(), line, column }
    }

    /// Reads the TOML and gives every setting to `each`, which sets it. All that is wrong comes back, in the file's order.
    pub(crate) fn settings(
        &self,
        sections: &[Section],
        mut each: impl FnMut(&Entry, Said<'_>, Origin) -> Result<(), Vec<Fault>>,
    ) -> Vec<Problem> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        let mut wrong: Vec<(usize, String)> = Vec::new();
        if errors.is_empty() {
            let mut walk = Walk { sections, text: self, wrong: &mut wrong, each: &mut each };
            walk.table("", table.get_ref());
        } else {
            // What comes of a broken text says nothing about what was meant.
            let said = |error: &toml::de::Error| {
                let message = error.message().lines().next().unwrap_or("this is not TOML").to_owned();
                (error.span().map_or(0, |span| span.start), message)
            };
            wrong.extend(errors.iter().map(said));
        }
        let all = wrong.len();
        wrong.retain(|(_, message)| !message.is_empty());
        wrong.sort();
        wrong.truncate(MOST);
        let more = all - wrong.len();
        let mut problems: Vec<_> =
            wrong.into_iter().map(|(at, message)| Problem { origin: self.place(at), message }).collect();
        if more > 0 {
            let message = format!("and {more} more; is it the right file?");
            problems.push(Problem { origin: Origin::WholeFile(self.path.clone()), message });
        }
        problems
    }
}

/// The bytes of a file of reasonable size, or a sentence.
pub(super) fn bytes(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let say = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "the system does not let this user read it".to_owned(),
        ErrorKind::IsADirectory => "this is a folder; name the file in it".to_owned(),
        _ => format!("it can't be read: {error}"),
    };
    let file = File::open(path).map_err(say)?;
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes).map_err(say)?;
    if bytes.len() as u64 > largest {
        return Err(format!("it is larger than {} KiB; is it the right file?", largest / 1024));
    }
    Ok(bytes)
}

struct Walk<'a, Each> {
    sections: &'a [Section],
    text: &'a Text,
    wrong: &'a mut Vec<(usize, String)>,
    each: &'a mut Each,
}

impl<Each: FnMut(&Entry, Said<'_>, Origin) -> Result<(), Vec<Fault>>> Walk<'_, Each> {
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        let sections = self.sections;
        let entries = sections.iter().find(|one| one.name == section).map_or(&[][..], |one| &one.entries);
        for (key, value) in table {
            let written = key.get_ref().as_ref();
            let name = if section.is_empty() { written.to_owned() } else { format!("{section}.{written}") };
            let secret = || {
                let secret = written.strip_suffix("_file")?;
                entries.iter().find(|entry| entry.about.secret && entry.key == secret)
            };
            if let Some(entry) = entries.iter().find(|entry| entry.key == written) {
                self.set(entry, Said::Value(value), key.span(), value.span());
            } else if let Some(entry) = secret() {
                match value.get_ref().as_str() {
                    Some(_) if table.contains_key(entry.key) => {
                        self.say(key.span(), format!("`{name}` and `{}` can't both be set", entry.name));
                    }
                    Some(path) => self.set(entry, Said::Elsewhere(path.into()), key.span(), value.span()),
                    None => self.say(value.span(), format!("`{name}`: give a path in quotation marks")),
                }
            } else if sections.iter().any(|one| is_within(one.name, &name)) {
                match value.get_ref() {
                    DeValue::Table(table) => self.table(&name, table),
                    _ => self.say(key.span(), self.no_value(&name)),
                }
            } else {
                // What is not said need not be found out; it only counts.
                let said = self.wrong.len() < MOST;
                self.say(key.span(), if said { unknown(sections, section, written) } else { String::new() });
            }
        }
    }

    fn set(&mut self, entry: &Entry, said: Said<'_>, key: Range<usize>, whole: Range<usize>) {
        for fault in (self.each)(entry, said, self.text.place(key.start)).err().unwrap_or_default() {
            let message = format!("`{}`: {}", entry.name, fault.message);
            self.say(fault.span.unwrap_or_else(|| whole.clone()), message);
        }
    }

    fn say(&mut self, span: Range<usize>, message: String) {
        self.wrong.push((span.start, message));
    }

    fn no_value(&self, name: &str) -> String {
        let mode = format!("{name}.mode");
        let has_mode = self.sections.iter().flat_map(|section| &section.entries).any(|entry| entry.name == mode);
        let hint = if has_mode { format!("; perhaps you mean `mode` in [{name}]") } else { String::new() };
        format!("[{name}] is a section, whose settings stand in lines below it, and no value{hint}")
    }
}

/// Whether a section is `name`, or lies somewhere below it.
fn is_within(section: &str, name: &str) -> bool {
    section.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What to say of a name that does not exist.
fn unknown(sections: &[Section], section: &str, written: &str) -> String {
    let is = |of: &Section| of.name == section;
    let place = if section.is_empty() { "above the first section".to_owned() } else { format!("in [{section}]") };
    let there = format!("there is no setting `{written}` {place}");
    let all = || sections.iter().flat_map(|section| &section.entries);
    // The same name elsewhere, or the name of its flag.
    let dashed = written.replace('_', "-");
    let homes: Vec<_> = all().filter(|entry| entry.key == written || entry.flag == dashed).collect();
    if !homes.is_empty() {
        let places: Vec<_> = homes.iter().map(|entry| format!("`{}` in [{}]", entry.key, entry.section)).collect();
        return format!("{there}; perhaps you mean {}", places.join(" or "));
    }
    let own = sections.iter().find(|section| is(section)).map_or(&[][..], |section| &section.entries);
    if let Some(key) = nearest(written, own.iter().map(|entry| entry.key)) {
        return format!("{there}; perhaps you mean `{key}`");
    }
    let full = if section.is_empty() { written.to_owned() } else { format!("{section}.{written}") };
    if let Some(name) = nearest(&full, sections.iter().map(|section| section.name)) {
        return format!("there is no section [{full}]; perhaps you mean [{name}]");
    }
    if let Some(key) = nearest(written, all().map(|entry| entry.key)) {
        let homes: Vec<_> =
            all().filter(|entry| entry.key == key).map(|entry| format!("[{}]", entry.section)).collect();
        return format!("{there}; perhaps you mean `{key}` in {}", homes.join(" or "));
    }
    format!("{there}; `parlor config --example` shows all")
}
