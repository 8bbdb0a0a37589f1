//! The settings as a whole: who goes before whom, what is refused in which words, what is printed.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use clap::{Args as _, Command, FromArgMatches as _};

use super::{Config, Environment, Flags, Loaded, Settings, entries, example, file::Text, holds, reference};

/// A file in the system's temporary folder that goes with it.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("parlor-config-{}-{name}.toml", std::process::id()));
        fs::write(&path, text).expect("it can be written");
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn flags(args: &[&str]) -> Flags {
    let command = Flags::augment_args(Command::new("parlor").no_binary_name(true));
    Flags::from_arg_matches(&command.get_matches_from(args)).expect("they are right")
}

fn environment(all: &[(&str, &str)]) -> Environment {
    Environment::new(all.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

/// What is wrong with a text, as `line:column: sentence`.
fn wrong(text: impl AsRef<[u8]>) -> Vec<String> {
    let text = match Text::new("x".as_ref(), text.as_ref().to_vec()) {
        Ok(text) => text,
        Err(problem) => return vec![problem.to_string()[2..].to_owned()],
    };
    let mut config = Config::default();
    let problems = text.settings(&super::SECTIONS, |entry, said, _| match said {
        super::file::Said::Value(value) => (entry.set)(&mut config, super::setting::Given::Toml(value)),
        super::file::Said::Elsewhere(_) => Ok(()),
    });
    problems.iter().map(|problem| problem.to_string()[2..].to_owned()).collect()
}

#[test]
fn the_command_line_goes_before_the_environment_before_the_file_before_the_defaults() {
    let file = TempFile::new("order", "[server]\nlisten = \"[::1]:1\"\ndata = \"file\"\nskin = \"file\"\n");
    let path = file.0.to_str().expect("UTF-8");
    let environment = environment(&[("PARLOR_LISTEN", "[::1]:2"), ("PARLOR_DATA", "variable"), ("PARLOR_SKIN", "")]);
    let loaded = Loaded::read(&flags(&["--config", path, "--listen", "[::1]:3"]), &environment).expect("all is right");
    assert_eq!(loaded.config.server.listen.0[0].to_string(), "[::1]:3");
    assert_eq!(loaded.config.server.data, PathBuf::from("variable"));
    assert_eq!(loaded.config.server.skin, Some("file".into()), "an empty variable is none");
    assert_eq!(loaded.config.bots.timeout, Duration::from_secs(120));
    let print = holds(&loaded);
    for line in [
        "listen = \"[::1]:3\"  # --listen",
        "data = \"variable\"  # PARLOR_DATA",
        &format!("skin = \"file\"  # {path}:4:1"),
        "timeout = \"2m\"  # default",
        "# public_url is not set",
    ] {
        assert!(print.lines().any(|there| there == line), "no “{line}” in\n{print}");
    }
}

#[test]
fn everything_wrong_in_a_file_is_said_at_once_with_its_place() {
    let text = "zebra = 1\n\n[server]\nlisten = \"nowhere\"\nlisen = \"x\"\ntimeout = 3\n  data = 5\n[bots]\ntimeout = \"2 weeks\"\n[bot]\nx = 1\n";
    assert_eq!(
        wrong(text),
        [
            "1:1: there is no setting `zebra` above the first section; `parlor config --example` shows all",
            "4:10: `server.listen`: give an address and a port, such as 127.0.0.1:6277, [::1]:6277, localhost:6277, or 0.0.0.0:6277 for all",
            "5:1: there is no setting `lisen` in [server]; perhaps you mean `listen`",
            "6:1: there is no setting `timeout` in [server]; perhaps you mean `timeout` in [bots]",
            "7:10: `server.data`: give text in quotation marks; this is a whole number",
            "9:11: `bots.timeout`: give a duration, such as 500ms, 30s, 5m, 2h or 7d",
            "10:2: there is no section [bot]; perhaps you mean [bots]",
        ]
    );
}

#[test]
fn names_are_found_where_they_belong() {
    for (text, said) in [
        ("listen = \"x\"", "perhaps you mean `listen` in [server]"),
        ("bot_timeout = 3", "perhaps you mean `timeout` in [bots]"),
        ("[bots]\nallow-local-bots = true", "perhaps you mean `allow_local` in [bots]"),
        ("[server]\npublicurl = \"\"", "perhaps you mean `public_url`"),
        ("server = 3", "[server] is a section"),
        ("[[server]]\nlisten = \"x\"", "[server] is a section"),
        ("[server.listen]\nport = 3", "give text in quotation marks; this is a section"),
        ("[srever]", "perhaps you mean [server]"),
        ("\"\" = 1", "there is no setting ``"),
    ] {
        let wrong = wrong(text);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains(said), "no “{said}” in {wrong:?}");
    }
}

#[test]
fn what_is_no_toml_is_said_with_its_place_and_nothing_else() {
    for (text, place) in [
        ("[server]\nlisten = x\nlisen = 3\n", "2:"),
        ("[server\n", "1:"),
        ("[server]\nlisten = \"a\"\nlisten = \"b\"\n", "3:1"),
        ("[server]\n[server]\n", "2:"),
        ("a = \"\u{0}\"", "1:"),
    ] {
        let wrong = wrong(text);
        assert!(!wrong.is_empty() && wrong.iter().all(|one| one.starts_with(place)), "{text}: {wrong:?}");
    }
    assert_eq!(wrong(b"[server]\n# gr\xfc\xdfe\n"), ["2:5: here it is not UTF-8; save the file as UTF-8"]);
    let deep = wrong("a = ".to_owned() + &"[".repeat(100_000));
    assert!(!deep.is_empty());
}

#[test]
fn of_very_many_faults_the_first_are_said() {
    // The reader comes to them in another order than that of the file.
    let unknown: String = (0..20_000).rev().map(|n| format!("k{n:06}=1\n")).collect();
    for text in [unknown, "= \n".repeat(20_000)] {
        let wrong = wrong(text);
        assert_eq!(wrong.len(), 51);
        assert!(wrong.iter().all(|one| !one.ends_with(": ")), "{wrong:?}");
        assert!(wrong[50].contains("more; is it the right file?"), "{}", wrong[50]);
    }
}

#[test]
fn files_of_every_kind_are_read() {
    for text in [
        "",
        "\n",
        "\u{feff}",
        "\u{feff}[server]\nlisten = \"localhost:0\"\n",
        "[server]\r\nlisten = \"localhost:0\"\r\n",
        "# only this",
    ] {
        assert_eq!(wrong(text), Vec::<String>::new(), "{text:?}");
    }
    assert_eq!(wrong("\u{feff}x = 1\r\ny = 2")[0].get(..4), Some("1:1:"));
    assert_eq!(wrong("server.lisen = 1 # ü")[0].get(..4), Some("1:8:"), "columns are of characters");
    assert_eq!(wrong("[server]\nskin = \"ü\u{1F600}\", x = 1")[0].get(..5), Some("2:12:"));
}

#[test]
fn a_file_that_cannot_be_read_is_said_in_a_sentence() {
    let large = TempFile::new("large", vec![b'#'; 10 * 1024 * 1024]);
    for (path, said) in [
        ("/nonexistent/parlor.toml", "there is no such file"),
        ("/", "this is a folder"),
        (large.0.to_str().expect("UTF-8"), "larger than 1024 KiB"),
    ] {
        let problems = Loaded::check(path.as_ref()).expect_err(path).to_string();
        assert!(problems.starts_with(path) && problems.contains(said), "{problems}");
    }
}

#[test]
fn what_is_wrong_in_the_environment_is_said_with_the_variable() {
    let environment = environment(&[
        ("PARLOR_BOT_TIMEOUT", "soon"),
        ("PARLOR_SERVER_LISTEN", "x"),
        ("PARLOR_CONFIG", "none"),
        ("PARLOR_LOG", "loud"),
    ]);
    let problems = Loaded::read(&Flags::default(), &environment).expect_err("three are wrong").to_string();
    let lines: Vec<_> = problems.lines().collect();
    assert_eq!(lines.len(), 3, "{problems}");
    assert!(lines[0].starts_with("PARLOR_SERVER_LISTEN: `x`: give an address"), "{problems}");
    assert!(lines[1].starts_with("parlor: PARLOR_BOT_TIMEOUT: `soon`: give a duration"), "{problems}");
    assert!(lines[2].starts_with("parlor: PARLOR_LOG: `loud`: say error"), "{problems}");
}

#[test]
fn unknown_variables_are_warned_of() {
    let environment = environment(&[
        ("PARLOR_LISTN", "x"),
        ("PARLOR_TEST_PYTHON", "x"),
        ("PARLOR_CONFIG", "none"),
        ("PARLOR_ZZZ", "x"),
        ("HOME", "x"),
    ]);
    let loaded = Loaded::read(&Flags::default(), &environment).expect("nothing is wrong");
    assert_eq!(
        loaded.warnings,
        [
            "the variable PARLOR_LISTN is no setting; perhaps you mean PARLOR_LISTEN",
            "the variable PARLOR_ZZZ is no setting, and is ignored"
        ]
    );
}

#[test]
fn what_is_printed_can_be_read() {
    let args =
        ["--skin", "a \"b\"", "--data-limit", "5", "--outbound-allow", "a.example,10.0.0.0/8", "--allow-local-bots"];
    let more = ["--trusted-proxies", "::1", "--trusted-proxies", "10.1.2.3/8", "--bot-timeout", "1.5"];
    let environment = environment(&[("PARLOR_CONFIG", "none")]);
    let loaded = Loaded::read(&flags(&[&args[..], &more].concat()), &environment).expect("all is right");
    let file = TempFile::new("printed", holds(&loaded));
    let again = Loaded::check(&file.0).expect("it can be read");
    for entry in entries() {
        assert_eq!((entry.show)(&loaded.config), (entry.show)(&again.config), "{}", entry.name);
    }
    assert_eq!(again.config.server.trusted_proxies.len(), 2);
    assert!(again.config.bots.allow_local);
    assert!(!Loaded::read(&flags(&["--allow-local-bots=off"]), &environment).expect("right").config.bots.allow_local);
}

#[test]
fn the_example_is_right_and_changes_nothing_also_without_its_marks() {
    assert_eq!(wrong(example()), Vec::<String>::new());
    let bare: String = example().lines().map(|line| format!("{}\n", bare(line))).collect();
    let file = TempFile::new("example", bare);
    let loaded = Loaded::check(&file.0).expect("the example is right");
    for entry in entries().filter(|entry| entry.about.example.is_empty()) {
        assert_eq!((entry.show)(&loaded.config), (entry.show)(&Config::default()), "{}", entry.name);
    }
}

/// A line of the example, a setting in use.
fn bare(line: &str) -> &str {
    line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#'])).unwrap_or(line)
}

#[test]
fn the_files_that_are_made_of_the_settings_are_new() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, made) in [("reference/settings.md", reference()), ("operate/parlor.example.toml", example())] {
        let there = fs::read_to_string(docs.join(name)).unwrap_or_default();
        assert!(there == made, "docs/{name} is not what the settings say; run `cargo xtask settings`");
    }
}

