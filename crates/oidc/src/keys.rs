//! A provider's public keys (RFC 7517, 7518 and 8037), and what each can be asked to verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;

use crate::error::shown;

/// How many keys of a provider are looked at; real ones have a handful.
const MOST: usize = 50;

/// The signatures that are taken. Never `none`, and none that is made with a secret that both sides know.
pub(crate) const ALGORITHMS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// The keys that can be used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// The one signature that it is for, if the provider says so.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// Points, uncompressed.
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads them. Those that are for something else, or of a kind that is not known, do not count.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|error| format!("they are not the JSON they should be ({})", shown(&error.to_string())))?;
        let keys: Vec<Key> = document.keys.into_iter().take(MOST).filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err("there is none among them that can be used here (RSA, P-256, P-384 or Ed25519)".to_owned());
        }
        Ok(Self(keys))
    }

    /// Whether there is a key that a token with this head may be signed with.
    pub(crate) fn has(&self, id: Option<&str>, algorithm: &str) -> bool {
        self.fitting(id, algorithm).next().is_some()
    }

    /// Whether one of the keys that fit has made this signature.
    pub(crate) fn verify(&self, id: Option<&str>, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        self.fitting(id, algorithm).any(|key| key.material.verify(algorithm, message, signature) == Some(true))
    }

    fn fitting<'a>(&'a self, id: Option<&'a str>, algorithm: &'a str) -> impl Iterator<Item = &'a Key> {
        self.0.iter().filter(move |key| {
            let named = id.is_none() || key.id.is_none() || key.id.as_deref() == id;
            let meant = key.algorithm.as_deref().is_none_or(|only| only == algorithm);
            named && meant && key.material.takes(algorithm)
        })
    }
}

impl Key {
    fn read(value: serde_json::Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.r#use.as_deref().is_some_and(|r#use| r#use != "sig") {
            return None;
        }
        let material = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Material::Rsa { modulus: number(jwk.n.as_deref()?)?, exponent: number(jwk.e.as_deref()?)? },
            ("EC", Some("P-256")) => Material::P256(point(jwk.x.as_deref()?, jwk.y.as_deref()?, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(jwk.x.as_deref()?, jwk.y.as_deref()?, 48)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(jwk.x.as_deref()?).filter(|x| x.len() == 32)?),
            _ => return None,
        };
        let algorithm = match jwk.alg.as_deref() {
            // Its newer name (RFC 9864).
            Some("Ed25519") => Some("EdDSA".to_owned()),
            alg => alg.map(str::to_owned),
        };
        Some(Self { id: jwk.kid, algorithm, material })
    }
}

impl Material {
    fn takes(&self, algorithm: &str) -> bool {
        match self {
            Self::Rsa { .. } => rsa(algorithm).is_some(),
            Self::P256(_) => algorithm == "ES256",
            Self::P384(_) => algorithm == "ES384",
            Self::Ed25519(_) => algorithm == "EdDSA",
        }
    }

    /// Nothing if the algorithm is not one for this key.
    fn verify(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        if !self.takes(algorithm) {
            return None;
        }
        let plain = |with: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(with, key).verify(message, signature).is_ok()
        };
        Some(match self {
            Self::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus.as_slice(), e: exponent.as_slice() };
                key.verify(rsa(algorithm)?, message, signature).is_ok()
            }
            Self::P256(point) => plain(&signature::ECDSA_P256_SHA256_FIXED, point),
            Self::P384(point) => plain(&signature::ECDSA_P384_SHA384_FIXED, point),
            Self::Ed25519(point) => plain(&signature::ED25519, point),
        })
    }
}

/// Keys of 2,048 to 8,192 bits.
fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// A number without zeros before it, as the library wants it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

/// A point of a curve, each of whose halves has this many bytes.
fn point(x: &str, y: &str, half: usize) -> Option<Vec<u8>> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == half && y.len() == half).then(|| [&[4][..], &x, &y].concat())
}
