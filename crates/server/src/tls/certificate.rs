//! The server's certificate and key, as their files have them: read at the start, and again when they are renewed.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use anyhow::{Context as _, Result, anyhow, bail};
use rustls::{
    InconsistentKeys,
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::config::Files;

/// The certificate that is shown to who comes now.
pub(super) struct Certificate {
    files: Files,
    provider: Arc<CryptoProvider>,
    now: RwLock<Arc<CertifiedKey>>,
    /// What the files looked like when they were last read, good or bad.
    seen: Mutex<Stamps>,
}

/// What tells a file from the one before: device, number, size, and when it was changed.
type Stamp = Option<(u64, u64, u64, i64, i64)>;
type Stamps = (Stamp, Stamp);

impl Certificate {
    pub(super) fn open(files: &Files, provider: Arc<CryptoProvider>) -> Result<Self> {
        let seen = stamps(files);
        let now = read(files, &provider)?;
        warn_of_others(&files.key);
        Ok(Self { files: files.clone(), provider, now: RwLock::new(Arc::new(now)), seen: Mutex::new(seen) })
    }

    /// Reads them if they have changed.
    pub(super) fn look(&self) {
        if *self.seen() != stamps(&self.files) {
            self.reload();
        }
    }

    /// Reads them.
    pub(super) fn reload(&self) {
        // Before reading: what changes meanwhile is seen the next time.
        *self.seen() = stamps(&self.files);
        match read(&self.files, &self.provider) {
            Ok(new) => {
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                tracing::info!(cert = %self.files.cert.display(), "the certificate was read again");
            }
            Err(error) => {
                tracing::error!("the new certificate is not used, and the old one goes on: {error:#}");
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Stamps> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("files", &self.files).finish_non_exhaustive()
    }
}

fn stamps(files: &Files) -> Stamps {
    (stamp(&files.cert), stamp(&files.key))
}

fn stamp(file: &Path) -> Stamp {
    let there = fs::metadata(file).ok()?;
    Some((there.dev(), there.ino(), there.size(), there.mtime(), there.mtime_nsec()))
}

fn read(files: &Files, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let Files { cert, key } = files;
    let pem = contents(cert, "--tls-cert")?;
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, pem::Error>>();
    let chain = chain.map_err(|error| anyhow!("the certificate {} is not in PEM ({error})", cert.display()))?;
    if chain.is_empty() {
        bail!(
            "there is no certificate in {}; give --tls-cert a file in PEM, the server's certificate first",
            cert.display()
        );
    }
    let private = PrivateKeyDer::from_pem_slice(&contents(key, "--tls-key")?).map_err(|error| match error {
        pem::Error::NoItemsFound => anyhow!(
            "there is no private key in {} (one with a password can't be read); give --tls-key a file in PEM",
            key.display()
        ),
        error => anyhow!("the key {} is not in PEM ({error})", key.display()),
    })?;
    CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            anyhow!(
                "the key {} is not that of the certificate {}; give the two that belong together",
                key.display(),
                cert.display()
            )
        }
        error => anyhow!("the certificate {} with the key {} can't be used: {error}", cert.display(), key.display()),
    })
}

fn contents(file: &Path, option: &str) -> Result<Vec<u8>> {
    /// Far beyond any chain of certificates.
    const LONGEST: u64 = 1 << 20;
    let there = fs::metadata(file)
        .and_then(|there| if there.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(there) });
    let read = there
        .and_then(|there| if there.len() > LONGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { fs::read(file) });
    read.with_context(|| format!("can't read {}, which {option} names", file.display()))
}

/// Whoever has the key can pretend to be this server.
fn warn_of_others(key: &Path) {
    if fs::metadata(key).is_ok_and(|there| there.mode() & 0o007 != 0) {
        tracing::warn!(
            "everybody on this machine can read the key {}; take that right away with chmod o= ",
            key.display()
        );
    }
}

#[cfg(test)]
mod tests;
