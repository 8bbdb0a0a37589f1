//! A report for people.

use std::time::Duration;

use parlor_rooms::Timestamp;

use super::report::{Backup, Report, State};
use crate::{
    backup::name::readable,
    meter::{seconds, size},
};

/// What is said of a state, behind the server's name.
fn sentence(state: State) -> &'static str {
    match state {
        State::Ready => "is ready",
        State::Full => "runs, but its disk is full or its data_limit is reached: nothing can be stored. Free some room",
        State::Stuck => "runs, but what is posted does not get through; look at its log, then restart it",
        State::Stopping => "is ending",
        State::Silent | State::Stopped => "does not answer",
    }
}

/// All of it.
pub(super) fn text(report: &Report) -> String {
    let Report { version, process, url, .. } = report;
    let mut text = format!("Parlor {version} (process {process}) {}: {url}\n", sentence(report.state));
    let mut line = |what: &str, said: String| text.push_str(&format!("  {what:<10} {said}\n"));
    line("running", format!("since {} ({})", time(report.since), long(report.up)));
    let numbers = report.numbers.as_ref().map(|at| format!("; its numbers at {at}/metrics")).unwrap_or_default();
    let listening = report.listening.join(", ");
    line("listening", format!("{listening} ({}, accounts {}){numbers}", report.mode, report.accounts));
    let data = &report.data;
    let free = data.free.map(|free| format!("; {} free", size(free))).unwrap_or_default();
    let sizes = [data.database, data.log, data.search].map(size);
    let [database, log, search] = sizes;
    line("data", format!("{}: database {database}, its log {log}, search {search}{free}", data.folder.display()));
    let sockets = many(report.websockets.rooms, "websocket");
    line("rooms", format!("{} in memory, with {sockets}", report.rooms_in_memory));
    let bots = report.bots.map_or("unknown".to_owned(), |bots| bots.to_string());
    let deliveries = many(report.deliveries.under_way, "delivery under way");
    let waiting = report.deliveries.waiting;
    line("bots", format!("{bots}, {} connected; {deliveries}, {waiting} waiting", report.websockets.bots));
    line(
        "posts",
        format!("{} in the last minute, {} since the start", report.posts.last_minute, report.posts.since_start),
    );
    line("backup", report.backup.as_ref().map_or_else(|| "none that the server takes itself".to_owned(), backup));
    if let Some(failed) = report.backup.as_ref().and_then(|backup| backup.failed.as_ref()) {
        line("", format!("failed {}: {}", time(failed.at), failed.why));
    }
    let memory = report.memory.map(|bytes| format!("{}, ", size(bytes))).unwrap_or_default();
    let files = report.open_files.map(|open| format!("{open} open files")).unwrap_or_default();
    let most = report.max_files.map(|most| format!(" of {most}")).unwrap_or_default();
    line("memory", format!("{memory}{files}{most}"));
    text
}

fn backup(backup: &Backup) -> String {
    let last = match (backup.last, backup.size, backup.took) {
        (None, ..) => "none yet".to_owned(),
        (Some(at), Some(bytes), Some(took)) => {
            format!("{} ({} in {})", time(at), size(bytes), seconds(Duration::from_secs_f64(took.max(0.0))))
        }
        (Some(at), ..) => time(at),
    };
    format!("{last}; every {} to {}", long(backup.every), backup.folder.display())
}

fn time(seconds: i64) -> String {
    readable(Timestamp(seconds.saturating_mul(1_000_000)))
}

/// The two largest units of a duration.
fn long(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, name) in units {
        if rest >= unit {
            parts.push(format!("{} {name}", rest / unit));
            rest %= unit;
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

fn many(count: u64, one: &str) -> String {
    let (noun, rest) = one.split_once(' ').unwrap_or((one, ""));
    let noun = match (count, noun.strip_suffix('y')) {
        (1, _) => noun.to_owned(),
        (_, Some(begin)) => format!("{begin}ies"),
        (_, None) => format!("{noun}s"),
    };
    format!("{count} {noun} {rest}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_counts_are_for_people() {
        assert_eq!([0, 59, 61, 21_600, 200_000].map(long), ["0 s", "59 s", "1 min 1 s", "6 h", "2 d 7 h"]);
        assert_eq!(many(1, "delivery under way"), "1 delivery under way");
        assert_eq!(many(2, "delivery under way"), "2 deliveries under way");
        assert_eq!(many(0, "websocket"), "0 websockets");
    }
}
