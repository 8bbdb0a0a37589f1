//! Compressing a copy, and taking it apart again.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::{Context as _, Result, anyhow, bail};
use flate2::{Compression, GzBuilder, read::MultiGzDecoder};

use crate::meter::Meter;

/// Twice as fast as the usual one, and a tenth larger.
const LEVEL: u32 = 3;
/// What gzip files begin with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// Compresses a file into another, which is synced. Gives its size.
pub(crate) fn pack(from: &Path, into: File, meter: &Meter) -> Result<u64> {
    let source = File::open(from).with_context(|| format!("can't read {}", from.display()))?;
    let size = source.metadata().map_or(0, |metadata| metadata.len());
    let mut packed = GzBuilder::new().write(BufWriter::new(into), Compression::new(LEVEL));
    carry(source, &mut packed, meter, |done| (done, size))?;
    let into = packed.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    into.sync_all()?;
    Ok(into.metadata()?.len())
}

/// Unpacks a backup into a file, or copies it if it is not compressed.
pub(crate) fn unpack(from: &Path, into: &Path, meter: &Meter) -> Result<()> {
    let shown = from.display();
    let mut source = File::open(from).with_context(|| format!("can't read the backup {shown}"))?;
    let size = source.metadata().map_or(0, |metadata| metadata.len());
    if source.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        bail!("{shown} is a folder; name a backup, such as {}", super::name::name(parlor_rooms::Timestamp(0), 0));
    }
    let mut begin = Vec::new();
    Read::by_ref(&mut source)
        .take(2)
        .read_to_end(&mut begin)
        .with_context(|| format!("can't read the backup {shown}"))?;
    if begin.is_empty() {
        bail!("the backup {shown} is empty; use another one");
    }
    let target = File::options().write(true).open(into)?;
    let counted = Counted { inner: io::Cursor::new(begin.clone()).chain(source), count: 0 };
    let mut target = BufWriter::new(target);
    let done = if begin == MAGIC {
        let mut reader = MultiGzDecoder::new(BufReader::with_capacity(PIECE, counted));
        // How far it is tells the compressed side.
        move_all(&mut reader, &mut target, meter, |reader, _| (reader.get_ref().get_ref().count, size))
    } else {
        let mut reader = counted;
        move_all(&mut reader, &mut target, meter, |reader, _| (reader.count, size))
    };
    done.map_err(|error| match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::UnexpectedEof) => {
            anyhow!("the backup {shown} is damaged (its end is missing); use another one")
        }
        Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
            anyhow!("the backup {shown} is damaged ({error}); use another one")
        }
        Some(io::ErrorKind::StorageFull) => anyhow!("there is no room on the disk to unpack {shown}; free some first"),
        _ => error,
    })?;
    target.flush()?;
    Ok(())
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

fn carry(from: impl Read, into: &mut impl Write, meter: &Meter, far: impl Fn(u64) -> (u64, u64)) -> Result<()> {
    let mut from = from;
    move_all(&mut from, into, meter, |_, done| far(done))
}

fn move_all<R: Read>(
    from: &mut R,
    into: &mut impl Write,
    meter: &Meter,
    far: impl Fn(&R, u64) -> (u64, u64),
) -> Result<()> {
    let (mut buffer, mut done) = (vec![0; PIECE], 0);
    loop {
        let count = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        if count == 0 {
            return Ok(());
        }
        into.write_all(&buffer[..count])?;
        done += count as u64;
        let (now, of) = far(from, done);
        if !meter.at(now, of) {
            bail!("it was broken off");
        }
    }
}
