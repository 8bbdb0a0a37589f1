//! HTML as text: what people would read of it. It decides nothing about safety: what it gives is text, and is escaped before
//! it becomes HTML again.

mod entities;
mod tags;

pub use self::tags::{Tag, tags};
use self::{
    entities::entity,
    tags::{Angle, angle},
};

/// Elements whose content nobody reads.
const UNSEEN: &[&str] =
    &["script", "style", "template", "title", "svg", "math", "iframe", "noscript", "noembed", "noframes", "object"];
/// Elements that stand in lines of their own, by the alphabet.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// The text that people see.
pub fn visible(html: &str) -> String {
    Reader::new(html, false).read()
}

/// The same, with the address behind each link.
pub fn plain(html: &str) -> String {
    Reader::new(html, true).read()
}

/// Escapes a text for HTML, between tags and in quoted attributes alike.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    out
}

struct Reader<'a> {
    rest: &'a str,
    links: bool,
    out: String,
    /// White space was seen that is not written yet.
    space: bool,
    /// Inside of how many elements white space counts.
    literal: usize,
    /// Where the links point that are open.
    open: Vec<Option<String>>,
}

impl<'a> Reader<'a> {
    fn new(html: &'a str, links: bool) -> Self {
        Self { rest: html, links, out: String::new(), space: false, literal: 0, open: Vec::new() }
    }

    fn read(mut self) -> String {
        while !self.rest.is_empty() {
            let end = self.rest.bytes().position(|byte| matches!(byte, b'<' | b'&')).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            self.write_text(text);
            if self.rest.starts_with('<') {
                self.angle();
            } else if self.rest.starts_with('&') {
                let (c, length) = entity(self.rest);
                self.rest = &self.rest[length..];
                self.write(c);
            }
        }
        self.out.truncate(self.out.trim_end().len());
        self.out
    }

    fn write(&mut self, c: char) {
        self.write_text(c.encode_utf8(&mut [0; 4]));
    }

    fn write_text(&mut self, mut text: &str) {
        if self.literal > 0 {
            return self.out.push_str(text);
        }
        while !text.is_empty() {
            let end = text.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(text.len());
            let (word, rest) = text.split_at(end);
            if !word.is_empty() {
                if std::mem::take(&mut self.space) && !self.out.is_empty() && !self.out.ends_with('\n') {
                    self.out.push(' ');
                }
                self.out.push_str(word);
            }
            text = rest.trim_ascii_start();
            self.space |= text.len() < rest.len();
        }
    }

    /// Begins a line, if none is begun.
    fn line(&mut self) {
        self.space = false;
        if self.literal == 0 {
            self.out.truncate(self.out.trim_end_matches(' ').len());
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn angle(&mut self) {
        let (angle, rest) = angle(self.rest);
        self.rest = rest;
        match angle {
            Angle::Tag(tag) => self.tag(&tag),
            Angle::Text => self.write('<'),
            Angle::Nothing => {}
        }
    }

    fn tag(&mut self, tag: &Tag<'a>) {
        let name = &*tag.name;
        match name {
            "br" => {
                self.space = false;
                self.out.push('\n');
            }
            "li" if !tag.ends => {
                self.line();
                self.out.push_str("• ");
            }
            "td" | "th" => self.space = true,
            "img" => {
                self.write_text(&tag.value("alt").unwrap_or_default());
            }
            "a" if self.links => self.link(tag),
            "textarea" | "pre" => {
                self.line();
                self.literal = if tag.ends { self.literal.saturating_sub(1) } else { self.literal + 1 };
            }
            _ if BLOCKS.binary_search(&name).is_ok() => self.line(),
            _ if UNSEEN.contains(&name) && !tag.ends => self.skip(name),
            _ => {}
        }
    }

    /// Leaves out everything up to the end of an element.
    fn skip(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let end = bytes
            .windows(name.len() + 2)
            .position(|window| window.starts_with(b"</") && window[2..].eq_ignore_ascii_case(name.as_bytes()));
        self.rest = end.map_or("", |end| &self.rest[end..]);
    }

    fn link(&mut self, tag: &Tag<'a>) {
        if !tag.ends {
            let address = tag.value("href").map(|address| address.trim().to_owned());
            let known = |address: &String| {
                ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
            };
            self.open.push(address.filter(known));
        } else if let Some(Some(address)) = self.open.pop()
            && !self.out.ends_with(&address)
        {
            self.out.push_str(" (");
            self.out.extend(address.chars().filter(|c| !c.is_control()));
            self.out.push(')');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_by_the_alphabet() {
        assert!(BLOCKS.is_sorted());
    }

    #[test]
    fn tags_go_and_text_stays() {
        assert_eq!(visible(" one <B>two</B>\u{a0}three "), "one two\u{a0}three");
        assert_eq!(visible("<b>bold</b> and <i class=\"a>b\">it</i>alic"), "bold and italic");
        assert_eq!(visible("one<br>two<p>three</p>four"), "one\ntwo\nthree\nfour");
        assert_eq!(visible("<ul>\n <li>a\n <li>b</ul>c"), "• a\n• b\nc");
        assert_eq!(visible("<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>"), "1 2\n3");
        assert_eq!(visible("a  \n\t b<pre>x\n  y</pre>"), "a b\nx\n  y");
        assert_eq!(visible("<img src=x alt=\"a cat\"> <img>"), "a cat");
    }

    #[test]
    fn what_nobody_reads_is_left_out() {
        assert_eq!(
            visible("a<script>if (1 < 2) alert('</b>')</SCRIPT >b<style>p{}</style>c<!-- d -->e<!x>f<?y>g"),
            "abcefg"
        );
        assert_eq!(visible("a<script>never ends"), "a");
        assert_eq!(visible("a<b title='never ends>"), "a");
        assert_eq!(visible("a<svg><text>x</text></svg>b"), "ab");
    }

    #[test]
    fn names_and_numbers_of_characters_are_read() {
        assert_eq!(visible("&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9; &hearts;"), "<b> &amp; ééé ♥");
        assert_eq!(
            visible("&nope; & &; &# &#x; &#0; &#99999999999; a&b R&amp"),
            "&nope; & &; &# &#x; \u{fffd} \u{fffd} a&b R&"
        );
    }

    #[test]
    fn what_only_looks_like_a_tag_is_text() {
        assert_eq!(visible("1 < 2 > 0 <3 <- </ //> a<"), "1 < 2 > 0 <3 <- </ //> a<");
    }

    #[test]
    fn plain_text_keeps_the_addresses_of_links() {
        assert_eq!(
            plain("see <a class=x href='https://a.b/?c=1&amp;d=2'>this</a>."),
            "see this (https://a.b/?c=1&d=2)."
        );
        assert_eq!(plain("<a href=https://a.b>https://a.b</a>"), "https://a.b");
        assert_eq!(plain("<a href='javascript:alert(1)'>x</a> <a name=y href>z</a>"), "x z");
        assert_eq!(visible("<a href='https://a.b'>x</a>"), "x");
    }

    #[test]
    fn hostile_text_neither_panics_nor_takes_long() {
        let strange =
            ["<", "</", "<a", "<a ", "<a =", "<a é=é>é", "<é", "&é", "&#é", "<a href='é", "<!--", "<a href==é>x</a>"];
        for begin in strange {
            for end in strange {
                plain(&format!("{begin}{end}"));
                plain(&format!("{begin}é{end}>"));
            }
        }
        for piece in ["<", "<a ", "<script>", "&", "</a>", "<a href='", "<!--", "<!---->", "--!>", "<!--</a>-->", "-"] {
            plain(&piece.repeat(100_000));
        }
    }
}
