//! Searches a text with a program, counting every step.
//!
//! It tries one way after another, as Python does, and keeps on a stack what to try next and what to put back. Where a
//! way can fail for one reason only, namely the place in the text, it is remembered once a search takes long, so that
//! such patterns need no more steps than the text has characters, times the pattern's instructions.

mod run;

use super::{
    program::{Instruction, Program},
    tree::RepeatKind,
};

/// No place, no instruction.
const NONE: u32 = u32::MAX;
/// How much the stack may hold: 8 MB.
const MAX_FRAMES: usize = 500_000;
/// How much may be remembered, in bits: 4 MB.
const MAX_BITS: usize = 1 << 25;
/// The steps before anything is remembered: this many, and this many for each character.
const CALM_STEPS: u64 = 2_000;
const CALM_STEPS_EACH: u64 = 8;

/// The search ran out of steps or memory.
#[derive(Debug)]
pub(super) struct OutOfSteps;

/// What to do when a way fails.
#[derive(Debug, Clone, Copy)]
enum Frame {
    /// Go on elsewhere.
    Try { next: u32, at: u32 },
    /// Give back one character of a run, and go on.
    Shorten { next: u32, at: u32, least: u32 },
    /// Take one more character of a run, and go on.
    Lengthen { run: u32, at: u32, count: u32 },
    /// Do one more round of a loop.
    Again { until: u32, at: u32 },
    /// Put a mark back.
    Mark { mark: u32, old: u32 },
    /// Put a loop's state back.
    Loop { number: u32, old: Round },
    /// The begin of a lookaround, an atomic group or a possessive round; go on elsewhere unless `next` is [`NONE`].
    Barrier { next: u32, at: u32 },
}

/// How far a loop is.
#[derive(Debug, Clone, Copy)]
struct Round {
    /// Rounds begun.
    count: u32,
    /// Where the last optional round began.
    began: u32,
}

/// A search of one text.
pub(super) struct Search<'a> {
    program: &'a Program,
    text: &'a [u32],
    steps: u64,
    calm_until: u64,
    marks: Vec<u32>,
    rounds: Vec<Round>,
    frames: Vec<Frame>,
    /// The barriers among the frames, each with the length that `noted` had.
    barriers: Vec<(usize, usize)>,
    /// What failed: a bit for each state of each instruction at each place. Empty until it is needed.
    failed: Vec<u64>,
    /// The bits set since the first barrier. What is between a barrier and its end may have succeeded after all.
    noted: Vec<u32>,
}

impl<'a> Search<'a> {
    /// Prepares a search that may take `steps`.
    pub(super) fn new(program: &'a Program, text: &'a [u32], steps: u64) -> Self {
        Self::with_calm(program, text, steps, CALM_STEPS + CALM_STEPS_EACH * text.len() as u64)
    }

    /// Prepares a search that remembers what failed after `calm` steps.
    pub(super) fn with_calm(program: &'a Program, text: &'a [u32], steps: u64, calm: u64) -> Self {
        let bits = program.states.saturating_mul(text.len() + 1);
        let calm_until = if bits == 0 || bits > MAX_BITS { 0 } else { steps.saturating_sub(calm) };
        Self {
            program,
            text,
            steps,
            calm_until,
            marks: vec![NONE; program.groups * 2],
            rounds: vec![Round { count: 0, began: NONE }; program.loops.len()],
            frames: Vec::new(),
            barriers: Vec::new(),
            failed: Vec::new(),
            noted: Vec::new(),
        }
    }

    /// The steps that are left.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Finds the first match. Gives start and end of each group, in characters; [`u32::MAX`] if it took no part.
    pub(super) fn run(&mut self) -> Result<Option<&[u32]>, OutOfSteps> {
        for start in 0..=self.text.len() {
            self.spend(1)?;
            if let Some(first) = self.program.first
                && !self.text.get(start).is_some_and(|code| first.holds(*code))
            {
                continue;
            }
            if self.run_from(start)? {
                return Ok(Some(&self.marks));
            }
        }
        Ok(None)
    }

    fn spend(&mut self, steps: usize) -> Result<(), OutOfSteps> {
        self.steps = self.steps.checked_sub(steps as u64).ok_or(OutOfSteps)?;
        Ok(())
    }

