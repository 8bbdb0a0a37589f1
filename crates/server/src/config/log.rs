//! `[log]`.

use std::{fmt, path::PathBuf, str::FromStr};

use tracing_subscriber::EnvFilter;

use super::setting::{About, SETTING, choice, section, text_setting};

section! {
    /// What the server says on standard error while it runs.
    struct Log as log in "log" {
        /// How much is said: error, warn, info, debug or trace; for parts apart as in `info,parlor_bots=debug`
        level: Level = Level::default(),
            About { env: "PARLOR_LOG", short: Some('l'), reload: true, ..SETTING };

        /// How lines look: pretty for people; compact without time and colours, for a log that has its own; json for programs
        format: Format = Format::Pretty, About { reload: true, ..SETTING };

        /// Write it to this file instead, from when the server is open; SIGHUP opens the file anew
        file: Option<PathBuf> = None, About { value: "FILE", example: "\"parlor.log\"", ..SETTING };
    }
}

/// Which lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level(String);

impl Default for Level {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Level {
    pub(crate) fn filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let say = "say error, warn, info, debug or trace, or for parts apart as in info,parlor_bots=debug";
        // A single word that is no level would be taken for a part's name, and everything else be silent.
        let known = ["error", "warn", "info", "debug", "trace", "off"];
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if text.is_empty() || plain && !known.contains(&text.to_ascii_lowercase().as_str()) {
            return Err(say.to_owned());
        }
        EnvFilter::try_new(text).map(|_| Self(text.to_owned())).map_err(|_| say.to_owned())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Level, "LEVEL");

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Pretty,
    Compact,
    Json,
}

choice!(Format { Pretty => "pretty", Compact => "compact", Json => "json" });
