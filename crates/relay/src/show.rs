//! What the relay prints: who said what, what the program answered, and what to do about its mistakes.

use std::{
    collections::HashMap,
    io::{self, Write as _},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::{join::Joined, local::Outcome, server::Server, settings::Wanted, terminal::Terminal};

/// How much of a text is shown, in characters.
const SHOWN: usize = 200;

/// The printout.
pub(crate) struct Show {
    colours: bool,
    next: AtomicU64,
    began: Mutex<HashMap<u64, Instant>>,
}

#[derive(Clone, Copy)]
enum Colour {
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Bold = 1,
}

impl Show {
    pub(crate) fn new(terminal: &Terminal) -> Self {
        Self { colours: terminal.colours(), next: AtomicU64::new(1), began: Mutex::default() }
    }

    fn paint(&self, colour: Colour, text: &str) -> String {
        if self.colours { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.to_owned() }
    }

    /// A line of its own; nobody may listen.
    fn line(&self, text: &str) {
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    fn timed(&self, text: &str) {
        let now = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        self.line(&format!("{} {text}", self.paint(Colour::Dim, &now)));
    }

    /// The bot is in the room.
    pub(crate) fn joined(&self, server: &Server, wanted: &Wanted, joined: &Joined) {
        if wanted.room.is_empty() || joined.name.is_empty() {
            self.line(&format!("Connected to {}. What the bot gets goes to {}", server.name(), wanted.url));
        } else {
            let name = self.paint(Colour::Bold, &clean(&joined.name));
            self.line(&format!("{name} is in the room: {}", server.page(&wanted.room)));
            let hears = match joined.responds_to.as_deref().filter(|pattern| !pattern.is_empty()) {
                Some(pattern) => format!("matches {}", clean(pattern)),
                None => format!("holds “{}”", clean(&joined.name)),
            };
            self.line(&format!("A message that {hears} goes to {}", wanted.url));
        }
        self.line(&self.paint(Colour::Dim, "Leave this terminal open. Ctrl-C ends it."));
    }

    /// Somebody said something; gives the number under which its answer is shown.
    pub(crate) fn asked(&self, author: &str, room: &str, text: &str) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, Instant::now());
        let (author, room) = (self.paint(Colour::Bold, &clean(author)), clean(room));
        self.timed(&format!("#{number} {author} in {room}: {}", clean(text)));
        number
    }

    /// What the program answered.
    pub(crate) fn answered(&self, number: u64, outcome: &Outcome) {
        let began = self.lock().remove(&number);
        let took = began.map(|began| began.elapsed()).unwrap_or_default();
        let status = outcome.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let (colour, text) = match &outcome.said {
            Ok(text) => (Colour::Green, clean(text)),
            Err(why) => (Colour::Red, clean(why)),
        };
        let status = self.paint(colour, &format!("{status} in {}", human(took)));
        self.timed(&format!("#{number} {status}: {text}"));
    }

    /// The server did not understand the relay.
    pub(crate) fn server_says(&self, why: &str) {
        self.timed(&self.paint(Colour::Yellow, &format!("The server says: {}", clean(why))));
    }

    pub(crate) fn lost(&self, why: &str) {
        self.timed(&self.paint(Colour::Yellow, &format!("Not connected: {}. Trying again, for ever.", clean(why))));
    }

    pub(crate) fn still_lost(&self, why: &str) {
        self.timed(&self.paint(Colour::Yellow, &format!("Still not connected: {}.", clean(why))));
    }

    pub(crate) fn back(&self) {
        self.timed(&self.paint(Colour::Green, "Connected again."));
    }

    pub(crate) fn stays(&self, name: &str) {
        let name = if name.is_empty() { "The bot".to_owned() } else { clean(name) };
        self.line(&format!(
            "{name} stays in the room, and answers again when the relay is started again. To remove it, delete it where \
             the room’s bots are listed, or start the relay with --remove and end it."
        ));
    }

    pub(crate) fn removed(&self, name: &str) {
        let name = if name.is_empty() { "The bot".to_owned() } else { clean(name) };
        self.line(&format!("{name} is removed from the room."));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Instant>> {
        self.began.lock().expect("nobody panics while holding the times")
    }
}

/// One line that does nothing to the terminal, not too long.
fn clean(text: &str) -> String {
    // Marks that turn the direction of writing would show what follows in another order.
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut line: String = text.chars().take(SHOWN).map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        line.push('…');
    }
    line
}

fn human(took: Duration) -> String {
    match took.as_millis() {
        short @ 0..=999 => format!("{short} ms"),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_reaches_the_terminal_as_a_command() {
        assert_eq!(clean("a\x1b[31m\r\nb\u{9b}2J"), "a [31m  b 2J");
        assert_eq!(clean("a\u{202e}b\u{2066}c"), "a b c");
        assert_eq!(clean(&"ä".repeat(300)), format!("{}…", "ä".repeat(200)));
    }

    #[test]
    fn times_are_short() {
        assert_eq!(
            (human(Duration::from_millis(12)), human(Duration::from_millis(1_250))),
            ("12 ms".into(), "1.2 s".into())
        );
    }
}
