//! Records of activations: what was sent and what came back, cut to a size that can be kept and shown.

use parlor_outbound::HeaderMap;
use parlor_store::{Received, Sent};

use crate::answer::Reply;

/// How much of a body is kept, in bytes: of what came back, and of what was sent, which may have to be sent again.
const RECEIVED: usize = 16 * 1024;
const SENT: usize = 64 * 1024;
/// How much of a header's value is kept, in characters, and how many headers.
const HEADER: usize = 1_000;
const HEADERS: usize = 64;

/// What was sent. The signature is left out of `headers` by who calls this.
pub(crate) fn sent(url: &str, headers: &HeaderMap, body: &[u8]) -> Sent {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    Sent { method: "POST".to_owned(), url: url.to_owned(), headers: headers.collect(), body: cut(body, SENT) }
}

/// What came back.
pub(crate) fn received(reply: &Reply) -> Received {
    let headers = reply.headers.iter().take(HEADERS);
    let headers = headers.map(|(name, value)| (name.clone(), value.chars().take(HEADER).collect())).collect();
    Received { status: reply.status, headers, body: cut(&reply.body, RECEIVED) }
}

/// A body as text, cut between characters.
fn cut(body: &[u8], most: usize) -> String {
    if body.len() <= most {
        return String::from_utf8_lossy(body).into_owned();
    }
    let end = (most - 3..=most).rev().find(|end| body[*end] & 0xc0 != 0x80).unwrap_or(most);
    format!("{}\n… (cut here; the whole is {} bytes long)", String::from_utf8_lossy(&body[..end]), body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_bodies_are_cut_between_characters_and_say_so() {
        assert_eq!(cut("kurz, äöü".as_bytes(), RECEIVED), "kurz, äöü");
        let long = "ä".repeat(RECEIVED) + "x";
        for body in [long.clone(), format!("a{long}")] {
            let cut = cut(body.as_bytes(), RECEIVED);
            assert!(cut.len() < RECEIVED + 100 && !cut.contains('\u{fffd}'));
            assert!(cut.ends_with(&format!("… (cut here; the whole is {} bytes long)", body.len())));
        }
    }
}
