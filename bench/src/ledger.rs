//! What was posted and what came of it: every message has to reach every socket of its room, as it was posted and the same for all.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use memchr::memmem;

/// What stands before a post's number in its text.
const MARK: &[u8] = b"bench#";
/// Digits of the number, so that all posts are as long.
const DIGITS: usize = 8;

struct Post {
    room: usize,
    /// When it was due, or sent if nobody planned it.
    due: Instant,
    delivered: usize,
    /// What the first socket got.
    message: Vec<u8>,
}

pub(crate) struct Ledger {
    finder: memmem::Finder<'static>,
    /// What follows the number in each text.
    filler: String,
    /// Sockets in each room.
    members: Vec<usize>,
    posts: Vec<Post>,
    /// The number of the first in `posts`.
    first: usize,
    pub(crate) delivered: usize,
    pub(crate) expected: usize,
}

impl Ledger {
    /// For texts of so many bytes, and rooms with so many sockets each.
    pub(crate) fn new(text: usize, members: Vec<usize>) -> Self {
        let filler = text.saturating_sub(MARK.len() + DIGITS);
        Self {
            finder: memmem::Finder::new(MARK),
            // Spaces now and then, as in a text; nothing that JSON would have to escape.
            filler: (0..filler).map(|n| if n % 7 == 0 { ' ' } else { 'x' }).collect(),
            members,
            posts: Vec::new(),
            first: 0,
            delivered: 0,
            expected: 0,
        }
    }

    /// The text of the next post to a room.
    pub(crate) fn post(&mut self, room: usize, due: Instant) -> String {
        let number = self.first + self.posts.len();
        self.posts.push(Post { room, due, delivered: 0, message: Vec::new() });
        self.expected += self.members[room];
        self.text(number)
    }

    fn text(&self, number: usize) -> String {
        format!("bench#{number:0DIGITS$}{}", self.filler)
    }

    /// Takes note of a message that came to a socket of a room, and tells when its post was due. None if it is none of the bench's.
    pub(crate) fn deliver(&mut self, room: usize, message: &[u8]) -> Result<Option<Instant>> {
        let Some(at) = self.finder.find(message) else { return Ok(None) };
        let digits = message.get(at + MARK.len()..at + MARK.len() + DIGITS).context("a text without its number")?;
        let number: usize = std::str::from_utf8(digits)?.parse()?;
        let place = number.checked_sub(self.first).filter(|place| *place < self.posts.len());
        let place = place.with_context(|| format!("post {number} came, and is not under way"))?;
        if self.posts[place].delivered == 0 {
            let text = self.text(number);
            ensure!(memmem::find(message, text.as_bytes()).is_some(), "post {number} came with another text");
            self.posts[place].message = message.to_vec();
        }
        let post = &mut self.posts[place];
        ensure!(post.room == room, "post {number} came to another room");
        ensure!(post.message == message, "post {number} is not the same for two sockets");
        post.delivered += 1;
        ensure!(post.delivered <= self.members[room], "post {number} came more often than there are sockets");
        self.delivered += 1;
        Ok(Some(post.due))
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.delivered == self.expected
    }

    /// How long the messages are.
    pub(crate) fn message_length(&self) -> usize {
        self.posts.iter().map(|post| post.message.len()).max().unwrap_or(0)
    }

    /// Forgets what is done. Whatever of it comes again is an error.
    pub(crate) fn close(&mut self) -> Result<()> {
        for (place, post) in self.posts.iter().enumerate() {
            let (came, all) = (post.delivered, self.members[post.room]);
            ensure!(came == all, "post {} reached {came} of {all} sockets", self.first + place);
        }
        self.first += self.posts.len();
        self.posts.clear();
        (self.delivered, self.expected) = (0, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn what_is_lost_repeated_changed_or_in_the_wrong_room_is_noticed() {
        let mut ledger = Ledger::new(100, vec![2, 2]);
        let text = ledger.post(0, clock::now());
        assert_eq!(text.len(), 100);
        assert!(ledger.deliver(0, b"{\"kind\": \"put_bot\"}").unwrap().is_none());
        let message = format!("{{\"text\": \"{text}\"}}");
        assert!(ledger.deliver(1, message.as_bytes()).is_err());
        assert!(ledger.deliver(0, message.replace("xx", "xy").as_bytes()).is_err());
        assert!(ledger.deliver(0, message.as_bytes()).unwrap().is_some());
        assert!(ledger.close().is_err());
        assert!(ledger.deliver(0, format!(" {message}").as_bytes()).is_err());
        assert!(ledger.deliver(0, message.as_bytes()).unwrap().is_some());
        assert!(ledger.is_complete());
        ledger.close().unwrap();
        assert!(ledger.deliver(0, message.as_bytes()).is_err());
    }
}
