//! The flows in `examples/flows` are right, and do what their scripts say.

use std::{fs, path::PathBuf};

use parlor_flows::{Flow, check, check_all, graph, script};

/// A name, its flow, and its scripts with their names.
type Example = (String, Flow, Vec<(String, String)>);

/// Every example by its name, with the scripts whose names begin with it.
fn examples() -> Vec<Example> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/flows");
    let read = |ending: &str| {
        let mut files: Vec<_> = fs::read_dir(&folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == ending))
            .map(|path| {
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                (name, fs::read_to_string(path).expect("a file"))
            })
            .collect();
        files.sort();
        files
    };
    let scripts = read("txt");
    let flows = read("json").into_iter().map(|(name, text)| {
        let checked = check(&name, &text);
        assert!(checked.findings.is_empty(), "{name}: {:?}", checked.findings);
        let flow = checked.flow.expect("it has no errors");
        let own = scripts.iter().filter(|(script, _)| script.split('-').next() == Some(name.as_str()));
        let own = own.cloned().collect();
        (name, flow, own)
    });
    flows.collect()
}

#[test]
fn the_examples_do_what_their_scripts_say() {
    let examples = examples();
    assert_eq!(examples.len(), 3);
    for (name, flow, scripts) in &examples {
        assert!(!scripts.is_empty(), "{name} has no script");
        for (file, text) in scripts {
            let played = script::parse(text).and_then(|script| script::play(flow, &script));
            played.unwrap_or_else(|mismatch| panic!("{file}.txt:{mismatch}"));
        }
    }
}

#[test]
fn the_examples_can_be_together_and_be_drawn() {
    let examples = examples();
    let flows: Vec<_> = examples.iter().map(|(name, flow, _)| (name.as_str(), flow)).collect();
    assert!(check_all(&flows).is_empty());
    for (name, flow) in flows {
        assert!(graph::mermaid(flow).starts_with("flowchart"), "{name}");
        assert!(graph::svg(flow, &[]).contains("</svg>"), "{name}");
    }
}

#[test]
fn the_flow_of_the_page_does_what_its_script_says() {
    let page = include_str!("../../../docs/reference/flows.md");
    let block = |kind: &str| page.split_once(&format!("```{kind}\n")).and_then(|(_, rest)| rest.split_once("```"));
    let (file, _) = block("json").expect("a flow");
    let (script, _) = block("text").expect("a script");
    let checked = check("page", file);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let flow = checked.flow.expect("it has no errors");
    let played = script::parse(script).and_then(|script| script::play(&flow, &script));
    played.unwrap_or_else(|mismatch| panic!("{mismatch}"));
}
