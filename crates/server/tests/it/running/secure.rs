//! TLS for tests: a certificate of its own authority in files, and a door that speaks TLS to the server.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_testkit::folder::TestFolder;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
    version::{TLS12, TLS13},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A certificate for localhost, with its key, in files.
pub(crate) struct Papers {
    folder: TestFolder,
    now: CertificateDer<'static>,
}

impl Papers {
    pub(crate) fn new() -> Self {
        let mut this = Self { folder: TestFolder::new(), now: CertificateDer::from(Vec::new()) };
        this.renew();
        this
    }

    /// Puts another one into the files.
    pub(crate) fn renew(&mut self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        self.now = made.cert.der().clone();
        fs::write(self.path("key.pem"), pem("PRIVATE KEY", &made.signing_key.serialize_der())).expect("written");
        fs::write(self.path("cert.pem"), pem("CERTIFICATE", &self.now)).expect("written");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What goes to the command line.
    pub(crate) fn args(&self) -> [String; 4] {
        let path = |name| self.path(name).display().to_string();
        ["--tls-cert".to_owned(), path("cert.pem"), "--tls-key".to_owned(), path("key.pem")]
    }

    /// A client that trusts just this certificate.
    pub(crate) fn client(&self) -> Client {
        Client(self.now.clone())
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// A client that trusts one certificate.
#[derive(Clone)]
pub(crate) struct Client(CertificateDer<'static>);

impl Client {
    /// A TLS connection; `old` speaks TLS 1.2.
    pub(crate) async fn connect(&self, server: SocketAddr, old: bool) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.clone()).expect("a certificate");
        let versions = if old { &[&TLS12] } else { &[&TLS13] };
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("ring has both")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(server).await?).await
    }
}

/// An address without TLS that leads to a server with it, so that clients that know no TLS reach it.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    _task: JoinSet<()>,
}

impl Door {
    pub(crate) async fn to(server: SocketAddr, client: Client) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                let client = client.clone();
                connections.spawn(async move {
                    if let Ok(mut to) = client.connect(server, false).await {
                        // Either side may leave at any moment; without the word that ends TLS this is an error.
                        copy_bidirectional(&mut from, &mut to).await.expect("the end of TLS is said");
                    }
                });
                while let Some(ended) = connections.try_join_next() {
                    ended.expect("no connection was cut off");
                }
            }
        });
        Self { address, _task: task }
    }
}
