//! What reads input from outside, each as a function over bytes that must not panic, hang, or break its promise. Found
//! inputs and good beginnings lie in `corpus/`; a test goes over all of them.

mod api;
mod bots;
mod content;
mod frames;
mod patterns;
mod web;

/// Something that is given any bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder in `corpus/`.
    pub name: &'static str,
    /// Reads the bytes.
    pub run: fn(&[u8]),
    /// The longest input that is worth trying.
    pub longest: usize,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "pattern", run: patterns::pattern, longest: 300 },
    Target { name: "html", run: content::html, longest: 2_000 },
    Target { name: "content", run: content::fit, longest: 1_000 },
    Target { name: "fields", run: api::fields, longest: 1_000 },
    Target { name: "json", run: api::json, longest: 1_000 },
    Target { name: "names", run: api::names, longest: 300 },
    Target { name: "people", run: api::people, longest: 200 },
    Target { name: "signals", run: api::signals, longest: 300 },
    Target { name: "query", run: api::query, longest: 500 },
    Target { name: "websocket", run: frames::server, longest: 2_000 },
    Target { name: "relay", run: frames::relay, longest: 2_000 },
    Target { name: "answer", run: bots::answer, longest: 1_000 },
    Target { name: "oidc", run: parlor_oidc::fuzzing::answer, longest: 2_000 },
    Target { name: "hub", run: parlor_gateway_hub::fuzzing::talk, longest: 3_000 },
    Target { name: "headers", run: web::headers, longest: 1_000 },
    Target { name: "settings", run: web::settings, longest: 2_000 },
];

/// The target with this name.
pub fn find(name: &str) -> Option<Target> {
    TARGETS.iter().find(|target| target.name == name).copied()
}

/// Text where the bytes are some; otherwise nothing is tried.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::TARGETS;

    #[test]
    fn every_input_that_was_ever_of_interest_is_read() {
        for target in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
            let inputs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let mut count = 0;
            for input in inputs {
                let path = input.expect("an entry").path();
                (target.run)(&fs::read(&path).expect("a file"));
                count += 1;
            }
            assert!(count > 0, "{} has nothing to begin with", folder.display());
            (target.run)(b"");
        }
    }
}
