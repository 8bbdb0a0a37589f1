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
        Content::Formatted => {
            message.text = formatted(&message.text).unwrap_or_else(|| as_cleaned(&plain(&message.text)));
        }
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
        let cleaner = cleaned(&clean);
        if cleaner == clean {
            return Some(cleaner);
        }
        clean = Cow::Owned(cleaner);
    }
    None
}

/// What is allowed of HTML, written so that it reads as it was read.
fn cleaned(text: &str) -> String {
    let clean = allowed::CLEANER.clean(text).to_string();
    let mut kept = String::with_capacity(clean.len());
    let mut rest = clean.as_str();
    // In text and attributes both are escaped: each `<` begins a tag, and the next `>` ends it.
    while let Some(begin) = rest.find('<') {
        let end = rest[begin..].find('>').map_or(rest.len(), |end| begin + end + 1);
        let tag = &rest[begin..end];
        kept.push_str(&rest[..end]);
        rest = &rest[end..];
        // A line's end right behind such a tag is passed over by who reads it; one that is meant needs another before it.
        if BEFORE_TEXT.iter().any(|name| tag.starts_with(name)) && rest.starts_with('\n') {
            kept.push('\n');
        }
    }
    kept.push_str(rest);
    kept
}

/// How the tags begin behind which a first line's end is none of the text.
const BEFORE_TEXT: [&str; 2] = ["<pre", "<textarea"];

/// HTML as text, written as HTML: lines end with `<br>`, and everything else is escaped.
fn plain(text: &str) -> String {
    // Who reads HTML passes over NUL, and takes each of these for the end of a line.
    let text = html::plain(text).replace('\0', "").replace("\r\n", "\n").replace('\r', "\n");
    html::escape(&text).replace('\n', "<br>")
}

/// Escaped text as [`cleaned`] writes it.
fn as_cleaned(escaped: &str) -> String {
    escaped.replace("&quot;", "\"").replace("&#x27;", "'").replace('\u{a0}', "&nbsp;")
}
