//! The ways through a flow: what can be reached, what goes round without waiting, and the same over several flows.

use std::collections::HashMap;

use crate::{
    check::Answers,
    finding::{Finding, Findings, did_you_mean},
    flow::{Flow, Kind, State},
    read::{
        File,
        reading::{NOWHERE, Reading},
    },
};

/// How many states a walk may pass before it waits for the visitor.
pub(crate) const LONGEST_WALK: usize = 1_000;

/// Warns of states that no visitor comes to.
pub(crate) fn check_reach(reading: &mut Reading<'_>, file: &File, answers: &Answers) {
    let states = &file.states;
    let mut reached = vec![false; states.len()];
    let mut next = if states.is_empty() { Vec::new() } else { vec![0] };
    while let Some(at) = next.pop() {
        if at == NOWHERE || std::mem::replace(&mut reached[at], true) {
            continue;
        }
        next.extend(after(&states[at].kind, answers, file.settings.fallback));
    }
    for (state, _) in states.iter().zip(&reached).filter(|(_, reached)| !**reached) {
        let message = "No way leads here from the first state. Lead one here, or leave the state out.";
        reading.findings.warning(Some(&state.name), state.at, message);
    }
}

/// All the states that may come after one, whatever the visitor does.
fn after(kind: &Kind, answers: &Answers, fallback: Option<usize>) -> Vec<usize> {
    let mut all = kind.onward();
    match kind {
        Kind::Choice { group, choices, .. } => {
            let key = |item: &crate::Id| (group.key().into_owned(), item.key().into_owned());
            all.extend(choices.iter().filter_map(|choice| answers.choices.get(&key(&choice.item))));
            all.extend(fallback);
        }
        Kind::Chat { session, input, .. } => {
            all.extend(answers.sessions.get(&*session.key()));
            all.extend(input.as_ref().and_then(|input| input.otherwise));
        }
        Kind::Handoff { next: Some(next), .. } => all.extend(next.all()),
        _ => {}
    }
    all
}

/// Finds rounds without a wait, and walks that are too long.
pub(crate) fn check_waits(reading: &mut Reading<'_>, states: &[State]) {
    let onward: Vec<Vec<usize>> =
        states.iter().map(|state| state.kind.onward().into_iter().filter(|to| *to != NOWHERE).collect()).collect();
    let order = match order(&onward) {
        Ok(order) => order,
        Err(rounds) => {
            for round in rounds {
                let state = &states[round[0]];
                let names = told(round.iter().map(|&at| &*states[at].name));
                let message = format!("{names} goes round without ever waiting for the visitor.");
                reading.findings.error(Some(&state.name), state.at, message);
            }
            return;
        }
    };
    let mut length = vec![1_usize; states.len()];
    for &at in &order {
        length[at] = 1 + onward[at].iter().map(|&to| length[to]).max().unwrap_or_default();
    }
    // Only the first of a walk is told: those behind it are too long for the same reason.
    let longest = (0..states.len()).max_by_key(|&at| (length[at], std::cmp::Reverse(at)));
    if let Some(at) = longest.filter(|&at| length[at] > LONGEST_WALK) {
        let message = format!(
            "From here {} states follow each other without waiting for the visitor; at most {LONGEST_WALK} may.",
            length[at]
        );
        reading.findings.error(Some(&states[at].name), states[at].at, message);
    }
}

/// `a` → `b` → `a`, the middle left out where it is long.
fn told<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let first = names.first().cloned();
    if names.len() > 8 {
        names.splice(4..names.len() - 3, ["…".to_owned()]);
    }
    names.extend(first);
    names.join(" → ")
}

/// An order in which everything comes after what it leads to; or the rounds, each once, as far as they are met.
fn order(onward: &[Vec<usize>]) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; onward.len()];
    let mut order = Vec::new();
    let mut rounds = Vec::new();
    for start in 0..onward.len() {
        // The way to where we are, each with how many of its edges were gone.
        let mut way = Vec::new();
        if marks[start] == Mark::New {
            marks[start] = Mark::Open;
            way.push((start, 0));
        }
        while let Some((at, gone)) = way.last_mut() {
            let at = *at;
            let Some(&to) = onward[at].get(*gone) else {
                marks[at] = Mark::Done;
                order.push(at);
                way.pop();
                continue;
            };
            *gone += 1;
            match marks[to] {
                Mark::New => {
                    marks[to] = Mark::Open;
                    way.push((to, 0));
                }
                // Who has so many has seen enough.
                Mark::Open if rounds.len() == 20 => {}
                Mark::Open => {
                    let from = way.iter().position(|(on, _)| *on == to).unwrap_or_default();
                    rounds.push(way[from..].iter().map(|(on, _)| *on).collect());
                }
                Mark::Done => {}
            }
        }
    }
    if rounds.is_empty() { Ok(order) } else { Err(rounds) }
}

/// Checks flows that may jump to each other: that the flows and states are there, and that none goes round without a wait.
///
/// The findings are of the flow whose name stands with them.
pub fn check_all(flows: &[(&str, &Flow)]) -> Vec<(String, Finding)> {
    let by_name: HashMap<&str, usize> = flows.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let mut findings: Vec<Findings> = flows.iter().map(|_| Findings::default()).collect();
    // All states of all flows in one row.
    let mut begins = Vec::new();
    let mut onward: Vec<Vec<usize>> = Vec::new();
    for (_, flow) in flows {
        let begin = onward.len();
        begins.push(begin);
        onward.extend(flow.states().iter().map(|state| state.kind.onward().iter().map(|to| begin + to).collect()));
    }
    for (number, (_, flow)) in flows.iter().enumerate() {
        for (at, state) in flow.states().iter().enumerate() {
            let Kind::Jump { flow: other, state: to } = &state.kind else { continue };
            let wrong = match by_name.get(other.as_str()) {
                None => {
                    let near = did_you_mean(other, by_name.keys().copied());
                    format!("There is no flow `{other}` to jump to.{near}")
                }
                Some(&other_number) => {
                    let target = flows[other_number].1;
                    let found = to.as_ref().map_or(Some(0), |name| target.0.index.get(name.as_str()).copied());
                    if let Some(found) = found {
                        onward[begins[number] + at].push(begins[other_number] + found);
                        continue;
                    }
                    let name = to.as_deref().unwrap_or_default();
                    let near = did_you_mean(name, target.states().iter().map(State::name));
                    format!("The flow `{other}` has no state `{name}` to jump to.{near}")
                }
            };
            findings[number].error(Some(&state.name), state.at, wrong);
        }
    }
    for round in order(&onward).err().unwrap_or_default() {
        let place = |at: usize| {
            let number = begins.partition_point(|begin| *begin <= at) - 1;
            (number, &flows[number].1.states()[at - begins[number]])
        };
        let names: Vec<_> = round
            .iter()
            .map(|&at| place(at))
            .map(|(number, state)| format!("{}/{}", flows[number].0, state.name))
            .collect();
        let jumps = round.iter().map(|&at| place(at)).find(|(_, state)| matches!(state.kind, Kind::Jump { .. }));
        let (number, state) = jumps.unwrap_or_else(|| place(round[0]));
        let message =
            format!("{} goes round without ever waiting for the visitor.", told(names.iter().map(String::as_str)));
        findings[number].error(Some(&state.name), state.at, message);
    }
    let told = findings
        .into_iter()
        .zip(flows)
        .flat_map(|(findings, (name, _))| findings.sorted().into_iter().map(|finding| ((*name).to_owned(), finding)));
    told.collect()
}
