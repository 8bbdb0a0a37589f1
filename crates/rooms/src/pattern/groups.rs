//! The groups of a pattern while it is read: their numbers, names and widths, and who may refer to them.

use super::{
    error::Fault,
    tree::{Node, Width},
};

/// The groups so far.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// By number, from 1; `None` while a group is open.
    widths: Vec<Option<Width>>,
    names: Vec<(String, u32)>,
    /// How many there were when the outermost lookbehind began.
    before_lookbehind: Option<u32>,
    /// Numbers that `(?(1)…)` asked for, which may come later.
    awaited: Vec<(u32, usize)>,
}

impl Groups {
    /// How many were opened.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.widths.len()).unwrap_or(u32::MAX)
    }

    /// Opens the next group. A name comes with its place.
    pub(super) fn open(&mut self, name: Option<(String, usize)>) -> Result<u32, Fault> {
        self.widths.push(None);
        let group = self.count();
        if let Some((name, at)) = name {
            if self.named(&name).is_some() {
                return Err(Fault::new(
                    at,
                    format!("there already is a group named “{name}”; give this one another name"),
                ));
            }
            self.names.push((name, group));
        }
        Ok(group)
    }

    /// Closes a group.
    pub(super) fn close(&mut self, group: u32, body: &[Node]) {
        let width = self.width(body);
        if let Some(slot) = self.widths.get_mut(group as usize - 1) {
            *slot = Some(width);
        }
    }

    /// How wide a sequence is.
    pub(super) fn width(&self, body: &[Node]) -> Width {
        Width::of(body, &self.widths)
    }

    /// The group with a name.
    pub(super) fn named(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, group)| *group)
    }

    /// Whether a group was opened and not yet closed.
    pub(super) fn is_open(&self, group: u32) -> bool {
        self.widths.get(group as usize - 1).is_some_and(Option::is_none)
    }

    /// Checks that text of a group may be asked for here.
    pub(super) fn check_backref(&self, group: u32, at: usize) -> Result<(), Fault> {
        if self.is_open(group) {
            return Err(Fault::new(at, "this refers to a group from inside of the same group"));
        }
        self.check_lookbehind(group, at)
    }

    /// Checks that a reference does not stay inside one lookbehind.
    pub(super) fn check_lookbehind(&self, group: u32, at: usize) -> Result<(), Fault> {
        let Some(before) = self.before_lookbehind else { return Ok(()) };
        if group > self.count() || self.is_open(group) {
            return Err(Fault::new(at, "inside of a lookbehind this refers to a group that is not complete yet"));
        }
        if group > before {
            return Err(Fault::new(at, "inside of a lookbehind this refers to a group of the same lookbehind"));
        }
        Ok(())
    }

    /// Begins a lookbehind; gives what [`Self::leave_lookbehind`] needs.
    pub(super) fn enter_lookbehind(&mut self) -> Option<u32> {
        let outer = self.before_lookbehind;
        self.before_lookbehind = outer.or(Some(self.count()));
        outer
    }

    /// Ends a lookbehind.
    pub(super) fn leave_lookbehind(&mut self, outer: Option<u32>) {
        self.before_lookbehind = outer;
    }

    /// Remembers that a group with this number has to exist in the end.
    pub(super) fn await_group(&mut self, group: u32, at: usize) {
        self.awaited.push((group, at));
    }

    /// Checks what was awaited, and gives the names.
    pub(super) fn finish(self) -> Result<Vec<(String, u32)>, Fault> {
        let count = self.count();
        match self.awaited.into_iter().find(|(group, _)| *group > count) {
            Some((group, at)) => {
                Err(Fault::new(at, format!("this refers to the group number {group}, but there are only {count}")))
            }
            None => Ok(self.names),
        }
    }
}
