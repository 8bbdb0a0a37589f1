//! `parlor flow`: checks, draws, tests and tries the assistant's flows, without a server.

mod files;
mod play;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use parlor_flows::{graph, script};

use self::files::Files;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Flow {
    /// Say what is wrong with flows: exit code 0 if they may run, 1 if not
    Check {
        /// A flow's file; its name without .json is the flow's
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Draw a flow
    Graph(Graph),
    /// Play conversations with a flow and say where they differ first: exit code 0 if nowhere, 1 if they do
    Test {
        /// A flow's file
        #[arg(value_name = "FILE")]
        file: PathBuf,

        /// What is said, line by line: docs/reference/flows.md describes it
        #[arg(long, value_name = "FILE", required = true)]
        script: Vec<PathBuf>,
    },
    /// Try a flow in the terminal
    Run(Run),
    /// Print the JSON Schema of flows, for editors
    Schema,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Graph {
    /// A flow's file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// What it is drawn as; if --to ends in .mmd or .svg, that says it
    #[arg(long)]
    format: Option<Format>,

    /// The file. Without it, standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// A picture
    Svg,
    /// Text that Mermaid draws
    Mermaid,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Run {
    /// A flow's file
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Really make the flow's requests; without it, you are asked for what they are answered
    #[arg(long)]
    requests: bool,

    /// The languages that a browser wants, best first
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    lang: Vec<String>,
}

pub(crate) fn run(flow: Flow) -> Result<ExitCode> {
    match flow {
        Flow::Check { files } => check(&files),
        Flow::Graph(options) => draw(&options),
        Flow::Test { file, script } => test(&file, &script),
        Flow::Run(options) => match Files::read(std::slice::from_ref(&options.file))?.right() {
            Some(flows) => play::run(&flows, &options),
            None => Ok(ExitCode::FAILURE),
        },
        Flow::Schema => {
            print!("{}", parlor_flows::SCHEMA);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(files: &[PathBuf]) -> Result<ExitCode> {
    let files = Files::read(files)?;
    print!("{}", files.told());
    Ok(if files.any_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn draw(options: &Graph) -> Result<ExitCode> {
    let files = Files::read(std::slice::from_ref(&options.file))?;
    let Some(flow) = files.right().and_then(|flows| flows.into_iter().next()) else { return Ok(ExitCode::FAILURE) };
    let ends_in = |ending: &str| options.to.as_ref().and_then(|to| to.extension()).is_some_and(|end| end == ending);
    let format = options.format.unwrap_or(if ends_in("mmd") { Format::Mermaid } else { Format::Svg });
    let drawn = match format {
        Format::Svg => graph::svg(&flow, files.findings(&options.file)),
        Format::Mermaid => graph::mermaid(&flow),
    };
    match &options.to {
        Some(to) => {
            fs::write(to, drawn).with_context(|| format!("can't write {}", to.display()))?;
            println!("The flow `{}` is drawn in {}", flow.name(), to.display());
        }
        // Who reads may stop reading, as `head` does.
        None => drop(std::io::stdout().write_all(drawn.as_bytes())),
    }
    Ok(ExitCode::SUCCESS)
}

fn test(file: &Path, scripts: &[PathBuf]) -> Result<ExitCode> {
    let files = Files::read(&[file.to_owned()])?;
    let Some(flow) = files.right().and_then(|flows| flows.into_iter().next()) else { return Ok(ExitCode::FAILURE) };
    let mut code = ExitCode::SUCCESS;
    for path in scripts {
        let text = files::text(path)?;
        let played = script::parse(&text).and_then(|script| script::play(&flow, &script));
        match played {
            Ok(()) => println!("{}: as the script says", path.display()),
            Err(mismatch) => {
                println!("{}:{mismatch}", path.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}