    fn run_from(&mut self, start: usize) -> Result<bool, OutOfSteps> {
        self.marks.fill(NONE);
        self.frames.clear();
        self.barriers.clear();
        self.noted.clear();
        let mut here = Some((0, start));
        loop {
            self.spend(1)?;
            if self.frames.len() > MAX_FRAMES {
                return Err(OutOfSteps);
            }
            if self.steps < self.calm_until && self.failed.is_empty() {
                let words = (self.program.states * (self.text.len() + 1)).div_ceil(64);
                self.spend(words / 8)?;
                self.failed = vec![0; words];
            }
            here = match here {
                Some((next, at)) => match self.program.instructions[next] {
                    Instruction::Found => return Ok(true),
                    instruction => self.step(instruction, next, at)?,
                },
                None => match self.frames.pop() {
                    Some(frame) => self.go_back(frame)?,
                    None => return Ok(false),
                },
            };
        }
    }

    /// Does one instruction; gives the next one and the place, or `None` if this way fails.
    #[inline]
    fn step(&mut self, instruction: Instruction, next: usize, at: usize) -> Result<Option<(usize, usize)>, OutOfSteps> {
        let program = self.program;
        let on = Ok(Some((next + 1, at)));
        match instruction {
            Instruction::One(matcher) => match self.text.get(at) {
                Some(code) if program.passes(matcher, *code) => Ok(Some((next + 1, at + 1))),
                _ => Ok(None),
            },
            Instruction::Mark(mark) => {
                self.frames.push(Frame::Mark { mark: mark as u32, old: self.marks[mark] });
                self.marks[mark] = at as u32;
                on
            }
            Instruction::Split(other) => {
                if self.has_failed(next, at) {
                    return Ok(None);
                }
                self.frames.push(Frame::Try { next: other as u32, at: at as u32 });
                on
            }
            Instruction::Jump(to) => Ok(Some((to, at))),
            Instruction::Place(place) => Ok(place.is_at(self.text, at).then_some((next + 1, at))),
            Instruction::Backref { group, case } => {
                let Some((start, end)) = self.group(group) else { return Ok(None) };
                let Some(here) = self.text.get(at..at + (end - start)) else { return Ok(None) };
                let pairs = here.iter().zip(&self.text[start..end]);
                let same = pairs.take_while(|(a, b)| a == b || case.lower(**a) == case.lower(**b)).count();
                self.spend(same)?;
                Ok((same == here.len()).then_some((next + 1, at + same)))
            }
            Instruction::UnlessGroup { group, to } => {
                Ok(Some((if self.group(group).is_some() { next + 1 } else { to }, at)))
            }
            Instruction::Run { matcher, min, max, kind } => {
                let max = max.map_or(usize::MAX, |max| max as usize);
                self.begin_run(next, at, |code| program.passes(matcher, code), (min as usize, max), kind)
            }
            Instruction::Loop(number) => {
                self.set_round(number, Round { count: 0, began: NONE });
                on
            }
            Instruction::Until(number) => Ok(self.until(number, next, at)),
            Instruction::Look { behind, negate, after } => {
                if behind > at {
                    return Ok(negate.then_some((after, at)));
                }
                self.barrier(if negate { after as u32 } else { NONE }, at);
                Ok(Some((next + 1, at - behind)))
            }
            Instruction::LookEnd { negate: false } => {
                let at = self.cut()?;
                Ok(Some((next + 1, at)))
            }
            Instruction::LookEnd { negate: true } => {
                self.fail_to_barrier()?;
                Ok(None)
            }
            Instruction::Atomic => {
                self.barrier(NONE, at);
                on
            }
            Instruction::AtomicEnd => {
                self.cut()?;
                on
            }
            Instruction::Found => on,
        }
    }

    /// Takes back one thing; gives where to go on, or `None` to take back more.
    fn go_back(&mut self, frame: Frame) -> Result<Option<(usize, usize)>, OutOfSteps> {
        Ok(match frame {
            Frame::Try { next, at } => Some((next as usize, at as usize)),
            Frame::Shorten { next, at, least } => {
                let at = at - 1;
                if at > least {
                    self.frames.push(Frame::Shorten { next, at, least });
                }
                Some((next as usize, at as usize))
            }
            Frame::Lengthen { run, at, count } => self.lengthen(run as usize, at as usize, count as usize),
            Frame::Again { until, at } => {
                let Instruction::Until(number) = self.program.instructions[until as usize] else { return Ok(None) };
                let count = self.rounds[number].count.saturating_add(1);
                self.set_round(number, Round { count, began: at });
                Some((until as usize + 1, at as usize))
            }
            Frame::Mark { mark, old } => {
                self.marks[mark as usize] = old;
                None
            }
            Frame::Loop { number, old } => {
                self.rounds[number as usize] = old;
                None
            }
            Frame::Barrier { next, at } => {
                self.barriers.pop();
                if self.barriers.is_empty() {
                    self.noted.clear();
                }
                (next != NONE).then_some((next as usize, at as usize))
            }
        })
    }

