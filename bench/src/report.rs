//! What a scenario found: tables, targets and plots, as data and as Markdown.

use std::fmt::Write as _;

use serde::Serialize;

use crate::contestants::About;
use crate::plot::Plot;
use crate::table::Series;

/// What one scenario found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// What was done, in a sentence or two.
    pub(crate) what: String,
    pub(crate) contestants: Vec<About>,
    pub(crate) tables: Vec<Table>,
    pub(crate) targets: Vec<Target>,
    pub(crate) plots: Vec<Plot>,
    pub(crate) notes: Vec<String>,
    /// Contestants that could not take part, and why.
    pub(crate) absent: Vec<String>,
    /// Figures that are the load generator's and not the contestant's, and why.
    pub(crate) invalid: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// The first column's name, and those of the others with their units.
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cells: Vec<Series>,
}

/// What was wanted, and what came.
#[derive(Debug, Serialize)]
pub(crate) struct Target {
    pub(crate) work: String,
    pub(crate) target: String,
    pub(crate) figure: String,
    /// None if the figure is missing or invalid.
    pub(crate) met: Option<bool>,
}

impl Table {
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&column| column.to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, name: impl Into<String>, cells: Vec<Series>) {
        self.rows.push(Row { name: name.into(), cells });
    }

    pub(crate) fn markdown(&self) -> String {
        let mut rows = vec![self.columns.clone()];
        for row in &self.rows {
            rows.push(std::iter::once(row.name.clone()).chain(row.cells.iter().map(Series::spread)).collect());
        }
        grid(&rows)
    }
}

/// Rows in columns, the first row as their names.
pub(crate) fn grid(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if number == 0 {
            let line: Vec<_> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
            let _ = writeln!(text, "|{}|", line.join("|"));
        }
    }
    text
}

impl Target {
    /// That the median of a ratio is at most so much.
    pub(crate) fn at_most(work: &str, target: &str, ratio: &Series, bound: f64) -> Self {
        Self::new(work, target, ratio, |median| median <= bound)
    }

    /// That the median of a ratio is at least so much.
    pub(crate) fn at_least(work: &str, target: &str, ratio: &Series, bound: f64) -> Self {
        Self::new(work, target, ratio, |median| median >= bound)
    }

    fn new(work: &str, target: &str, ratio: &Series, met: impl Fn(f64) -> bool) -> Self {
        let figure = ratio.spread();
        let met = (!ratio.is_empty()).then(|| met(ratio.median()));
        Self { work: work.to_owned(), target: target.to_owned(), figure, met }
    }

    /// Its row in a table; the link leads to where it was measured.
    pub(crate) fn row(&self, link: &str) -> Vec<String> {
        let met = match self.met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        };
        vec![format!("[{}]({link})", self.work), self.target.clone(), self.figure.clone(), met.to_owned()]
    }
}

impl Report {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Takes note of why a figure does not count. Repetitions of the same are one.
    pub(crate) fn invalid(&mut self, figure: &str, why: Option<&String>) {
        let Some(why) = why else { return };
        if !self.invalid.iter().any(|known| known.starts_with(&format!("{figure}: "))) {
            self.invalid.push(format!("{figure}: {why}"));
        }
    }

    /// All but the heading. Plots are in the folder of that name.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("{}\n\n", self.what);
        for table in &self.tables {
            let _ = writeln!(text, "{}", table.markdown());
        }
        if !self.targets.is_empty() {
            let mut rows = vec![["target", "wanted", "measured", ""].map(str::to_owned).to_vec()];
            rows.extend(self.targets.iter().map(|target| {
                let mut row = target.row("");
                row[0].clone_from(&target.work);
                row
            }));
            let _ = writeln!(text, "{}", grid(&rows));
        }
        for plot in &self.plots {
            let _ = writeln!(text, "![{}](plots/{}.svg)\n", plot.title, plot.name);
        }
        for line in &self.invalid {
            let _ = writeln!(text, "- **Not valid**, for the load generator was what held things up: {line}.");
        }
        for line in self.absent.iter().chain(&self.notes) {
            let _ = writeln!(text, "- {line}");
        }
        for about in &self.contestants {
            let version = if about.version.is_empty() { String::new() } else { format!(" {}", about.version) };
            let _ = writeln!(text, "- **{}**{version}: {}", about.name, about.does);
        }
        text
    }
}
