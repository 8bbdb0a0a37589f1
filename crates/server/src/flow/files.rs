//! Flows in files, together with those that they jump to, which lie beside them.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use parlor_flows::{Finding, Flow, LARGEST_FILE, Severity, check, check_all};

/// Files that were read and checked.
pub(super) struct Files {
    files: Vec<File>,
    /// Why some that were asked for are not among them.
    unread: Vec<anyhow::Error>,
}

struct File {
    path: PathBuf,
    name: String,
    flow: Option<Flow>,
    findings: Vec<Finding>,
}

impl Files {
    /// Reads files and checks them, each by itself and all together. The first ones are those that are asked for.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut files: Vec<File> = Vec::new();
        let mut unread = Vec::new();
        for path in paths {
            let file = match File::read(path) {
                Ok(file) => file,
                // The others are checked all the same.
                Err(error) if paths.len() > 1 => {
                    unread.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(other) = files.iter().find(|other| other.name == file.name) {
                bail!("{} and {} are both named `{}`", other.path.display(), path.display(), file.name);
            }
            files.push(file);
        }
        let mut at = 0;
        while at < files.len() {
            let jumps: Vec<String> = files[at].flow.iter().flat_map(Flow::jumps).map(str::to_owned).collect();
            for name in jumps {
                let beside = files[at].path.with_file_name(format!("{name}.json"));
                // A name is no path.
                let plain = !name.contains(['/', '\\', '\0']) && !name.starts_with('.');
                if plain && files.iter().all(|file| file.name != name) && beside.is_file() {
                    files.push(File::read(&beside)?);
                }
            }
            at += 1;
        }
        let flows: Vec<_> = files.iter().filter_map(|file| Some((file.name.clone(), file.flow.clone()?))).collect();
        let named: Vec<_> = flows.iter().map(|(name, flow)| (name.as_str(), flow)).collect();
        for (name, finding) in check_all(&named) {
            // That a flow is not there is not said when it only has errors of its own, which are.
            let broken = |file: &File| {
                file.flow.is_none() && finding.message.contains(&format!("There is no flow `{}`", file.name))
            };
            if !files.iter().any(broken) {
                files.iter_mut().filter(|file| file.name == name).for_each(|file| file.findings.push(finding.clone()));
            }
        }
        Ok(Self { files, unread })
    }

    /// What was found, a line each; and of each file without errors, that it has none.
    pub(super) fn told(&self) -> String {
        let mut told = String::new();
        for file in &self.files {
            let path = file.path.display();
            for finding in &file.findings {
                let _ = writeln!(told, "{path}:{finding}");
            }
            if let Some(flow) = file.flow.as_ref().filter(|_| !file.any_errors()) {
                let _ = writeln!(told, "{path}: no errors in {} states", flow.states().len());
            }
        }
        for why in &self.unread {
            let _ = writeln!(told, "{why:#}");
        }
        told
    }

    pub(super) fn any_errors(&self) -> bool {
        !self.unread.is_empty() || self.files.iter().any(File::any_errors)
    }

    /// What was found of one file.
    pub(super) fn findings(&self, path: &Path) -> &[Finding] {
        self.files.iter().find(|file| file.path == path).map_or(&[], |file| &file.findings)
    }

    /// All flows, the one that is asked for first. If there are errors, these are said, and it is nothing.
    pub(super) fn right(&self) -> Option<Vec<Flow>> {
        if self.any_errors() {
            eprint!("{}", self.told());
            return None;
        }
        self.files.iter().map(|file| file.flow.clone()).collect()
    }
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let checked = check(&name, &text(path)?);
        Ok(Self { path: path.to_owned(), name, flow: checked.flow, findings: checked.findings })
    }

    fn any_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// A file's text.
pub(super) fn text(path: &Path) -> Result<String> {
    let wrong = || format!("can't read {}", path.display());
    let size = fs::metadata(path).with_context(wrong)?.len();
    if size > LARGEST_FILE as u64 {
        bail!("{} is {size} bytes long, and at most {LARGEST_FILE} are read", path.display());
    }
    let bytes = fs::read(path).with_context(wrong)?;
    String::from_utf8(bytes).with_context(|| format!("{} is no text in UTF-8", path.display()))
}
