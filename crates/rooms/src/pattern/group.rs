//! Reads what begins with `(`: groups, lookarounds, conditions, comments and flags.

use super::{
    error::{Fault, Refusal},
    parse::Parser,
    tree::{FlagChange, Node, Sequence},
};

const UNCLOSED: &str = r"this “(” is never closed; add a “)”, or write \( for the character itself";
const CUT_SHORT: &str = "the pattern ends in the middle of “(?…”";
const UNNAMED: &str = "a group's name is missing here";

/// Group numbers above this are wrong in every Python.
const MAX_GROUP: u32 = 1 << 30;

impl Parser {
    /// Reads a group whose `(`, at `start`, is taken. `None`: a comment, or flags for the whole pattern, which may come
    /// only if `first`.
    pub(super) fn group(&mut self, start: usize, verbose: bool, first: bool) -> Result<Option<Node>, Fault> {
        if !self.reader.take_if('?') {
            return self.capture(start, None, verbose).map(Some);
        }
        let Some(token) = self.reader.take() else { return Err(Fault::new(self.reader.at(), CUT_SHORT)) };
        if token.escaped {
            return Err(unknown(start));
        }
        let node = match token.character {
            'P' => self.python_group(start, verbose)?,
            ':' => {
                let body = self.body(start, verbose)?;
                Node::Group { capture: None, flags: FlagChange::default(), body }
            }
            '>' => Node::Atomic(self.body(start, verbose)?),
            '#' => {
                let closed = self.reader.take_until(')').is_some();
                return if closed {
                    Ok(None)
                } else {
                    Err(Fault::new(start, "this comment is never closed; add a “)”"))
                };
            }
            '=' => self.look(start, verbose, false, false)?,
            '!' => self.look(start, verbose, false, true)?,
            '<' => match self.reader.take() {
                Some(token) if !token.escaped && token.character == '=' => self.look(start, verbose, true, false)?,
                Some(token) if !token.escaped && token.character == '!' => self.look(start, verbose, true, true)?,
                None => return Err(Fault::new(self.reader.at(), CUT_SHORT)),
                _ => {
                    return Err(Fault::new(
                        start,
                        "“(?<” has to go on with “=” or “!”; a name for a group is written (?P<name>…)",
                    ));
                }
            },
            '(' => self.conditional(start, verbose)?,
            letter => return self.flags(start, letter, verbose, first),
        };
        Ok(Some(node))
    }

    /// Reads alternatives and the `)`.
    fn body(&mut self, start: usize, verbose: bool) -> Result<Sequence, Fault> {
        let body = self.alternatives(verbose, false)?;
        if self.reader.take_if(')') { Ok(body) } else { Err(Fault::new(start, UNCLOSED)) }
    }

    fn capture(&mut self, start: usize, name: Option<(String, usize)>, verbose: bool) -> Result<Node, Fault> {
        let group = self.groups.open(name)?;
        let body = self.body(start, verbose)?;
        self.groups.close(group, &body);
        Ok(Node::Group { capture: Some(group), flags: FlagChange::default(), body })
    }

    /// Reads on after `(?P`.
    fn python_group(&mut self, start: usize, verbose: bool) -> Result<Node, Fault> {
        if self.reader.take_if('<') {
            let at = self.reader.at();
            let name = self.name(start, '>')?;
            check_name(&name, at)?;
            return self.capture(start, Some((name, at)), verbose);
        }
        if !self.reader.take_if('=') {
            return Err(Fault::new(start, "“(?P” has to go on with “<name>” or “=name”"));
        }
        let at = self.reader.at();
        let name = self.name(start, ')')?;
        check_name(&name, at)?;
        let Some(group) = self.groups.named(&name) else { return Err(no_such_name(&name, at)) };
        self.backref(group, at)
    }

    /// A reference to what a group matched.
    pub(super) fn backref(&mut self, group: u32, at: usize) -> Result<Node, Fault> {
        self.groups.check_backref(group, at)?;
        Ok(Node::Backref(group))
    }

    /// Reads a name up to `end`.
    fn name(&mut self, start: usize, end: char) -> Result<String, Fault> {
        let at = self.reader.at();
        match self.reader.take_until(end) {
            Some(name) if name.is_empty() => Err(Fault::new(at, UNNAMED)),
            Some(name) => Ok(name),
            None => Err(Fault::new(start, format!("the name of this group is never closed; add a “{end}”"))),
        }
    }

    fn look(&mut self, start: usize, verbose: bool, behind: bool, negate: bool) -> Result<Node, Fault> {
        if !behind {
            let body = self.body(start, verbose)?;
            return Ok(Node::Look { behind: None, negate, body });
        }
        let outer = self.groups.enter_lookbehind();
        let body = self.body(start, verbose)?;
        self.groups.leave_lookbehind(outer);
        let width = self.groups.width(&body);
        match u32::try_from(width.min) {
            Ok(distance) if width.min == width.max => Ok(Node::Look { behind: Some(distance), negate, body }),
            _ => {
                let why = "what stands in a lookbehind has to have one fixed length: no “*”, “+”, “?”, and no alternatives of different lengths";
                Err(Fault::new(start, why))
            }
        }
    }

    /// Reads on after `(?(`.
    fn conditional(&mut self, start: usize, verbose: bool) -> Result<Node, Fault> {
        let at = self.reader.at();
        let name = self.name(start, ')')?;
        let group = self.condition(&name, at)?;
        self.groups.check_lookbehind(group, at)?;
        if self.groups.is_open(group) {
            let why = "this asks whether a group took part from inside of the same group";
            return Err(Fault::refused(at, Refusal::OpenGroup, why));
        }
        let yes = self.nested_sequence(verbose)?;
        let no = if self.reader.take_if('|') { self.nested_sequence(verbose)? } else { Sequence::new() };
        if self.reader.plain() == Some('|') {
            return Err(Fault::new(
                self.reader.at(),
                "a condition “(?(…)…|…)” can't have more than two branches; put “(?:…)” around the alternatives",
            ));
        }
        if !self.reader.take_if(')') {
            return Err(Fault::new(start, UNCLOSED));
        }
        Ok(Node::Conditional { group, yes, no })
    }

