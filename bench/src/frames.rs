//! Decoding a server's frames out of whatever a read brings.

use anyhow::{Result, bail, ensure};

/// One whole frame at the front of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Text(&'a [u8]),
    Ping(&'a [u8]),
    Pong,
    Close(u16, &'a [u8]),
}

/// The frame at the front, and how many bytes it takes; none if it is not whole yet.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>> {
    let [first, second, ..] = *bytes else { return Ok(None) };
    ensure!(second & 0x80 == 0, "the server sent a masked frame");
    let (skip, length) = match (second, bytes) {
        (126, [_, _, a, b, ..]) => (4, usize::from(u16::from_be_bytes([*a, *b]))),
        (127, [_, _, a, b, c, d, e, f, g, h, ..]) => {
            (10, u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) as usize)
        }
        (126 | 127, _) => return Ok(None),
        (short, _) => (2, usize::from(short)),
    };
    let Some(payload) = bytes.get(skip..skip + length) else { return Ok(None) };
    let frame = match first {
        // Whether it calls itself text or binary.
        0x81 | 0x82 => Frame::Text(payload),
        0x89 => Frame::Ping(payload),
        0x8a => Frame::Pong,
        0x88 => match payload {
            [a, b, reason @ ..] => Frame::Close(u16::from_be_bytes([*a, *b]), reason),
            _ => Frame::Close(1005, payload),
        },
        other => bail!("the server sent a frame that begins with {other:#04x}: its stream is damaged"),
    };
    Ok(Some((frame, skip + length)))
}

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;

/// A client's frame. A mask of zeros is a mask.
pub(crate) fn masked(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let mut frame = vec![kind];
    match length {
        0..=125 => frame.push(0x80 | length as u8),
        126..=65_535 => {
            frame.push(0xfe);
            frame.extend((length as u16).to_be_bytes());
        }
        _ => {
            frame.push(0xff);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// The masked pong for a ping.
pub(crate) fn pong(payload: &[u8]) -> Vec<u8> {
    masked(0x8a, payload)
}

/// A masked close frame with 1000.
pub(crate) const CLOSE: [u8; 8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_lengths_are_found_once_they_are_whole() {
        for length in [0, 1, 125, 126, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let frame = parlor_sockets::Frame::text(&text);
            let bytes = [frame.bytes(), &b"rest"[..]].concat();
            assert_eq!(first(&bytes).unwrap(), Some((Frame::Text(text.as_bytes()), frame.len())));
            for cut in [0, 1, 2, 3, 9, frame.len() - 1] {
                if cut < frame.len() {
                    assert_eq!(first(&bytes[..cut]).unwrap(), None);
                }
            }
        }
        assert!(first(b"\x81\x80").is_err());
        assert!(first(b"x\x01y").is_err());
        let close = parlor_sockets::Frame::close(parlor_sockets::CloseCode::RESTART, "bye");
        assert_eq!(first(close.bytes()).unwrap(), Some((Frame::Close(1012, b"bye"), 7)));
    }
}
