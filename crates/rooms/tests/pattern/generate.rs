//! Makes up patterns and texts, by Python's grammar and off it.

/// Random numbers from a seed (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Seeds next to each other must not give the same numbers, moved by one.
        Self(mixed(seed ^ 0x5851_f42d_4c95_7f2d))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

const PLAIN: &[&str] = &["a", "a", "a", "b", "b", "c", "B", "x", "1", "_", " ", "\n"];
const ODD: &[&str] = &[
    "k", "K", "\u{212a}", "s", "ſ", "ß", "ẞ", "i", "I", "İ", "ı", "µ", "μ", "Μ", "σ", "ς", "Σ", "é", "É", "ΐ", "ΐ",
    "ﬅ", "ﬆ", "Ꙋ", "ᲈ", "\u{345}", "ι", "Ι", "ǅ", "Å", "Å", "Ω", "Ω", "𐐀", "𐐨", "😀", "٣", "²", "½", "Ⅷ", "ⅷ", "Ⓐ",
    "ⓐ", "\u{1c}", "\u{1f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{200b}", "\u{301}", "\r", "\u{b}", "\t", "\0", "ª",
    "中", "-", ".", "{", "}", ",", "]", "#", "&", "~", "|", "^", "$", "\\", "<", "ⓐ", "ა", "Ა", "ꭰ", "Ꭰ", "ⴀ", "Ⴀ",
];
const SPECIAL: &str = r"\.^$*+?{}[]|()";
const ESCAPES: &[&str] = &[
    r"\w",
    r"\W",
    r"\d",
    r"\D",
    r"\s",
    r"\S",
    r"\w",
    r"\n",
    r"\t",
    r"\a",
    r"\f",
    r"\v",
    r"\r",
    r"\x61",
    r"\x41",
    r"\u0062",
    r"\u0130",
    r"\u212a",
    r"\U00010400",
    r"\U0001f600",
    r"\ud800",
    r"\0",
    r"\07",
    r"\141",
    r"\061",
    r"\.",
    r"\-",
    r"\]",
    r"\[",
    r"\<",
    r"\>",
    r"\_",
    r"\ ",
    r"\é",
    r"\#",
    r"\&",
    r"\~",
    r"\/",
    r"\\",
];
const WRONG_ESCAPES: &[&str] = &[
    r"\q",
    r"\z",
    r"\x6",
    r"\u12",
    r"\U00110000",
    r"\400",
    r"\777",
    r"\8",
    r"\c",
    r"\N{DASH}",
    r"\N",
    r"\p{L}",
    r"\K",
    r"\G",
    r"\R",
    r"\Q",
    r"\9",
    r"\99",
    r"\1",
    r"\h",
];
const PLACES: &[&str] = &["^", "$", r"\A", r"\Z", r"\b", r"\B", r"\b", "$"];
const NAMES: &[&str] = &["a", "b", "name", "_x1", "größe", "名前"];
const WRONG_NAMES: &[&str] = &["1a", "a-b", "", "a b", "é!", "²"];
const SOUP: &[&str] = &[
    "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "a", "b", "1", "2", ",", "-", ":", "=", "!",
    "<", ">", "P", "#", "i", "x", "s", "m", "a", "u", "L", "(?", "(?P<", "(?P=", "(?(", "(?:", "[^", "{1,", "{,2}",
    r"\b", r"\w", r"\1", " ", "\n", "é",
];

/// Makes one pattern.
pub(crate) struct Generator<'a> {
    random: &'a mut Random,
    groups: usize,
    closed: Vec<usize>,
    names: Vec<String>,
    verbose: bool,
}

/// A pattern and a text to search.
pub(crate) fn pair(random: &mut Random) -> (String, String) {
    let mut pattern = match random.below(20) {
        0 => {
            let length = random.below(10);
            (0..length).map(|_| random.pick(SOUP)).collect()
        }
        _ => Generator::pattern(random),
    };
    if random.chance(5) {
        spoil(random, &mut pattern);
    }
    (pattern, text(random))
}

fn text(random: &mut Random) -> String {
    let length = if random.chance(5) { 0 } else { random.below(14) };
    let odd = if random.chance(50) { 0 } else { random.below(60) };
    let mut text: String =
        (0..length).map(|_| if random.chance(odd) { random.pick(ODD) } else { random.pick(PLAIN) }).collect();
    if random.chance(2) {
        text = text.repeat(2 + random.below(40));
    }
    if random.chance(15) {
        text.push('\n');
    }
    text
}

/// Takes a character away, doubles it, or puts something in.
fn spoil(random: &mut Random, pattern: &mut String) {
    let places: Vec<usize> = pattern.char_indices().map(|(at, _)| at).collect();
    if places.is_empty() {
        return;
    }
    let at = places[random.below(places.len())];
    match random.below(3) {
        0 => drop(pattern.remove(at)),
        1 => pattern.insert_str(at, random.pick(SOUP)),
        _ => {
            let character = pattern[at..].chars().next().unwrap_or('a');
            pattern.insert(at, character);
        }
    }
}

