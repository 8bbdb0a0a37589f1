//! `PARLOR_…` variables.

use std::ffi::{OsStr, OsString};

use super::{entries, setting::Entry, suggest::nearest};

/// How all of ours begin.
const OURS: &str = "PARLOR_";
/// Ours that are no settings of the server: what names the file, what `parlor relay` and tests read.
const OTHERS: &[&str] = &["PARLOR_CONFIG", "PARLOR_SERVER", "PARLOR_BIN", "PARLOR_MANY"];
const OTHERS_BEGIN: &[&str] = &["PARLOR_TEST_"];

/// The variables that begin with `PARLOR_`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        Self::new(std::env::vars_os())
    }

    /// These. One that is empty counts as not set.
    pub(crate) fn new(all: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let ours = all.into_iter().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let mut ours: Vec<_> = ours.filter(|(name, value)| name.starts_with(OURS) && !value.is_empty()).collect();
        ours.sort();
        Self(ours)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_os_str())
    }

    /// What it says of a setting: which variable, its value, and whether that is the path of a file with the secret.
    pub(super) fn says(&self, entry: &Entry) -> Option<(String, &OsStr, bool)> {
        let names = entry.variables();
        let plain = names.iter().find_map(|name| Some((name.clone(), self.get(name)?, false)));
        plain.or_else(|| {
            let mut files = names.iter().filter(|_| entry.about.secret).map(|name| format!("{name}_FILE"));
            files.find_map(|name| self.get(&name).map(|value| (name, value, true)))
        })
    }

    /// A sentence for each variable that nobody knows.
    pub(super) fn unknown(&self) -> Vec<String> {
        let mut known: Vec<String> = OTHERS.iter().map(|&name| name.to_owned()).collect();
        for entry in entries() {
            let names = entry.variables();
            if entry.about.secret {
                known.extend(names.iter().map(|name| format!("{name}_FILE")));
            }
            known.extend(names);
        }
        let is_known = |name: &str| {
            known.iter().any(|one| one == name) || OTHERS_BEGIN.iter().any(|begin| name.starts_with(begin))
        };
        let unknown = self.0.iter().filter(|(name, _)| !is_known(name));
        let say = |name: &str| match nearest(&name[OURS.len()..], known.iter().map(|one| &one[OURS.len()..])) {
            Some(meant) => format!("the variable {name} is no setting; perhaps you mean {OURS}{meant}"),
            None => format!("the variable {name} is no setting, and is ignored"),
        };
        unknown.map(|(name, _)| say(name)).collect()
    }
}
