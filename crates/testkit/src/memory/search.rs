//! Searching in memory: every message is looked at, which is what an index has to agree with.

use async_trait::async_trait;
use parlor_rooms::{Kind, html};
use parlor_store::{Query, Search, SearchError, Sought, StoredMessage, Term, record};

use super::MemoryStore;

#[async_trait]
impl Search for MemoryStore {
    async fn search(&self, sought: Sought) -> Result<Vec<StoredMessage>, SearchError> {
        let inner = self.lock();
        let Some(room) = inner.tables.rooms.get(&sought.room).filter(|_| !sought.query.terms.is_empty()) else {
            return Ok(Vec::new());
        };
        let below = room.messages().rev().filter(|message| sought.before.is_none_or(|before| message.id < before));
        Ok(below.filter(|message| matches(&sought.query, message)).take(sought.limit).collect())
    }
}

fn matches(query: &Query, message: &StoredMessage) -> bool {
    let Ok(message) = record::read_message(&message.record) else { return false };
    let text = if message.kind == Kind::User { message.text } else { html::visible(&message.text) };
    let (author, text) = (words(&message.author), words(&text));
    query.terms.iter().all(|term| stands_in(term, &author) || (!term.author && stands_in(term, &text)))
}

fn stands_in(term: &Term, words_there: &[String]) -> bool {
    let wanted = words(&term.words);
    let Some((last, first)) = wanted.split_last() else { return true };
    words_there.windows(wanted.len()).any(|window| {
        let there = &window[first.len()];
        window[..first.len()] == *first && if term.prefix { there.starts_with(last) } else { there == last }
    })
}

/// Words in small letters without the accents of Latin-1.
fn words(text: &str) -> Vec<String> {
    let plain = |c: char| match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        c => c,
    };
    let pieces = text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
    pieces.map(|piece| piece.to_lowercase().chars().map(plain).collect()).collect()
}
