//! The size of files, and that each begins by saying what it is for.

use super::{Findings, Source};

const MANY: usize = 400;
const TOO_MANY: usize = 600;

pub(super) fn check(source: &Source, found: &mut Findings) {
    // Said at the very top, for what has to be one file.
    let excused = source.text.lines().take(3).any(|line| line.contains("tidy: "));
    if source.is(&["rs", "js", "mjs", "css"]) && !excused {
        let lines = source.text.lines().count();
        if lines > TOO_MANY {
            found.error(&source.path, format_args!("{lines} lines; split it (at most {TOO_MANY})"));
        } else if lines > MANY {
            found.warn(&source.path, format_args!("{lines} lines; could it be two files?"));
        }
    }
    let first = source.text.lines().next().unwrap_or_default();
    let says = match source.path.rsplit('.').next() {
        Some("rs") => first.starts_with("//!"),
        Some("js" | "mjs") => first.starts_with("//") || first.starts_with("/*") || first.starts_with("#!"),
        Some("css") => first.starts_with("/*"),
        _ => true,
    };
    if !says {
        found.error(format_args!("{}:1", source.path), "the first line says what the file is for, in a comment");
    }
    if source.is(&["rs", "js", "mjs", "css", "html", "sql", "py", "toml", "sh", "json"]) {
        for (number, line) in source.lines() {
            if line.ends_with([' ', '\t', '\r']) {
                found.error(format_args!("{}:{number}", source.path), "spaces at the end of the line");
            }
        }
        if !source.text.is_empty() && !source.text.ends_with('\n') {
            found.error(&source.path, "no newline at the end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use super::check;

    #[test]
    fn long_files_and_files_without_a_first_line_are_found() {
        let long = |lines: usize| "//! Long.\n".repeat(lines);
        assert!(findings(check, "a.rs", &long(600)).is_empty());
        assert_eq!(findings(check, "a.rs", &long(601)).len(), 1);
        assert!(findings(check, "a.md", &long(601)).is_empty());
        let excused = format!("// For this.\n// tidy: one file, for others load it.\n{}", "x;\n".repeat(700));
        assert!(findings(check, "a.js", &excused).is_empty());
        assert_eq!(findings(check, "a.rs", "use std;\n").len(), 1);
        assert_eq!(findings(check, "a.css", "a {}\n").len(), 1);
        assert_eq!(findings(check, "a.js", "// It is for this. \nx").len(), 2);
    }
}