    /// The group that a condition asks for, by name or by number.
    fn condition(&mut self, name: &str, at: usize) -> Result<u32, Fault> {
        if is_identifier(name) {
            return self.groups.named(name).ok_or_else(|| no_such_name(name, at));
        }
        if !name.chars().all(|digit| digit.is_ascii_digit()) {
            let why = format!("“{}” is neither the name nor the number of a group", name.escape_debug());
            return Err(Fault::refused(at, Refusal::OddGroupNumber, why));
        }
        match name.parse() {
            Ok(0) => Err(Fault::new(at, "groups are counted from 1, so there is no group 0")),
            Ok(group) if group < MAX_GROUP => {
                self.groups.await_group(group, at);
                Ok(group)
            }
            _ => Err(Fault::new(at, "there is no group with this number")),
        }
    }

    /// Reads flags: `letter` is the first, or a `-`.
    fn flags(&mut self, start: usize, letter: char, verbose: bool, first: bool) -> Result<Option<Node>, Fault> {
        if !is_flag(letter) && letter != '-' {
            return Err(unknown(start));
        }
        let mut change = FlagChange::default();
        let mut alphabet = None;
        let mut on = letter != '-';
        let mut letter = letter;
        if !on {
            letter = self.flag_letter()?;
        }
        loop {
            self.one_flag(letter, on, &mut change, &mut alphabet)?;
            let at = self.reader.at();
            letter = self.flag_letter()?;
            match letter {
                ':' => break,
                ')' if on => return self.global_flags(start, change, alphabet, first),
                '-' if on => {
                    on = false;
                    letter = self.flag_letter()?;
                }
                letter if is_flag(letter) => {}
                other => return Err(not_a_flag(at, other)),
            }
        }
        let inner = change.verbose.unwrap_or(verbose);
        let body = self.body(start, inner)?;
        Ok(Some(Node::Group { capture: None, flags: change, body }))
    }

    fn flag_letter(&mut self) -> Result<char, Fault> {
        let at = self.reader.at();
        match self.reader.take() {
            Some(token) if !token.escaped => Ok(token.character),
            Some(_) => Err(not_a_flag(at, '\\')),
            None => Err(Fault::new(at, CUT_SHORT)),
        }
    }

    fn one_flag(
        &self,
        letter: char,
        on: bool,
        change: &mut FlagChange,
        alphabet: &mut Option<char>,
    ) -> Result<(), Fault> {
        let at = self.reader.at().saturating_sub(1);
        let flag = match letter {
            'i' => &mut change.ignore_case,
            'm' => &mut change.multiline,
            's' => &mut change.dot_all,
            'x' => &mut change.verbose,
            'L' => return Err(Fault::new(at, "the flag “L” is only for bytes")),
            't' => {
                return Err(Fault::refused(
                    at,
                    Refusal::TemplateFlag,
                    "the flag “t” does nothing and is not supported",
                ));
            }
            'a' | 'u' => {
                if !on {
                    return Err(Fault::new(
                        at,
                        format!("the flag “{letter}” can't be switched off; use the other one of “a” and “u”"),
                    ));
                }
                if alphabet.is_some_and(|other| other != letter) {
                    return Err(Fault::new(at, "the flags “a” and “u” exclude each other"));
                }
                *alphabet = Some(letter);
                change.ascii = Some(letter == 'a');
                return Ok(());
            }
            other => return Err(not_a_flag(at, other)),
        };
        if *flag == Some(!on) {
            return Err(Fault::new(at, format!("the flag “{letter}” is switched on and off at once")));
        }
        *flag = Some(on);
        Ok(())
    }

    /// `(?i)`: flags for the whole pattern.
    fn global_flags(
        &mut self,
        start: usize,
        change: FlagChange,
        alphabet: Option<char>,
        first: bool,
    ) -> Result<Option<Node>, Fault> {
        if !first {
            let why = "flags for the whole pattern have to stand at its start; for a part write (?i:…)";
            return Err(Fault::new(start, why));
        }
        if alphabet.is_some() && self.alphabet.is_some_and(|other| Some(other) != alphabet) {
            return Err(Fault::new(start, "the flags “a” and “u” exclude each other"));
        }
        self.alphabet = alphabet.or(self.alphabet);
        self.flags = self.flags.with(change);
        Ok(None)
    }
}

fn unknown(start: usize) -> Fault {
    Fault::new(start, r"“(?” is not followed by anything known; write \( and \? for the characters themselves")
}

fn no_such_name(name: &str, at: usize) -> Fault {
    Fault::new(at, format!("there is no group named “{}” before this", name.escape_debug()))
}

fn not_a_flag(at: usize, letter: char) -> Fault {
    Fault::new(at, format!("“{}” is not a flag; there are a, i, m, s, u and x", letter.escape_debug()))
}

fn is_flag(letter: char) -> bool {
    "aiLmstux".contains(letter)
}

fn check_name(name: &str, at: usize) -> Result<(), Fault> {
    if is_identifier(name) {
        return Ok(());
    }
    let why =
        format!("“{}” can't be a group's name; use letters, digits and _, and no digit first", name.escape_debug());
    Err(Fault::new(at, why))
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(unicode_ident::is_xid_continue)
}
