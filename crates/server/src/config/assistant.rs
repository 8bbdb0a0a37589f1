//! `[assistant]`.

use std::path::PathBuf;

use parlor_gateway_assistant::{Hours, Settings, Source};

use super::{
    hours::{Span, Zone},
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
    }
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
        }
    }

    /// Where flows are files.
    pub(crate) fn source(&self) -> Option<Source> {
        self.flows.as_ref().map(Source::new)
    }
}
