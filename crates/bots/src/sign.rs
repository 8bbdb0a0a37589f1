//! Signatures of activations, as Standard Webhooks has them (<https://www.standardwebhooks.com>).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The value of `webhook-signature`: `v1,` and the HMAC of id, time and body.
///
/// A secret of the form `whsec_…` is a key in base64; of any other the bytes are the key, so that a student may choose a
/// word.
pub(crate) fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let decoded = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of Standard Webhooks are tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn sign(secret: &str) -> String {
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#)
    }

    #[test]
    fn the_published_example_comes_out() {
        assert_eq!(sign(SECRET), SIGNED);
    }

    #[test]
    fn a_secret_without_the_prefix_is_its_own_key() {
        assert_ne!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), SIGNED);
        assert!(sign("opensesame").starts_with("v1,"));
        // Not base64: the whole of it is the key.
        assert_ne!(sign("whsec_???"), sign("???"));
    }
}
