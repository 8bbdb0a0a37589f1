//! The cookie by which a visitor is known again: a secret of 160 bits, of which only a hash is stored. The hash is the session's
//! public id.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest as _, Sha256};

/// How long a browser keeps it, in seconds.
const AGE: u32 = 365 * 24 * 60 * 60;

/// What a visitor's browser knows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret([u8; 20]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
    bytes.iter().flat_map(digits).collect()
}

impl Secret {
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).expect("the system has random numbers");
        Self(bytes)
    }

    /// The session's id. It tells nothing of the secret, and only who has the secret comes to it.
    pub(crate) fn id(&self) -> String {
        hex(&Sha256::new().chain_update(b"assistant").chain_update(self.0).finalize()[..20])
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() != 40 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 20];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The one that a browser has for a flow.
    pub(crate) fn of(headers: &HeaderMap, flow: &str, secure: bool) -> Option<Self> {
        let name = name(flow, secure);
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(known, _)| *known == name);
        ours.find_map(|(_, value)| Self::read(value))
    }

    /// The header that gives it to a browser.
    pub(crate) fn header(&self, flow: &str, secure: bool) -> HeaderValue {
        // A page of another site may hold the widget; where there is no TLS browsers allow that to none.
        let site = if secure { "SameSite=None; Secure; Partitioned" } else { "SameSite=Lax" };
        let cookie = format!("{}={}; Path=/; Max-Age={AGE}; HttpOnly; {site}", name(flow, secure), hex(&self.0));
        HeaderValue::from_str(&cookie).expect("a flow's name is made of letters, digits, - and _")
    }
}

fn name(flow: &str, secure: bool) -> String {
    format!("{}parlor-assistant-{flow}", if secure { "__Host-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_str(value).expect("a header"));
        headers
    }

    #[test]
    fn what_a_browser_was_given_is_known_again_for_that_flow_alone() {
        for secure in [false, true] {
            let secret = Secret::new();
            let given = secret.header("welcome", secure).to_str().expect("text").to_owned();
            let (pair, attributes) = given.split_once(';').expect("attributes");
            assert!(attributes.contains("HttpOnly") && attributes.contains("Path=/"));
            assert_eq!(attributes.contains("SameSite=None; Secure; Partitioned"), secure);
            let headers = sent(&format!("other=1; {pair}"));
            assert_eq!(Secret::of(&headers, "welcome", secure).as_ref(), Some(&secret));
            assert_eq!(Secret::of(&headers, "other", secure), None);
            assert_eq!(Secret::of(&headers, "welcome", !secure), None);
        }
    }

    #[test]
    fn its_id_is_not_the_secret_and_nonsense_is_none() {
        let secret = Secret::new();
        assert_eq!(secret.id().len(), 40);
        assert_ne!(secret.id(), hex(&secret.0));
        assert_ne!(Secret::new().id(), secret.id());
        for wrong in ["", "zz", &"g".repeat(40), &"a".repeat(39), &"ä".repeat(20)] {
            assert_eq!(Secret::read(wrong), None, "{wrong}");
        }
    }
}
