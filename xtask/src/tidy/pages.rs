//! The pages' rules: colours only among the tokens, no HTML from strings, nothing inline that the page's policy would
//! refuse, nothing loaded from elsewhere, words without exclamation marks.

use super::{Findings, Source};

pub(super) fn check(source: &Source, found: &mut Findings) {
    let Some(name) = source.path.strip_prefix("web/") else { return };
    let in_frame = name.starts_with("static/js/frame/");
    let rule: fn(&str) -> Option<&'static str> = if name == "static/tokens.css" || name.starts_with("test/") {
        return;
    } else if source.is(&["css"]) {
        colour
    } else if name.ends_with("/words.js") {
        words
    } else if source.is(&["js"]) && !in_frame {
        script
    } else if source.is(&["html"]) {
        template
    } else {
        return;
    };
    for (number, line) in source.lines() {
        if let Some(wrong) = rule(line) {
            found.error(format_args!("{}:{number}", source.path), wrong);
        }
    }
}

fn colour(line: &str) -> Option<&'static str> {
    let by_function = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab(", "lch("];
    let value = line.split_once(':').filter(|_| !line.trim_end().ends_with('{')).map_or("", |(_, value)| value);
    let by_digits = value.split('#').skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        matches!(digits, 3 | 4 | 6 | 8) && !rest[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '-')
    });
    let wrong = by_digits || by_function.iter().any(|function| line.contains(function));
    wrong.then_some("colours are written in tokens.css only")
}

fn script(line: &str) -> Option<&'static str> {
    let sinks =
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "unsafeHTML", "eval(", "new Function("];
    let code = line.split("//").next().unwrap_or(line);
    sinks.iter().any(|sink| code.contains(sink)).then_some("the pages make no HTML and no code from strings")
}

fn template(line: &str) -> Option<&'static str> {
    let lower = line.to_ascii_lowercase();
    let handler = lower.split(' ').any(|word| word.starts_with("on") && word.contains("=\""));
    if handler || lower.contains(" style=") || lower.contains("<script>") || lower.contains("<style") {
        return Some("nothing inline: the page's policy refuses it");
    }
    let elsewhere = ["src=\"http", "src=\"//", "<link rel=\"stylesheet\" href=\"http"];
    elsewhere.iter().any(|start| lower.contains(start)).then_some("nothing is loaded from elsewhere")
}

fn words(line: &str) -> Option<&'static str> {
    let calls_out = line
        .as_bytes()
        .windows(2)
        .any(|pair| (pair[0].is_ascii_alphabetic() || pair[0] == b'}') && pair[1] == b'!' && !line.contains("!="));
    calls_out.then_some("words come without exclamation marks")
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use super::check;

    #[test]
    fn each_kind_of_file_has_its_rule() {
        for (path, line, wrong) in [
            ("web/static/room.css", "a { color: #fff; }", true),
            ("web/static/room.css", "  color: oklch(1% 0 0);", true),
            ("web/static/room.css", "#add { color: var(--ink); }", false),
            ("web/static/room.css", "#face {", false),
            ("web/static/tokens.css", "--ink: oklch(1% 0 0);", false),
            ("web/static/js/room.js", "element.innerHTML = x;", true),
            ("web/static/js/room.js", "// never innerHTML", false),
            ("web/static/js/frame/card.js", "element.innerHTML = x;", false),
            ("web/templates/room.html", r#"<p onclick="x()">"#, true),
            ("web/templates/room.html", "<script>x</script>", true),
            ("web/templates/room.html", r#"<script src="/web/js/room.js"></script>"#, false),
            ("web/templates/room.html", r#"<script src="https://cdn.example/x.js"></script>"#, true),
            ("web/static/js/words.js", "  hello: 'Welcome!',", true),
            ("web/static/js/words.js", "  hello: (n) => (n !== 1 ? 'Welcome' : ''),", false),
            ("crates/a/room.css", "a { color: #fff; }", false),
        ] {
            assert_eq!(!findings(check, path, line).is_empty(), wrong, "{path} {line}");
        }
    }
}
