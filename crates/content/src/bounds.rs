//! HTML that is cheap to read and to write again. The standard's way of repairing what is nested wrongly takes time and
//! memory that grow with the square of the text: a megabyte can be made that takes minutes, or all memory.

use std::collections::HashMap;

use parlor_rooms::html;

/// Tags, times how many formatting elements may be open at each: those are made again in each block.
const REPEATED_MAX: usize = 300_000;
/// Tags, times how deep they may stand.
const STEPS_MAX: usize = 30_000_000;
/// Characters that are escaped when the text is written again, times its length: for each, the rest of a text is looked
/// through for another kind.
const ESCAPED_MAX: u64 = 8_000_000_000;
/// Attributes of a tag: each is compared with all before it.
const ATTRIBUTES_MAX: usize = 1_000;

/// Elements that are opened again where the one around them was closed.
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that hold nothing, or that end where the next one begins.
const FLAT: &[&str] = &[
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "optgroup", "option",
    "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
];
/// Where these stand, what looks like a tag may be none: no end tag is believed.
const READ_OTHERWISE: &[&str] = &[
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// How many elements of a kind are open, and were at most.
#[derive(Default)]
struct Open {
    now: HashMap<String, usize>,
    total: usize,
    most: usize,
    /// How many were opened at all.
    ever: usize,
}

impl Open {
    fn count(&mut self, tag: &html::Tag<'_>) {
        let now = self.now.entry(tag.name.to_string()).or_default();
        if !tag.ends {
            *now += 1;
            self.total += 1;
            self.ever += 1;
            self.most = self.most.max(self.total);
        } else if *now > 0 {
            *now -= 1;
            self.total -= 1;
        }
    }
}

/// Whether a text can be read without harm.
pub(crate) fn are_kept(text: &str) -> bool {
    // `&`, and the first byte of a space that does not break.
    let escaped = text.bytes().filter(|byte| matches!(byte, b'&' | 0xC2)).count();
    if (escaped as u64).saturating_mul(text.len() as u64) > ESCAPED_MAX {
        return false;
    }
    let (mut tags, mut otherwise) = (0, false);
    let (mut formatting, mut all) = (Open::default(), Open::default());
    for tag in html::tags(text) {
        if tag.attributes().take(ATTRIBUTES_MAX + 1).count() > ATTRIBUTES_MAX {
            return false;
        }
        let name = &*tag.name;
        tags += 1;
        otherwise |= READ_OTHERWISE.contains(&name);
        if FORMATTING.contains(&name) {
            formatting.count(&tag);
        }
        if !FLAT.contains(&name) {
            all.count(&tag);
        }
    }
    let (formatting, depth) = if otherwise { (formatting.ever, all.ever) } else { (formatting.most, all.most) };
    formatting.saturating_mul(tags) <= REPEATED_MAX && depth.saturating_mul(tags) <= STEPS_MAX
}
