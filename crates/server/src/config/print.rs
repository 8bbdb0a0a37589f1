//! The settings in print: what holds and from where, the example file, the page of the reference.

use std::fmt::Write as _;

use super::{
    Config, Loaded, SECTIONS,
    setting::{Entry, paragraphs},
};

/// The width of a comment in the example file.
const WIDTH: usize = 100;

/// What holds and where it comes from, as a file that could be used. Secrets are hidden.
pub(crate) fn holds(loaded: &Loaded) -> String {
    let mut out = match &loaded.file {
        Some(path) => format!("# What holds. The file {} was read.\n", path.display()),
        None => "# What holds. No configuration file was read.\n".to_owned(),
    };
    for section in SECTIONS.iter() {
        let _ = write!(out, "\n[{}]\n", section.name);
        for entry in &section.entries {
            let origin = loaded.origin(entry);
            let line = match (entry.show)(&loaded.config) {
                None => format!("# {} is not set", entry.key),
                Some(_) if entry.about.secret => format!("# {} = (hidden)  # {origin}", entry.key),
                Some(value) => format!("{} = {value}  # {origin}", entry.key),
            };
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

/// The example file: every setting, commented out, with its description and default.
pub(crate) fn example() -> String {
    let mut out = include_str!("example_head.toml").to_owned();
    for section in SECTIONS.iter() {
        out.push('\n');
        comment(&mut out, &paragraphs(section.lines));
        let _ = writeln!(out, "[{}]", section.name);
        for entry in &section.entries {
            out.push('\n');
            comment(&mut out, &sentences(entry));
            let _ = writeln!(out, "#{} = {}", entry.key, example_value(entry));
        }
    }
    out
}

/// The description, and what the type and the table say.
fn sentences(entry: &Entry) -> Vec<String> {
    let mut all = entry.paragraphs();
    if let Some(first) = all.first_mut() {
        first.push('.');
    }
    let mut more = Vec::new();
    if entry.about.secret {
        more.push(format!("A secret: better `{}_file = \"/path\"`, with nothing else in that file.", entry.key));
    }
    match (entry.show)(&Config::default()).as_deref() {
        None => more.push("Not set by default.".to_owned()),
        Some("[]") => more.push("None by default.".to_owned()),
        Some(_) => {}
    }
    if !more.is_empty() {
        all.push(more.join(" "));
    }
    all
}

fn example_value(entry: &Entry) -> String {
    let default = (entry.show)(&Config::default()).filter(|shown| shown != "[]" || entry.about.example.is_empty());
    default.unwrap_or_else(|| match entry.about.example {
        "" => "\"…\"".to_owned(),
        example => example.to_owned(),
    })
}

fn comment(out: &mut String, paragraphs: &[String]) {
    for paragraph in paragraphs {
        let mut line = String::from("#");
        for word in paragraph.split(' ') {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                let _ = writeln!(out, "{line}");
                line = String::from("#");
            }
            let _ = write!(line, " {word}");
        }
        let _ = writeln!(out, "{line}");
    }
}

/// `docs/reference/settings.md`.
pub(crate) fn reference() -> String {
    let mut out = include_str!("reference_head.md").to_owned();
    for section in SECTIONS.iter() {
        let _ = write!(out, "\n## [{}]\n\n{}\n", section.name, paragraphs(section.lines).join("\n\n"));
        for entry in &section.entries {
            let _ = write!(out, "\n### {}\n\n{}\n\n", entry.key, prose(entry));
            for line in facts(entry) {
                let _ = writeln!(out, "- {line}");
            }
        }
    }
    out
}

fn prose(entry: &Entry) -> String {
    let mut all = entry.paragraphs();
    if let Some(first) = all.first_mut() {
        first.push('.');
    }
    // What stands in angle brackets or between bars would be taken for something else.
    all.join("\n\n")
}

fn facts(entry: &Entry) -> Vec<String> {
    let mut facts = Vec::new();
    let default = (entry.show)(&Config::default());
    facts.push(match (&default, entry.about.example) {
        (Some(value), "") => format!("default: `{value}`"),
        (Some(value), example) => format!("default: `{value}`; for example `{example}`"),
        (None, "") => "default: not set".to_owned(),
        (None, example) => format!("default: not set; for example `{example}`"),
    });
    let short = entry.about.short.map(|short| format!("`-{short}`, ")).unwrap_or_default();
    facts.push(format!("on the command line: {short}`--{} {}`", entry.flag, entry.value()));
    let names: Vec<String> = entry.variables().iter().map(|name| format!("`{name}`")).collect();
    facts.push(format!("in the environment: {}", names.join(" or ")));
    if entry.about.secret {
        facts.push(format!(
            "a secret: may stand in a file of its own (`{}_file`, `{}_FILE`)",
            entry.key,
            entry.variables()[0]
        ));
    }
    facts.push(if entry.about.reload { "SIGHUP changes it" } else { "needs a restart" }.to_owned());
    facts
}
