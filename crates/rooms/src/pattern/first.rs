//! Finds out what a match can begin with, so that most places of a text need not be tried.

use super::{
    matcher::Matcher,
    program::{First, Instruction, Program},
};

/// How many instructions are looked at before giving up.
const PATIENCE: usize = 1_000;

impl Program {
    /// What a match can begin with; `None` if it can be empty, or if that is hard to say.
    pub(super) fn find_first(&self) -> Option<First> {
        let mut first = First { ascii: 0, others: false };
        let mut seen = vec![false; self.instructions.len()];
        let mut open = vec![0];
        let mut looked = 0;
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            looked += 1;
            if looked > PATIENCE {
                return None;
            }
            match self.instructions[at] {
                Instruction::One(matcher) => self.add(matcher, &mut first),
                Instruction::Run { max: Some(0), .. } => open.push(at + 1),
                Instruction::Run { matcher, min, .. } => {
                    self.add(matcher, &mut first);
                    if min == 0 {
                        open.push(at + 1);
                    }
                }
                Instruction::Split(other) => open.extend([at + 1, other]),
                Instruction::Jump(to) => open.push(to),
                Instruction::Until(number) => open.extend([at + 1, self.loops[number].exit]),
                // What it demands is not looked at: it can only make fewer places fit.
                Instruction::Look { after, .. } => open.push(after),
                Instruction::Mark(_) | Instruction::Loop(_) | Instruction::Place(_) => open.push(at + 1),
                Instruction::Atomic | Instruction::AtomicEnd => open.push(at + 1),
                Instruction::Found
                | Instruction::Backref { .. }
                | Instruction::UnlessGroup { .. }
                | Instruction::LookEnd { .. } => return None,
            }
        }
        Some(first)
    }

    fn add(&self, matcher: Matcher, first: &mut First) {
        first.others |= !matches!(matcher, Matcher::Exactly(0..128));
        for code in 0..128 {
            if self.passes(matcher, code) {
                first.ascii |= 1 << code;
            }
        }
    }
}
