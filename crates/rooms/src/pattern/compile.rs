//! Turns a tree into a program.

use super::{
    characters::{Case, family},
    matcher::{CharacterSet, Matcher},
    parse::Parsed,
    program::{Instruction, LoopPlan, Memory, Place, Program},
    tree::{At, Flags, Item, Node, RepeatKind, Sequence, Set, Width},
};

/// More states than this at one instruction are not remembered.
const MAX_STATES: usize = 64;

/// Turns what was read into a program.
pub(super) fn compile(parsed: &Parsed) -> Program {
    let mut compiler = Compiler::default();
    compiler.emit(Instruction::Mark(0));
    compiler.sequence(&parsed.body, parsed.flags);
    compiler.emit(Instruction::Mark(1));
    compiler.emit(Instruction::Found);
    let (memories, states) = compiler.plan_memories();
    let mut program = Program {
        instructions: compiler.instructions,
        sets: compiler.sets,
        loops: compiler.loops,
        memories,
        states,
        groups: parsed.groups as usize + 1,
        first: None,
    };
    program.first = program.find_first();
    program
}

#[derive(Debug, Default)]
struct Compiler {
    instructions: Vec<Instruction>,
    sets: Vec<CharacterSet>,
    loops: Vec<LoopPlan>,
    /// Instructions whose failures can be remembered, with the loops around.
    choices: Vec<(usize, Vec<usize>)>,
    level: Level,
}

/// What is compiled as a whole: the pattern, or the body of a lookaround, an atomic group, a possessive loop. A way
/// through it fails in it, whatever is around.
#[derive(Debug, Default)]
struct Level {
    /// The loops around what is being compiled.
    around: Vec<usize>,
    /// The number of choices before.
    choices: usize,
    /// Whether what groups took decides what matches; then nothing can be remembered.
    asks_groups: bool,
}

impl Compiler {
    fn emit(&mut self, instruction: Instruction) -> usize {
        self.instructions.push(instruction);
        self.instructions.len() - 1
    }

    fn choice(&mut self, instruction: Instruction) -> usize {
        let at = self.emit(instruction);
        self.choices.push((at, self.level.around.clone()));
        at
    }

    /// Compiles something as a level of its own.
    fn inner(&mut self, body: &Sequence, flags: Flags) {
        let inner = Level { choices: self.choices.len(), ..Level::default() };
        let outer = std::mem::replace(&mut self.level, inner);
        self.sequence(body, flags);
        self.forget_unless_sound();
        let asks_groups = self.level.asks_groups;
        self.level = outer;
        self.level.asks_groups |= asks_groups;
    }

    /// Failures that depend on groups are not remembered.
    fn forget_unless_sound(&mut self) {
        if self.level.asks_groups {
            self.choices.truncate(self.level.choices);
        }
    }

    fn next(&self) -> usize {
        self.instructions.len()
    }

    fn sequence(&mut self, sequence: &Sequence, flags: Flags) {
        for node in sequence {
            self.node(node, flags);
        }
    }

    fn node(&mut self, node: &Node, flags: Flags) {
        match node {
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set(_) => {
                let matcher = self.matcher(node, flags);
                self.emit(Instruction::One(matcher));
            }
            Node::At(at) => {
                self.emit(Instruction::Place(place(*at, flags)));
            }
            Node::Group { capture: None, flags: change, body } => self.sequence(body, flags.with(*change)),
            Node::Group { capture: Some(group), flags: change, body } => {
                self.emit(Instruction::Mark(*group as usize * 2));
                self.sequence(body, flags.with(*change));
                self.emit(Instruction::Mark(*group as usize * 2 + 1));
            }
            Node::Branch(branches) => self.branches(branches, flags),
            Node::Repeat { min, max, kind, body } => match body.as_slice() {
                [one] if one.is_one_character() => self.run(one, *min, *max, *kind, flags),
                _ => self.repeat(body, *min, *max, *kind, flags),
            },
            Node::Look { behind, negate, body } => self.look(*behind, *negate, body, flags),
            Node::Atomic(body) => {
                self.emit(Instruction::Atomic);
                self.inner(body, flags);
                self.emit(Instruction::AtomicEnd);
            }
            Node::Backref(group) => {
                self.level.asks_groups = true;
                self.emit(Instruction::Backref { group: *group as usize, case: Case::of(flags) });
            }
            Node::Conditional { group, yes, no } => {
                self.level.asks_groups = true;
                let group = *group as usize;
                let unless = self.emit(Instruction::UnlessGroup { group, to: 0 });
                self.sequence(yes, flags);
                let jump = self.emit(Instruction::Jump(0));
                self.instructions[unless] = Instruction::UnlessGroup { group, to: self.next() };
                self.sequence(no, flags);
                self.instructions[jump] = Instruction::Jump(self.next());
            }
        }
    }

