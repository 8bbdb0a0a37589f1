//! `[assistant]`.

use std::path::PathBuf;

use parlor_gateway_assistant::{Settings, Source};

use super::{
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
    }
}

impl Assistant {
    /// As the gateway takes them.
    pub(crate) fn settings(&self) -> Settings {
        Settings { allowed_origins: self.allowed_origins.iter().map(ToString::to_string).collect() }
    }

    /// Where flows are files.
    pub(crate) fn source(&self) -> Option<Source> {
        self.flows.as_ref().map(Source::new)
    }
}
