//! What `parlor user` prints.

use std::io::{ErrorKind, Write as _};

use anyhow::Result;
use jiff::Timestamp;

use super::wish::Row;

/// A role in a sentence.
pub(super) fn a_role(role: &str) -> String {
    let article = if role.starts_with(['a', 'o']) { "an" } else { "a" };
    format!("{article} {role}")
}

/// A table with aligned columns.
pub(super) fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "Nobody has an account yet.\n".to_owned();
    }
    let mut lines = vec![["NAME", "ROLE", "MADE", "STATE"].map(str::to_owned)];
    lines.extend(rows.iter().map(|row| {
        let made = Timestamp::from_second(row.made).map(|made| made.strftime("%Y-%m-%d").to_string());
        let state = match (row.disabled, row.password) {
            (true, _) => "disabled",
            (false, false) => "no password",
            (false, true) => "",
        };
        [row.name.clone(), row.role.clone(), made.unwrap_or_default(), state.to_owned()]
    }));
    let widths =
        [0, 1, 2].map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default());
    let mut text = String::new();
    for line in lines {
        let mut whole = String::new();
        for (column, width) in line.iter().zip(widths) {
            whole.push_str(&format!("{column:width$}  "));
        }
        whole.push_str(&line[3]);
        text.push_str(whole.trim_end());
        text.push('\n');
    }
    text
}

/// The same for programs.
pub(super) fn json(rows: &[Row]) -> Result<String> {
    Ok(serde_json::to_string_pretty(rows)? + "\n")
}

/// Who reads may stop reading, as `head` does.
pub(super) fn out(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_letters() {
        let row = |name: &str, disabled, password| Row {
            id: 1,
            name: name.to_owned(),
            role: "member".to_owned(),
            disabled,
            password,
            made: 1_700_000_000,
        };
        let table = table(&[row("Zoë Ann", false, true), row("B", true, true), row("C", false, false)]);
        assert_eq!(
            table,
            "NAME     ROLE    MADE        STATE\n\
             Zoë Ann  member  2023-11-14\n\
             B        member  2023-11-14  disabled\n\
             C        member  2023-11-14  no password\n"
        );
    }
}
