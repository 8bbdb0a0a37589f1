//! What stands between a relay and its server: a door whose server changes, a proxy that ends TLS, one that tunnels.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_testkit::folder::TestFolder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// An address that stays, whichever server is behind it.
pub(super) struct Door {
    pub(super) address: SocketAddr,
    behind: Arc<Mutex<SocketAddr>>,
    stalled: Arc<tokio::sync::watch::Sender<bool>>,
    _task: JoinSet<()>,
}

impl Door {
    pub(super) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let behind = Arc::new(Mutex::new(server));
        let stalled = Arc::new(tokio::sync::watch::Sender::new(false));
        let (mut task, now, stall) = (JoinSet::new(), Arc::clone(&behind), Arc::clone(&stalled));
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let to = *now.lock().expect("nobody panics with it");
                let mut stalled = stall.subscribe();
                connections.spawn(async move {
                    // Open still, and nothing goes through any more.
                    let mut stream = stream;
                    let Ok(mut to) = TcpStream::connect(to).await else { return };
                    let stalled = async { stalled.wait_for(|stalled| *stalled).await.is_ok() };
                    let stays = tokio::select! {
                        _ = copy_bidirectional(&mut stream, &mut to) => false,
                        stays = stalled => stays,
                    };
                    if stays {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { address, behind, stalled, _task: task }
    }

    /// From now on nothing goes through, and no connection ends, as on a network that hangs.
    pub(super) fn stall(&self) {
        self.stalled.send_replace(true);
    }

    /// From now on it leads there.
    pub(super) fn lead(&self, server: SocketAddr) {
        *self.behind.lock().expect("nobody panics with it") = server;
    }
}

async fn pass(mut from: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    if let Ok(mut to) = TcpStream::connect(to).await {
        // Either side may leave at any moment.
        let _ = copy_bidirectional(&mut from, &mut to).await;
    }
}

/// A proxy that ends TLS for one host name, with a certificate of an authority of its own.
pub(super) struct Secure {
    pub(super) address: SocketAddr,
    /// The authority's certificate.
    pub(super) authority: PathBuf,
    _folder: TestFolder,
    _task: JoinSet<()>,
}

impl Secure {
    pub(super) async fn before(server: SocketAddr, name: &str) -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "An authority for a test");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        // Another name than the authority's: who has the same one looks self-signed.
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        let folder = TestFolder::new();
        let authority = folder.path().join("authority.pem");
        let lines = STANDARD.encode(issuer.der());
        let lines: Vec<&str> =
            lines.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
        std::fs::write(&authority, pem).expect("a file");

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            )
            .expect("they belong together");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                connections.spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        pass(stream, server).await;
                    }
                });
            }
        });
        Self { address, authority, _folder: folder, _task: task }
    }
}

/// A proxy as schools have them: CONNECT, and the only one who knows where a name leads.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    /// The heads of all requests.
    heads: Arc<Mutex<Vec<String>>>,
    _task: JoinSet<()>,
}

impl Proxy {
    pub(super) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let (mut task, heard) = (JoinSet::new(), Arc::clone(&heads));
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(tunnel(stream, target, Arc::clone(&heard)));
            }
        });
        Self { address, heads, _task: task }
    }

    /// The heads of the requests so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("nobody panics with it").clone()
    }
}

async fn tunnel(stream: TcpStream, target: SocketAddr, heads: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let connects = head.starts_with("CONNECT ");
    heads.lock().expect("nobody panics with it").push(head);
    let answer = if connects { "HTTP/1.1 200 Connection established\r\n\r\n" } else { "HTTP/1.1 405 No\r\n\r\n" };
    if stream.get_mut().write_all(answer.as_bytes()).await.is_ok() && connects {
        pass(stream, target).await;
    }
}
