//! Dependencies point inward: which crate of ours may depend on which, and which crates of others belong to one place.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Findings;

/// Our crates (without `parlor-`), and those of ours that each may depend on.
const LAYERS: &[(&str, &[&str])] = &[
    ("rooms", &[]),
    ("flows", &[]),
    ("content", &["rooms"]),
    ("sockets", &[]),
    ("outbound", &[]),
    ("oidc", &["outbound"]),
    ("relay", &["outbound"]),
    ("wire", &["rooms"]),
    ("store", &["rooms"]),
    ("store-sqlite", &["store", "rooms"]),
    ("store-jetstream", &["store", "rooms"]),
    ("runtime", &["rooms", "store", "sockets"]),
    ("bot", &["wire"]),
    ("bots", &["rooms", "store", "runtime", "sockets", "outbound", "content", "flows", "bot", "wire"]),
    ("archive", &["store", "rooms"]),
    ("accounts", &["store", "rooms"]),
    ("gateway-web", DOOR),
    ("gateway-assistant", DOOR),
    ("gateway-hub", DOOR),
    ("gateway-irc", DOOR),
    ("bridge-irc", DOOR),
    // For tests: what it offers them is below the gateways.
    ("testkit", &["rooms", "store", "wire"]),
    ("bench", &["rooms", "wire", "sockets"]),
];

/// Never on each other, on `bots` or on a store's driver.
const DOOR: &[&str] =
    &["rooms", "runtime", "wire", "content", "sockets", "archive", "accounts", "flows", "outbound", "oidc"];

/// The one that sees everything.
const SERVER: &str = "server";

/// Other people's crates that only these of ours may use outside of tests.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store-sqlite", "bench"]),
    ("reqwest", &["outbound", "relay"]),
    ("ammonia", &["content"]),
    ("ring", &["oidc"]),
    ("tungstenite", &["sockets", "bench"]),
    ("axum", &["gateway-web", "gateway-assistant", "gateway-hub", SERVER, "bench"]),
    ("clap", &[SERVER, "bench"]),
];

/// These of ours do no I/O and know no time; so they use none of those.
const PURE: &[&str] = &["rooms", "flows", "wire", "content"];
const IMPURE: &[&str] = &["tokio", "tokio-util", "hyper", "hyper-util", "reqwest", "rusqlite", "axum", "socket2"];

pub(super) fn check(metadata: &Value, found: &mut Findings) -> Result<()> {
    for package in metadata["packages"].as_array().context("cargo metadata names no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(name) = name.strip_prefix("parlor-") else { continue };
        for dependency in package["dependencies"].as_array().context("no dependencies")? {
            let on = dependency["name"].as_str().unwrap_or_default();
            let in_tests = dependency["kind"].as_str() == Some("dev");
            if let Some(wrong) = judge(name, on, in_tests) {
                found.error(format_args!("parlor-{name} depends on {on}"), wrong);
            }
        }
    }
    Ok(())
}

/// What is wrong with a dependency of one of our crates.
fn judge(name: &str, on: &str, in_tests: bool) -> Option<&'static str> {
    match on.strip_prefix("parlor-") {
        Some(SERVER) => Some("nothing may depend on the server"),
        Some(_) if in_tests || name == SERVER && on != "parlor-testkit" => None,
        Some(ours) => match LAYERS.iter().find(|(layer, _)| *layer == name) {
            None => Some("say in xtask/src/tidy/layers.rs what this new crate may depend on"),
            Some((_, allowed)) if allowed.contains(&ours) => None,
            Some(_) => Some("dependencies point inward, see ARCHITECTURE.md"),
        },
        None if in_tests => None,
        None if PURE.contains(&name) && IMPURE.contains(&on) => Some("it does no I/O, see ARCHITECTURE.md"),
        None => HOMES
            .iter()
            .any(|(theirs, homes)| *theirs == on && !homes.contains(&name))
            .then_some("it belongs to another crate, see xtask/src/tidy/layers.rs"),
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn inward_is_fine_and_outward_is_not() {
        for (name, on, in_tests, fine) in [
            ("wire", "parlor-rooms", false, true),
            ("rooms", "parlor-wire", false, false),
            ("gateway-web", "parlor-bots", false, false),
            ("gateway-web", "parlor-gateway-hub", false, false),
            ("gateway-web", "parlor-store-sqlite", false, false),
            ("gateway-web", "parlor-testkit", false, false),
            ("gateway-web", "parlor-testkit", true, true),
            ("server", "parlor-bots", false, true),
            ("server", "parlor-testkit", false, false),
            ("bench", "parlor-server", true, false),
            ("new", "parlor-rooms", false, false),
            ("rooms", "tokio", false, false),
            ("rooms", "serde", false, true),
            ("bots", "reqwest", false, false),
            ("outbound", "reqwest", false, true),
        ] {
            assert_eq!(judge(name, on, in_tests).is_none(), fine, "{name} → {on}");
        }
    }
}
