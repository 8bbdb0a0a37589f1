//! What a server's process holds over a long time, and whether it grows.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::clock;
use crate::process::Server;

/// What a start brings with it is over by then.
const WARM: Duration = Duration::from_secs(30);
/// How much more (times, and bytes or pieces on top) the last quarter may hold than the first.
const GROWTH: f64 = 1.25;
const MEMORY_MORE: f64 = 8e6;
const PIECES_MORE: f64 = 64.0;

#[derive(Debug, Clone, Copy)]
struct Sample {
    memory: f64,
    files: f64,
    threads: f64,
}

/// Samples of every life of the server, without the first moments of each.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    since: Option<Instant>,
    all: Vec<Sample>,
}

impl Samples {
    pub(crate) fn take(&mut self, server: &Server) -> Result<()> {
        let since = *self.since.get_or_insert_with(clock::now);
        if since.elapsed() >= WARM {
            let sample = Sample { memory: server.resident()?, files: server.files()?, threads: server.threads()? };
            self.all.push(sample);
        }
        Ok(())
    }

    pub(crate) fn restarted(&mut self) {
        self.since = None;
    }

    fn quarter(&self, number: usize) -> &[Sample] {
        let length = self.all.len();
        &self.all[length * number / 4..length * (number + 1) / 4]
    }

    /// Medians of each quarter of the time.
    pub(crate) fn table(&self) -> String {
        let mut table = String::from("| quarter | memory (MB) | files | threads |\n|---|---|---|---|\n");
        for number in 0..4 {
            let quarter = self.quarter(number);
            let of = |field: Field| median(quarter, field);
            let (memory, files, threads) = (of(|one| one.memory) / 1e6, of(|one| one.files), of(|one| one.threads));
            let _ = writeln!(table, "| {} | {memory:.1} | {files:.0} | {threads:.0} |", number + 1);
        }
        table
    }

    /// What has grown from the first quarter to the last.
    pub(crate) fn grown(&self) -> Vec<String> {
        let fields: [(&str, Field, f64); 3] = [
            ("bytes of memory", |one| one.memory, MEMORY_MORE),
            ("files", |one| one.files, PIECES_MORE),
            ("threads", |one| one.threads, PIECES_MORE),
        ];
        let mut grown = Vec::new();
        for (name, field, more) in fields {
            let (first, last) = (median(self.quarter(0), field), median(self.quarter(3), field));
            if last > first * GROWTH + more {
                grown.push(format!("{name} grew from {first:.0} to {last:.0}"));
            }
        }
        grown
    }
}

/// One of a sample's numbers.
type Field = fn(&Sample) -> f64;

fn median(samples: &[Sample], field: Field) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(field).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_is_found_and_what_wavers_is_not() {
        let samples = |memory: fn(usize) -> f64| Samples {
            since: None,
            all: (0..400).map(|n| Sample { memory: memory(n), files: 1_020.0, threads: 12.0 }).collect(),
        };
        assert_eq!(samples(|n| 5e7 + (n % 7) as f64 * 1e6).grown(), Vec::<String>::new());
        assert_eq!(samples(|n| 5e7 + n as f64 * 2e5).grown().len(), 1);
    }
}
