//! What a pattern is turned into: a list of instructions, much as the field's backtracking matchers have them.

use super::{
    characters::{Case, is_word},
    matcher::{CharacterSet, Matcher},
    tree::RepeatKind,
};

/// An instruction. What comes next is the one after it, where nothing else is said.
#[derive(Debug, Clone, Copy)]
pub(super) enum Instruction {
    /// Takes one character.
    One(Matcher),
    /// Keeps the place: `2 * group` is a group's start, `2 * group + 1` its end.
    Mark(usize),
    /// Goes on, and if that fails at another instruction.
    Split(usize),
    /// Goes to another instruction.
    Jump(usize),
    /// Demands a place between two characters.
    Place(Place),
    /// Takes what a group took.
    Backref { group: usize, case: Case },
    /// Goes to another instruction unless a group took part.
    UnlessGroup { group: usize, to: usize },
    /// Takes one character again and again.
    Run { matcher: Matcher, min: u32, max: Option<u32>, kind: RepeatKind },
    /// Begins a loop, whose `Until` is next.
    Loop(usize),
    /// Decides whether a loop goes on, with the next instruction, or ends.
    Until(usize),
    /// Begins a lookaround, which ends before the instruction `after`.
    Look { behind: usize, negate: bool, after: usize },
    /// Ends a lookaround.
    LookEnd { negate: bool },
    /// Begins what is not tried in another way once it succeeded.
    Atomic,
    /// Ends it; also each round of a possessive loop.
    AtomicEnd,
    /// Found.
    Found,
}

/// A place between two characters.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    TextStart,
    LineStart,
    TextEnd,
    /// The end, or before a newline there.
    LastLineEnd,
    LineEnd,
    Boundary {
        ascii: bool,
        wanted: bool,
    },
}

impl Place {
    /// Whether `at` is such a place.
    pub(super) fn is_at(self, text: &[u32], at: usize) -> bool {
        const NEWLINE: u32 = '\n' as u32;
        match self {
            Self::TextStart => at == 0,
            Self::LineStart => at == 0 || text[at - 1] == NEWLINE,
            Self::TextEnd => at == text.len(),
            Self::LastLineEnd => at == text.len() || at + 1 == text.len() && text[at] == NEWLINE,
            Self::LineEnd => at == text.len() || text[at] == NEWLINE,
            // In an empty text Python 3.11 has neither.
            Self::Boundary { ascii, wanted } => {
                let before = at > 0 && is_word(text[at - 1], ascii);
                let after = at < text.len() && is_word(text[at], ascii);
                !text.is_empty() && (before != after) == wanted
            }
        }
    }
}

/// A loop over more than one character.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoopPlan {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) kind: RepeatKind,
    /// Whether a round may take nothing.
    pub(super) nullable: bool,
    /// The instruction after it.
    pub(super) exit: usize,
}

impl LoopPlan {
    /// Rounds beyond this make no difference to what comes.
    pub(super) fn enough(&self) -> u32 {
        self.max.unwrap_or(self.min)
    }

    /// How many states the loop can be in, as far as what comes depends on it.
    pub(super) fn states(&self) -> usize {
        (self.enough() as usize).saturating_add(1).saturating_mul(if self.nullable { 2 } else { 1 })
    }
}

/// How an instruction's failures are remembered: it fails again at the same place in the same states of the loops around.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// The loops around.
    pub(super) loops: Vec<usize>,
    /// Where its states begin.
    pub(super) offset: usize,
}

/// A pattern, ready to search.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    pub(super) sets: Vec<CharacterSet>,
    pub(super) loops: Vec<LoopPlan>,
    /// For each instruction; `None`: its failures are not remembered.
    pub(super) memories: Vec<Option<Memory>>,
    /// How many states there are to remember, for each place of a text.
    pub(super) states: usize,
    /// Groups, with the whole match as the first.
    pub(super) groups: usize,
    /// What a match can begin with; `None`: anything.
    pub(super) first: Option<First>,
}

/// What a match can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    pub(super) ascii: u128,
    pub(super) others: bool,
}

impl First {
    /// Whether a match can begin with this character.
    pub(super) fn holds(self, code: u32) -> bool {
        if code < 128 { self.ascii >> code & 1 == 1 } else { self.others }
    }
}

impl Program {
    /// Whether a character passes a test.
    #[inline]
    pub(super) fn passes(&self, matcher: Matcher, code: u32) -> bool {
        match matcher {
            Matcher::All => true,
            Matcher::NotNewline => code != '\n' as u32,
            Matcher::Exactly(wanted) => code == wanted,
            Matcher::AllBut(other) => code != other,
            Matcher::Lower(case, wanted) => case.lower(code) == wanted,
            Matcher::NotLower(case, other) => case.lower(code) != other,
            Matcher::Set(set) => self.sets[set].holds(code),
        }
    }
}
