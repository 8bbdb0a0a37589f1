//! Secrets that are shown once and stored as hashes: 160 random bits behind a word that says what they are.

use parlor_rooms::Random;
use parlor_store::people::SecretHash;
use sha2::{Digest as _, Sha256};

/// What a secret is for. One kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Token,
    Invitation,
    SetUp,
}

impl Kind {
    /// What a secret of this kind begins with, so that people and scanners know it when they see it.
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "parlor_session_",
            Self::Token => "parlor_token_",
            Self::Invitation => "parlor_invite_",
            Self::SetUp => "parlor_setup_",
        }
    }
}

/// Digits and letters that are hardly mistaken for each other.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 160 bits are 32 letters.
const LENGTH: usize = 32;

/// A new secret, and its hash.
pub(crate) fn new(kind: Kind, random: &dyn Random) -> (String, SecretHash) {
    let mut bytes = [0; LENGTH * 5 / 8];
    random.fill(&mut bytes);
    let mut text = kind.prefix().to_owned();
    for five in bytes.chunks_exact(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        text.extend((0..8).rev().map(|letter| char::from(LETTERS[(bits >> (5 * letter) & 31) as usize])));
    }
    let hash = Sha256::digest(&text).into();
    (text, hash)
}

/// The hash of a secret of this kind; none of what can't be one.
pub(crate) fn hash(kind: Kind, secret: &str) -> Option<SecretHash> {
    let letters = secret.strip_prefix(kind.prefix())?;
    let right = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
    right.then(|| Sha256::digest(secret).into())
}

#[cfg(test)]
mod tests {
    use parlor_testkit::FakeRandom;

    use super::*;

    #[test]
    fn a_secret_is_known_by_its_kind_and_no_other() {
        let random = FakeRandom::default();
        let (one, hashed) = new(Kind::Token, &random);
        assert!(one.starts_with("parlor_token_"), "{one}");
        assert_eq!(one.len(), 45);
        assert_eq!(hash(Kind::Token, &one), Some(hashed));
        assert_eq!(hash(Kind::Session, &one), None);
        assert_ne!(new(Kind::Token, &random).0, one);
        for wrong in ["", "parlor_token_", &one[..44], &format!("{one}0"), &one.to_uppercase(), "parlor_token_é"] {
            assert_eq!(hash(Kind::Token, wrong), None, "{wrong}");
        }
    }
}
