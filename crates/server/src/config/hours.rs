//! When people are there: lines such as `mon-fri 09:00-17:00`, and a time zone.

use std::{fmt, str::FromStr};

use parlor_gateway_assistant::Hours;

use super::setting::text_setting;

/// Some hours of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) String);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Hours::read(&[text.to_owned()], "Z").map(|_| Self(text.trim().to_owned()))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Span, "DAYS FROM-TO");

/// Where clocks show these hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone(pub(crate) String);

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Hours::read(&[], text.trim()).map(|_| Self(text.trim().to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Zone, "ZONE");
