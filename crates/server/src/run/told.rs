//! Being told to end: Ctrl-C, SIGTERM, or the terminal that it was started in is gone.

use std::io::IsTerminal as _;

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What ends the server.
pub(crate) struct Told {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    in_terminal: bool,
}

impl Told {
    /// From now on they no longer end the process at once.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            in_terminal: std::io::stdin().is_terminal(),
        })
    }

    /// Waits for the next one.
    pub(crate) async fn wait(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                // Whoever closes a terminal's window ends what runs in it; else the signal means that something is to be
                // read anew.
                _ = self.hangup.recv() => if self.in_terminal && !std::io::stdin().is_terminal() { return },
            }
        }
    }
}
