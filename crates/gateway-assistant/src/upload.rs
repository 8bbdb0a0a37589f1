//! Files that visitors send: announced by a message, then in binary frames, kept in memory until they are whole and with the answer's
//! event from then on.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use parlor_flows::{Answer, Given, Id};
use parlor_runtime::log::Attachment;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes of files may be on their way at the same time.
const ON_THE_WAY: u64 = 256 << 20;
/// In which steps they are counted.
const STEP: u64 = 64 << 10;
/// How long a name may be, in characters.
const LONGEST_NAME: usize = 200;

/// All files that are on their way.
pub(crate) struct Uploads(Arc<Semaphore>);

/// The message before a file's frames.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announced {
    session_id: Option<Id>,
    answer_to: Option<u64>,
    #[serde(default)]
    name: String,
    size: Option<u64>,
}

/// A file that is on its way.
pub(crate) struct Upload {
    announced: Announced,
    size: u64,
    bytes: BytesMut,
    all: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(ON_THE_WAY / STEP).unwrap_or(usize::MAX))))
    }
}

/// Bytes in words, rounded down.
fn shown(bytes: u64) -> String {
    if bytes < 1 << 20 { format!("{} KiB", bytes >> 10) } else { format!("{} MiB", bytes >> 20) }
}

/// Letters that turn the direction of what follows: with them, a name can end otherwise than it looks.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Uploads {
    /// Begins a file of at most so many bytes. It takes room as its bytes come.
    ///
    /// # Errors
    /// Why it is not taken, for the visitor.
    pub(crate) fn begin(&self, announced: Announced, limit: u64) -> Result<Upload, String> {
        let name = announced.name.trim();
        let odd = |c: char| c.is_control() || turns(c) || matches!(c, '/' | '\\');
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(odd) {
            return Err("The file needs a name of at most 200 letters, without slashes.".to_owned());
        }
        let size = match announced.size {
            None => return Err("Say in `size` how many bytes the file has.".to_owned()),
            Some(0) => return Err("The file is empty.".to_owned()),
            Some(size) if size > limit => return Err(format!("The file is too large: at most {}.", shown(limit))),
            Some(size) => size,
        };
        Ok(Upload { announced, size, bytes: BytesMut::new(), all: Arc::clone(&self.0), held: None })
    }
}

impl Upload {
    /// Takes the next frame; whether the file is whole.
    ///
    /// # Errors
    /// There is more than was said, or there is no room for it.
    pub(crate) fn add(&mut self, frame: &Bytes) -> Result<bool, String> {
        let total = (self.bytes.len() + frame.len()) as u64;
        if total > self.size {
            return Err("The file is larger than was said. Please send it again.".to_owned());
        }
        self.hold(total)?;
        self.bytes.extend_from_slice(frame);
        Ok(total == self.size)
    }

    /// Has room for so many bytes.
    fn hold(&mut self, bytes: u64) -> Result<(), String> {
        let steps = usize::try_from(bytes.div_ceil(STEP)).unwrap_or(usize::MAX);
        let more = steps.saturating_sub(self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        let more = Arc::clone(&self.all).try_acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX));
        let more =
            more.map_err(|_| "Many files are on their way just now. Please try again in a moment.".to_owned())?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        Ok(())
    }

    /// The answer that it is, and the file.
    pub(crate) fn whole(self) -> (Answer, Attachment) {
        let name = self.announced.name.trim().to_owned();
        let given = Given::Text { session_id: self.announced.session_id, content: name.clone(), size: Some(self.size) };
        let answer = Answer { given, answer_to: self.announced.answer_to };
        (answer, Attachment { name, bytes: self.bytes.freeze() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(name: &str, size: Option<u64>) -> Announced {
        Announced { session_id: None, answer_to: Some(1), name: name.to_owned(), size }
    }

    #[test]
    fn a_file_is_taken_as_announced_and_no_more() {
        let uploads = Uploads::default();
        for (name, size, why) in [
            ("", Some(1), "a name"),
            ("../x", Some(1), "a name"),
            ("a\u{7}b", Some(1), "a name"),
            ("cv\u{202e}fdp.exe", Some(1), "a name"),
            ("x", None, "how many bytes"),
            ("x", Some(0), "empty"),
            ("x", Some(3 << 20), "at most 2 MiB"),
        ] {
            let refused = uploads.begin(announced(name, size), 2 << 20).err().expect("refused");
            assert!(refused.contains(why), "{refused}");
        }
        let mut upload = uploads.begin(announced(" cv.pdf ", Some(5)), 100).expect("taken");
        assert_eq!(upload.add(&Bytes::from_static(b"abc")), Ok(false));
        assert_eq!(upload.add(&Bytes::from_static(b"de")), Ok(true));
        assert!(upload.add(&Bytes::from_static(b"f")).is_err());
        let (answer, file) = upload.whole();
        assert_eq!((file.name.as_str(), &file.bytes[..]), ("cv.pdf", &b"abcde"[..]));
        let given = Given::Text { session_id: None, content: "cv.pdf".to_owned(), size: Some(5) };
        assert_eq!(answer, Answer { given, answer_to: Some(1) });
    }

    #[test]
    fn all_together_are_bounded_by_what_has_come() {
        let uploads = Uploads(Arc::new(Semaphore::new(4)));
        let begin = || uploads.begin(announced("x", Some(2 * STEP)), 2 * STEP).expect("taken");
        let part = Bytes::from(vec![0; 64 << 10]);
        let mut said: Vec<_> = (0..100).map(|_| begin()).collect();
        assert!(said[..4].iter_mut().all(|upload| upload.add(&part) == Ok(false)));
        assert!(said[4].add(&part).is_err_and(|why| why.contains("try again")));
        assert!(said[0].add(&Bytes::from_static(b"x")).is_err_and(|why| why.contains("try again")));
        drop(said);
        assert_eq!(begin().add(&part), Ok(false));
    }
}
