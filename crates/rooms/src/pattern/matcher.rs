//! What one character of the text is compared with.

use super::{
    characters::{Case, LAST_OF_FIRST_PLANE, holds, upper},
    tree::{Category, Flags, Item, Set},
};

/// A test of one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matcher {
    /// Every character.
    All,
    /// Every character but the newline.
    NotNewline,
    /// This one.
    Exactly(u32),
    /// All but this one.
    AllBut(u32),
    /// Those whose small letter is this.
    Lower(Case, u32),
    /// Those whose small letter is not this.
    NotLower(Case, u32),
    /// One of the program's sets, by its number.
    Set(usize),
}

/// A set of characters, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct CharacterSet {
    /// The answer for each ASCII character.
    ascii: u128,
    negate: bool,
    /// How a character is changed before it is looked up.
    case: Case,
    /// Sorted, apart from each other.
    ranges: Vec<(u32, u32)>,
    /// Ranges that reach beyond the first plane; they also hold a character whose capital they hold.
    capital_ranges: Vec<(u32, u32)>,
    categories: Vec<Category>,
    ascii_categories: bool,
}

impl CharacterSet {
    /// Makes a set ready for flags.
    pub(super) fn new(set: &Set, flags: Flags) -> Self {
        let case = Case::of(flags);
        let mut ready = Self {
            ascii: 0,
            negate: set.negate,
            case: Case::Kept,
            ranges: Vec::new(),
            capital_ranges: Vec::new(),
            categories: Vec::new(),
            ascii_categories: flags.ascii,
        };
        for item in &set.items {
            match *item {
                Item::Category(category) => ready.categories.push(category),
                Item::Literal(code) => ready.add(code, code, true, case),
                Item::Range(low, high) => ready.add(low, high, false, case),
            }
        }
        ready.ranges = merged(ready.ranges);
        for code in 0..128 {
            if ready.look_up(code) {
                ready.ascii |= 1 << code;
            }
        }
        ready
    }

    /// Adds what a range means. Case is ignored by looking up small letters, as soon as there is a letter with cases;
    /// beyond the first plane Python adds a single character as it is, and asks for a range's capitals too.
    fn add(&mut self, low: u32, high: u32, single: bool, case: Case) {
        self.ranges.push((low, high));
        if case == Case::Kept {
            return;
        }
        for letter in case.letters(low, high) {
            self.case = case;
            for small in letter.small {
                if !(low..=high).contains(&small) {
                    self.ranges.push((small, small));
                }
            }
        }
        if high > LAST_OF_FIRST_PLANE {
            self.case = case;
            if !single {
                self.capital_ranges.push((low, high));
            }
        }
    }

    /// Whether a character is in the set.
    pub(super) fn holds(&self, code: u32) -> bool {
        if code < 128 { self.ascii >> code & 1 == 1 } else { self.look_up(code) }
    }

    fn look_up(&self, code: u32) -> bool {
        let code = self.case.lower(code);
        let found = holds(&self.ranges, code)
            || self.categories.iter().any(|category| category.holds(code, self.ascii_categories))
            || !self.capital_ranges.is_empty() && {
                let capital = upper(code);
                self.capital_ranges.iter().any(|(low, high)| (*low..=*high).contains(&capital))
            };
        found != self.negate
    }
}

/// Sorts ranges, and joins those that touch.
fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut result: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match result.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => result.push((low, high)),
        }
    }
    result
}
