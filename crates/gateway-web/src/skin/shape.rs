//! The shape of the words that the pages have, read from the modules that hold them: which there are, and what each one
//! may have in it. It reads the little JavaScript that those modules are written in, and runs none.

use std::collections::BTreeMap;

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// More below it.
    Group,
    /// A string.
    Text,
    /// Strings.
    List,
    /// A function of these to a string.
    Sentence(Vec<String>),
    /// Something that a skin can't replace.
    Fixed,
}

/// All words by their paths, such as `lobby.title`. `sources` are the modules: what each exports.
pub(super) fn read(sources: &[String]) -> BTreeMap<String, Words> {
    let mut found = BTreeMap::new();
    for source in sources {
        let names = source.lines().filter_map(|line| line.strip_prefix("export const ")?.strip_suffix(" = {"));
        names.for_each(|name| object(source, name, "", sources, &mut found));
    }
    found
}

fn object(source: &str, name: &str, path: &str, all: &[String], found: &mut BTreeMap<String, Words>) {
    let start = format!("const {name} = {{");
    if let Some(at) = source.find(&start) {
        let mut reader = Reader { text: source[at + start.len()..].chars().collect(), at: 0, all };
        reader.entries(path, found);
    }
}

struct Reader<'a> {
    text: Vec<char>,
    at: usize,
    all: &'a [String],
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Past white space and comments.
    fn skip(&mut self) {
        loop {
            match (self.peek(), self.text.get(self.at + 1)) {
                (Some(c), _) if c.is_whitespace() => self.at += 1,
                (Some('/'), Some('/')) => self.until("\n"),
                (Some('/'), Some('*')) => self.until("*/"),
                _ => return,
            }
        }
    }

    fn until(&mut self, end: &str) {
        let end: Vec<char> = end.chars().collect();
        while self.at < self.text.len() && !self.text[self.at..].starts_with(&end) {
            self.at += 1;
        }
        self.at = (self.at + end.len()).min(self.text.len());
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
            self.at += 1;
        }
        self.text[start..self.at].iter().collect()
    }

    /// What stands between `{` and `}`.
    fn entries(&mut self, within: &str, found: &mut BTreeMap<String, Words>) {
        loop {
            self.skip();
            match self.peek() {
                None | Some('}') => return,
                Some(',') => self.at += 1,
                Some('.') => {
                    // `...botWords`: what another module has stands here too.
                    let name = self.word();
                    self.elsewhere(name.trim_start_matches('.'), within, found);
                }
                Some(quote @ ('\'' | '"')) => {
                    let start = self.at + 1;
                    self.string(quote);
                    let name: String = self.text[start..self.at.saturating_sub(1)].iter().collect();
                    self.entry(within, &name, found);
                }
                Some(_) => {
                    let name = self.word();
                    if name.is_empty() {
                        return;
                    }
                    self.entry(within, &name, found);
                }
            }
        }
    }

    fn elsewhere(&self, name: &str, path: &str, found: &mut BTreeMap<String, Words>) {
        for source in self.all {
            // `botWords.bots`: a part of it.
            let (name, part) = name.split_once('.').unwrap_or((name, ""));
            let mut inside = BTreeMap::new();
            object(source, name, "", self.all, &mut inside);
            for (key, words) in inside {
                let key = match key.strip_prefix(part) {
                    Some(rest) => rest.trim_start_matches('.').to_owned(),
                    None => continue,
                };
                if !key.is_empty() {
                    found.insert(if path.is_empty() { key } else { format!("{path}.{key}") }, words);
                }
            }
        }
    }

    fn entry(&mut self, within: &str, name: &str, found: &mut BTreeMap<String, Words>) {
        let path = if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
        self.skip();
        if self.peek() == Some(':') {
            self.at += 1;
            self.skip();
        }
        let words = match self.peek() {
            Some('{') => {
                self.at += 1;
                self.entries(&path, found);
                // Past its end.
                self.at += 1;
                Words::Group
            }
            Some('[') => Words::List,
            Some('\'' | '"' | '`') => Words::Text,
            Some('(') => match self.sentence() {
                Some(params) => Words::Sentence(params),
                None => self.bracketed(&path, found),
            },
            Some(_) => {
                let name = self.word();
                let before = found.len();
                self.elsewhere(&name, &path, found);
                // What is computed is a string: which one, the machine decides.
                if found.len() > before { Words::Group } else { Words::Text }
            }
            None => Words::Fixed,
        };
        self.value();
        found.insert(path, words);
    }

    /// A group in brackets, as behind a note of its type.
    fn bracketed(&mut self, path: &str, found: &mut BTreeMap<String, Words>) -> Words {
        let start = self.at;
        self.at += 1;
        self.skip();
        if self.peek() != Some('{') {
            self.at = start;
            return Words::Fixed;
        }
        self.at += 1;
        self.entries(path, found);
        self.at += 1;
        self.skip();
        // Past the bracket's end.
        self.at += 1;
        Words::Group
    }

    /// The parameters of the function that begins here; what else begins with a bracket is none.
    fn sentence(&mut self) -> Option<Vec<String>> {
        let mut params = Vec::new();
        let start = self.at;
        self.at += 1;
        loop {
            self.skip();
            let name = self.word();
            if name.is_empty() {
                break;
            }
            params.push(name);
            while !matches!(self.peek(), None | Some(',' | ')')) {
                self.at += 1;
            }
            if self.peek() == Some(',') {
                self.at += 1;
            }
        }
        if self.peek() == Some(')') {
            self.at += 1;
            self.skip();
            if self.text[self.at..].starts_with(&['=', '>']) {
                return Some(params);
            }
        }
        self.at = start;
        None
    }

    /// Past the rest of a value: to the comma or the bracket that ends it.
    fn value(&mut self) {
        let mut depth = 0usize;
        loop {
            self.skip();
            match self.peek() {
                None => return,
                Some(quote @ ('\'' | '"' | '`')) => {
                    self.string(quote);
                    continue;
                }
                Some('{' | '[' | '(') => depth += 1,
                Some('}' | ']' | ')') if depth > 0 => depth -= 1,
                Some('}' | ']' | ')') => return,
                Some(',') if depth == 0 => return,
                Some(_) => {}
            }
            self.at += 1;
        }
    }

    /// Past a string; of a template, past what is computed in it too.
    fn string(&mut self, quote: char) {
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => self.at += 1,
                '$' if quote == '`' && self.peek() == Some('{') => {
                    self.at += 1;
                    self.computed();
                }
                c if c == quote => return,
                _ => {}
            }
        }
    }

    fn computed(&mut self) {
        let mut depth = 1usize;
        while let Some(c) = self.peek() {
            match c {
                '\'' | '"' | '`' => {
                    self.string(c);
                    continue;
                }
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_paths() {
        let main = "import x from 'y';\nexport const words = {\n  name: 'A, {b}', // c: 'd'\n  /** What. */\n  deep: {\n    er: { list: ['x', 'y'], n: (/** @type {number} */ n) => (n === 1 ? `${n} {x}` : many(n, { a: 1 })) },\n  },\n  two: (/** @type {string} */ a, /** @type {string[]} */ b = []) => `${a ? `(${a}) ` : ''}${b}`,\n  ...others,\n  more: others.part,\n  fixed: /** @type {X} */ ({ a: 'b' }),\n  last: \"q\",\n  keys: isMac ? 'a' : 'b',\n};\nconst not = { words: 1 };\n";
        let other = "export const others = {\n  part: { one: 'x' },\n  'quoted-key': 'y',\n};\n";
        let read = read(&[main.to_owned(), other.to_owned()]);
        let sentence = |names: &[&str]| Words::Sentence(names.iter().map(|&name| name.to_owned()).collect());
        let wanted = [
            ("deep", Words::Group),
            ("deep.er", Words::Group),
            ("deep.er.list", Words::List),
            ("deep.er.n", sentence(&["n"])),
            ("fixed", Words::Group),
            ("fixed.a", Words::Text),
            ("keys", Words::Text),
            ("last", Words::Text),
            ("more", Words::Group),
            ("more.one", Words::Text),
            ("name", Words::Text),
            ("part", Words::Group),
            ("part.one", Words::Text),
            ("quoted-key", Words::Text),
            ("two", sentence(&["a", "b"])),
        ];
        assert_eq!(read, wanted.into_iter().map(|(path, words)| (path.to_owned(), words)).collect());
    }
}
