//! Jumps between flows.

use serde_json::{Value, json};

use super::{file, flow, passed, said};
use crate::{Waiting, check, check_all};

fn bot(content: &str, next: &str) -> Value {
    json!({"sendRequest": {"kind": "BotText", "content": content}, "next": next})
}

fn jump(flow: &str, state: Option<&str>) -> Value {
    match state {
        Some(state) => json!({"jump": {"flow": flow, "state": state}}),
        None => json!({"jump": {"flow": flow}}),
    }
}

fn end(content: &str) -> Value {
    json!({"sendRequest": {"kind": "BotText", "content": content}})
}

fn told(flows: &[(&str, &crate::Flow)]) -> Vec<String> {
    check_all(flows).into_iter().map(|(name, finding)| format!("{name}:{finding}")).collect()
}

#[test]
fn a_jump_goes_on_in_the_other_flow_with_its_variables() {
    let one =
        check("one", &file(&[("a", bot("First.", "b")), ("b", jump("two", Some("d")))])).flow.expect("it is right");
    let two = file(&[("$flow", json!({"variables": ["name"]})), ("c", end("No.")), ("d", end("Hi {{name}}."))]);
    let two = check("two", &two).flow.expect("it is right");
    let mut begin = crate::Progress::new(&[]);
    begin.set("name", "Ann");
    let step = one.arrive(&begin, None).expect("the first state");
    let Waiting::Jump { flow, state } = &step.progress.waiting else { panic!("a jump") };
    assert_eq!((flow.as_str(), state.as_deref()), ("two", Some("d")));
    let both = step.clone().then(two.arrive(&step.progress, state.as_deref()).expect("it is there"));
    assert_eq!(said(&both), ["First.", "Hi Ann."]);
    assert_eq!(passed(&both), ["a", "b", "d"]);
    assert_eq!((both.progress.flow.as_str(), both.progress.waiting), ("two", Waiting::End));
}

#[test]
fn jumps_that_lead_nowhere_are_found() {
    let one = flow(&file(&[("a", jump("tow", None))]));
    let two = flow(&file(&[("a", jump("one", Some("b")))]));
    assert_eq!(
        told(&[("one", &one), ("two", &two)]),
        [
            "one:1:2: error: state `a`: There is no flow `tow` to jump to. Did you mean `two`?",
            "two:1:2: error: state `a`: The flow `one` has no state `b` to jump to.",
        ]
    );
}

#[test]
fn a_round_through_jumps_is_found() {
    let one = flow(&file(&[("a", bot("x", "b")), ("b", jump("two", None))]));
    let two = flow(&file(&[("c", bot("y", "d")), ("d", jump("one", Some("b")))]));
    let findings = told(&[("one", &one), ("two", &two)]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].contains("`one/b` → `two/c` → `two/d` → `one/b` goes round"), "{findings:?}");
    let itself = flow(&file(&[("a", jump("itself", None))]));
    assert_eq!(told(&[("itself", &itself)]).len(), 1);
}
