//! JSON with places: what is said of a file has a line and a column, and a key that is there twice is seen.

use std::{collections::HashMap, str::Chars};

use crate::finding::Position;

/// How deep lists and objects may lie in each other.
pub(crate) const DEEPEST: usize = 64;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A key with its value. Keys are in the file's order; one that is repeated is there again.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) at: Position,
    pub(crate) value: Node,
}

impl Node {
    /// What kind of value this is, with its article.
    pub(crate) fn what(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// Where a file stops being JSON, and why.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) at: Position,
    pub(crate) message: String,
}

/// A key that its object has twice.
#[derive(Debug)]
pub(crate) struct Repeated {
    pub(crate) at: Position,
    pub(crate) first: Position,
    pub(crate) key: String,
    /// How many objects and lists are around it: 1 for the file's own keys.
    pub(crate) depth: usize,
}

/// Reads a whole file.
pub(crate) fn read(text: &str) -> Result<(Node, Vec<Repeated>), Broken> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { rest: text.chars(), at: Position::START, depth: 0, repeated: Vec::new() };
    reader.space();
    let node = reader.value()?;
    reader.space();
    if reader.peek().is_some() {
        return Err(reader.broken("There is something behind the end of the flow's object."));
    }
    Ok((node, reader.repeated))
}