#[test]
fn names_flags_and_variables_are_told_apart() {
    let mut flags: Vec<&str> = entries().map(|entry| entry.flag.as_str()).collect();
    let mut variables: Vec<String> = entries().flat_map(super::setting::Entry::variables).collect();
    let (all_flags, all_variables) = (flags.len(), variables.len());
    flags.sort_unstable();
    flags.dedup();
    variables.sort_unstable();
    variables.dedup();
    assert_eq!((flags.len(), variables.len()), (all_flags, all_variables));
}

#[test]
fn reading_again_changes_what_can_change_and_names_the_rest() {
    let file = TempFile::new("again", "[log]\nlevel = \"warn\"\n");
    let flags = flags(&["--config", file.0.to_str().expect("UTF-8"), "--log-format", "json"]);
    let loaded = Loaded::read(&flags, &Environment::default()).expect("right");
    let settings = Settings::new(&loaded, flags, Environment::default());
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    settings.follow(move |config| heard.lock().expect("nobody panics").push(config.log.level.to_string()));

    let text = "[server]\nlisten = \"localhost:1\"\n[log]\nlevel = \"debug\"\nformat = \"pretty\"\n";
    fs::write(&file.0, text).expect("it can be written");
    let changes = settings.reload().expect("right");
    assert_eq!(changes.changed, ["log.level"], "the command line goes before the file");
    assert_eq!(changes.waiting, [format!("server.listen ({}:2:1)", file.0.display())]);
    assert_eq!(settings.now().log.level.to_string(), "debug");
    assert_eq!(settings.now().server.listen.0[0].to_string(), "localhost:6277", "a restart has to change it");
    assert_eq!(*told.lock().expect("nobody panics"), ["debug"], "who follows has heard of it before it is said");

    fs::write(&file.0, "[log]\nlevel = 5\nlevl = \"x\"\n").expect("it can be written");
    assert_eq!(settings.reload().expect_err("two are wrong").0.len(), 2);
    assert_eq!(told.lock().expect("nobody panics").len(), 1);
    assert_eq!(settings.now().log.level.to_string(), "debug");
}

