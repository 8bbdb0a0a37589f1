//! A look at the log before SQLite reads it. SQLite takes a log whose header is damaged for an empty one, and ends at the
//! first frame that does not fit, without a word; what was acknowledged after it would be gone.
//!
//! The format is that of <https://www.sqlite.org/fileformat2.html#walformat>.

use std::{
    fs::File,
    io::{self, BufReader, Read as _},
    path::Path,
};

use crate::OpenError;

const HEADER: usize = 32;
const FRAME: usize = 24;
const VERSION: u32 = 3_007_000;

/// The running checksum of a log.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Checksum {
    first: u32,
    second: u32,
}

impl Checksum {
    fn add(&mut self, bytes: &[u8], word: fn([u8; 4]) -> u32) {
        for pair in bytes.chunks_exact(8) {
            self.first = self.first.wrapping_add(word([pair[0], pair[1], pair[2], pair[3]])).wrapping_add(self.second);
            self.second = self.second.wrapping_add(word([pair[4], pair[5], pair[6], pair[7]])).wrapping_add(self.first);
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Refuses a damaged log; says whether there is one that holds something.
pub(crate) fn check(log: &Path) -> Result<bool, OpenError> {
    let look = || -> io::Result<Result<bool, &'static str>> {
        let file = match File::open(log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(false)),
            file => file?,
        };
        // A power cut leaves a log that was just begun short or empty; nothing in it was acknowledged.
        if file.metadata()?.len() < HEADER as u64 {
            return Ok(Ok(false));
        }
        let mut header = [0; HEADER];
        let mut reader = BufReader::with_capacity(1 << 20, file);
        reader.read_exact(&mut header)?;
        if header == [0; HEADER] {
            return Ok(Ok(false));
        }
        frames(&header, &mut reader)
    };
    match look() {
        Ok(Ok(holds)) => Ok(holds),
        Ok(Err(why)) => Err(OpenError::Damaged { file: log.to_owned(), why: why.to_owned() }),
        Err(error) => Err(OpenError::Other { file: log.to_owned(), why: error.to_string() }),
    }
}

/// Follows the frames to the first that does not fit, and tells a transaction that was cut short from damage.
///
/// Every transaction is synced before the next one writes. So if a frame is bad, and after it one ends a transaction and
/// yet another one follows, then the bad one had been synced and was damaged later.
fn frames(header: &[u8; HEADER], reader: &mut impl io::Read) -> io::Result<Result<bool, &'static str>> {
    let word: fn([u8; 4]) -> u32 = match number(header, 0) {
        0x377f_0682 => u32::from_le_bytes,
        0x377f_0683 => u32::from_be_bytes,
        _ => return Ok(Err("its header is not that of a log")),
    };
    let mut sum = Checksum::default();
    sum.add(&header[..24], word);
    let page = number(header, 8) as usize;
    let told = Checksum { first: number(header, 24), second: number(header, 28) };
    if sum != told || number(header, 4) != VERSION || !(512..=65_536).contains(&page) || !page.is_power_of_two() {
        return Ok(Err("the header of the log is damaged"));
    }
    let salts = &header[16..24];
    let mut frame = vec![0; FRAME + page];
    let (mut whole, mut bad, mut ended) = (false, false, false);
    loop {
        match reader.read_exact(&mut frame) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Ok(whole)),
            read => read?,
        }
        let ours = &frame[8..16] == salts;
        if !bad {
            sum.add(&frame[..8], word);
            sum.add(&frame[FRAME..], word);
            let told = Checksum { first: number(&frame, 16), second: number(&frame, 20) };
            bad = !ours || number(&frame, 0) == 0 || sum != told;
            whole |= !bad;
        } else if ours && ended {
            return Ok(Err("a part of the log in the middle is damaged"));
        }
        if bad && ours {
            ended |= number(&frame, 4) != 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use rusqlite::Connection;

    use super::*;

    /// The log of five transactions of one frame or more each, as a crash would leave it.
    fn log(name: &str) -> (PathBuf, Vec<u8>) {
        let folder = std::env::temp_dir().join(format!("parlor-log-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let database = folder.join("x.db");
        let conn = Connection::open(&database).unwrap();
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
        conn.execute_batch("CREATE TABLE t (x)").unwrap();
        for number in 0..4 {
            conn.execute("INSERT INTO t VALUES (?1)", [number]).unwrap();
        }
        let path = folder.join("x.db-wal");
        let bytes = fs::read(&path).unwrap();
        drop(conn);
        fs::remove_dir_all(&folder).unwrap();
        (folder, bytes)
    }

    fn checked(name: &str, change: impl Fn(&mut Vec<u8>)) -> Result<bool, String> {
        let (folder, mut bytes) = log(name);
        change(&mut bytes);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("x.db-wal");
        fs::write(&path, bytes).unwrap();
        let found = check(&path).map_err(|error| error.to_string());
        fs::remove_dir_all(&folder).unwrap();
        found
    }

    #[test]
    fn a_whole_log_holds_something() {
        assert_eq!(checked("whole", |_| {}), Ok(true));
        assert!(matches!(check(Path::new("no/such/log")), Ok(false)));
    }

    #[test]
    fn a_log_that_ends_too_early_is_what_a_crash_leaves() {
        assert_eq!(checked("cut-page", |bytes| bytes.truncate(bytes.len() - 7)), Ok(true));
        assert_eq!(checked("cut-header", |bytes| bytes.truncate(31)), Ok(false));
        assert_eq!(checked("empty", Vec::clear), Ok(false));
        assert_eq!(checked("zeros", |bytes| bytes.fill(0)), Ok(false));
        assert_eq!(
            checked("last", |bytes| {
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
            }),
            Ok(true),
            "the last transaction may have been cut short"
        );
    }

    #[test]
    fn damage_in_the_header_or_in_the_middle_is_found() {
        for at in [0, 5, 9, 17, 25] {
            assert!(checked(&format!("header-{at}"), |bytes| bytes[at] ^= 0x55).is_err(), "{at}");
        }
        let frame = FRAME + 4096;
        for at in [HEADER + FRAME + 99, HEADER + 17, HEADER + frame + FRAME + 4000] {
            let error = checked(&format!("middle-{at}"), |bytes| bytes[at] ^= 0x55).unwrap_err();
            assert!(error.contains("in the middle"), "{at}: {error}");
        }
    }
}
