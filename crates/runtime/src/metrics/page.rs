//! Numbers as Prometheus reads them (its text format, version 0.0.4).

use std::fmt::{Display, Write as _};

use super::{Sizes, Timings};

/// The text so far. Labels are written as they stand there: `kind="room"`, or nothing.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// What the text is, for `Content-Type`.
    pub const KIND: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Numbers that only grow; the name ends with `_total`.
    pub fn counter(&mut self, name: &str, help: &str, values: &[(&str, u64)]) {
        self.head(name, help, "counter");
        values.iter().for_each(|(labels, value)| self.line(name, labels, value));
    }

    /// Numbers that go up and down.
    pub fn gauge<T: Display>(&mut self, name: &str, help: &str, values: &[(&str, T)]) {
        self.head(name, help, "gauge");
        values.iter().for_each(|(labels, value)| self.line(name, labels, value));
    }

    /// How long things took.
    pub fn timings(&mut self, name: &str, help: &str, values: &[(&str, &Timings)]) {
        self.head(name, help, "histogram");
        for (labels, timings) in values {
            let (upto, count, sum) = timings.read();
            let comma = if labels.is_empty() { "" } else { "," };
            let bucket = format!("{name}_bucket");
            for (bound, count) in upto {
                self.line(&bucket, &format!("{labels}{comma}le=\"{bound}\""), &count);
            }
            self.line(&bucket, &format!("{labels}{comma}le=\"+Inf\""), &count);
            self.line(&format!("{name}_sum"), labels, &sum);
            self.line(&format!("{name}_count"), labels, &count);
        }
    }

    /// How many were together.
    pub fn sizes(&mut self, name: &str, help: &str, sizes: &Sizes) {
        self.head(name, help, "histogram");
        let (upto, count, sum) = sizes.read();
        let bucket = format!("{name}_bucket");
        for (bound, count) in upto {
            self.line(&bucket, &format!("le=\"{bound}\""), &count);
        }
        self.line(&bucket, "le=\"+Inf\"", &count);
        self.line(&format!("{name}_sum"), "", &sum);
        self.line(&format!("{name}_count"), "", &count);
    }

    /// All of it.
    pub fn into_text(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}.\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: &impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "{name} {value}"),
            labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
        };
    }
}
