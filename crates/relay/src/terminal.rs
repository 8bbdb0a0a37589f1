//! The terminal: whether there is somebody to ask, and whether it shows colours.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::Failure;

/// What is at the other end of this program's streams.
pub(crate) struct Terminal {
    asks: bool,
    colours: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { asks: io::stdin().is_terminal(), colours: io::stdout().is_terminal() && !plain }
    }

    /// Whether somebody can be asked.
    pub(crate) fn asks(&self) -> bool {
        self.asks
    }

    pub(crate) fn colours(&self) -> bool {
        self.colours
    }

    /// Asks; an empty answer is the usual one.
    pub(crate) fn ask(&self, question: &str, usual: &str) -> Result<String, Failure> {
        let answer = read(&format!("{question} [{usual}] "))?;
        Ok(if answer.is_empty() { usual.to_owned() } else { answer })
    }

    /// Asks for a yes; anything else is a no, and so is nobody there.
    pub(crate) fn confirms(&self, question: &str) -> Result<bool, Failure> {
        Ok(self.asks && matches!(read(&format!("{question} [y/N] "))?.to_lowercase().as_str(), "y" | "yes"))
    }
}

fn read(prompt: &str) -> Result<String, Failure> {
    let ended =
        || Failure("nobody answers; say everything on the command line instead (parlor relay --help)".to_owned());
    let mut out = io::stdout().lock();
    let mut line = String::new();
    let asked = write!(out, "{prompt}").and_then(|()| out.flush());
    match asked.and_then(|()| io::stdin().lock().read_line(&mut line)) {
        Ok(0) | Err(_) => Err(ended()),
        Ok(_) => Ok(line.trim().to_owned()),
    }
}
