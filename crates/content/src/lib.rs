//! What a room's content setting leaves of what bots send: everything, formatting, or text.
//!
//! Never asks what a message may do elsewhere: the page draws it in its sandboxed frame in any case.

mod allowed;
mod bounds;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use parlor_rooms::{Content, Kind, Message, html};

/// Whether [`fit`] would change a message.
pub fn fits(message: &Message, content: Content) -> bool {
    message.is_bare(content) && (message.kind != Kind::Bot || message.content >= content)
}

/// Makes a message what a room with this setting shows. One that was cleaned at least as much stays as it is.
pub fn fit(message: &mut Message, content: Content) {
    message.bare(content);
    if message.kind != Kind::Bot || message.content >= content {
        return;
    }
    message.content = content;
    match content {
        Content::Open => {}
        Content::Formatted => message.text = formatted(&message.text).unwrap_or_else(|| plain(&message.text)),
        Content::Plain => message.text = plain(&message.text),
    }
}

/// How often a text is cleaned until it comes out as it went in: what is nested wrongly reads differently each time.
const TURNS: usize = 6;

/// HTML with formatting, links, pictures, tables and forms, and nothing that runs or styles. None if it would take too long
/// to read it as HTML, or if it never reads the same twice; then it is shown as text.
fn formatted(text: &str) -> Option<String> {
    let mut clean = Cow::Borrowed(text);
    for _ in 0..TURNS {
        if !bounds::are_kept(&clean) {
            return None;
        }
        let cleaner = allowed::CLEANER.clean(&clean).to_string();
        if cleaner == clean {
            return Some(cleaner);
        }
        clean = Cow::Owned(cleaner);
    }
    None
}

/// HTML as text, written as HTML: lines end with `<br>`, and everything else is escaped.
fn plain(text: &str) -> String {
    html::escape(&html::plain(text)).replace('\n', "<br>")
}
