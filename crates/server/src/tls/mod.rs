//! TLS in the process: handshakes, limited in number and time, with a certificate that can be renewed meanwhile.

mod certificate;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use rustls::{ServerConfig, crypto::ring, version};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use self::certificate::Certificate;
use crate::config::Files;

/// How long a client may take for its handshake, waiting for its turn included.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many handshakes are under way at once; who comes then waits for a turn.
const AT_ONCE: usize = 1_024;
/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// What makes connections TLS. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
    turns: Arc<Semaphore>,
}

impl Tls {
    /// Reads the certificate.
    pub(crate) fn open(files: &Files) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let certificate = Arc::new(Certificate::open(files, Arc::clone(&provider))?);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<_>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Who comes back needs no second whole handshake, and nothing is kept here for that.
        config.ticketer = ring::Ticketer::new().context("can't prepare TLS")?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// The handshake. Nothing where it failed, or took too long.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Option<TlsStream<S>> {
        let handshake = async {
            let _turn = self.turns.acquire().await;
            self.acceptor.accept(stream).await
        };
        match timeout(HANDSHAKE, handshake).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
        None
    }

    /// Reads the certificate anew, whether or not its files have changed; a bad one is refused, and the old one goes on.
    pub(crate) fn reload(&self) {
        self.certificate.reload();
    }

    /// Takes a new certificate when the files change, until `stopping`.
    pub(crate) async fn watch(self, stopping: CancellationToken) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => self.certificate.look(),
            }
        }
    }
}
