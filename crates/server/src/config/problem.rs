//! Where a setting comes from, and what is wrong with one.

use std::{fmt, ops::Range, path::PathBuf};

/// Where a setting's value comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody has set it.
    #[default]
    Default,
    /// The configuration file, at this line and column (of characters), from 1.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// The configuration file as a whole.
    WholeFile(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// The command line: the option with its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::WholeFile(path) => write!(f, "{}", path.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Something that is wrong with the settings: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

/// All that is wrong, each on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\nparlor: " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// What is wrong with a value, and in which bytes of the file, where that is not the whole value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Option<Range<usize>>,
    pub(crate) message: String,
}

impl Fault {
    /// The whole value is wrong.
    pub(crate) fn of(message: String) -> Self {
        Self { span: None, message }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self::of(message)
    }
}
