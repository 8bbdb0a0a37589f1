//! Names of accounts: which are allowed, and which are the same to people.

use icu_normalizer::{ComposingNormalizerBorrowed, uts46::Uts46MapperBorrowed};
use parlor_rooms::SYSTEM_AUTHOR;

/// The longest name, in characters.
pub const NAME_MAX: usize = 64;

/// A name that an account may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As it was typed, but for spaces around it and rows of spaces in it.
    pub typed: String,
    /// As names are compared.
    pub folded: String,
}

/// Why an account can't have a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is nothing that people see.
    #[error("a name needs at least one letter or digit")]
    Empty,
    /// Over [`NAME_MAX`] characters.
    #[error("a name has at most {NAME_MAX} characters; this one has {0}")]
    TooLong(usize),
    /// Begins like a room of the server.
    #[error("a name does not begin with `~`")]
    Tilde,
    /// Has a character that nobody sees, or that no name has.
    #[error("a name can't hold the character U+{0:04X}")]
    Character(u32),
    /// Belongs to the server.
    #[error("the server itself has this name; choose another")]
    Reserved,
}

impl Name {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let typed = ComposingNormalizerBorrowed::new_nfc().normalize(text.trim()).into_owned();
        // Before anything is made of it: a text may be as long as a request.
        let length = typed.chars().count();
        if length > NAME_MAX {
            return Err(NameError::TooLong(length));
        }
        if let Some(wrong) = typed.chars().find(|&letter| letter.is_control() || is_unseen(letter)) {
            return Err(NameError::Character(wrong.into()));
        }
        let typed = spaced(typed.chars());
        if typed.starts_with('~') {
            return Err(NameError::Tilde);
        }
        let folded = fold(&typed);
        if let Some(wrong) = typed.chars().find(|&letter| means_nothing(letter)) {
            return Err(NameError::Character(wrong.into()));
        }
        if !typed.chars().any(is_seen) {
            return Err(NameError::Empty);
        }
        if folded == fold(SYSTEM_AUTHOR) {
            return Err(NameError::Reserved);
        }
        Ok(Self { typed, folded })
    }
}

/// A name as names are compared: small letters, in one form for each letter, without what nobody sees and without
/// spaces that do not matter. Whatever somebody says their name is has one, whether or not an account may have it.
pub fn fold(name: &str) -> String {
    let seen = name.chars().filter(|letter| letter.is_whitespace() || !letter.is_control());
    if name.is_ascii() {
        return spaced(seen.map(|letter| letter.to_ascii_lowercase()));
    }
    let mapper = Uts46MapperBorrowed::new();
    // The mapping leaves these four to who asks: see “deviations” in UTS 46.
    let folded = mapper.map_normalize(seen).flat_map(|letter| match letter {
        'ß' => ['s', 's'].into_iter().take(2),
        'ς' => ['σ', ' '].into_iter().take(1),
        '\u{200c}' | '\u{200d}' => [' ', ' '].into_iter().take(0),
        letter => [letter, ' '].into_iter().take(1),
    });
    // What stands side by side only now may be one letter.
    spaced(ComposingNormalizerBorrowed::new_nfc().normalize(&folded.collect::<String>()).chars())
}

/// With one space between words and none around them.
fn spaced(letters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut gap = false;
    for letter in letters {
        if letter.is_whitespace() {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

/// Whether the letter is written without being seen, or changes how others are seen. Joiners, which some scripts and
/// pictures need, are allowed; they do not count when names are compared.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffd}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the letter has no meaning, or none that two people agree on.
fn means_nothing(letter: char) -> bool {
    !letter.is_ascii() && Uts46MapperBorrowed::new().map_normalize(std::iter::once(letter)).any(|one| one == '\u{fffd}')
}

/// Whether one can tell a name by this letter: letters, digits, pictures.
fn is_seen(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_take_for_the_same_name_is_the_same() {
        for (one, other) in [
            ("Ann", "aNN"),
            ("Ann  Smith", " ann\u{a0}smith\t"),
            ("Zoë", "ZOE\u{308}"),
            ("Straße", "STRASSE"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("Ann", "Ａｎｎ"),
            ("Ann", "A\u{200b}n\u{ad}n\u{feff}"),
            ("Ann", "A\u{200d}nn"),
            ("Ann", "A\u{7}nn"),
            ("ﬁona", "Fiona"),
            ("Straß\u{301}e", "STRASS\u{301}E"),
            ("Zoe\u{200d}\u{308}", "Zoë"),
        ] {
            assert_eq!(fold(one), fold(other), "{one:?} {other:?}");
        }
        for (one, other) in [("Ann", "Anna"), ("Zoë", "Zoe"), ("Ann Smith", "AnnSmith"), ("", "a")] {
            assert_ne!(fold(one), fold(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_name_stays_as_it_was_typed() {
        for (text, typed) in [
            ("  Ann   B. Smith ", "Ann B. Smith"),
            ("Zoe\u{308}", "Zoë"),
            ("李雷", "李雷"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            ("🦊", "🦊"),
            ("x", "x"),
            ("O'Neill-Łuk <3", "O'Neill-Łuk <3"),
        ] {
            assert_eq!(Name::parse(text).map(|name| name.typed).as_deref(), Ok(typed));
        }
    }

    #[test]
    fn names_that_nobody_can_tell_are_refused() {
        use NameError::{Character, Empty, Reserved, Tilde, TooLong};
        for (text, error) in [
            ("", Empty),
            (" \t ", Empty),
            ("...", Empty),
            ("\u{301}", Empty),
            ("\u{200d}", Empty),
            ("\u{2800}", Character(0x2800)),
            ("\u{3164}", Character(0x3164)),
            ("A\u{200b}nn", Character(0x200b)),
            ("\u{202e}nnA", Character(0x202e)),
            ("A\nnn", Character(10)),
            ("A\u{0}", Character(0)),
            ("A\u{e000}", Character(0xe000)),
            ("~Ann", Tilde),
            (" ~Ann", Tilde),
            ("parlor", Reserved),
            ("Ｐarlor", Reserved),
        ] {
            assert_eq!(Name::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Name::parse(&"é".repeat(65)), Err(TooLong(65)));
        assert!(Name::parse(&"é".repeat(64)).is_ok());
        assert!(Name::parse(&"x".repeat(1_000_000)).is_err());
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Straße", "ẞ", "ΣΊΣΥΦΟΣ", "İstanbul", "ﬁ  x", "Ǆ", "\u{fffd}", "K", "ﷺ", "½ a"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text:?}");
        }
    }
}
