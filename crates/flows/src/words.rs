//! Texts as people read and compare them: without tags, and for comparing, without case and accents.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Elements that stand within a word as well as around it.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// What is read of a text in HTML: its tags left out, its common entities resolved, its spaces made one.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let after = rest[1..].chars().next();
        if rest.starts_with('<') && after.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!')) {
            let (tag, after) = rest[1..].split_once('>').unwrap_or((&rest[1..], ""));
            let name = tag.trim_start_matches('/').split(|next: char| !next.is_ascii_alphanumeric()).next();
            if !name.is_some_and(|name| INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline))) {
                text.push(' ');
            }
            rest = after;
        } else if let Some((character, length)) = entity(rest) {
            text.push(character);
            rest = &rest[length..];
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The character that an entity stands for, and how long the entity is.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let character = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        name => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 1))
}

/// A text in which case, accents and the number of spaces make no difference.
pub(crate) fn folded(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(text.trim());
    let bare: String = apart.chars().filter(|next| !matches!(next, '\u{300}'..='\u{36f}')).collect();
    bare.to_lowercase().replace('ß', "ss").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a folded text.
fn words(folded: &str) -> Vec<&str> {
    folded.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Whether one's words stand in the other, in a row.
fn holds(long: &[&str], short: &[&str]) -> bool {
    !short.is_empty() && long.windows(short.len()).any(|window| window == short)
}

/// Which of some choices a text means: the one that it is, by content or by id; else the only one whose words it holds, or
/// that holds its words.
pub(crate) fn meant<'c>(text: &str, choices: impl Iterator<Item = (String, &'c str)>) -> Option<usize> {
    let text = folded(text);
    let choices: Vec<_> = choices.map(|(content, id)| (folded(&plain(&content)), folded(id))).collect();
    let exact = choices.iter().position(|(content, _)| *content == text);
    if let Some(exact) = exact.or_else(|| choices.iter().position(|(_, id)| *id == text)) {
        return Some(exact);
    }
    let said = words(&text);
    let mut like = choices.iter().enumerate().filter(|(_, (content, _))| {
        let offered = words(content);
        holds(&said, &offered) || holds(&offered, &said)
    });
    match (like.next(), like.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_as_text() {
        for (html, text) in [
            ("<b>Tea</b> &amp; cake", "Tea & cake"),
            ("one<br>two", "one two"),
            ("from <b>9</b> to <em class='x'>6</em>.", "from 9 to 6."),
            ("<P>one</P><p>two", "one two"),
            ("1 < 2 & 3", "1 < 2 & 3"),
            ("&#233;t&#xe9; &unknown; &#99999999;", "été &unknown; &#99999999;"),
            ("a <unclosed", "a"),
            ("&é;", "&é;"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn a_text_means_a_choice_when_only_one_fits() {
        let choices = [("<b>Café</b> au lait", "coffee"), ("Green tea", "1"), ("Black tea", "2"), ("Yes", "y")];
        let meant = |text| meant(text, choices.iter().map(|(content, id)| ((*content).to_owned(), *id)));
        assert_eq!(meant(" CAFE  au lait "), Some(0));
        assert_eq!(meant("2"), Some(2));
        assert_eq!(meant("a green tea, please"), Some(1));
        assert_eq!(meant("black"), Some(2));
        assert_eq!(meant("tea"), None);
        assert_eq!(meant("yesterday"), None);
        assert_eq!(meant("?!"), None);
    }
}
