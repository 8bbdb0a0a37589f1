//! HTML: to text, and cleaned as a room wants it.

use parlor_rooms::{Content, Kind, Message, html};

pub(crate) fn html(bytes: &[u8]) {
    let text = crate::text(bytes);
    let _ = html::visible(text);
    let _ = html::plain(text);
    let escaped = html::escape(text);
    assert!(!escaped.contains('<'), "nothing is a tag any more");
}

/// Cleaning is done once: what comes out is as the setting wants it, and stays so.
pub(crate) fn fit(bytes: &[u8]) {
    let text = crate::text(bytes);
    for content in [Content::Open, Content::Formatted, Content::Plain] {
        let mut message = message(text);
        parlor_content::fit(&mut message, content);
        assert!(parlor_content::fits(&message, content));
        let once = message.text.clone();
        if content == Content::Plain {
            assert!(!once.replace("<br>", "").contains('<'), "text has no tags but its lines' ends: {once}");
        }
        message.content = Content::Open;
        if content == Content::Formatted {
            parlor_content::fit(&mut message, content);
            assert_eq!(once, message.text, "cleaned twice is cleaned once");
            let lower = once.to_lowercase();
            assert!(!lower.contains("<script") && !lower.contains("<style"), "{once}");
        }
    }
}

fn message(text: &str) -> Message {
    Message {
        author: "Bot".to_owned(),
        kind: Kind::Bot,
        text: text.to_owned(),
        image: None,
        media: None,
        css: None,
        js: None,
        base_url: None,
        from_bot: None,
        state: None,
        reply_to: None,
        activation: None,
        content: Content::Open,
    }
}
