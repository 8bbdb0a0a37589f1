//! Reads a script's lines.

use super::{Line, Mismatch, Script};

/// Reads a script.
///
/// # Errors
///
/// A line is none; it says which and why.
pub fn parse(text: &str) -> Result<Script, Mismatch> {
    let mut lines = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = read(line).map_err(|came| Mismatch { line: number, expected: String::new(), came })?;
        lines.push((number, line));
    }
    Ok(Script { lines })
}

fn read(line: &str) -> Result<Line, String> {
    let (head, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let needs = |form: &str| Err(format!("This line is written as {form}"));
    let one =
        |form: &str| if rest.is_empty() { Err(format!("This line is written as {form}")) } else { Ok(rest.to_owned()) };
    Ok(match head {
        "<" if rest == "..." => Line::Anything,
        "<" => Line::Says(spaced(rest)),
        "?" => match rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(choices) => Line::Choices(spaced(choices)),
            None if rest.starts_with('"') => Line::Editor(quoted(rest)?.0),
            None => return needs("? [one, another], or ? \"prompt\""),
        },
        ">" if rest.starts_with('"') => Line::Type(quoted(rest)?.0),
        ">" => match rest.strip_prefix("file ").filter(|rest| rest.trim_start().starts_with('"')) {
            Some(file) => {
                let (name, size) = quoted(file.trim_start())?;
                match size.trim().parse() {
                    Ok(size) => Line::Send(name, size),
                    Err(_) => return needs("> file \"name\" 12345"),
                }
            }
            None if rest.starts_with("file ") && rest.contains('.') => return needs("> file \"name\" 12345"),
            None => Line::Choose(one("> choice, or > \"text\"")?),
        },
        "refused" => Line::Refused,
        "@" => Line::Asks(one("@ GET https://example.org/path")?),
        "!" if rest == "fail" => Line::Reply(None),
        "!" => {
            let (status, body) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            match status.parse() {
                Ok(status) if (100..600).contains(&status) => Line::Reply(Some((status, body.trim().to_owned()))),
                _ => return needs("! 200 body, or ! fail"),
            }
        }
        "=" => match rest.split_once(char::is_whitespace) {
            Some((name, value)) => Line::Is(name.to_owned(), Some(value.trim().to_owned())),
            None => Line::Is(one("= variable value, or = variable")?, None),
        },
        "lang" => Line::Languages(one("lang de, en")?.split(',').map(|tag| tag.trim().to_owned()).collect()),
        "set" => match rest.split_once(char::is_whitespace) {
            Some((name, value)) => Line::Set(name.to_owned(), value.trim().to_owned()),
            None => return needs("set variable value"),
        },
        "handoff" => Line::Handoff(Some(rest.to_owned()).filter(|queue| !queue.is_empty())),
        "back" => Line::Back,
        "jump" => Line::Jump(one("jump flow, or jump flow/state")?),
        "end" => Line::End,
        _ => {
            let lines = "they begin with < ? > @ ! = # or are lang, set, refused, handoff, back, jump, end";
            return Err(format!("`{line}` is no line of a script; {lines}."));
        }
    })
}

/// A text in quotation marks, where \n is a new line, and what stands behind it.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut read = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, next)) = characters.next() {
        match next {
            '"' => return Ok((read, &text[at + 1..])),
            '\\' => match characters.next() {
                Some((_, 'n')) => read.push('\n'),
                Some((_, other)) => read.push(other),
                None => break,
            },
            other => read.push(other),
        }
    }
    Err("This text lacks its second quotation mark.".into())
}

/// A text whose spaces and new lines make no difference.
pub(super) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
