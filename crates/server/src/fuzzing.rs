//! The settings alone, as a library for the fuzz targets; the program has them as a module of its own.

#![allow(dead_code, unused_imports, unreachable_pub, reason = "the program uses what is not used here")]

mod config;

/// What reads the settings.
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::config::read_any as settings;
}
