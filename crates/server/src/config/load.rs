//! Putting the settings together: which file, and who says what of each.

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use super::{
    Config, Environment, Flags, PlaceFlags, SECTIONS, entries,
    file::{self, Said, Text},
    problem::{Fault, Origin, Problem, Problems},
    setting::{Entry, Given},
};

/// The file that is read where none is named.
const FOUND: &str = "parlor.toml";
/// The largest file with a secret.
const LARGEST_SECRET: u64 = 64 * 1024;

/// The settings, and where each comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// What is odd, but no reason not to start.
    pub(crate) warnings: Vec<String>,
    /// In the order of `entries`.
    origins: Vec<Origin>,
}

impl Loaded {
    /// Reads everything. All that is wrong comes back together.
    pub(crate) fn read(flags: &Flags, environment: &Environment) -> Result<Self, Problems> {
        let mut loaded = Self { origins: entries().map(|_| Origin::Default).collect(), ..Self::default() };
        let mut problems = Vec::new();
        match which(flags, environment) {
            Ok(Some(path)) => problems.extend(loaded.file(&path)),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
        problems.extend(loaded.environment(environment));
        problems.extend(loaded.flags(flags));
        loaded.warnings.extend(environment.unknown());
        if problems.is_empty() { Ok(loaded) } else { Err(Problems(problems)) }
    }

    /// The same for a command that needs to know no more than where the server's things are.
    pub(crate) fn place(flags: &PlaceFlags) -> Result<Config, Problems> {
        Self::read(&flags.0, &Environment::of_process()).map(|loaded| loaded.config)
    }

    /// A file alone, for `parlor config --check`.
    pub(crate) fn check(path: &Path) -> Result<Self, Problems> {
        let mut loaded = Self { origins: entries().map(|_| Origin::Default).collect(), ..Self::default() };
        let problems = loaded.file(path);
        if problems.is_empty() { Ok(loaded) } else { Err(Problems(problems)) }
    }

    /// Where a setting comes from.
    pub(super) fn origin(&self, entry: &Entry) -> Origin {
        let index = entries().position(|one| one.name == entry.name);
        index.and_then(|index| self.origins.get(index)).cloned().unwrap_or_default()
    }

    fn file(&mut self, path: &Path) -> Vec<Problem> {
        let text = match Text::read(path) {
            Ok(text) => text,
            Err(problem) => return vec![problem],
        };
        self.file = Some(path.to_owned());
        let mut secrets = false;
        let problems = text.settings(&SECTIONS, |entry, said, origin| {
            secrets |= entry.about.secret && matches!(said, Said::Value(_));
            match said {
                Said::Value(value) => self.set(entry, Given::Toml(value), origin),
                Said::Elsewhere(path) => self.secret(entry, &path, origin),
            }
        });
        // On a system with permissions, everybody else's: a group is somebody's choice.
        if secrets && fs::metadata(path).is_ok_and(|about| about.mode() & 0o004 != 0) {
            self.warnings.push(format!(
                "everybody on this machine can read {}, and there are secrets in it: `chmod 640 {0}`, or put them into files of their \
                 own (KEY_file = \"…\")",
                path.display()
            ));
        }
        problems
    }

    fn environment(&mut self, environment: &Environment) -> Vec<Problem> {
        let mut problems = Vec::new();
        for entry in entries() {
            let Some((name, word, elsewhere)) = environment.says(entry) else { continue };
            let origin = Origin::Variable(name);
            let set = if elsewhere {
                self.secret(entry, Path::new(word), origin.clone())
            } else {
                self.set(entry, Given::Word(word), origin.clone())
            };
            problems.extend(say(entry, &origin, word, set));
        }
        problems
    }

    fn flags(&mut self, flags: &Flags) -> Vec<Problem> {
        let mut problems = Vec::new();
        for entry in entries() {
            let Some(word) = flags.get(entry) else { continue };
            let origin = Origin::Flag(format!("--{}", entry.flag));
            let set = if entry.about.secret {
                self.secret(entry, Path::new(word), origin.clone())
            } else {
                self.set(entry, Given::Word(word), origin.clone())
            };
            problems.extend(say(entry, &origin, word, set));
        }
        problems
    }

    fn set(&mut self, entry: &Entry, given: Given<'_>, origin: Origin) -> Result<(), Vec<Fault>> {
        (entry.set)(&mut self.config, given)?;
        let index = entries().position(|one| one.name == entry.name);
        if let Some(known) = index.and_then(|index| self.origins.get_mut(index)) {
            *known = origin;
        }
        Ok(())
    }

    /// Sets it to what stands in a file, without the newline at its end.
    fn secret(&mut self, entry: &Entry, path: &Path, origin: Origin) -> Result<(), Vec<Fault>> {
        let say = |message: String| vec![Fault::of(format!("{}: {message}", path.display()))];
        let bytes = file::bytes(path, LARGEST_SECRET).map_err(say)?;
        let text = String::from_utf8(bytes).map_err(|_| say("it is not UTF-8".to_owned()))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        self.set(entry, Given::Word(OsStr::new(text)), origin)
            .map_err(|faults| faults.into_iter().flat_map(|fault| say(fault.message)).collect())
    }
}

/// For the fuzz target: any bytes as a file. What is wrong has a place in it.
#[allow(dead_code, reason = "only the library for the fuzz target calls it")]
pub(crate) fn read_any(bytes: &[u8]) {
    let Ok(text) = Text::new(Path::new("fuzz"), bytes.to_vec()) else { return };
    let mut config = Config::default();
    let problems = text.settings(&SECTIONS, |entry, said, _| match said {
        Said::Value(value) => (entry.set)(&mut config, Given::Toml(value)),
        Said::Elsewhere(_) => Ok(()),
    });
    for problem in problems {
        assert!(matches!(problem.origin, Origin::File { .. } | Origin::WholeFile(_)) && !problem.message.is_empty());
    }
    // What can be read can be shown and read again.
    for entry in entries() {
        let Some(shown) = (entry.show)(&config) else { continue };
        let value = toml::de::DeValue::parse(&shown).expect("what is shown is TOML");
        (entry.set)(&mut config, Given::Toml(&value)).expect("what is shown can be read");
    }
}

/// What is wrong with a word, with the word if it is no secret.
fn say(entry: &Entry, origin: &Origin, word: &OsStr, set: Result<(), Vec<Fault>>) -> Vec<Problem> {
    let shown = if entry.about.secret { String::new() } else { shorten(&word.to_string_lossy()) };
    let faults = set.err().unwrap_or_default().into_iter();
    faults.map(|fault| Problem { origin: origin.clone(), message: format!("{shown}{}", fault.message) }).collect()
}

/// A word as it can be shown in a line, with a space behind it.
fn shorten(word: &str) -> String {
    let mut shown: String = word.chars().take(60).flat_map(char::escape_debug).collect();
    if word.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("`{shown}`: ")
}

/// The file to read. One that nobody has named must be one's own: a folder may be anybody's, such as the one for temporary
/// files.
fn which(flags: &Flags, environment: &Environment) -> Result<Option<PathBuf>, Problem> {
    if let Some(path) = &flags.file {
        return Ok(Some(path.clone()));
    }
    if let Some(path) = environment.get("PARLOR_CONFIG") {
        return Ok((path != "none").then(|| path.into()));
    }
    let path = PathBuf::from(FOUND);
    let Ok(about) = fs::metadata(&path) else { return Ok(None) };
    let me = rustix::process::geteuid().as_raw();
    if (about.uid() != me && about.uid() != 0) || about.mode() & 0o002 != 0 {
        let message = format!(
            "this file in the working directory belongs to somebody else, or everybody can write it; say `--config {FOUND}` if it is \
             meant, or PARLOR_CONFIG=none if it is not"
        );
        return Err(Problem { origin: Origin::WholeFile(path), message });
    }
    Ok(Some(path))
}
