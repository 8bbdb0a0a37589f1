//! `[tls]`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::setting::{About, SETTING, section};

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    /// The certificate and those above it, in PEM, the server's own first.
    pub(crate) cert: PathBuf,
    /// Its private key, in PEM.
    pub(crate) key: PathBuf,
}

section! {
    /// Encryption by the server itself. Behind a proxy that does it, leave this out.
    struct Tls as tls in "tls" {
        /// The certificate, in PEM, and behind it those that it is signed with. Renewed files are noticed within a minute
        cert: Option<PathBuf> = None,
            About { value: "FILE", example: "\"/etc/letsencrypt/live/chat.example.org/fullchain.pem\"", ..SETTING };

        /// The certificate's private key, in PEM
        key: Option<PathBuf> = None,
            About { value: "FILE", example: "\"/etc/letsencrypt/live/chat.example.org/privkey.pem\"", ..SETTING };
    }
}

impl Tls {
    /// The files, if there are any.
    pub(crate) fn files(&self) -> Result<Option<Files>> {
        match (&self.cert, &self.key) {
            (Some(cert), Some(key)) => Ok(Some(Files { cert: cert.clone(), key: key.clone() })),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("a certificate is given and not its key; give that with --tls-key, too"),
            (None, Some(_)) => bail!("a key is given and not its certificate; give that with --tls-cert, too"),
        }
    }
}
