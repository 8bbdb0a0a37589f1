//! TLS: rustls with ring, and the certificate authorities that this machine trusts.
//!
//! The machine's own store rather than a list compiled in: a school's or a company's authority that its administrators
//! have installed counts here too, and updates come with the system.

use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::Error;

/// The settings for TLS, made when the first `https` url comes, since reading the authorities takes a while.
#[derive(Default)]
pub(crate) struct Tls {
    secure: OnceLock<Result<ClientConfig, Error>>,
    plain: OnceLock<Result<ClientConfig, Error>>,
}

impl Tls {
    /// The settings for an `https` url. Fails where the machine has no certificate authorities.
    pub(crate) fn secure(&self) -> Result<ClientConfig, Error> {
        self.secure.get_or_init(|| trusting(Trust::Machine)).clone()
    }

    /// For `http`, where they are wanted but not used: they trust nobody.
    pub(crate) fn plain(&self) -> Result<ClientConfig, Error> {
        self.plain.get_or_init(|| trusting(Trust::Only(RootCertStore::empty()))).clone()
    }

    /// For tests: trusts these authorities only.
    #[cfg(test)]
    pub(crate) fn only(roots: RootCertStore) -> Self {
        let tls = Self::default();
        tls.secure.get_or_init(|| trusting(Trust::Only(roots)));
        tls
    }
}

/// Settings for connections that this machine's administrators would trust, for clients other than ours. Where `secure` is
/// false they trust nobody: for `http` alone.
///
/// # Errors
/// The machine has no certificate authorities.
pub fn machine_tls(secure: bool) -> Result<ClientConfig, Error> {
    let tls = Tls::default();
    if secure { tls.secure() } else { tls.plain() }
}

enum Trust {
    Machine,
    Only(RootCertStore),
}

fn trusting(trust: Trust) -> Result<ClientConfig, Error> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let unusable = |e: rustls::Error| Error::Tls(format!("TLS can't be set up on this server ({e})"));
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder = match trust {
        Trust::Only(roots) => builder.with_root_certificates(roots),
        Trust::Machine => {
            let verifier = Verifier::new(provider).map_err(|_| {
                Error::Tls(
                    "this server's machine trusts no certificate authorities; install its package “ca-certificates”"
                        .to_owned(),
                )
            })?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
