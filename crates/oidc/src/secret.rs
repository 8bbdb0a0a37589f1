//! What nobody can guess: `state`, `nonce` and PKCE's verifier.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// 256 random bits in 43 letters that need no escaping in an address: as many as PKCE asks for.
pub(crate) fn new() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// PKCE's challenge to a verifier, `S256` (RFC 7636, 4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(super::new().len(), 43);
        assert_ne!(super::new(), super::new());
    }
}
