//! Which commit a release is built from, if that is known: what `parlor --version` says.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=PARLOR_COMMIT");
    let given = std::env::var("PARLOR_COMMIT").ok().filter(|commit| !commit.is_empty());
    // (Not PARLOR_…: cargo hands it on to what it runs, where that would be a setting.)
    // While one works on it, each commit would build it anew for nothing.
    let commit = given.or_else(|| if std::env::var("PROFILE").as_deref() == Ok("release") { asked() } else { None });
    let version = env!("CARGO_PKG_VERSION");
    match commit {
        Some(commit) => println!("cargo::rustc-env=SHOWN_VERSION={version} ({commit})"),
        None => println!("cargo::rustc-env=SHOWN_VERSION={version}"),
    }
}

/// What git says, where there is one.
fn asked() -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
    };
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        println!("cargo::rerun-if-changed={path}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}
