//! `[assistant]`.

use std::{path::PathBuf, time::Duration};

use parlor_gateway_assistant::{Hours, Settings, Source};

use super::{
    hours::{Span, Zone},
    quantities::Size,
    server::Origin,
    setting::{About, SETTING, section},
};

section! {
    /// The assistant: flows that lead visitors of a web site, each in a session of their own.
    struct Assistant as assistant in "assistant" {
        /// Flows: a folder with one in each file, named by the file, or one file; read again when one changes
        flows: Option<PathBuf> = None,
            About { flag: "flows", env: "PARLOR_FLOWS", value: "PATH", example: "\"flows\"", common: true, ..SETTING };

        /// The sites whose pages may hold the widget; any without
        allowed_origins: Vec<Origin> = Vec::new(), About { example: "[\"https://www.example.org\"]", ..SETTING };

        /// When people are there to take over, for flows that don't say so themselves; always without. Outside of it a flow asks for an
        /// e-mail address before it asks for a person
        hours: Vec<Span> = Vec::new(), About { example: "[\"mon-fri 09:00-17:00\", \"sat 10:00-13:00\"]", ..SETTING };

        /// The time zone of `hours`: a name, or an offset such as +01:00
        timezone: Zone = Zone("UTC".to_owned()), About { example: "\"Europe/Madrid\"", ..SETTING };

        /// How large a file may be that a visitor sends, where a flow asks for one
        file_limit: Size = Size(10 << 20), About { example: "\"25MiB\"", ..SETTING }, check file;

        /// After how long a session ends in which nothing happens; who waits for a person is waited with; 0 for never
        expire_after: Duration = Duration::from_secs(30 * 86_400), About { example: "\"7d\"", ..SETTING };

        /// After how long a session is erased that is over, or in which nothing happens: what was said, and what is known of the visitor
        delete_after: Option<Duration> = None, About { example: "\"365d\"", ..SETTING };
    }
}

/// What is held in memory whole.
fn file(size: &Size) -> Result<(), String> {
    if (1 << 10..=64 << 20).contains(&size.0) { Ok(()) } else { Err("give a size from 1KiB to 64MiB".to_owned()) }
}

impl Assistant {
    /// As the gateway takes them.
    pub(crate) fn settings(&self) -> Settings {
        let spans: Vec<String> = self.hours.iter().map(ToString::to_string).collect();
        Settings {
            allowed_origins: self.allowed_origins.iter().map(ToString::to_string).collect(),
            hours: Some(spans)
                .filter(|spans| !spans.is_empty())
                .and_then(|spans| Hours::read(&spans, &self.timezone.to_string()).ok()),
            file_limit: self.file_limit.0,
            expire_after: Some(self.expire_after).filter(|age| !age.is_zero()),
            delete_after: self.delete_after,
        }
    }

    /// Where flows are files.
    pub(crate) fn source(&self) -> Option<Source> {
        self.flows.as_ref().map(Source::new)
    }
}
