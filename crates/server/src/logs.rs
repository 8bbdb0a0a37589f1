//! What the server says while it runs: on standard error, in the format that is set.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, IsTerminal as _},
};

use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

use crate::config::{Format, Log};

type Filtered = reload::Layer<EnvFilter, Registry>;
type Lines = Box<dyn Layer<tracing_subscriber::layer::Layered<Filtered, Registry>> + Send + Sync>;

/// The log, which can be changed while it is written.
#[derive(Clone)]
pub(crate) struct Logs {
    filter: reload::Handle<EnvFilter, Registry>,
    lines: reload::Handle<Lines, tracing_subscriber::layer::Layered<Filtered, Registry>>,
}

impl Logs {
    /// Everything that is said from here on is written.
    pub(crate) fn begin(log: &Log) -> Self {
        let (filter_layer, filter) = reload::Layer::new(log.level.filter());
        let (lines_layer, lines) = reload::Layer::new(lines(log));
        tracing_subscriber::registry().with(filter_layer).with(lines_layer).init();
        std::panic::set_hook(Box::new(|panic| tracing::error!(target: "panic", backtrace = backtrace(), "{panic}")));
        Self { filter, lines }
    }

    /// From now on like this.
    pub(crate) fn change(&self, log: &Log) {
        let changed = self.filter.reload(log.level.filter()).and_then(|()| self.lines.reload(lines(log)));
        if let Err(error) = changed {
            tracing::error!(%error, "the log stays as it was");
        }
    }
}

/// Where it happened, if RUST_BACKTRACE asks for that.
fn backtrace() -> Option<String> {
    let backtrace = Backtrace::capture();
    (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string())
}

fn lines(log: &Log) -> Lines {
    let plain = fmt::layer().with_writer(io::stderr).with_target(false);
    // https://no-color.org: set to anything but nothing.
    let terminal = log.file.is_none() && io::stderr().is_terminal();
    let colours = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match log.format {
        Format::Pretty => plain.with_ansi(colours).boxed(),
        Format::Compact => plain.with_ansi(false).compact().without_time().boxed(),
        Format::Json => plain.with_ansi(false).json().flatten_event(true).with_target(true).boxed(),
    }
}
