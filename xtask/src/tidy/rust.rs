//! HTML and SQL live in files of their own kind. Found by what their statements and tags look like; tests may quote
//! them, and the few inline tags of a room's system messages (`<code>`, `<pre>`) are text.

use super::{Findings, Source};

const SQL: [&str; 9] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "ORDER BY ",
];
const TAGS: [&str; 21] = [
    "html", "head", "body", "div", "span", "p", "a", "ul", "ol", "li", "table", "tr", "td", "form", "input", "button",
    "script", "style", "link", "!doctype", "!DOCTYPE",
];

pub(super) fn check(source: &Source, found: &mut Findings) {
    if !source.is(&["rs"]) || is_test(&source.path) || source.path.starts_with("xtask/") {
        return;
    }
    for (number, line) in source.lines() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = without_comment(line);
        if let Some(word) = SQL.iter().find(|word| code.contains(*word)) {
            let what = format!("SQL ({}) belongs in a .sql file, by include_str!", word.trim());
            found.error(format_args!("{}:{number}", source.path), what);
        }
        if let Some(tag) = tag(code) {
            let what = format!("HTML (<{tag}>) belongs in a template");
            found.error(format_args!("{}:{number}", source.path), what);
        }
    }
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "testkit" | "benches" | "conformance"))
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) }
}

/// The first tag in a line, if it is one of HTML's.
fn tag(code: &str) -> Option<&'static str> {
    // Types have capitals: `Option<Head>` is none.
    TAGS.into_iter().find(|tag| {
        [format!("<{tag}>"), format!("<{tag} "), format!("</{tag}>")].iter().any(|form| code.contains(form.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use super::check;

    #[test]
    fn sql_and_html_in_strings_are_found_outside_of_tests() {
        for (path, line, wrong) in [
            ("crates/a/src/b.rs", r#"let x = "SELECT * FROM y";"#, true),
            ("crates/a/src/b.rs", r#"let x = "<div class='x'>";"#, true),
            ("crates/a/src/b.rs", r#"let x = "<!DOCTYPE html>";"#, true),
            ("crates/a/src/b.rs", r#"let x = "say <code>dict</code> and <pre>";"#, false),
            ("crates/a/src/b.rs", r#"/// Answers with `<form action="x">`."#, false),
            ("crates/a/src/b.rs", "let x: Vec<P> = Vec::<Body>::new();", false),
            ("crates/a/src/b.rs", "let x: Option<Vec<Part>> = a < b;", false),
            ("crates/a/src/b.rs", "#[cfg(test)]\nmod tests { const X: &str = \"<div>\"; }", false),
            ("crates/a/src/b.rs", "// tidy: SQLite has no other way\nlet x = \"SELECT 1\";", false),
            ("crates/a/tests/b.rs", r#"let x = "<div>";"#, false),
        ] {
            assert_eq!(!findings(check, path, line).is_empty(), wrong, "{line}");
        }
    }
}
