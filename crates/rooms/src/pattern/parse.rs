//! Reads Python's grammar: alternatives, sequences and repetitions.

use super::{
    MAX_NESTING,
    error::{Fault, Refusal},
    groups::Groups,
    reader::{Reader, Token},
    set::unique,
    tree::{At, Flags, Item, Node, RepeatKind, Sequence, Set},
};

/// The largest count that Python knows as a number; it stands for “no limit” there.
const TOO_MANY: u32 = u32::MAX;

/// A pattern that was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) body: Sequence,
    pub(super) flags: Flags,
    pub(super) groups: u32,
    pub(super) names: Vec<(String, u32)>,
    /// Where the pattern can be cut so that what is before demands nothing of what is after, in characters, in order.
    pub(super) cuts: Vec<usize>,
}

/// Reads a pattern that is matched with `flags`.
pub(super) fn parse(pattern: &str, flags: Flags) -> Result<Parsed, Fault> {
    let mut parser = Parser {
        reader: Reader::new(pattern)?,
        flags,
        alphabet: None,
        groups: Groups::default(),
        depth: 0,
        cuts: Vec::new(),
    };
    let body = parser.alternatives(flags.verbose, true)?;
    if let Some(token) = parser.reader.peek() {
        return Err(Fault::new(token.at, r"there is no “(” for this; write \) for the character itself"));
    }
    let groups = parser.groups.count();
    let names = parser.groups.finish()?;
    if overlooks(&body, parser.flags, parser.flags.ascii) {
        let why = "with another alphabet than the rest (“(?a:…)”, “(?u:…)”) the start can't be looked for; put “(?=)” before it";
        return Err(Fault::refused(0, Refusal::AlphabetAtStart, why));
    }
    Ok(Parsed { body, flags: parser.flags, groups, names, cuts: parser.cuts })
}

/// Whether Python overlooks matches: it looks for what a pattern begins with in the whole pattern's alphabet.
fn overlooks(sequence: &[Node], flags: Flags, ascii: bool) -> bool {
    match sequence.first() {
        Some(Node::Group { flags: change, body, .. }) => overlooks(body, flags.with(*change), ascii),
        Some(Node::Set(set)) if flags.ascii != ascii => set.items.iter().any(|item| match item {
            Item::Category(category) => (category.is_negative() != set.negate) != ascii,
            _ => false,
        }),
        _ => false,
    }
}

/// The reader of one pattern.
#[derive(Debug)]
pub(super) struct Parser {
    pub(super) reader: Reader,
    /// The flags for the whole pattern; `(?i)` at the start adds to them.
    pub(super) flags: Flags,
    /// Which of `a` and `u` stood in such a group.
    pub(super) alphabet: Option<char>,
    pub(super) groups: Groups,
    depth: usize,
    /// Where things begin that are in no group; none once there are alternatives.
    cuts: Vec<usize>,
}

impl Parser {
    /// Reads `…|…` until a `)` or the end.
    pub(super) fn alternatives(&mut self, mut verbose: bool, outermost: bool) -> Result<Sequence, Fault> {
        self.enter()?;
        let mut branches = Vec::new();
        loop {
            let first = outermost && branches.is_empty();
            branches.push(self.sequence(verbose, first)?);
            if !self.reader.take_if('|') {
                break;
            }
            verbose = if outermost { self.flags.verbose } else { verbose };
        }
        self.depth -= 1;
        if outermost && branches.len() > 1 {
            self.cuts.clear();
        }
        Ok(join(branches))
    }

    /// Reads a branch of a condition.
    pub(super) fn nested_sequence(&mut self, verbose: bool) -> Result<Sequence, Fault> {
        self.enter()?;
        let sequence = self.sequence(verbose, false)?;
        self.depth -= 1;
        Ok(sequence)
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth <= MAX_NESTING + 1 {
            return Ok(());
        }
        let why = format!("there are more than {MAX_NESTING} groups inside each other; make the pattern simpler");
        Err(Fault::refused(self.reader.at(), Refusal::TooDeep, why))
    }

    /// Reads one thing after another until `|`, `)` or the end. `first`: flags for the whole pattern may come.
    fn sequence(&mut self, mut verbose: bool, first: bool) -> Result<Sequence, Fault> {
        let mut sequence = Sequence::new();
        while let Some(token) = self.reader.peek() {
            if !token.escaped && matches!(token.character, '|' | ')') {
                break;
            }
            self.reader.take();
            // A repetition belongs to what is before it.
            if self.depth == 1 && (token.escaped || !matches!(token.character, '*' | '+' | '?' | '{')) {
                self.cuts.push(token.at);
            }
            if verbose && self.is_blank(token) {
                continue;
            }
            if token.escaped {
                let node = self.escape(token)?;
                sequence.push(node);
                continue;
            }
            match token.character {
                '[' => {
                    let set = self.set(token.at)?;
                    sequence.push(set);
                }
                '(' => {
                    if let Some(node) = self.group(token.at, verbose, first && sequence.is_empty())? {
                        sequence.push(node);
                    } else if first && sequence.is_empty() {
                        verbose = self.flags.verbose;
                    }
                }
                '*' | '+' | '?' | '{' => self.repetition(token, &mut sequence)?,
                '.' => sequence.push(Node::Any),
                '^' => sequence.push(Node::At(At::Start)),
                '$' => sequence.push(Node::At(At::End)),
                other => sequence.push(Node::Literal(other.into())),
            }
        }
        Ok(flat(sequence))
    }

