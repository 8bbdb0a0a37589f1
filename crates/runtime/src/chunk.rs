//! How much of a room is read at once: as many messages as are about so many bytes, judging by those read before. Else somebody
//! who reads nothing would hold hundreds of the largest messages in memory.

use parlor_store::StoredMessage;

/// The most messages.
const MOST: usize = 1_024;
/// How many are read first, as long as nobody knows how long they are.
const FIRST: usize = 32;
/// About how many bytes.
const BYTES: usize = 256 * 1024;

/// The size of the next chunk.
#[derive(Clone, Copy, Debug)]
pub struct Chunk(usize);

impl Chunk {
    /// The first one.
    pub const FIRST: Self = Self(FIRST);

    /// How many messages to read.
    pub fn limit(self) -> usize {
        self.0
    }

    /// The one after a chunk of so many pieces with so many bytes.
    #[must_use]
    pub(crate) fn after(self, count: usize, bytes: usize) -> Self {
        if count == 0 { self } else { Self((BYTES * count / bytes.max(1)).clamp(1, MOST)) }
    }

    /// The one after these messages.
    #[must_use]
    pub fn after_messages(self, messages: &[StoredMessage]) -> Self {
        self.after(messages.len(), messages.iter().map(|message| message.record.len()).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, MOST};

    #[test]
    fn the_longer_messages_are_the_fewer_are_read_at_once() {
        let limit = |count, bytes| Chunk::FIRST.after(count, bytes).limit();
        assert_eq!(limit(32, 32 * 200), MOST);
        assert_eq!(limit(32, 32 * 16 * 1024), 16);
        assert_eq!(limit(1, 2 << 20), 1);
        assert_eq!(limit(0, 0), Chunk::FIRST.limit());
        assert_eq!(limit(5, 0), MOST);
    }
}
