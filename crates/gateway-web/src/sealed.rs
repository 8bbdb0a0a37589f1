//! What a browser keeps for this server and can't change: a value with a proof, made with a secret of the process.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

/// What the proofs of this process are made with. They end with it.
pub(crate) struct Seals([u8; 32]);

impl Seals {
    /// With a secret of its own.
    pub(crate) fn new() -> Self {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the operating system has random bytes");
        Self(secret)
    }

    /// A value as text, of letters that a cookie and an address may have. What is sealed for one use opens for no other.
    pub(crate) fn seal(&self, purpose: &str, value: &impl Serialize) -> String {
        let json = serde_json::to_vec(value).unwrap_or_default();
        let proof = self.proof(purpose, &json).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&json), URL_SAFE_NO_PAD.encode(proof))
    }

    /// The value, if this process has sealed it for this use.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Option<T> {
        let (json, proof) = text.split_once('.')?;
        let (json, proof) = (URL_SAFE_NO_PAD.decode(json).ok()?, URL_SAFE_NO_PAD.decode(proof).ok()?);
        self.proof(purpose, &json).verify_slice(&proof).ok()?;
        serde_json::from_slice(&json).ok()
    }

    fn proof(&self, purpose: &str, json: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(json);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_unchanged_for_its_use_and_not_at_all_otherwise() {
        let (seals, others) = (Seals([1; 32]), Seals([2; 32]));
        let sealed = seals.seal("login", &("a", 7));
        assert_eq!(seals.open("login", &sealed), Some(("a".to_owned(), 7)));
        assert_eq!(seals.open::<(String, u8)>("link", &sealed), None);
        assert_eq!(others.open::<(String, u8)>("login", &sealed), None);
        let (value, proof) = sealed.split_once('.').expect("two parts");
        let changed = URL_SAFE_NO_PAD.encode(r#"["a",8]"#);
        for wrong in ["", ".", value, &format!("{changed}.{proof}"), &format!("{value}."), &format!("{value}.é")] {
            assert_eq!(seals.open::<(String, u8)>("login", wrong), None, "{wrong}");
        }
    }
}
