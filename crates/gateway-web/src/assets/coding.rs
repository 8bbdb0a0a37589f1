//! Content codings: which one a client takes, and each file compressed once for each.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

/// Below this many bytes a compressed answer is hardly smaller.
const SMALL: usize = 256;
/// The best of brotli's: each file is compressed once, in about ten milliseconds.
const BROTLI_QUALITY: i32 = 11;

/// How a body is written for the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// As it is.
    Plain,
    /// What every client knows.
    Gzip,
    /// A tenth smaller; browsers ask for it over TLS, and from their own machine.
    Brotli,
}

impl Coding {
    /// The best one that these headers ask for.
    pub(crate) fn asked(headers: &HeaderMap) -> Self {
        if weight(headers, &["br"]).is_some_and(|weight| weight > 0.0) {
            Self::Brotli
        } else if Self::takes_gzip(headers) {
            Self::Gzip
        } else {
            Self::Plain
        }
    }

    /// Whether gzip may be sent. What is said of it by name counts before what is said of all codings.
    pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
        let named = weight(headers, &["gzip", "x-gzip"]);
        named.or_else(|| weight(headers, &["*"])).is_some_and(|weight| weight > 0.0)
    }

    /// What `Content-Encoding` says, and how an ETag ends.
    pub(crate) fn name(self) -> Option<(HeaderValue, &'static str)> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some((HeaderValue::from_static("gzip"), "-gz")),
            Self::Brotli => Some((HeaderValue::from_static("br"), "-br")),
        }
    }

    fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Plain => None,
            Self::Gzip => gzip(body, Compression::best()),
            Self::Brotli => {
                let parameters =
                    brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, lgwin: 18, ..Default::default() };
                let mut encoded = Vec::new();
                brotli::BrotliCompress(&mut &*body, &mut encoded, &parameters).ok()?;
                Some(encoded)
            }
        }
    }
}

/// What `Accept-Encoding` says of a coding by one of these names; what can't be read is a no.
fn weight(headers: &HeaderMap, names: &[&str]) -> Option<f32> {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).find_map(|one| {
        let (name, parameters) = one.split_once(';').unwrap_or((one, ""));
        let known = names.iter().any(|known| name.trim().eq_ignore_ascii_case(known));
        let said = || parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse).unwrap_or(0.0);
        known.then(said)
    })
}

/// `None` is what can't happen: memory takes every byte.
pub(crate) fn gzip(body: &[u8], level: Compression) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), level);
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// What identifies a file's content.
pub(crate) type Hash = [u8; 32];

/// The files that were asked for, each compressed once. It holds at most what the binary and the skins
/// that this process has worn hold.
#[derive(Default)]
pub(crate) struct Coded(Mutex<HashMap<(Hash, Coding), Bytes>>);

impl Coded {
    /// The body in this coding and the coding it is in: plain where compressing does not pay.
    pub(crate) fn body(&self, hash: Hash, coding: Coding, plain: impl FnOnce() -> Bytes) -> (Bytes, Coding) {
        if let Some(known) = self.lock().get(&(hash, coding)) {
            return (known.clone(), coding);
        }
        let plain = plain();
        if plain.len() < SMALL {
            return (plain, Coding::Plain);
        }
        // Outside of the lock: two may do the same work, nobody waits for another's.
        match coding.encode(&plain) {
            Some(encoded) => {
                let encoded = Bytes::from(encoded);
                self.lock().insert((hash, coding), encoded.clone());
                (encoded, coding)
            }
            None => (plain, Coding::Plain),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Hash, Coding), Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_coding_that_is_asked_for_is_taken() {
        for (asked, coding) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("br;q=1.0, gzip;q=0.8", Coding::Brotli),
            ("GZIP", Coding::Gzip),
            ("gzip, br;q=0", Coding::Gzip),
            ("*", Coding::Gzip),
            ("gzip;q=0, *", Coding::Plain),
            ("br;q=0.5, *", Coding::Brotli),
            ("br, gzip;q=0", Coding::Brotli),
            ("gzip;q=0", Coding::Plain),
            ("gzip;q=x", Coding::Plain),
            ("identity", Coding::Plain),
            ("", Coding::Plain),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(asked))]);
            assert_eq!(Coding::asked(&headers), coding, "{asked}");
        }
        assert_eq!(Coding::asked(&HeaderMap::new()), Coding::Plain);
        let only_brotli = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br"))]);
        assert!(!Coding::takes_gzip(&only_brotli));
    }

    #[test]
    fn a_file_is_compressed_once() {
        let coded = Coded::default();
        let body = || Bytes::from("so long ".repeat(100));
        let (first, coding) = coded.body([1; 32], Coding::Brotli, body);
        assert_eq!(coding, Coding::Brotli);
        let (second, _) = coded.body([1; 32], Coding::Brotli, || panic!("it is known"));
        assert_eq!(first.as_ptr(), second.as_ptr());
        assert_eq!(coded.body([2; 32], Coding::Gzip, || Bytes::from("short")).1, Coding::Plain);
    }
}
