//! Filling HTML templates: every value is escaped, and shortened where it comes from outside.

pub(crate) use parlor_rooms::html::escape;

/// Puts values, escaped, in the places of a template: `{{name}}`. A place without a value stays as it is.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    fill_with(template, values, escape)
}

/// The first line of a template as plain text: tags left out, values as they are.
pub(crate) fn sentence(template: &str, values: &[(&str, &str)]) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for c in template.lines().next().unwrap_or_default().chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => plain.push(c),
            _ => {}
        }
    }
    fill_with(&plain, values, str::to_owned)
}

fn fill_with(template: &str, values: &[(&str, &str)], write: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template.trim_end();
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(&write(value)),
            None => out.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The first `most` characters, with `…` if something was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_never_read_as_templates() {
        let filled = fill("<b>{{a}}</b> {{b}} {{c}}\n", &[("a", "<i>\"{{b}}\"</i>"), ("b", "1 & '2'")]);
        assert_eq!(filled, "<b>&lt;i&gt;&quot;{{b}}&quot;&lt;/i&gt;</b> 1 &amp; &#x27;2&#x27; {{c}}");
    }

    #[test]
    fn a_sentence_is_the_first_line_without_tags() {
        assert_eq!(sentence("<p>No <code>{{a}}</code>.</p>\n<p>More</p>", &[("a", "<b>")]), "No <b>.");
    }

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöüß", 3), "äöü…");
    }
}
