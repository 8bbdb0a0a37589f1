//! Asking for a password in the terminal, where nobody sees it, or reading it from standard input.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use anyhow::{Context as _, Result, bail};
use parlor_accounts::PASSWORD_MAX;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Gets a new password.
pub(super) fn get(from_stdin: bool) -> Result<String> {
    if from_stdin {
        return first_line();
    }
    if !io::stdin().is_terminal() {
        bail!(
            "there is no terminal to ask for a password in; give it with --password-stdin, \
             or let people choose their own with `parlor user invite`"
        );
    }
    let password = ask("Password: ")?;
    if ask("Once more: ")? != password {
        bail!("the two differ, so nothing was changed");
    }
    Ok(password)
}

/// Whatever comes after the first line is not looked at.
fn first_line() -> Result<String> {
    let mut bytes = Vec::new();
    let longest = u64::try_from(PASSWORD_MAX + 2).unwrap_or(u64::MAX);
    io::stdin().take(longest).read_to_end(&mut bytes).context("can't read the password from standard input")?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        bail!("there is no password on standard input; it is the first line");
    }
    String::from_utf8(line.to_vec()).context("the password on standard input is not UTF-8")
}

/// A terminal that shows nothing and hands over each key; as before when this is dropped.
struct Silent(Termios);

impl Silent {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // There is nothing left to do about a terminal that is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        eprintln!();
    }
}

fn ask(question: &str) -> Result<String> {
    let silent = Silent::begin().context("can't hide what is typed in this terminal; use --password-stdin")?;
    eprint!("{question}");
    io::stderr().flush()?;
    let typed = line(io::stdin().lock().bytes())?;
    drop(silent);
    let Some(typed) = typed else { bail!("nothing was changed") };
    String::from_utf8(typed).context("what was typed is not UTF-8")
}

/// What was typed up to Enter; nothing if it was given up.
fn line(keys: impl Iterator<Item = io::Result<u8>>) -> io::Result<Option<Vec<u8>>> {
    let mut typed: Vec<u8> = Vec::new();
    for key in keys {
        match key? {
            b'\r' | b'\n' => return Ok(Some(typed)),
            // Ctrl-C, and Ctrl-D where nothing was typed.
            3 => return Ok(None),
            4 if typed.is_empty() => return Ok(None),
            // A letter back, with all of its bytes.
            8 | 127 => while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // Ctrl-U: all of it.
            21 => typed.clear(),
            other => typed.push(other),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_a_terminal_would() {
        let typed = |keys: &str| {
            line(keys.bytes().map(Ok)).expect("no error").map(|typed| String::from_utf8(typed).expect("UTF-8"))
        };
        for (keys, wanted) in [
            ("secret\r", Some("secret")),
            ("sé\u{7f}ecret\nmore", Some("secret")),
            ("\u{7f}\u{8}a\n", Some("a")),
            ("wrong\u{15}right\n", Some("right")),
            ("\n", Some("")),
            ("sec\u{3}ret\n", None),
            ("\u{4}", None),
            ("no end", None),
        ] {
            assert_eq!(typed(keys).as_deref(), wanted, "{keys:?}");
        }
    }
}
