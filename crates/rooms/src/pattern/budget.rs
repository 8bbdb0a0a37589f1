//! How many steps the searches for one message may take.

/// Steps for all the searches of one text: there are many bots, and none may hold up the others.
#[derive(Debug, Clone)]
pub struct Budget {
    left: u64,
    share: u64,
}

/// The steps for one search of a short text; a step takes some nanoseconds.
const SHARE: u64 = 2_000_000;
/// How many searches of the worst kind the budget is for.
const SHARES: u64 = 8;
/// A text of this many bytes, and any longer one, gets three quarters of the steps that a short one gets.
const LONG: usize = 16 * 1024;

impl Budget {
    /// The budget for a text of `length` bytes: the longer it is, the fewer steps, since a step in it takes longer.
    pub fn for_text(length: usize) -> Self {
        let length = length.min(LONG) as u64;
        let share = SHARE - SHARE / 4 * length / LONG as u64;
        Self { left: share * SHARES, share }
    }

    /// The steps that are left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The steps that the next search may take.
    pub(super) fn share(&self) -> u64 {
        self.share.min(self.left)
    }

    pub(super) fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
    }
}
