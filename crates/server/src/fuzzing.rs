//! The settings alone, as a library for the fuzz targets; the program has them as a module of its own.

#![allow(dead_code, unused_imports, unused_macros, reason = "the program uses what is not used here")]

mod config;

/// What reads the settings.
#[doc(hidden)]
pub mod fuzzing {
    /// Any bytes as a file. What is wrong has a place in it.
    pub fn settings(bytes: &[u8]) {
        crate::config::read_any(bytes);
    }
}
