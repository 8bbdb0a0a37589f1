//! Reads `[…]`.

use super::{
    error::Fault,
    parse::Parser,
    reader::Token,
    tree::{Item, Node, Set},
};

impl Parser {
    /// Reads a set whose `[`, at `start`, is taken.
    pub(super) fn set(&mut self, start: usize) -> Result<Node, Fault> {
        let negate = self.reader.take_if('^');
        let mut items = Vec::new();
        loop {
            let token = self.in_set(start)?;
            if is_end(token) && !items.is_empty() {
                break;
            }
            let low = self.set_item(token)?;
            if !self.reader.take_if('-') {
                items.push(low);
                continue;
            }
            let token_after = self.in_set(start)?;
            if is_end(token_after) {
                items.extend([low, Item::Literal('-'.into())]);
                break;
            }
            let high = self.set_item(token_after)?;
            items.push(range(token.at, low, high)?);
        }
        Ok(simplest(negate, items))
    }

    fn in_set(&mut self, start: usize) -> Result<Token, Fault> {
        self.reader
            .take()
            .ok_or_else(|| Fault::new(start, r"this set is never closed; add a “]”, or write \[ for the character"))
    }

    fn set_item(&mut self, token: Token) -> Result<Item, Fault> {
        if token.escaped { self.escape_in_set(token) } else { Ok(Item::Literal(token.character.into())) }
    }
}

fn is_end(token: Token) -> bool {
    !token.escaped && token.character == ']'
}

fn range(at: usize, low: Item, high: Item) -> Result<Item, Fault> {
    match (low, high) {
        (Item::Literal(low), Item::Literal(high)) if low <= high => Ok(Item::Range(low, high)),
        (Item::Literal(_), Item::Literal(_)) => {
            Err(Fault::new(at, "this range runs backwards; its first character has to come before its last"))
        }
        _ => {
            Err(Fault::new(at, r"a range (with “-”) needs one character on each side; write \- for the character “-”"))
        }
    }
}

/// A set of one character is that character.
fn simplest(negate: bool, items: Vec<Item>) -> Node {
    match (negate, unique(items).as_slice()) {
        (false, &[Item::Literal(one)]) => Node::Literal(one),
        (true, &[Item::Literal(one)]) => Node::NotLiteral(one),
        (negate, items) => Node::Set(Set { negate, items: items.to_vec() }),
    }
}

/// The items without repeats.
pub(super) fn unique(items: Vec<Item>) -> Vec<Item> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}
