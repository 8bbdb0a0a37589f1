//! Server frames, encoded once for all their receivers.

use std::io;

use bytes::Bytes;

use crate::CloseCode;

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
/// The longest header of a server's frame: two bytes and a length of eight.
const HEADER: usize = 10;
/// The longest payload of a control frame.
const CONTROL: usize = 125;

/// One unmasked frame, header and payload, in shared memory: cloning it copies a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Bytes);

impl Frame {
    /// A text frame with this payload.
    #[must_use]
    pub fn text(payload: &str) -> Self {
        Self::whole(TEXT, &[payload.as_bytes()])
    }

    /// A text frame whose payload is these parts, one after another, each copied once. Together they have to be UTF-8.
    #[must_use]
    pub fn text_parts(parts: &[&[u8]]) -> Self {
        Self::whole(TEXT, parts)
    }

    /// A binary frame with this payload.
    #[must_use]
    pub fn binary(payload: &[u8]) -> Self {
        Self::whole(BINARY, &[payload])
    }

    /// A ping. What exceeds 125 bytes is cut off.
    #[must_use]
    pub fn ping(payload: &[u8]) -> Self {
        Self::whole(PING, &[&payload[..payload.len().min(CONTROL)]])
    }

    /// A close frame. A code that may not be sent becomes a frame without one; a reason longer than 123 bytes is cut at a
    /// character's border.
    #[must_use]
    pub fn close(code: CloseCode, reason: &str) -> Self {
        if !code.is_sendable() {
            return Self::whole(CLOSE, &[]);
        }
        let reason = &reason[..reason.floor_char_boundary(CONTROL - 2)];
        Self::whole(CLOSE, &[&code.0.to_be_bytes(), reason.as_bytes()])
    }

    /// The bytes as they go to the client.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// How many bytes the frame has, header included; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a frame has at least its header")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The payload without the header.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        let skip = match self.0[1] {
            127 => HEADER,
            126 => 4,
            _ => 2,
        };
        &self.0[skip..]
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.0
    }

    fn whole(first: u8, parts: &[&[u8]]) -> Self {
        let payload = parts.iter().map(|part| part.len()).sum();
        let (header, skip) = header(first, payload);
        let mut bytes = Vec::with_capacity(HEADER - skip + payload);
        bytes.extend_from_slice(&header[skip..]);
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self(bytes.into())
    }
}

/// The header right-aligned in ten bytes, and where it begins.
fn header(first: u8, payload: usize) -> ([u8; HEADER], usize) {
    let mut header = [0; HEADER];
    header[2..].copy_from_slice(&(payload as u64).to_be_bytes());
    let (skip, second) = match payload {
        0..=125 => (8, payload as u8),
        126..=0xffff => (6, 126),
        _ => (0, 127),
    };
    header[skip] = first;
    header[skip + 1] = second;
    (header, skip)
}

/// A text frame that is written piece by piece, as a serializer does it, without copying the payload once more at the end.
#[derive(Debug)]
pub struct TextBuilder {
    bytes: Vec<u8>,
}

impl TextBuilder {
    /// An empty payload with room for so many bytes.
    #[must_use]
    pub fn with_capacity(payload: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + payload);
        bytes.resize(HEADER, 0);
        Self { bytes }
    }

    /// Appends a piece. All pieces together have to be UTF-8.
    pub fn push(&mut self, piece: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(piece);
        self
    }

    /// Puts the header in front.
    #[must_use]
    pub fn finish(mut self) -> Frame {
        let (header, skip) = header(TEXT, self.bytes.len() - HEADER);
        self.bytes[skip..HEADER].copy_from_slice(&header[skip..]);
        Frame(Bytes::from(self.bytes).slice(skip..))
    }
}

impl io::Write for TextBuilder {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn headers_have_the_shortest_length_that_fits() {
        for (payload, header) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 0xff, 0xff]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let text = "x".repeat(payload);
            let frame = Frame::text(&text);
            assert_eq!(frame.bytes()[..header.len()], header);
            assert_eq!(frame.payload(), text.as_bytes());
            let mut builder = TextBuilder::with_capacity(0);
            builder.write_all(text.as_bytes()).unwrap();
            assert_eq!(builder.finish(), frame);
            let (left, right) = text.split_at(payload / 2);
            assert_eq!(Frame::text_parts(&[left.as_bytes(), right.as_bytes()]), frame);
        }
    }

    #[test]
    fn control_frames_fit_into_125_bytes() {
        assert_eq!(Frame::ping(&[7; 200]).payload(), [7; 125]);
        let close = Frame::close(CloseCode::TRY_AGAIN, &"é".repeat(100));
        assert_eq!(close.payload()[..2], 1013_u16.to_be_bytes());
        assert_eq!(close.payload()[2..], *"é".repeat(61).as_bytes());
        assert_eq!(Frame::close(CloseCode::ABNORMAL, "no").bytes()[..], [0x88, 0]);
    }
}