impl<'a> Generator<'a> {
    fn pattern(random: &'a mut Random) -> String {
        let mut generator = Generator { random, groups: 0, closed: Vec::new(), names: Vec::new(), verbose: false };
        let mut pattern = String::new();
        while generator.random.chance(12) {
            let mut flags = generator.random.pick(&["i", "a", "m", "s", "x", "ms", "ix", "as", "ii"]);
            if generator.random.chance(8) {
                flags = generator.random.pick(&["L", "au", "t", "u", "q", "i-s", ""]);
            }
            generator.verbose |= flags.contains('x');
            pattern += &format!("(?{flags})");
        }
        let depth = generator.random.below(5);
        pattern + &generator.alternatives(depth)
    }

    fn alternatives(&mut self, depth: usize) -> String {
        let count = [1, 1, 1, 2, 2, 3][self.random.below(6)];
        let branches: Vec<String> = (0..count).map(|_| self.sequence(depth)).collect();
        branches.join("|")
    }

    fn sequence(&mut self, depth: usize) -> String {
        let count = [0, 1, 1, 2, 2, 3, 4][self.random.below(7)];
        (0..count).map(|_| self.piece(depth)).collect()
    }

    fn piece(&mut self, depth: usize) -> String {
        let mut piece = match self.random.below(100) {
            0..6 => return self.random.pick(PLACES).to_owned(),
            6 if self.random.chance(20) => self.random.pick(WRONG_ESCAPES).to_owned(),
            7..16 => self.backref(),
            16..56 if depth > 0 => self.group(depth - 1),
            56..70 => self.set(),
            _ => self.character(),
        };
        if self.random.chance(42) {
            piece += &self.quantifier();
        }
        if self.verbose && self.random.chance(30) {
            piece += self.random.pick(&[" ", "\n", "# a)\n", "#\\\n", "\t ", "\u{a0}", "\u{b}"]);
        }
        piece
    }

    fn character(&mut self) -> String {
        match self.random.below(20) {
            0..11 => self.escaped(PLAIN, SPECIAL),
            11..14 => self.escaped(ODD, SPECIAL),
            14..16 => ".".to_owned(),
            16 => {
                self.random.pick(&["{", "}", "]", "{a", "{,", "{1", "{1,2", "{}", "-", "a{ 1}", "{1,2,3}"]).to_owned()
            }
            _ => self.random.pick(ESCAPES).to_owned(),
        }
    }

    fn escaped(&mut self, choices: &[&str], special: &str) -> String {
        let character = self.random.pick(choices);
        let escape = if special.contains(character) { "\\" } else { "" };
        format!("{escape}{character}")
    }

    fn quantifier(&mut self) -> String {
        let small = self.random.below(4);
        let more = small + self.random.below(4);
        let counts = match self.random.below(20) {
            0..5 => "*".to_owned(),
            5..9 => "+".to_owned(),
            9..13 => "?".to_owned(),
            13 => format!("{{{small}}}"),
            14 => format!("{{{small},}}"),
            15 => format!("{{,{small}}}"),
            16 => "{,}".to_owned(),
            17 if self.random.chance(10) => {
                let counts = ["{65536}", "{4294967295}", "{99999999999}", "{5,2}", "{0,4294967294}", "{300,}"];
                self.random.pick(&counts).to_owned()
            }
            _ => format!("{{{small},{more}}}"),
        };
        let kind = ["", "", "", "", "?", "?", "+"][self.random.below(7)];
        counts + kind
    }

    fn backref(&mut self) -> String {
        if self.closed.is_empty() && self.random.chance(85) {
            return self.character();
        }
        if self.closed.is_empty() || self.random.chance(3) {
            return self.random.pick(&[r"\1", r"\2", "(?P=a)", r"\01", "a", "b"]).to_owned();
        }
        let group = self.closed[self.random.below(self.closed.len())];
        let named = self.random.below(4) == 0 && !self.names.is_empty();
        if named {
            let name = self.names[self.random.below(self.names.len())].clone();
            return format!("(?P={name})");
        }
        format!(r"\{group}")
    }