    fn branches(&mut self, branches: &[Sequence], flags: Flags) {
        let Some((last, others)) = branches.split_last() else { return };
        let mut jumps = Vec::with_capacity(others.len());
        for branch in others {
            let split = self.choice(Instruction::Split(0));
            self.sequence(branch, flags);
            jumps.push(self.emit(Instruction::Jump(0)));
            self.instructions[split] = Instruction::Split(self.next());
        }
        self.sequence(last, flags);
        for jump in jumps {
            self.instructions[jump] = Instruction::Jump(self.next());
        }
    }

    /// Repeats one character.
    fn run(&mut self, one: &Node, min: u32, max: Option<u32>, kind: RepeatKind, flags: Flags) {
        let matcher = self.matcher(one, flags);
        let mut min = min;
        if min > 1 && max.is_none() && kind != RepeatKind::Possessive {
            self.emit(Instruction::Run { matcher, min, max: Some(min), kind });
            min = 0;
        }
        self.choice(Instruction::Run { matcher, min, max, kind });
    }

    fn repeat(&mut self, body: &Sequence, min: u32, max: Option<u32>, kind: RepeatKind, flags: Flags) {
        let nullable = Width::of(body, &[]).min == 0;
        let number = self.loops.len();
        self.loops.push(LoopPlan { min, max, kind, nullable, exit: 0 });
        self.emit(Instruction::Loop(number));
        self.level.around.push(number);
        let until = self.choice(Instruction::Until(number));
        if kind == RepeatKind::Possessive {
            self.inner(body, flags);
            self.emit(Instruction::AtomicEnd);
        } else {
            self.sequence(body, flags);
        }
        self.level.around.pop();
        self.emit(Instruction::Jump(until));
        self.loops[number].exit = self.next();
    }

    fn look(&mut self, behind: Option<u32>, negate: bool, body: &Sequence, flags: Flags) {
        let behind = behind.unwrap_or(0) as usize;
        let look = self.emit(Instruction::Look { behind, negate, after: 0 });
        self.inner(body, flags);
        self.emit(Instruction::LookEnd { negate });
        self.instructions[look] = Instruction::Look { behind, negate, after: self.next() };
    }

    /// The test for a part that is one character.
    fn matcher(&mut self, node: &Node, flags: Flags) -> Matcher {
        match node {
            Node::Literal(code) => match self.letter(*code, false, flags) {
                Some(matcher) => matcher,
                None => Matcher::Exactly(*code),
            },
            Node::NotLiteral(code) => match self.letter(*code, true, flags) {
                Some(matcher) => matcher,
                None => Matcher::AllBut(*code),
            },
            Node::Set(set) => self.set(set, flags),
            Node::Group { flags: change, body, .. } => match body.as_slice() {
                [one] => self.matcher(one, flags.with(*change)),
                _ => Matcher::All,
            },
            _ if flags.dot_all => Matcher::All,
            _ => Matcher::NotNewline,
        }
    }

    /// The test for a letter whose case is ignored; `None` if this is not one.
    fn letter(&mut self, code: u32, negate: bool, flags: Flags) -> Option<Matcher> {
        let case = Case::of(flags);
        if !case.has_cases(code) {
            return None;
        }
        let lower = case.lower(code);
        let relatives = if case == Case::Ignored { family(lower) } else { None };
        Some(match (relatives, negate) {
            (None, false) => Matcher::Lower(case, lower),
            (None, true) => Matcher::NotLower(case, lower),
            (Some(family), _) => {
                let items = family.iter().map(|code| Item::Literal(*code)).collect();
                self.set(&Set { negate, items }, flags)
            }
        })
    }

    fn set(&mut self, set: &Set, flags: Flags) -> Matcher {
        self.sets.push(CharacterSet::new(set, flags));
        Matcher::Set(self.sets.len() - 1)
    }

    fn plan_memories(&mut self) -> (Vec<Option<Memory>>, usize) {
        let mut memories = vec![None; self.instructions.len()];
        let mut offset = 0;
        self.forget_unless_sound();
        for (at, loops) in self.choices.drain(..) {
            let states = loops.iter().fold(1usize, |all, number| all.saturating_mul(self.loops[*number].states()));
            if states <= MAX_STATES {
                memories[at] = Some(Memory { loops, offset });
                offset += states;
            }
        }
        (memories, offset)
    }
}

fn place(at: At, flags: Flags) -> Place {
    match at {
        At::Start if flags.multiline => Place::LineStart,
        At::Start | At::TextStart => Place::TextStart,
        At::End if flags.multiline => Place::LineEnd,
        At::End => Place::LastLineEnd,
        At::TextEnd => Place::TextEnd,
        At::Boundary => Place::Boundary { ascii: flags.ascii, wanted: true },
        At::NoBoundary => Place::Boundary { ascii: flags.ascii, wanted: false },
    }
}
