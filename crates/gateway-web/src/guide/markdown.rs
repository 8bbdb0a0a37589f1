//! A page of the guide: from Markdown to HTML, with its headings, and with its text in sections to be searched.

use minijinja::{Value, context};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::templates::Templates;

/// A page, read.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path in `docs/`, such as `guide/first-bot.md`.
    pub(crate) file: String,
    /// The first heading.
    pub(crate) title: String,
    /// What is shown.
    pub(crate) html: String,
    /// The headings below the title.
    pub(crate) headings: Vec<Heading>,
    /// What is searched.
    pub(crate) sections: Vec<Section>,
}

/// A heading, to be linked to.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) title: String,
    /// 2 or 3.
    pub(crate) level: u8,
}

/// The text under one heading.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// The heading's; empty for what stands before the first.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Reads a page. Raw HTML in it is shown as text: our own pages need none.
pub(crate) fn read(file: &str, source: &str, templates: &Templates) -> Page {
    let mut reader = Reader { file, templates, events: Vec::new(), page: empty(file), fence: None, heading: None };
    reader.page.sections.push(Section::default());
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reader.take(event);
    }
    html::push_html(&mut reader.page.html, reader.events.into_iter());
    reader.page
}

fn empty(file: &str) -> Page {
    Page {
        file: file.to_owned(),
        title: String::new(),
        html: String::new(),
        headings: Vec::new(),
        sections: Vec::new(),
    }
}

struct Reader<'a> {
    file: &'a str,
    templates: &'a Templates,
    events: Vec<Event<'a>>,
    page: Page,
    /// The info string and the text of the code that is being read.
    fence: Option<(String, String)>,
    /// The level and the words of the heading that is being read, and where it began.
    heading: Option<(HeadingLevel, String, usize)>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.fence = Some((info, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => self.end_fence(),
            Event::Start(Tag::Heading { level, .. }) => self.heading = Some((level, String::new(), self.events.len())),
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = CowStr::from(address(self.file, &dest_url));
                self.events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = CowStr::from(address(self.file, &dest_url));
                self.events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            Event::Html(text) | Event::InlineHtml(text) => self.words(&text, Event::Text(text.clone())),
            Event::Text(ref text) | Event::Code(ref text) => self.words(&text.clone(), event),
            Event::SoftBreak | Event::HardBreak => self.words(" ", event),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => self.words(" ", event),
            event => self.events.push(event),
        }
    }

    /// Words that are shown and can be searched.
    fn words(&mut self, text: &str, event: Event<'a>) {
        if let Some((_, code)) = &mut self.fence {
            code.push_str(text);
        } else if let Some((_, title, _)) = &mut self.heading {
            title.push_str(text);
            self.events.push(event);
        } else {
            self.events.push(event);
        }
        if self.heading.is_none()
            && let Some(section) = self.page.sections.last_mut()
        {
            section.text.push_str(text);
        }
    }

    fn end_heading(&mut self) {
        let Some((level, title, start)) = self.heading.take() else { return };
        let words: Vec<_> = self.events.drain(start..).collect();
        if level == HeadingLevel::H1 && self.page.title.is_empty() {
            self.page.title.clone_from(&title);
            self.events.push(Event::Start(heading(level, None)));
            self.events.extend(words);
            self.events.push(Event::End(TagEnd::Heading(level)));
            return;
        }
        let id = self.unused(slug(&title));
        self.events.push(Event::Start(heading(level, Some(id.clone()))));
        self.events.push(Event::Start(Tag::Link {
            link_type: pulldown_cmark::LinkType::Inline,
            dest_url: format!("#{id}").into(),
            title: "".into(),
            id: "".into(),
        }));
        self.events.extend(words);
        self.events.push(Event::End(TagEnd::Link));
        self.events.push(Event::End(TagEnd::Heading(level)));
        if level <= HeadingLevel::H3 {
            let heading = Heading { id: id.clone(), title: title.clone(), level: level as u8 };
            self.page.headings.push(heading);
        }
        self.page.sections.push(Section { id, title, text: String::new() });
    }

    /// A program, or what the guide's own kinds of code mean: the fields of a bot, some lines of a talk.
    fn end_fence(&mut self) {
        let Some((info, code)) = self.fence.take() else { return };
        let (kind, rest) = info.split_once(' ').unwrap_or((&info, ""));
        let pairs = || -> Vec<Value> {
            let lines = code.lines().filter_map(|line| line.split_once(": "));
            lines.map(|(name, value)| context! { name, value }).collect()
        };
        let part = match kind {
            "bot" => self.templates.part("guide-bot.html", context! { fields => pairs() }),
            "chat" => self.templates.part("guide-chat.html", context! { lines => pairs() }),
            kind => {
                let title = rest.strip_prefix("title=");
                self.templates.part("guide-code.html", context! { kind, title, code => code.trim_end() })
            }
        };
        self.events.push(Event::Html(part.into()));
    }

    fn unused(&self, slug: String) -> String {
        let taken = |id: &str| self.page.headings.iter().any(|heading| heading.id == id);
        if !taken(&slug) {
            return slug;
        }
        (1..).map(|nth| format!("{slug}-{nth}")).find(|id| !taken(id)).unwrap_or(slug)
    }
}

