//! One character again and again: `a*`, `.{2,5}?`.

use super::{Frame, Instruction, OutOfSteps, RepeatKind, Search};

impl Search<'_> {
    /// Takes one character as often as it may.
    pub(super) fn begin_run(
        &mut self,
        next: usize,
        at: usize,
        passes: impl Fn(u32) -> bool,
        (min, max): (usize, usize),
        kind: RepeatKind,
    ) -> Result<Option<(usize, usize)>, OutOfSteps> {
        if self.has_failed(next, at) {
            return Ok(None);
        }
        // A run from a later place of this one was tried already, or is being tried: this one's ends from there on, too.
        let remembers = kind == RepeatKind::Greedy && max == usize::MAX && !self.failed.is_empty();
        let wanted = if kind == RepeatKind::Lazy { min } else { max };
        let least = at + min;
        let mut end = at;
        let mut most = None;
        while end - at < wanted && self.text.get(end).is_some_and(|code| passes(*code)) {
            end += 1;
            if remembers && self.has_failed(next, end) {
                most = Some(end - 1 + min);
                break;
            }
        }
        self.spend(end - at)?;
        if end < least && most.is_none() {
            return Ok(None);
        }
        let end = most.unwrap_or(end);
        match kind {
            RepeatKind::Greedy if end > least => {
                self.frames.push(Frame::Shorten { next: next as u32 + 1, at: end as u32, least: least as u32 });
            }
            RepeatKind::Lazy if min < max => {
                self.frames.push(Frame::Lengthen { run: next as u32, at: end as u32, count: min as u32 });
            }
            _ => {}
        }
        Ok(Some((next + 1, end)))
    }

    /// Takes one character more.
    pub(super) fn lengthen(&mut self, run: usize, at: usize, count: usize) -> Option<(usize, usize)> {
        let Instruction::Run { matcher, min, max, .. } = self.program.instructions[run] else { return None };
        if !self.text.get(at).is_some_and(|code| self.program.passes(matcher, *code)) {
            return None;
        }
        // What is left to try is what a run from here, or from the next place, would try.
        if max.is_none() && self.has_failed(run, at + 1 - min as usize) {
            return None;
        }
        let count = count + 1;
        if max.is_none_or(|max| count < max as usize) {
            self.frames.push(Frame::Lengthen { run: run as u32, at: at as u32 + 1, count: count as u32 });
        }
        Some((run + 1, at + 1))
    }
}
