//! Python's view of single characters: alphabets, and what is the same when case is ignored.

use std::sync::LazyLock;

use super::{
    tables::{DIGIT, FAMILIES, SPACE, WORD},
    tree::{Category, Flags},
};

/// The last character of Unicode's first plane; sets that ignore case treat those above it in another way.
pub(super) const LAST_OF_FIRST_PLANE: u32 = 0xffff;

/// Which letters are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Case counts.
    Kept,
    /// Case is ignored for A to Z only.
    Ascii,
    /// Case is ignored.
    Ignored,
}

impl Case {
    /// What flags mean for letters.
    pub(super) fn of(flags: Flags) -> Self {
        match (flags.ignore_case, flags.ascii) {
            (false, _) => Self::Kept,
            (true, true) => Self::Ascii,
            (true, false) => Self::Ignored,
        }
    }

    /// The small letter of a character.
    pub(super) fn lower(self, code: u32) -> u32 {
        match self {
            Self::Kept => code,
            Self::Ascii => ascii_lower(code),
            Self::Ignored => lower(code),
        }
    }

    /// Whether a character is a letter that has another case.
    pub(super) fn has_cases(self, code: u32) -> bool {
        match self {
            Self::Kept => false,
            Self::Ascii => is_ascii_letter(code),
            Self::Ignored => lower(code) != code || upper(code) != code,
        }
    }

    /// The letters with another case among the characters of the first plane from `low` to `high`.
    pub(super) fn letters(self, low: u32, high: u32) -> &'static [Letter] {
        let all: &'static [Letter] = match self {
            Self::Kept => &[],
            Self::Ascii => &ASCII_LETTERS,
            Self::Ignored => &LETTERS,
        };
        let from = all.partition_point(|letter| letter.code < low);
        let to = all.partition_point(|letter| letter.code <= high);
        &all[from..to.max(from)]
    }
}

/// A letter that has another case.
#[derive(Debug)]
pub(super) struct Letter {
    code: u32,
    /// Its small letter and those that count as the same; with fewer than three, one is repeated.
    pub(super) small: [u32; 3],
}

impl Letter {
    fn new(case: Case, code: u32) -> Self {
        let lower = case.lower(code);
        let mut small = [lower; 3];
        if case == Case::Ignored
            && let Some(family) = family(lower)
        {
            for (slot, member) in small.iter_mut().zip(family) {
                *slot = *member;
            }
        }
        Self { code, small }
    }

    fn all(case: Case, last: u32) -> Vec<Self> {
        (0..=last).filter(|code| case.has_cases(*code)).map(|code| Self::new(case, code)).collect()
    }
}

static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| Letter::all(Case::Ignored, LAST_OF_FIRST_PLANE));
static ASCII_LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| Letter::all(Case::Ascii, 127));

/// The small letters that are the same as this one, if there are others.
pub(super) fn family(lower: u32) -> Option<&'static [u32]> {
    FAMILIES.iter().find(|family| family.contains(&lower)).copied()
}

fn is_ascii_letter(code: u32) -> bool {
    u8::try_from(code).is_ok_and(|byte| byte.is_ascii_alphabetic())
}

fn ascii_lower(code: u32) -> u32 {
    if is_ascii_letter(code) { code | 0x20 } else { code }
}

/// The small letter of a character, as one character: of `İ` it is `i`.
fn lower(code: u32) -> u32 {
    if code < 128 {
        return ascii_lower(code);
    }
    char::from_u32(code).and_then(|character| character.to_lowercase().next()).map_or(code, u32::from)
}

/// The capital of a character, as one character: of `ß` it is `S`.
pub(super) fn upper(code: u32) -> u32 {
    char::from_u32(code).and_then(|character| character.to_uppercase().next()).map_or(code, u32::from)
}

/// Whether sorted ranges hold a character.
pub(super) fn holds(ranges: &[(u32, u32)], code: u32) -> bool {
    let after = ranges.partition_point(|(low, _)| *low <= code);
    after > 0 && ranges[after - 1].1 >= code
}

/// Whether `\w` holds a character.
pub(super) fn is_word(code: u32, ascii: bool) -> bool {
    match u8::try_from(code) {
        Ok(byte) if byte < 128 => byte.is_ascii_alphanumeric() || byte == b'_',
        _ => !ascii && holds(WORD, code),
    }
}

impl Category {
    /// Whether this holds a character.
    pub(super) fn holds(self, code: u32, ascii: bool) -> bool {
        match self {
            Self::Word => is_word(code, ascii),
            Self::NotWord => !is_word(code, ascii),
            Self::Digit => is_digit(code, ascii),
            Self::NotDigit => !is_digit(code, ascii),
            Self::Space => is_space(code, ascii),
            Self::NotSpace => !is_space(code, ascii),
        }
    }
}

fn is_digit(code: u32, ascii: bool) -> bool {
    if ascii { (0x30..=0x39).contains(&code) } else { holds(DIGIT, code) }
}

fn is_space(code: u32, ascii: bool) -> bool {
    if ascii { matches!(code, 9..=13 | 32) } else { holds(SPACE, code) }
}