    /// In verbose patterns: whether this is white space or begins a comment, which is then skipped.
    fn is_blank(&mut self, token: Token) -> bool {
        if token.escaped {
            return false;
        }
        if token.character == '#' {
            while self.reader.take().is_some_and(|token| token.escaped || token.character != '\n') {}
        }
        matches!(token.character, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '#')
    }

    /// Reads a repetition, and puts it in place of the last thing.
    fn repetition(&mut self, token: Token, sequence: &mut Sequence) -> Result<(), Fault> {
        let (min, max) = match token.character {
            '?' => (0, Some(1)),
            '*' => (0, None),
            '+' => (1, None),
            _ => match self.counts(token.at)? {
                Some(counts) => counts,
                None => {
                    sequence.push(Node::Literal('{'.into()));
                    return Ok(());
                }
            },
        };
        let sign = token.character;
        let item = match sequence.pop() {
            None | Some(Node::At(_)) => {
                let why = format!(
                    r"there is nothing before “{sign}” that could be repeated; write \{sign} for the character itself"
                );
                return Err(Fault::new(token.at, why));
            }
            Some(Node::Repeat { .. }) => {
                let why = format!(
                    r"“{sign}” comes right after another repetition; put “(?:…)” around the first, or write \{sign} for the character itself"
                );
                return Err(Fault::new(token.at, why));
            }
            Some(item) => item,
        };
        let kind = if self.reader.take_if('?') {
            RepeatKind::Lazy
        } else if self.reader.take_if('+') {
            RepeatKind::Possessive
        } else {
            RepeatKind::Greedy
        };
        if kind == RepeatKind::Possessive && max != Some(1) && item.has_optional_group(false) {
            let why = "a repetition with “+” after it, around groups that may take no part, is not supported; leave out that “+”";
            return Err(Fault::refused(token.at, Refusal::PossessiveGroup, why));
        }
        sequence.push(Node::Repeat { min, max, kind, body: flat(vec![item]) });
        Ok(())
    }

    /// Reads `{2,5}` after its `{`; `None` if this is not a repetition but the character.
    fn counts(&mut self, at: usize) -> Result<Option<(u32, Option<u32>)>, Fault> {
        if self.reader.plain() == Some('}') {
            return Ok(None);
        }
        let mark = self.reader.mark();
        let digit = |character: char| character.is_ascii_digit();
        let min = self.reader.take_while(usize::MAX, digit);
        let max = if self.reader.take_if(',') { self.reader.take_while(usize::MAX, digit) } else { min.clone() };
        if !self.reader.take_if('}') {
            self.reader.go_back(mark);
            return Ok(None);
        }
        let number = |digits: &str| match digits.parse() {
            Ok(TOO_MANY) | Err(_) => Err(Fault::new(at, "this repeats more often than is possible")),
            Ok(number) => Ok(number),
        };
        let min = if min.is_empty() { 0 } else { number(&min)? };
        let max = if max.is_empty() { None } else { Some(number(&max)?) };
        if max.is_some_and(|max| max < min) {
            return Err(Fault::new(at, "the first number of “{…,…}” is larger than the second"));
        }
        Ok(Some((min, max)))
    }
}

/// Takes the contents out of `(?:…)`, which has served its purpose.
fn flat(sequence: Sequence) -> Sequence {
    let mut result = Sequence::with_capacity(sequence.len());
    for node in sequence {
        match node {
            Node::Group { capture: None, flags, body } if flags == Default::default() => result.extend(body),
            other => result.push(other),
        }
    }
    result
}

/// Joins alternatives as Python does, which shows in what a set of characters beyond U+FFFF matches: what they all begin
/// with comes before them, and what are only characters then is a set.
fn join(mut branches: Vec<Sequence>) -> Sequence {
    if branches.len() == 1 {
        return branches.pop().unwrap_or_default();
    }
    let mut common = 0;
    while let Some(first) = branches[0].get(common) {
        if !branches.iter().all(|branch| branch.get(common).is_some_and(|node| node.is_same(first))) {
            break;
        }
        common += 1;
    }
    let mut sequence: Sequence = branches[0][..common].to_vec();
    for branch in &mut branches {
        branch.drain(..common);
    }
    let characters = branches.iter().map(|branch| match branch.as_slice() {
        [Node::Literal(one)] => Some(vec![Item::Literal(*one)]),
        [Node::Set(set)] if !set.negate => Some(set.items.clone()),
        _ => None,
    });
    sequence.push(match characters.collect::<Option<Vec<_>>>() {
        Some(items) => Node::Set(Set { negate: false, items: unique(items.concat()) }),
        None => Node::Branch(branches),
    });
    sequence
}
