//! Reading `multipart/form-data` piece by piece: never more in memory than one frame of the body and one head.
//!
//! RFC 7578 over RFC 2046. The readers that there are for axum take in whatever the network gives before they look at it, and
//! a part's head of any size.

use std::{borrow::Cow, time::Duration};

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

/// Bytes of a part's head, and of what may come before the first part and after the last.
const HEAD: usize = 8 << 10;
/// Characters of a boundary, by RFC 2046.
const BOUNDARY: usize = 70;

/// Why a body can't be read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is none.
    Malformed(&'static str),
    /// The client went away.
    BrokeOff,
    /// Nothing came for too long.
    Stalled,
}

/// A part's head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) file_name: Option<String>,
}

/// A body in parts.
pub(super) struct Multipart<'a> {
    body: &'a mut Body,
    buffer: BytesMut,
    /// What ends a part; the first one begins after it, too.
    delimiter: Vec<u8>,
    /// How long to wait for more.
    patience: Duration,
    /// Whether the delimiter is yet to come that ends the part, or what is before the first.
    within: bool,
}

impl<'a> Multipart<'a> {
    /// None if the headers announce something else.
    pub(super) fn new(headers: &HeaderMap, body: &'a mut Body, patience: Duration) -> Option<Self> {
        let boundary = boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?)?;
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // As if the first line had one before it.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        Some(Self { body, buffer, delimiter, patience, within: true })
    }

    /// The next part, once the one before is read; none after the last, when the body is over.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, Unread> {
        let mut before = 0;
        while let Some(chunk) = self.chunk().await? {
            before += chunk.len();
            if before > HEAD {
                return Err(Unread::Malformed("its parts don't begin with the boundary"));
            }
        }
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if self.buffer.starts_with(b"--") {
            self.end().await?;
            return Ok(None);
        }
        let mut seen = 0;
        let head = loop {
            let end = find(&self.buffer[seen..], b"\r\n\r\n").map(|at| seen + at + 4);
            if end.unwrap_or(self.buffer.len()) > HEAD {
                return Err(Unread::Malformed("a part's head is too long"));
            }
            if let Some(end) = end {
                break self.buffer.split_to(end);
            }
            // Who sends single bytes does not have all of it looked at for each.
            seen = self.buffer.len().saturating_sub(3);
            self.fill().await?;
        };
        self.within = true;
        read_head(&head).map(Some).map_err(Unread::Malformed)
    }

    /// More of the part; none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Unread> {
        while self.within {
            let found = find(&self.buffer, &self.delimiter);
            if found == Some(0) {
                self.buffer.advance(self.delimiter.len());
                self.within = false;
                break;
            }
            // What may be the beginning of the delimiter stays.
            let certain = found.unwrap_or_else(|| self.buffer.len().saturating_sub(self.delimiter.len() - 1));
            if certain > 0 {
                return Ok(Some(self.buffer.split_to(certain).freeze()));
            }
            self.fill().await?;
        }
        Ok(None)
    }

    async fn fill(&mut self) -> Result<(), Unread> {
        match self.frame().await? {
            Some(data) => self.buffer.extend_from_slice(&data),
            None => return Err(Unread::Malformed("it ends before its last boundary")),
        }
        Ok(())
    }

    async fn frame(&mut self) -> Result<Option<Bytes>, Unread> {
        match timeout(self.patience, self.body.frame()).await {
            Err(_) => Err(Unread::Stalled),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(Unread::BrokeOff),
            Ok(Some(Ok(frame))) => Ok(Some(frame.into_data().unwrap_or_default())),
        }
    }

    /// What comes after the last part is passed over; an upload that breaks off there is not whole either.
    async fn end(&mut self) -> Result<(), Unread> {
        let mut after = self.buffer.len();
        while after <= HEAD {
            match self.frame().await? {
                Some(data) => after += data.len(),
                None => return Ok(()),
            }
        }
        Err(Unread::Malformed("too much follows its last boundary"))
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = within[from..].iter().position(|byte| *byte == what[0]) {
        if within[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters(rest).find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?.1.into_owned();
    let sound = (1..=BOUNDARY).contains(&boundary.len()) && boundary.bytes().all(|b| (b' '..=b'~').contains(&b));
    sound.then_some(boundary)
}

/// Reads what is between a delimiter and the part's content: the rest of the delimiter's line, headers, an empty line.
fn read_head(head: &[u8]) -> Result<Part, &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "a part's head is no text in UTF-8")?;
    let mut lines = head.split("\r\n");
    if lines.next().is_some_and(|rest| !rest.trim_matches([' ', '\t']).is_empty()) {
        return Err("something follows a boundary on its line");
    }
    let disposition = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
        .and_then(|(_, value)| value.split_once(';'));
    let Some((_, given)) = disposition else { return Ok(Part { file_name: None }) };
    let value = |wanted: &str| parameters(given).find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, it)| it);
    // Some clients write what is not ASCII as RFC 5987 has it, although RFC 7578 forbids it.
    let file_name = match value("filename*") {
        Some(extended) => Some(decode(&extended).ok_or("a file's name is no text in UTF-8")?),
        None => value("filename").map(Cow::into_owned),
    };
    Ok(Part { file_name: file_name.filter(|name| !name.is_empty()) })
}

/// `UTF-8'language'percent-encoded`.
fn decode(extended: &str) -> Option<String> {
    let mut pieces = extended.splitn(3, '\'');
    let utf_8 = pieces.next()?.eq_ignore_ascii_case("utf-8");
    let encoded = pieces.nth(1)?;
    let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
    utf_8.then(|| decoded.into_owned())
}

/// `; name=value; name="value"`, with or without the first semicolon.
fn parameters(mut rest: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (name, after) = rest.split_once('=')?;
        let value = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = unquote(quoted);
                rest = after;
                Cow::Owned(value)
            }
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                rest = after;
                Cow::Borrowed(value.trim())
            }
        };
        Some((name.trim(), value))
    })
}

/// The text up to the closing quote, and what follows it. Only quotes and backslashes are escaped: old browsers send whole paths
/// with single backslashes.
fn unquote(quoted: &str) -> (String, &str) {
    let (mut value, mut chars) = (String::new(), quoted.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.push(chars.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or(c, |(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests;
