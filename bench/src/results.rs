//! `RESULTS.md`: a part for each scenario, replaced when that scenario has run; and every run's figures as JSON.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::machine::Machine;
use crate::report::{Report, grid};

/// A scenario's run.
#[derive(Serialize)]
pub(crate) struct Run<'a> {
    pub(crate) name: &'a str,
    pub(crate) title: &'a str,
    pub(crate) command: String,
    /// When it began, UTC.
    pub(crate) date: String,
    pub(crate) commit: String,
    pub(crate) seconds: f64,
    pub(crate) machine: &'a Machine,
    pub(crate) report: Report,
}

const TARGETS: &str = "targets";

impl Run<'_> {
    /// Appends all figures as one line of JSON.
    pub(crate) fn append(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::OpenOptions::new().create(true).append(true).open(file)?;
        std::io::Write::write_all(&mut file, format!("{}\n", serde_json::to_string(self)?).as_bytes())?;
        Ok(())
    }

    /// Its part of the results.
    pub(crate) fn markdown(&self) -> String {
        format!(
            "## {}\n\n**{}** · `{}` · {} UTC · commit {} · {:.0} s\n\n{}",
            self.name,
            self.title,
            self.command,
            self.date,
            self.commit,
            self.seconds,
            self.report.markdown()
        )
    }

    /// Writes the plots and its part into this folder; what other scenarios found stays. The names are those of all, in order.
    pub(crate) fn write(&self, folder: &Path, names: &[&str]) -> Result<()> {
        let plots = folder.join("plots");
        fs::create_dir_all(&plots)?;
        for plot in &self.report.plots {
            fs::write(plots.join(format!("{}.svg", plot.name)), plot.svg())?;
        }
        let path = folder.join("RESULTS.md");
        let old = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, self.replace(&old, names)).with_context(|| format!("can't write {}", path.display()))
    }

    fn replace(&self, old: &str, names: &[&str]) -> String {
        let parts: Vec<String> = names
            .iter()
            .map(|name| if *name == self.name { self.markdown() } else { part(old, name).unwrap_or_default() })
            .collect();
        let mut rows = vec![["what", "wanted", "measured", ""].map(str::to_owned).to_vec()];
        for name in names {
            let link = format!("#{name}");
            if *name == self.name {
                rows.extend(self.report.targets.iter().map(|target| target.row(&link)));
            } else {
                let old = part(old, TARGETS).unwrap_or_default();
                let those = old.lines().filter(|line| line.contains(&format!("]({link})")));
                rows.extend(those.map(cells));
            }
        }
        let mut text = format!(
            "{}\n{}\n{}\n\n",
            include_str!("results.md"),
            self.machine.markdown(),
            wrapped(TARGETS, &format!("## Targets\n\n{}", grid(&rows)))
        );
        for (name, part) in names.iter().zip(parts) {
            if !part.is_empty() {
                let _ = write!(text, "{}\n\n", wrapped(name, &part));
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches([' ', '|']).split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

fn wrapped(name: &str, part: &str) -> String {
    format!("<!-- {name} -->\n{}\n<!-- end of {name} -->", part.trim_end())
}

fn part(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n"))?;
    let (part, _) = rest.split_once(&format!("\n<!-- end of {name} -->"))?;
    Some(part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Target;
    use crate::table::Series;

    fn run<'a>(name: &'a str, machine: &'a Machine, figure: f64) -> Run<'a> {
        let mut report = Report::new(format!("did {name}"));
        report.targets.push(Target::at_most(&format!("work of {name}"), "≤ 2 ×", &Series::from(figure), 2.0));
        let text = || String::from("x");
        Run { name, title: "t", command: text(), date: text(), commit: text(), seconds: 1.0, machine, report }
    }

    #[test]
    fn a_scenario_replaces_its_own_part_and_leaves_the_others() {
        let machine = Machine {
            processor: "p".into(),
            cores: 2,
            kernel: "k".into(),
            memory: "m".into(),
            syncs: Series::from(1.0),
        };
        let names = ["one", "two"];
        let first = run("two", &machine, 1.5).replace("", &names);
        let both = run("one", &machine, 3.0).replace(&first, &names);
        assert!(both.find("did one").unwrap() < both.find("did two").unwrap(), "{both}");
        let again = run("two", &machine, 1.25).replace(&both, &names);
        assert!(!again.contains("1.50"), "{again}");
        for words in ["[work of one](#one)", "**not met**", "[work of two](#two)", "1.25"] {
            assert_eq!(again.matches(words).count(), both.replace("1.50", "1.25").matches(words).count(), "{again}");
        }
        assert_eq!(run("two", &machine, 1.25).replace(&again, &names), again);
    }
}
