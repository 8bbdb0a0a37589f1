//! What the checks and tests need beside Cargo: valgrind, a browser, strace, Python with Flask, Node with the packages of `web/`. What is
//! missing is installed where that is possible (Debian's packages, as root), and named where it is not.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{Workspace, output, run, succeeds, which};
use crate::tests::Which;

/// The first of these is used. What draws nothing on a screen takes a third less of the processor.
const BROWSERS: [&str; 5] =
    ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const OLDEST_NODE: u32 = 20;
/// What the examples in Python need.
const REQUIREMENTS: [&str; 2] = ["examples/python/requirements.txt", "examples/hub/requirements.txt"];

/// What was found, for the tests to use.
pub(crate) struct Needs {
    python: PathBuf,
    chromium: Option<PathBuf>,
    parlor: PathBuf,
}

impl Needs {
    /// Tells a runner's tests where things are.
    pub(crate) fn give<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(chromium) = &self.chromium {
            command.env("CHROMIUM", chromium);
        }
        command.env("PARLOR_TEST_PYTHON", &self.python).env("PARLOR_BIN", &self.parlor)
    }
}

/// Something that has to be there, Debian's packages that bring it, and how to tell.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    there: fn() -> bool,
}

const FOR_ALL: [Need; 1] = [Need {
    what: "python3 with venv or pip",
    packages: &["python3", "python3-venv", "python3-pip"],
    there: || has_venv() || has_pip(),
}];

const FOR_RUST: [Need; 1] = [Need { what: "strace", packages: &["strace"], there: || which("strace").is_some() }];

const FOR_WEB: [Need; 4] = [
    Need { what: "chromium-headless-shell", packages: &["chromium-headless-shell"], there: || chromium().is_some() },
    // Where there is no such package.
    Need { what: "or chromium", packages: &["chromium"], there: || chromium().is_some() },
    Need { what: "node (20 or newer)", packages: &["nodejs"], there: has_node },
    Need { what: "npm", packages: &["npm"], there: || which("npm").is_some() },
];

/// Finds, or fetches, what these tests need.
pub(crate) fn fetch(workspace: &Workspace, which: Which) -> Result<Needs> {
    let mut needs = Vec::from(FOR_ALL);
    if which != Which::Web {
        needs.extend(FOR_RUST);
    }
    if which != Which::Rust {
        needs.extend(FOR_WEB);
    }
    provide(&needs)?;
    if which != Which::Rust {
        node_packages(workspace)?;
    }
    let python = python(workspace)?;
    let parlor = workspace.target.join("debug").join("parlor");
    Ok(Needs { python, chromium: chromium(), parlor })
}

/// Finds, or fetches, what counts instructions.
pub(crate) fn valgrind() -> Result<()> {
    provide(&[Need { what: "valgrind", packages: &["valgrind"], there: || which("valgrind").is_some() }])
}

/// Installs what is missing, or says what it is. One after another: what brings node may bring npm too, or, from
/// another place than Debian, even exclude Debian's.
fn provide(needs: &[Need]) -> Result<()> {
    let mut updated = false;
    for need in needs.iter().filter(|need| !(need.there)()) {
        if can_install() {
            if !updated {
                updated = true;
                warn(run(Command::new("apt-get").arg("update")));
            }
            let mut install = Command::new("apt-get");
            install.args(["install", "--yes", "--no-install-recommends"]).args(need.packages);
            warn(run(install.env("DEBIAN_FRONTEND", "noninteractive")));
        }
    }
    let missing: Vec<_> = needs.iter().filter(|need| !(need.there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = missing.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
    let packages = missing.iter().flat_map(|need| need.packages).copied().collect::<Vec<_>>().join(" ");
    bail!("the tests need: {what}. On Debian: apt-get install {packages}")
}

/// What is missing afterwards is the error; that its installation failed says why.
fn warn(result: Result<()>) {
    if let Err(error) = result {
        eprintln!("warning: {error:#}");
    }
}

fn can_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    root && which("apt-get").is_some()
}

/// The browser of `CHROMIUM`, or one that the system has.
fn chromium() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file());
    named.or_else(|| BROWSERS.iter().find_map(|name| which(name)))
}

/// Whether `cargo nextest` can be used.
pub(crate) fn has_nextest(workspace: &Workspace) -> bool {
    succeeds(&mut workspace.cargo(&["nextest", "--version"]))
}

fn has_node() -> bool {
    let version =
        Command::new("node").arg("--version").output().ok().and_then(|out| String::from_utf8(out.stdout).ok());
    let major = version.as_deref().and_then(|version| version.strip_prefix('v')?.split('.').next()?.parse().ok());
    major.is_some_and(|major: u32| major >= OLDEST_NODE)
}

/// `npm ci` in `web/`.
pub(crate) fn node_packages(workspace: &Workspace) -> Result<()> {
    locked_node_packages(workspace, "web")
}

/// `npm ci` in a folder, unless what is there is what the lock file says.
pub(crate) fn locked_node_packages(workspace: &Workspace, folder: &str) -> Result<()> {
    provide(&FOR_WEB[2..])?;
    let place = workspace.root.join(folder);
    let lock =
        fs::read_to_string(place.join("package-lock.json")).with_context(|| format!("{folder}/package-lock.json"))?;
    let stamp = place.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(&mut workspace.program("npm", folder, &["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock).with_context(|| format!("{folder}/node_modules"))
}

fn has_venv() -> bool {
    succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
}

fn has_pip() -> bool {
    succeeds(Command::new("python3").args(["-m", "pip", "--version"]))
}

/// A Python of the tests' own that has the libraries of the examples: `test-python/bin/python` in the target
/// folder. The system's Python stays as it is.
fn python(workspace: &Workspace) -> Result<PathBuf> {
    let home = workspace.target.join("test-python");
    let python = home.join("bin/python");
    let (mut wanted, mut from_files) = (String::new(), vec!["--quiet".into(), "--disable-pip-version-check".into()]);
    for name in REQUIREMENTS {
        let file = workspace.root.join(name);
        wanted.push_str(&fs::read_to_string(&file).context(name)?);
        from_files.extend([OsString::from("--requirement"), file.into()]);
    }
    let stamp = home.join("installed.txt");
    let installed = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
    if installed && succeeds(Command::new(&python).args(["-c", "import flask, flask_cors, websockets"])) {
        return Ok(python);
    }
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("can't remove {}", home.display()))?;
    }
    if has_venv() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        run(Command::new(&python).args(["-m", "pip", "install"]).args(from_files))?;
    } else {
        let libraries = home.join("libraries");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--target"]).arg(&libraries).args(from_files);
        run(&mut pip)?;
        write_launcher(&python, &libraries)?;
    }
    fs::write(stamp, wanted)?;
    Ok(python)
}

/// A program that starts the system's Python with more libraries, where a venv can't be made.
fn write_launcher(path: &Path, libraries: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let python = output(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]))?;
    let text = format!("#!/bin/sh\nPYTHONPATH='{}' exec '{}' \"$@\"\n", libraries.display(), python.trim());
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).context("can't make it executable")
}