    fn group(&mut self, depth: usize) -> String {
        match self.random.below(30) {
            0..9 => {
                let body = self.capture(depth);
                format!("({body})")
            }
            9..12 => {
                let names = if self.random.chance(3) { WRONG_NAMES } else { NAMES };
                let mut name = self.random.pick(names).to_owned();
                if self.names.contains(&name) && self.random.chance(95) {
                    name += &self.groups.to_string();
                }
                let body = self.capture(depth);
                self.names.push(name.clone());
                format!("(?P<{name}>{body})")
            }
            12..15 => format!("(?:{})", self.alternatives(depth)),
            15..17 => format!("(?>{})", self.alternatives(depth)),
            17..19 => format!("(?={})", self.alternatives(depth)),
            19..21 => format!("(?!{})", self.alternatives(depth)),
            21..24 => {
                let sign = self.random.pick(&["=", "!"]);
                format!("(?<{sign}{})", self.behind(depth))
            }
            24..26 => self.conditional(depth),
            26 if self.random.chance(80) => self.random.pick(&["(?#x)", "(?#)", r"(?#a\)b)"]).to_owned(),
            26 => self.random.pick(&["(?#x)", r"(?#\))", "(?#", "(?x)", "(?i)", "(?a)"]).to_owned(),
            _ => {
                let flags = [
                    "i", "-i", "s", "m", "a", "u", "x", "-x", "i-s", "-im", "a-i", "", "s-i", "-", "i-i", "-a", "L",
                    "q",
                ];
                let flags = self.random.pick(&flags);
                let outer = self.verbose;
                self.verbose = (self.verbose || flags.starts_with('x')) && flags != "-x";
                let body = self.alternatives(depth);
                self.verbose = outer;
                format!("(?{flags}:{body})")
            }
        }
    }

    fn capture(&mut self, depth: usize) -> String {
        self.groups += 1;
        let group = self.groups;
        let body = self.alternatives(depth);
        self.closed.push(group);
        body
    }

    /// What mostly has a fixed width.
    fn behind(&mut self, depth: usize) -> String {
        if self.random.chance(6) {
            return self.alternatives(depth);
        }
        let width = self.random.below(3);
        let one = |this: &mut Self| {
            let pieces: String = (0..width)
                .map(|_| match this.random.below(8) {
                    0 => format!("({})", {
                        this.groups += 1;
                        this.closed.push(this.groups);
                        this.character()
                    }),
                    1 => "[ab]".to_owned(),
                    2 => r"\b.".to_owned(),
                    3 => r"\w".to_owned(),
                    4 => "(?:a|b)".to_owned(),
                    _ => this.escaped(PLAIN, SPECIAL),
                })
                .collect();
            pieces
        };
        let first = one(self);
        if self.random.chance(40) { format!("{first}|{}", one(self)) } else { first }
    }

    fn conditional(&mut self, depth: usize) -> String {
        let condition = match self.random.below(12) {
            0 if self.random.chance(40) => self.random.pick(&["0", "x", "9", " 1", "+1", "1_0", "-1", "١"]).to_owned(),
            1..4 if !self.names.is_empty() => self.names[self.random.below(self.names.len())].clone(),
            4 if self.random.chance(50) => (self.groups + 1).to_string(),
            _ => (1 + self.random.below(self.groups.max(1))).to_string(),
        };
        let yes = self.sequence(depth);
        match self.random.below(10) {
            0..3 => format!("(?({condition}){yes})"),
            3 if self.random.chance(10) => format!("(?({condition}){yes}|a|b)"),
            _ => format!("(?({condition}){yes}|{})", self.sequence(depth)),
        }
    }

    fn set(&mut self) -> String {
        let negate = if self.random.chance(25) { "^" } else { "" };
        let count = 1 + self.random.below(4);
        let items: String = (0..count).map(|_| self.set_item()).collect();
        format!("[{negate}{items}]")
    }

    fn set_item(&mut self) -> String {
        match self.random.below(20) {
            0..6 => self.escaped(PLAIN, r"\]^"),
            6..9 => self.escaped(ODD, r"\]^-"),
            9..12 => self.random.pick(ESCAPES).to_owned(),
            12 if self.random.chance(15) => self.random.pick(WRONG_ESCAPES).to_owned(),
            12 | 13 => self
                .random
                .pick(&["&&", "--", "~~", "||", "[:alpha:]", "[", "-", "^", r"\b", "]", "[a", "#", " "])
                .to_owned(),
            14..17 => {
                let ranges = ["a-c", "b-z", "A-K", "0-9", "A-z", "\0-ÿ", "ſ-ƀ", "à-ÿ", "Α-ω", " -~", "+--"];
                self.random.pick(&ranges).to_owned()
            }
            17 => {
                self.random.pick(&["𐐀-𐐁", "a-𐐀", "😀-😂", "\\u0100-\\U0001ffff", "İ-ı", "H-j", "ℂ-ℵ", "𐐨-𐐪"]).to_owned()
            }
            _ => {
                let (mut low, mut high) = (self.random.pick(ODD), self.random.pick(ODD));
                if low > high && self.random.chance(97) {
                    (low, high) = (high, low);
                }
                let escape = |character: &str| {
                    if r"\]^-".contains(character) { format!("\\{character}") } else { character.to_owned() }
                };
                format!("{}-{}", escape(low), escape(high))
            }
        }
    }
}
