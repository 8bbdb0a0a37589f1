//! What the server knows of the pages' modules: which ones an entry leads to, so that a page can name them all at once,
//! and how they are sent without their comments.

use std::collections::HashSet;

/// Every module that `entry` imports, in the order in which a browser would meet them, without itself. Paths are those
/// below `/web/`; `read` gives a module's source.
pub(crate) fn imported(entry: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = vec![entry.to_owned()];
    let mut known = HashSet::from([entry.to_owned()]);
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let source = read(&path).unwrap_or_default();
        for target in imports(&source).filter_map(|target| resolve(&path, target)) {
            if known.insert(target.clone()) {
                found.push(target);
            }
        }
    }
    found.remove(0);
    found
}

/// What a module's static imports name. Ours are written as the formatter leaves them: `from '…';` ends a line.
fn imports(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let statement = line.trim_end().strip_suffix("';")?;
        let (before, target) = statement.rsplit_once('\'')?;
        let named = before.ends_with(" from ") && ["import ", "export ", "} from "].iter().any(|b| line.starts_with(b));
        (named || before == "import ").then_some(target)
    })
}

/// The path below `/web/` that `target` means in the module `from`.
fn resolve(from: &str, target: &str) -> Option<String> {
    if let Some(path) = target.strip_prefix("/web/") {
        return Some(path.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.strip_prefix("./").unwrap_or(target).split('/') {
        match part {
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A module without the lines that hold only a comment, and without notes of types: a third of what is sent. Line ends
/// stay, so that an error names the line of the source.
pub(crate) fn without_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut within = false;
    for line in source.split_inclusive('\n') {
        let text = line.trim_start();
        let comment = if within || text.starts_with("/*") {
            let end = text.find("*/");
            within = end.is_none();
            end.is_none_or(|end| text[end + 2..].trim().is_empty())
        } else {
            text.starts_with("//")
        };
        if comment {
            kept.push('\n');
        } else {
            untyped(line, &mut kept);
        }
    }
    kept
}

/// A module whose imports lead to where the server is.
pub(crate) fn below(base: &str, source: String) -> String {
    if base.is_empty() { source } else { source.replace("from '/web/", &format!("from '{base}/web/")) }
}

/// A line without its `/** @type {…} */`.
fn untyped(line: &str, kept: &mut String) {
    let mut rest = line;
    while let Some((before, note)) = rest.split_once("/** @type ")
        && let Some((_, after)) = note.split_once("*/")
    {
        kept.push_str(before);
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    kept.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_modules_behind_an_entry_are_found_once() {
        let read = |path: &str| {
            let source = match path {
                "js/a.js" => {
                    "import { b } from './b.js';\nimport './parts/c.js';\n/** @typedef {import('./no.js').X} X */\n"
                }
                "js/b.js" => "import { html } from '/web/vendor/lit.js';\nexport { c } from './parts/c.js';\n",
                "js/parts/c.js" => "import {\n  a,\n} from '../a.js';\nconst said = 'x from ';\n",
                _ => return None,
            };
            Some(source.to_owned())
        };
        assert_eq!(imported("js/a.js", read), ["js/b.js", "js/parts/c.js", "vendor/lit.js"]);
    }

    #[test]
    fn comments_go_and_lines_stay() {
        let source = "// First.\n\nconst a = 1; // stays\n/**\n * Gone.\n */\nconst d = /** @type {X} */ (b), e;\n  /* gone */\nconst c = 'a/*';\n";
        assert_eq!(
            without_comments(source),
            "\n\nconst a = 1; // stays\n\n\n\nconst d = (b), e;\n\nconst c = 'a/*';\n"
        );
    }
}
