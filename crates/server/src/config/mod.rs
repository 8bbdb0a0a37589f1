//! The server's settings: the command line over `PARLOR_…` variables over the file (TOML) over defaults.
//!
//! **A new setting** is four lines in its section's file (`server.rs`, `bots.rs`, …): a description, a name with its type and
//! default, and what else is to be said ([`About`](setting::About)). From these come its flag, its variables, its place in the
//! file, `parlor config`, the example file and the reference page; `cargo xtask settings` writes the last two.
//! A type that is new here needs [`Setting`](setting::Setting): [`text_setting!`](setting::text_setting) if it is written as text
//! (`FromStr`, `Display`), [`choice!`](setting::choice) if it is one of a few words. A list is a `Vec`, also one of tables
//! (`[[irc.network]]`), whose type reads a table and says in which bytes its faults are.
//!
//! **A new section** is a file with [`section!`](setting::section), and a line in `sections!` below.
//!
//! **While the server runs**, [`Settings`] tells what holds now; what is `reload` in its section may change there by SIGHUP.

mod accounts;
mod assistant;
mod backup;
mod bots;
mod environment;
mod file;
mod flags;
mod hours;
mod hub;
mod limits;
mod listen;
mod load;
mod log;
mod login_header;
mod metrics;
mod oidc;
mod outbound;
mod print;
mod problem;
mod quantities;
mod reload;
mod rooms;
mod server;
mod setting;
mod suggest;
#[cfg(test)]
mod tests;
mod tls;
mod values;

use std::sync::LazyLock;

#[allow(unused_imports, reason = "for the fuzz target")]
pub(crate) use self::load::read_any;
use self::setting::{Entry, Section};
pub(crate) use self::{
    backup::often,
    environment::Environment,
    flags::{Flags, PlaceFlags},
    listen::{Listen, Place, Speaks},
    load::Loaded,
    log::{Format, Log},
    print::{example, holds, reference},
    quantities::duration,
    reload::Settings,
    server::DataLimit,
    tls::Files,
};

macro_rules! sections {
    ($($field:ident: $section:path),* $(,)?) => {
        /// What holds.
        #[derive(Debug, Clone, Default)]
        #[allow(missing_docs, reason = "each section says what it is")]
        pub(crate) struct Config {
            $(pub(crate) $field: $section,)*
        }

        /// All sections, in the order in which they are shown.
        static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| vec![$(<$section>::section()),*]);
    };
}

sections! {
    server: server::Server,
    tls: tls::Tls,
    accounts: accounts::AccountSettings,
    login_header: login_header::LoginHeader,
    oidc: oidc::Oidc,
    bots: bots::Bots,
    outbound: outbound::Outbound,
    limits: limits::Limits,
    rooms: rooms::Rooms,
    hub: hub::HubSettings,
    assistant: assistant::Assistant,
    backup: backup::Backup,
    log: log::Log,
    metrics: metrics::Metrics,
}

/// All settings, in the order in which they are shown.
fn entries() -> impl Iterator<Item = &'static Entry> {
    SECTIONS.iter().flat_map(|section| &section.entries)
}
