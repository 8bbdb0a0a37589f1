//! The elements and attributes that `formatted` leaves.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

/// What may stand there. Never `style`, `svg`, `math`, `noscript`, `title`: inside them text is read by other rules.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
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
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "main",
    "mark",
    "menu",
    "meter",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// What goes with all that is in it.
const REMOVED: &[&str] = &[
    "script",
    "style",
    "title",
    "noscript",
    "svg",
    "math",
    "iframe",
    "template",
    "object",
    "embed",
    "applet",
    "frameset",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
];

/// For all elements. `id` gets a prefix, see [`attribute`].
const EVERYWHERE: &[&str] = &["dir", "id", "lang", "title"];

const ATTRIBUTES: &[(&[&str], &[&str])] = &[
    (&["a"], &["href", "hreflang"]),
    (&["img"], &["src", "alt", "width", "height"]),
    (&["audio", "video"], &["src", "controls", "loop", "muted", "width", "height"]),
    (&["source"], &["src", "type"]),
    (&["table"], &["border", "cellpadding", "cellspacing", "align", "width"]),
    (&["td", "th"], &["colspan", "rowspan", "align", "valign", "width", "scope"]),
    (&["col", "colgroup"], &["span", "align", "width"]),
    (&["tr", "thead", "tbody", "tfoot", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6"], &["align"]),
    (&["ol"], &["start", "type", "reversed"]),
    (&["li"], &["value"]),
    (&["time", "del", "ins"], &["datetime"]),
    (&["font"], &["color", "size", "face"]),
    (&["details"], &["open"]),
    (&["meter", "progress"], &["value", "min", "max", "low", "high", "optimum"]),
    (&["form"], &["action", "method", "autocomplete"]),
    (&["fieldset"], &["disabled", "name"]),
    (&["label"], &["for"]),
    (&["button"], &["type", "name", "value", "disabled"]),
    (&["select"], &["name", "multiple", "size", "required", "disabled", "autocomplete"]),
    (&["optgroup"], &["label", "disabled"]),
    (&["option"], &["value", "label", "selected", "disabled"]),
    (
        &["textarea"],
        &[
            "name",
            "rows",
            "cols",
            "placeholder",
            "required",
            "disabled",
            "readonly",
            "minlength",
            "maxlength",
            "autocomplete",
        ],
    ),
    (
        &["input"],
        &[
            "type",
            "name",
            "value",
            "placeholder",
            "checked",
            "disabled",
            "readonly",
            "required",
            "min",
            "max",
            "step",
            "minlength",
            "maxlength",
            "pattern",
            "size",
            "multiple",
            "accept",
            "autocomplete",
            "inputmode",
            "list",
        ],
    ),
];

/// What a bot's names for elements begin with, so that they are none of the page's.
const PREFIX: &str = "u-";

pub(crate) static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut attributes: HashMap<&str, _> = HashMap::new();
    for (elements, allowed) in ATTRIBUTES {
        for element in *elements {
            attributes.entry(*element).or_insert_with(std::collections::HashSet::new).extend(allowed.iter().copied());
        }
    }
    let mut cleaner = Builder::empty();
    cleaner
        .tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(REMOVED.iter().copied().collect())
        .tag_attributes(attributes)
        .generic_attributes(EVERYWHERE.iter().copied().collect())
        .url_schemes(["http", "https", "mailto", "tel", "data"].into())
        // The page resolves them against the message's base.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true)
        .attribute_filter(attribute);
    cleaner
});

/// Looks at the value of an attribute that is allowed.
fn attribute<'v>(element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match name {
        "id" | "for" | "list" if !value.starts_with(PREFIX) => Some(Cow::Owned(format!("{PREFIX}{value}"))),
        "href" | "src" | "action" if is_data(value) => is_medium(element, name, value).then_some(Cow::Borrowed(value)),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Whether an address holds its content itself. Browsers pass over white space and control characters here.
fn is_data(address: &str) -> bool {
    scheme(address).starts_with("data:")
}

/// Whether it is a picture, a sound or a film, where there may be one.
fn is_medium(element: &str, name: &str, address: &str) -> bool {
    let begin = scheme(address);
    let kinds = ["data:image/", "data:audio/", "data:video/"];
    name == "src"
        && matches!(element, "img" | "audio" | "video" | "source")
        && kinds.iter().any(|kind| begin.starts_with(kind))
}

fn scheme(address: &str) -> String {
    let letters = address.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    letters.take(16).collect::<String>().to_ascii_lowercase()
}
