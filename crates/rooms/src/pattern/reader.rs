//! The characters of a pattern one after another; a backslash and what follows it are one.

use super::error::Fault;

/// A character of a pattern, or a backslash with the character after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// How many characters stand before it.
    pub(super) at: usize,
    /// The character; of an escape, the one after the backslash.
    pub(super) character: char,
    /// Whether there is a backslash before it.
    pub(super) escaped: bool,
}

/// Where reading has come to.
#[derive(Debug)]
pub(super) struct Reader {
    tokens: Vec<Token>,
    next: usize,
    length: usize,
}

impl Reader {
    /// Splits a pattern into tokens. A lone backslash at the end is an error, even in a comment.
    pub(super) fn new(pattern: &str) -> Result<Self, Fault> {
        let mut tokens = Vec::with_capacity(pattern.len());
        let mut characters = pattern.chars().enumerate();
        let mut length = 0;
        while let Some((at, character)) = characters.next() {
            length = at + 1;
            if character != '\\' {
                tokens.push(Token { at, character, escaped: false });
                continue;
            }
            let Some((_, character)) = characters.next() else {
                return Err(Fault::new(at, r"there is nothing after the backslash; write \\ for a backslash itself"));
            };
            length = at + 2;
            tokens.push(Token { at, character, escaped: true });
        }
        Ok(Self { tokens, next: 0, length })
    }

    /// The next token, without taking it.
    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens.get(self.next).copied()
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek();
        self.next += usize::from(token.is_some());
        token
    }

    /// The next character, if it is not an escape.
    pub(super) fn plain(&self) -> Option<char> {
        self.peek().filter(|token| !token.escaped).map(|token| token.character)
    }

    /// Takes the next token if it is this character, not escaped.
    pub(super) fn take_if(&mut self, character: char) -> bool {
        let found = self.plain() == Some(character);
        self.next += usize::from(found);
        found
    }

    /// Takes up to `count` characters that fit.
    pub(super) fn take_while(&mut self, count: usize, fits: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        for _ in 0..count {
            let Some(character) = self.plain().filter(|character| fits(*character)) else { break };
            taken.push(character);
            self.next += 1;
        }
        taken
    }

    /// Takes everything up to a character and the character too; `None` if it does not come.
    pub(super) fn take_until(&mut self, end: char) -> Option<String> {
        let mut taken = String::new();
        while let Some(token) = self.take() {
            if !token.escaped && token.character == end {
                return Some(taken);
            }
            if token.escaped {
                taken.push('\\');
            }
            taken.push(token.character);
        }
        None
    }

    /// How many characters stand before the next token.
    pub(super) fn at(&self) -> usize {
        self.peek().map_or(self.length, |token| token.at)
    }

    /// A mark to come back to.
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    /// Goes back to a mark.
    pub(super) fn go_back(&mut self, mark: usize) {
        self.next = mark;
    }
}
