//! Reads escapes: `\n`, `\x41`, `\w`, `\1`, in a pattern and in a set.

use super::{
    error::{Fault, Refusal},
    parse::Parser,
    reader::Token,
    tree::{At, Category, Item, Node, Set},
};

/// The largest character that an octal escape can name.
const OCTAL_MAX: u32 = 0o377;

impl Parser {
    /// Reads an escape outside of a set, whose first two characters are `token`.
    pub(super) fn escape(&mut self, token: Token) -> Result<Node, Fault> {
        let node = match token.character {
            'A' => Node::At(At::TextStart),
            'Z' => Node::At(At::TextEnd),
            'b' => Node::At(At::Boundary),
            'B' => Node::At(At::NoBoundary),
            '0' => {
                let digits = self.reader.take_while(2, is_octal);
                Node::Literal(u32::from_str_radix(&digits, 8).unwrap_or(0))
            }
            '1'..='9' => return self.number(token),
            other => match category(other) {
                Some(category) => Node::Set(Set { negate: false, items: vec![Item::Category(category)] }),
                None => Node::Literal(self.character(token)?),
            },
        };
        Ok(node)
    }

    /// Reads an escape inside of a set.
    pub(super) fn escape_in_set(&mut self, token: Token) -> Result<Item, Fault> {
        match token.character {
            'b' => Ok(Item::Literal(8)),
            first if is_octal(first) => {
                let digits = format!("{first}{}", self.reader.take_while(2, is_octal));
                octal(token, &digits).map(Item::Literal)
            }
            digit @ ('8' | '9') => Err(Fault::new(
                token.at,
                format!(r"\{digit} has no meaning inside of “[…]”; write {digit} for the digit"),
            )),
            other => match category(other) {
                Some(category) => Ok(Item::Category(category)),
                None => self.character(token).map(Item::Literal),
            },
        }
    }

    /// Reads `\12`: a group's number, or with three octal digits a character.
    fn number(&mut self, token: Token) -> Result<Node, Fault> {
        let mut digits = token.character.to_string();
        digits += &self.reader.take_while(1, |digit| digit.is_ascii_digit());
        if digits.len() == 2 && digits.chars().all(is_octal) {
            let third = self.reader.take_while(1, is_octal);
            if !third.is_empty() {
                return octal(token, &(digits + &third)).map(Node::Literal);
            }
        }
        let group = digits.parse().unwrap_or(u32::MAX);
        if group > self.groups.count() {
            return Err(Fault::new(
                token.at,
                format!(r"\{group} means the group number {group}, but there is no such group before it"),
            ));
        }
        self.backref(group, token.at)
    }

    /// An escape that stands for one character.
    fn character(&mut self, token: Token) -> Result<u32, Fault> {
        let code = match token.character {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => self.hexadecimal(token, 2)?,
            'u' => self.hexadecimal(token, 4)?,
            'U' => self.hexadecimal(token, 8)?,
            'N' => {
                let why = r"characters by name (\N{…}) are not supported here; write the character itself, or its number as \u2014";
                return Err(Fault::refused(token.at, Refusal::CharacterName, why));
            }
            letter if letter.is_ascii_alphabetic() => {
                let why = format!(
                    r"\{letter} has no meaning; write {letter} for the letter, \\{letter} for a backslash and the letter"
                );
                return Err(Fault::new(token.at, why));
            }
            other => u32::from(other),
        };
        Ok(code)
    }

    fn hexadecimal(&mut self, token: Token, count: usize) -> Result<u32, Fault> {
        let digits = self.reader.take_while(count, |digit| digit.is_ascii_hexdigit());
        let letter = token.character;
        if digits.len() < count {
            let why = format!(r"\{letter} needs {count} hexadecimal digits after it (0–9, a–f)");
            return Err(Fault::new(token.at, why));
        }
        match u32::from_str_radix(&digits, 16) {
            Ok(code) if code <= u32::from(char::MAX) => Ok(code),
            _ => Err(Fault::new(
                token.at,
                format!(r"there is no character with the number {digits}; the last is \U0010ffff"),
            )),
        }
    }
}

fn octal(token: Token, digits: &str) -> Result<u32, Fault> {
    match u32::from_str_radix(digits, 8) {
        Ok(code) if code <= OCTAL_MAX => Ok(code),
        _ => Err(Fault::new(
            token.at,
            format!(r"the octal number \{digits} is above \377; write \u and four hexadecimal digits"),
        )),
    }
}

fn is_octal(character: char) -> bool {
    matches!(character, '0'..='7')
}

fn category(letter: char) -> Option<Category> {
    Some(match letter {
        'w' => Category::Word,
        'W' => Category::NotWord,
        'd' => Category::Digit,
        'D' => Category::NotDigit,
        's' => Category::Space,
        'S' => Category::NotSpace,
        _ => return None,
    })
}