#[test]
fn a_secret_may_come_from_a_file_and_is_never_shown() {
    const VALUE: &str = "Xyzzy-4711-plugh";
    let value = TempFile::new("secret", format!("{VALUE}\r\n"));
    let path = value.0.to_str().expect("UTF-8");
    for entry in entries().filter(|entry| entry.about.secret) {
        let inner = |config: &Config| (entry.show)(config).unwrap_or_default();
        let none = environment(&[("PARLOR_CONFIG", "none")]);
        let variable = format!("{}_FILE", entry.variables()[0]);
        let by_variable =
            Loaded::read(&Flags::default(), &environment(&[("PARLOR_CONFIG", "none"), (&variable, path)]));
        let by_flag = Loaded::read(&flags(&[&format!("--{}", entry.flag), path]), &none);
        let named = TempFile::new("named", format!("[{}]\n{}_file = \"{path}\"\n", entry.section, entry.key));
        let plain = TempFile::new("plain", format!("[{}]\n{} = \"{VALUE}\"\n", entry.section, entry.key));
        for (loaded, warned) in
            [(by_variable, false), (by_flag, false), (Loaded::check(&named.0), false), (Loaded::check(&plain.0), true)]
        {
            let loaded = loaded.expect(entry.name);
            assert_eq!(inner(&loaded.config), format!("\"{VALUE}\""), "{}", entry.name);
            assert!(!format!("{loaded:?} {}", holds(&loaded)).contains(VALUE), "{}", entry.name);
            assert!(holds(&loaded).contains(&format!("# {} = (hidden)", entry.key)));
            assert_eq!(loaded.warnings.iter().any(|one| one.contains("chmod")), warned, "{:?}", loaded.warnings);
        }
        fs::set_permissions(&plain.0, PermissionsExt::from_mode(0o600)).expect("it is ours");
        assert_eq!(Loaded::check(&plain.0).expect("right").warnings, Vec::<String>::new());
        let both =
            TempFile::new("both", format!("[{}]\n{1}_file = \"x\"\n{1} = \"{VALUE}\"\n", entry.section, entry.key));
        let problems = Loaded::check(&both.0).expect_err("it is there twice").to_string();
        assert!(problems.contains("can't both be set") && !problems.contains(VALUE), "{problems}");
        let missing = Loaded::read(&flags(&[&format!("--{}", entry.flag), "/nonexistent"]), &none);
        assert!(missing.expect_err("it is not there").to_string().contains("/nonexistent: there is no such file"));
    }
}