struct Reader<'t> {
    rest: Chars<'t>,
    at: Position,
    depth: usize,
    repeated: Vec<Repeated>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        if next == '\n' {
            self.at = Position { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some(next)
    }

    fn takes(&mut self, wanted: char) -> bool {
        let is = self.peek() == Some(wanted);
        if is {
            self.next();
        }
        is
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn broken(&self, message: impl Into<String>) -> Broken {
        Broken { at: self.at, message: message.into() }
    }

    /// What stands here, as a message names it.
    fn here(&self) -> String {
        match self.peek() {
            None => "the file ends".into(),
            Some(other) => format!("there is `{}`", other.escape_debug()),
        }
    }

    fn value(&mut self) -> Result<Node, Broken> {
        let at = self.at;
        let value = match self.peek() {
            Some('{') => self.deeper(Self::object)?,
            Some('[') => self.deeper(Self::list)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z' | 'A'..='Z') => self.word()?,
            Some('/') => return Err(self.broken("JSON has no comments; leave them out.")),
            Some('\'') => return Err(self.broken("Texts stand in double quotes in JSON.")),
            _ => return Err(self.broken(format!("A value is missing; {} instead.", self.here()))),
        };
        Ok(Node { at, value })
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Value, Broken>) -> Result<Value, Broken> {
        if self.depth == DEEPEST {
            return Err(self.broken(format!("This lies deeper than {DEEPEST} lists and objects.")));
        }
        self.depth += 1;
        self.next();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, Broken> {
        let mut members = Vec::new();
        let mut first = HashMap::new();
        self.space();
        if self.takes('}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let at = self.at;
            match self.peek() {
                Some('"') => {}
                Some('}') => return Err(self.broken("There is a comma too many before this brace.")),
                _ => return Err(self.broken(format!("A key in double quotes is missing; {} instead.", self.here()))),
            }
            let key = self.text()?;
            self.space();
            if !self.takes(':') {
                return Err(self.broken(format!("A colon is missing behind the key `{key}`; {}.", self.here())));
            }
            self.space();
            let value = self.value()?;
            match first.get(&key) {
                None => drop(first.insert(key.clone(), at)),
                Some(&first) => self.repeated.push(Repeated { at, first, key: key.clone(), depth: self.depth }),
            }
            members.push(Member { key, at, value });
            self.space();
            if self.takes('}') {
                return Ok(Value::Object(members));
            }
            if !self.takes(',') {
                return Err(self.broken(format!("A comma or a closing brace is missing; {} instead.", self.here())));
            }
        }
    }

    fn list(&mut self) -> Result<Value, Broken> {
        let mut items = Vec::new();
        self.space();
        if self.takes(']') {
            return Ok(Value::List(items));
        }
        loop {
            self.space();
            if self.peek() == Some(']') {
                return Err(self.broken("There is a comma too many before this bracket."));
            }
            items.push(self.value()?);
            self.space();
            if self.takes(']') {
                return Ok(Value::List(items));
            }
            if !self.takes(',') {
                return Err(self.broken(format!("A comma or a closing bracket is missing; {} instead.", self.here())));
            }
        }
    }

    fn word(&mut self) -> Result<Value, Broken> {
        let start = self.at;
        let mut word = String::new();
        while let Some(next) = self.peek().filter(char::is_ascii_alphanumeric) {
            word.push(next);
            self.next();
        }
        match word.as_str() {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Broken { at: start, message: format!("`{word}` is no value; texts stand in double quotes.") }),
        }
    }

    fn number(&mut self) -> Result<Value, Broken> {
        let start = self.at;
        let mut digits = String::new();
        while let Some(next) = self.peek().filter(|next| matches!(next, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')) {
            digits.push(next);
            self.next();
        }
        // Which of these are numbers, serde_json knows.
        match serde_json::from_str(&digits) {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Err(Broken { at: start, message: format!("`{digits}` is no number.") }),
        }
    }

    fn text(&mut self) -> Result<String, Broken> {
        let start = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let here = self.at;
            match self.next() {
                None => {
                    return Err(Broken {
                        at: start,
                        message: "This text has no end: its second `\"` is missing.".into(),
                    });
                }
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape(here)?),
                Some('\n' | '\r') => {
                    let message = "This text goes over the end of the line; write \\n for a new line.";
                    return Err(Broken { at: start, message: message.into() });
                }
                Some(control @ '\0'..='\u{1f}') => {
                    let message = format!("A control character in a text is written as \\u{:04x}.", control as u32);
                    return Err(Broken { at: here, message });
                }
                Some(other) => text.push(other),
            }
        }
    }

    fn escape(&mut self, at: Position) -> Result<char, Broken> {
        let wrong = |message: &str| Broken { at, message: message.into() };
        Ok(match self.next() {
            Some(plain @ ('"' | '\\' | '/')) => plain,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let pair = "This \\u is half of a pair of surrogates, without its other half.";
                let unit = self.unit(at)?;
                let code = match unit {
                    0xd800..=0xdbff => {
                        if !(self.takes('\\') && self.takes('u')) {
                            return Err(wrong(pair));
                        }
                        let low = self.unit(at)?;
                        if !(0xdc00..=0xdfff).contains(&low) {
                            return Err(wrong(pair));
                        }
                        0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                    }
                    unit => unit,
                };
                char::from_u32(code).ok_or_else(|| wrong(pair))?
            }
            _ => {
                return Err(wrong(
                    "This backslash begins nothing that JSON knows; a backslash itself is written \\\\.",
                ));
            }
        })
    }

    fn unit(&mut self, at: Position) -> Result<u32, Broken> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|next| next.to_digit(16));
            let Some(digit) = digit else {
                return Err(Broken { at, message: "Behind \\u stand four hexadecimal digits.".into() });
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => number.clone().into(),
            Value::Text(text) => text.clone().into(),
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Object(members) => members.iter().map(|member| (member.key.clone(), plain(&member.value))).collect(),
        }
    }

    #[test]
    fn values_know_where_they_begin() {
        let (node, _) = read("\u{feff}{\n  \"é\": [1,\n \"x\"]}").expect("it is JSON");
        let Value::Object(members) = &node.value else { panic!("an object") };
        assert_eq!(members[0].at, Position { line: 2, column: 3 });
        let Value::List(items) = &members[0].value.value else { panic!("a list") };
        assert_eq!(items[0].at, Position { line: 2, column: 9 });
        assert_eq!(items[1].at, Position { line: 3, column: 2 });
    }

    #[test]
    fn what_is_no_json_is_said_with_its_place() {
        for (text, line, column, words) in [
            ("{\"a\": 1,}", 1, 9, "comma too many"),
            ("[1,\n]", 2, 1, "comma too many"),
            ("{\"a\" 1}", 1, 6, "colon"),
            ("{\"a\": 1 \"b\": 2}", 1, 9, "comma or a closing brace"),
            ("{a: 1}", 1, 2, "double quotes"),
            ("{\"a\": yes}", 1, 7, "`yes` is no value"),
            ("{\"a\": 'x'}", 1, 7, "double quotes"),
            ("// x\n{}", 1, 1, "no comments"),
            ("{\"a\": \"x\n\"}", 1, 7, "end of the line"),
            ("{\"a\": \"x", 1, 7, "no end"),
            ("{\"a\": 01}", 1, 7, "no number"),
            ("{\"a\": \"\\x\"}", 1, 8, "backslash"),
            ("{\"a\": \"\\ud800\"}", 1, 8, "surrogates"),
            ("{} {}", 1, 4, "behind the end"),
            ("", 1, 1, "the file ends"),
        ] {
            let broken = read(text).expect_err(text);
            assert_eq!((broken.at.line, broken.at.column), (line, column), "{text}: {}", broken.message);
            assert!(broken.message.contains(words), "{text}: {}", broken.message);
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn a_key_that_is_there_twice_is_seen() {
        let (_, repeated) = read("{\"a\": {\"b\": 1, \"b\": 2}, \"a\": 3}").expect("it is JSON");
        let keys: Vec<_> = repeated.iter().map(|one| (one.key.as_str(), one.depth, one.at.column)).collect();
        assert_eq!(keys, [("b", 2, 16), ("a", 1, 25)]);
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in r#"[\[\]{}:,"a\\u0-9eE.+ntrfals -]{0,24}"#) {
            let ours = read(&text).ok().map(|(node, repeated)| (plain(&node), repeated.is_empty()));
            let theirs = serde_json::from_str::<serde_json::Value>(&text).ok();
            match ours {
                Some((ours, true)) => prop_assert_eq!(Some(ours), theirs),
                Some((_, false)) => prop_assert!(theirs.is_some()),
                None => prop_assert!(theirs.is_none(), "{}", text),
            }
        }
    }
}