    /// Decides about one more round of a loop.
    fn until(&mut self, number: usize, next: usize, at: usize) -> Option<(usize, usize)> {
        if self.has_failed(next, at) {
            return None;
        }
        let plan = self.program.loops[number];
        let Round { count, began } = self.rounds[number];
        let possessive = plan.kind == RepeatKind::Possessive;
        if count < plan.min {
            self.set_round(number, Round { count: count + 1, began });
            if possessive {
                self.barrier(NONE, at);
            }
            return Some((next + 1, at));
        }
        // A round that took nothing is the last.
        let again = plan.max.is_none_or(|max| count < max) && began != at as u32;
        let exit = plan.exit as u32;
        if !again {
            return Some((plan.exit, at));
        }
        match plan.kind {
            RepeatKind::Greedy => self.frames.push(Frame::Try { next: exit, at: at as u32 }),
            RepeatKind::Possessive => self.barrier(exit, at),
            RepeatKind::Lazy => {
                self.frames.push(Frame::Again { until: next as u32, at: at as u32 });
                return Some((plan.exit, at));
            }
        }
        self.set_round(number, Round { count: count.saturating_add(1), began: at as u32 });
        Some((next + 1, at))
    }

    fn group(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = (self.marks[group * 2], self.marks[group * 2 + 1]);
        (start != NONE && end != NONE && start <= end).then_some((start as usize, end as usize))
    }

    fn set_round(&mut self, number: usize, round: Round) {
        self.frames.push(Frame::Loop { number: number as u32, old: self.rounds[number] });
        self.rounds[number] = round;
    }

    fn barrier(&mut self, next: u32, at: usize) {
        self.barriers.push((self.frames.len(), self.noted.len()));
        self.frames.push(Frame::Barrier { next, at: at as u32 });
    }

    /// Forgets the other ways since the last barrier, and the barrier, but not what has to be put back; gives its place.
    fn cut(&mut self) -> Result<usize, OutOfSteps> {
        let barrier = self.leave_barrier()?;
        let Frame::Barrier { at, .. } = self.frames[barrier] else { return Err(OutOfSteps) };
        self.spend(self.frames.len() - barrier)?;
        let mut kept = barrier;
        for frame in barrier + 1..self.frames.len() {
            if matches!(self.frames[frame], Frame::Mark { .. } | Frame::Loop { .. }) {
                self.frames[kept] = self.frames[frame];
                kept += 1;
            }
        }
        self.frames.truncate(kept);
        Ok(at as usize)
    }

    /// Takes the last barrier away since what follows it succeeded: what was tried there did not fail. Gives its frame.
    fn leave_barrier(&mut self) -> Result<usize, OutOfSteps> {
        let Some((barrier, noted)) = self.barriers.pop() else { return Err(OutOfSteps) };
        self.spend(self.noted.len() - noted)?;
        for bit in self.noted.drain(noted..) {
            self.failed[bit as usize / 64] &= !(1 << (bit % 64));
        }
        Ok(barrier)
    }

    /// Puts everything back as it was at the last barrier, and takes the barrier away.
    fn fail_to_barrier(&mut self) -> Result<(), OutOfSteps> {
        let barrier = self.leave_barrier()?;
        self.spend(self.frames.len() - barrier)?;
        while self.frames.len() > barrier {
            match self.frames.pop() {
                Some(Frame::Mark { mark, old }) => self.marks[mark as usize] = old,
                Some(Frame::Loop { number, old }) => self.rounds[number as usize] = old,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether an instruction was tried at a place before, in the same states of the loops around. It counts as tried
    /// from now on.
    fn has_failed(&mut self, instruction: usize, at: usize) -> bool {
        if self.failed.is_empty() {
            return false;
        }
        let Some(memory) = &self.program.memories[instruction] else { return false };
        let mut state = 0;
        for number in &memory.loops {
            let plan = &self.program.loops[*number];
            let round = self.rounds[*number];
            state = state * (plan.enough() as usize + 1) + round.count.min(plan.enough()) as usize;
            if plan.nullable {
                state = state * 2 + usize::from(round.began == at as u32);
            }
        }
        let bit = (memory.offset + state) * (self.text.len() + 1) + at;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        let failed = self.failed[word] & mask != 0;
        self.failed[word] |= mask;
        if !failed && !self.barriers.is_empty() {
            self.noted.push(bit as u32);
        }
        failed
    }
}
