//! How a file's path is spelled. Nothing on the disk is named by it; but who fetches files may save them under it.

use std::fmt;

/// Levels of folders, the file's own name among them.
const LEVELS: usize = 16;
/// Bytes of one name, as file systems have it.
const NAME: usize = 255;
/// Bytes of a path.
const PATH: usize = 1_024;

/// Where a file is in its client's folder: names with `/` between them, told apart by upper and lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FilePath(String);

/// Why something is no path; it follows “a file's path”.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoPath {
    #[error("has at most {PATH} bytes, and {NAME} in each name")]
    TooLong,
    #[error("has at most {LEVELS} levels")]
    TooDeep,
    #[error("has no empty names: no `/` at its beginning or end, and no two in a row")]
    Empty,
    #[error("has no names `.` and `..`")]
    Dots,
    #[error("has no backslashes and no control characters")]
    Character,
    #[error("has no names that begin as drives do, like `C:`")]
    Drive,
}

impl FilePath {
    /// Reads one whose percent-encoding is undone.
    pub(crate) fn parse(text: &str) -> Result<Self, NoPath> {
        if text.len() > PATH {
            return Err(NoPath::TooLong);
        }
        if text.split('/').count() > LEVELS {
            return Err(NoPath::TooDeep);
        }
        text.split('/').try_for_each(check)?;
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that it is in, the outermost first.
    pub(super) fn folders(&self) -> impl Iterator<Item = Self> {
        self.0.match_indices('/').map(|(at, _)| Self(self.0[..at].to_owned()))
    }

    /// Before all that would be in it if it were a folder, and after whatever sorts before those.
    pub(super) fn as_folder(&self) -> Self {
        Self(format!("{}/", self.0))
    }

    /// Whether this, from [`Self::as_folder`], has that in it.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// What its name says it is: what follows the last dot, in lower case.
    pub(super) fn extension(&self) -> String {
        let name = self.0.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(name: &str) -> Result<(), NoPath> {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    match name {
        "" => Err(NoPath::Empty),
        "." | ".." => Err(NoPath::Dots),
        _ if name.len() > NAME => Err(NoPath::TooLong),
        _ if name.contains(|c: char| c == '\\' || c.is_control()) => Err(NoPath::Character),
        _ if drive => Err(NoPath::Drive),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_names_with_slashes_between() {
        let long = "n".repeat(NAME);
        let deep = vec!["d"; LEVELS].join("/");
        for path in
            ["a", "a/b/c.txt", ".hidden", "...", "a b", "Ä/ß.txt", "%2e%2e/a", "~/a", "12:30", "$(a)", &long, &deep]
        {
            assert_eq!(FilePath::parse(path).map(|path| path.0).as_deref(), Ok(path));
        }
    }

    #[test]
    fn every_spelling_of_something_outside_is_refused() {
        let too_long = "n".repeat(NAME + 1);
        let (too_deep, too_much) = (vec!["d"; LEVELS + 1].join("/"), vec!["n".repeat(100); 11].join("/"));
        let refused = [
            (NoPath::Empty, &["", "/", "//", "/etc/passwd", "a/", "a//b", "//server/share"] as &[&str]),
            (NoPath::Dots, &[".", "..", "../a", "a/..", "a/../../b", "./a", "a/./b"]),
            (
                NoPath::Character,
                &["..\\a", "a\\b", "C:\\a", "\\\\server\\share", "a\0", "a\0.txt", "a\nb", "\u{7f}", "a/\u{85}"],
            ),
            (NoPath::Drive, &["C:", "c:a", "C:/a", "a/d:stream"]),
            (NoPath::TooLong, &[&too_long, &too_much]),
            (NoPath::TooDeep, &[&too_deep]),
        ];
        for (why, paths) in refused {
            for path in paths {
                assert_eq!(FilePath::parse(path), Err(why), "{path:?}");
            }
        }
    }

    #[test]
    fn the_extension_is_that_of_the_name() {
        for (path, extension) in [("a.TXT", "txt"), ("a.txt/b", ""), ("a.tar.gz", "gz"), (".png", "png"), ("a.", "")] {
            assert_eq!(FilePath::parse(path).map(|path| path.extension()).as_deref(), Ok(extension), "{path}");
        }
    }

    proptest! {
        /// Were it ever joined to a folder, it would stay in there.
        #[test]
        fn no_input_leads_outside(text in r"([a-cC]|\.|/|\\|:|\x00|%2e|%2f|\PC){0,24}") {
            if let Ok(path) = FilePath::parse(&text) {
                let below = Path::new(path.as_str());
                prop_assert!(below.components().all(|part| matches!(part, Component::Normal(_))));
                prop_assert_eq!(below.components().count(), text.split('/').count());
                prop_assert!(!text.contains(['\\', '\0']));
            }
        }
    }
}
