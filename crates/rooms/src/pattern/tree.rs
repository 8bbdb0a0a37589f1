//! A pattern as it was read: a tree of what has to be found, and how wide each part can be.

/// One thing after another.
pub(super) type Sequence = Vec<Node>;

/// One part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// This character. A number, since `\ud800` can be written although no text holds it.
    Literal(u32),
    /// Any character but this.
    NotLiteral(u32),
    /// `.`
    Any,
    /// `[…]`, or `\w` and the like.
    Set(Set),
    /// `^`, `\b` and the like.
    At(At),
    /// `(…)`, or `(?i:…)`.
    Group { capture: Option<u32>, flags: FlagChange, body: Sequence },
    /// `…|…`
    Branch(Vec<Sequence>),
    /// `…*` and the like.
    Repeat { min: u32, max: Option<u32>, kind: RepeatKind, body: Sequence },
    /// `(?=…)`, `(?!…)`, and with how far it goes back `(?<=…)`, `(?<!…)`.
    Look { behind: Option<u32>, negate: bool, body: Sequence },
    /// `(?>…)`
    Atomic(Sequence),
    /// `\1`, `(?P=name)`
    Backref(u32),
    /// `(?(1)…|…)`
    Conditional { group: u32, yes: Sequence, no: Sequence },
}

/// How a repetition chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RepeatKind {
    /// As many as possible: `*`.
    Greedy,
    /// As few as possible: `*?`.
    Lazy,
    /// As many as possible, and never fewer: `*+`.
    Possessive,
}

/// A place between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// `^`
    Start,
    /// `$`
    End,
    /// `\A`
    TextStart,
    /// `\Z`
    TextEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NoBoundary,
}

/// What `\w`, `\d`, `\s` and their opposites hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Word,
    NotWord,
    Digit,
    NotDigit,
    Space,
    NotSpace,
}

impl Category {
    /// Whether this is one of the opposites.
    pub(super) fn is_negative(self) -> bool {
        matches!(self, Self::NotWord | Self::NotDigit | Self::NotSpace)
    }
}

/// A set of characters, without regard to flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Set {
    pub(super) negate: bool,
    pub(super) items: Vec<Item>,
}

/// An entry of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Literal(u32),
    Range(u32, u32),
    Category(Category),
}

/// Flags that a part of a pattern is read and matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
}

/// What `(?i-s:…)` changes; `None`: stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FlagChange {
    pub(super) ignore_case: Option<bool>,
    pub(super) multiline: Option<bool>,
    pub(super) dot_all: Option<bool>,
    pub(super) verbose: Option<bool>,
    pub(super) ascii: Option<bool>,
}

impl Flags {
    /// These flags, with a change.
    pub(super) fn with(self, change: FlagChange) -> Self {
        Self {
            ignore_case: change.ignore_case.unwrap_or(self.ignore_case),
            multiline: change.multiline.unwrap_or(self.multiline),
            dot_all: change.dot_all.unwrap_or(self.dot_all),
            verbose: change.verbose.unwrap_or(self.verbose),
            ascii: change.ascii.unwrap_or(self.ascii),
        }
    }
}

impl Node {
    /// Whether this matches exactly one character whatever the text is.
    pub(super) fn is_one_character(&self) -> bool {
        match self {
            Self::Literal(_) | Self::NotLiteral(_) | Self::Any | Self::Set(_) => true,
            Self::Group { capture: None, body, .. } => matches!(body.as_slice(), [one] if one.is_one_character()),
            _ => false,
        }
    }

    /// Whether there is a group in this that may take no part although this matches.
    pub(super) fn has_optional_group(&self, optional: bool) -> bool {
        let any = |body: &Sequence, optional| body.iter().any(|node| node.has_optional_group(optional));
        match self {
            Self::Literal(_) | Self::NotLiteral(_) | Self::Any | Self::Set(_) | Self::At(_) | Self::Backref(_) => false,
            Self::Group { capture, body, .. } => capture.is_some() && optional || any(body, optional),
            Self::Branch(branches) => branches.iter().any(|branch| any(branch, true)),
            Self::Repeat { body, .. } => any(body, true),
            Self::Look { negate, body, .. } => any(body, optional || *negate),
            Self::Atomic(body) => any(body, optional),
            Self::Conditional { yes, no, .. } => any(yes, true) || any(no, true),
        }
    }

    /// Whether two parts are surely the same; only simple ones ever are.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) | (Self::NotLiteral(a), Self::NotLiteral(b)) => a == b,
            (Self::Any, Self::Any) => true,
            (Self::Set(a), Self::Set(b)) => a == b,
            (Self::At(a), Self::At(b)) => a == b,
            (Self::Backref(a), Self::Backref(b)) => a == b,
            _ => false,
        }
    }
}

/// How many characters a part matches: at least, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    pub(super) min: u128,
    pub(super) max: u128,
}

impl Width {
    /// More than any text has; also stands for “no limit”.
    const ENDLESS: u128 = 1 << 64;
    const ZERO: Self = Self { min: 0, max: 0 };

    /// The width of a sequence; `groups` are the widths of the groups, from number 1.
    pub(super) fn of(sequence: &[Node], groups: &[Option<Width>]) -> Self {
        let sum = sequence.iter().fold(Self::ZERO, |sum, node| {
            let width = Self::of_node(node, groups);
            Self { min: sum.min + width.min, max: sum.max + width.max }
        });
        Self { min: sum.min.min(Self::ENDLESS), max: sum.max.min(Self::ENDLESS) }
    }

    fn of_node(node: &Node, groups: &[Option<Width>]) -> Self {
        match node {
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set(_) => Self { min: 1, max: 1 },
            Node::At(_) | Node::Look { .. } => Self::ZERO,
            Node::Group { body, .. } | Node::Atomic(body) => Self::of(body, groups),
            Node::Branch(branches) => Self::either(branches.iter().map(|branch| Self::of(branch, groups))),
            Node::Repeat { min, max, body, .. } => {
                let body = Self::of(body, groups);
                let max = match max {
                    Some(max) => body.max * u128::from(*max),
                    None if body.max == 0 => 0,
                    None => Self::ENDLESS,
                };
                Self { min: body.min * u128::from(*min), max }
            }
            Node::Backref(group) => groups.get(*group as usize - 1).copied().flatten().unwrap_or(Self::ZERO),
            Node::Conditional { yes, no, .. } => Self::either([yes, no].map(|body| Self::of(body, groups)).into_iter()),
        }
    }

    fn either(mut widths: impl Iterator<Item = Self>) -> Self {
        let first = widths.next().unwrap_or(Self::ZERO);
        widths.fold(first, |all, one| Self { min: all.min.min(one.min), max: all.max.max(one.max) })
    }
}
