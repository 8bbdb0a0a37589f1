//! Signed tokens in three parts (RFC 7515, 7.1): whether a provider's key has signed one, and what is in it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    error::{TokenError, shown},
    keys::{ALGORITHMS, Keys},
};

/// A token whose signature was not looked at yet.
pub(crate) struct Token<'a> {
    head: Head,
    /// What is signed.
    message: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Takes it apart.
    pub(crate) fn parse(text: &'a str) -> Result<Self, TokenError> {
        let (message, signature) = text.rsplit_once('.').ok_or(TokenError::Shape)?;
        let (head, payload) =
            message.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or(TokenError::Shape)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Shape);
        let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| TokenError::Shape)?;
        if !ALGORITHMS.contains(&head.alg.as_str()) {
            return Err(TokenError::Algorithm(shown(&head.alg)));
        }
        // What must be understood and is not.
        if head.crit.is_some() {
            return Err(TokenError::Shape);
        }
        Ok(Self { head, message, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// Whether one of these keys may have signed it.
    pub(crate) fn has_key(&self, keys: &Keys) -> bool {
        keys.has(self.head.kid.as_deref(), &self.head.alg)
    }

    /// Whether the token names its key, so that another can't be meant.
    pub(crate) fn names_key(&self) -> bool {
        self.head.kid.is_some()
    }

    /// What it says, if one of these keys has signed it.
    pub(crate) fn open(&self, keys: &Keys) -> Result<Map<String, Value>, TokenError> {
        let (id, algorithm) = (self.head.kid.as_deref(), self.head.alg.as_str());
        if !keys.has(id, algorithm) {
            return Err(TokenError::Key);
        }
        if !keys.verify(id, algorithm, self.message.as_bytes(), &self.signature) {
            return Err(TokenError::Signature);
        }
        serde_json::from_slice(&self.payload).map_err(|_| TokenError::Shape)
    }
}