fn heading<'a>(level: HeadingLevel, id: Option<String>) -> Tag<'a> {
    Tag::Heading { level, id: id.map(CowStr::from), classes: Vec::new(), attrs: Vec::new() }
}

/// A heading's id, made as others make it who show Markdown, so that links work there too.
fn slug(title: &str) -> String {
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Where a link in a file of `docs/` leads when it is served.
pub(crate) fn address(file: &str, target: &str) -> String {
    if target.starts_with(['/', '#']) || target.contains("://") || target.starts_with("mailto:") {
        return target.to_owned();
    }
    let (path, anchor) = target.split_once('#').map_or((target, String::new()), |(path, id)| (path, format!("#{id}")));
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    url(&parts.join("/")) + &anchor
}

/// The address of a file of `docs/`.
pub(crate) fn url(file: &str) -> String {
    let name = file.strip_prefix("guide/").unwrap_or(file);
    let name = name.strip_suffix(".md").unwrap_or(name);
    format!("/guide/{}", if name == "index" { "" } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_where_the_pages_are_served() {
        for (file, target, leads) in [
            ("guide/index.md", "first-bot.md", "/guide/first-bot"),
            ("guide/first-bot.md", "index.md#top", "/guide/#top"),
            ("guide/forms.md", "../reference/bots.md#forms", "/guide/reference/bots#forms"),
            ("reference/bots.md", "patterns.md", "/guide/reference/patterns"),
            ("reference/bots.md", "../guide/forms.md", "/guide/forms"),
            ("guide/forms.md", "pictures/form.webp", "/guide/pictures/form.webp"),
            ("guide/forms.md", "#here", "#here"),
            ("guide/forms.md", "https://example.org/a.md", "https://example.org/a.md"),
        ] {
            assert_eq!(address(file, target), leads, "{file} {target}");
        }
    }

    #[test]
    fn a_page_has_its_title_its_headings_and_no_html_of_its_own() {
        let source = "# A *page*\n\nFirst <b>words</b>.\n\n## What `x` is\n\nMore.\n\n## What x is\n\n```python\nprint('<hi>')\n```\n";
        let page = read("guide/a.md", source, &Templates::embedded());
        assert_eq!(page.title, "A page");
        let ids: Vec<_> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["what-x-is", "what-x-is-1"]);
        assert!(page.html.contains("&lt;b&gt;words") && page.html.contains("&lt;hi&gt;"), "{}", page.html);
        let texts: Vec<_> = page.sections.iter().map(|section| section.text.trim()).collect();
        assert_eq!(texts, ["First <b>words</b>.", "More.", "print('<hi>')"]);
    }

    #[test]
    fn the_fields_of_a_bot_and_a_talk_are_drawn_as_such() {
        let source = "```bot\nname: E<b>\nurl: http://x/\n```\n\n```chat\nAnn: a: b\n```\n";
        let html = read("guide/a.md", source, &Templates::embedded()).html;
        assert!(html.contains("E&lt;b&gt;") && html.contains("<dt>"), "{html}");
        assert!(html.contains("Ann") && html.contains("a: b"), "{html}");
    }
}
