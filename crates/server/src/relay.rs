//! `parlor relay`: a program on this computer becomes a bot of a room.

use anyhow::{Context as _, Result};
use parlor_relay::Options;

use crate::cli::Relay;

pub(crate) fn run(relay: Relay) -> Result<()> {
    let Relay { url, server, room, name, responds_to, token, take_over, remove } = relay;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    let ended =
        runtime.block_on(parlor_relay::run(Options { url, server, room, name, responds_to, token, take_over, remove }));
    // What the program is still asked is not waited for.
    runtime.shutdown_background();
    Ok(ended?)
}
