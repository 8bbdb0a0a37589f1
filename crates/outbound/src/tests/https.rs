//! Over TLS: a trusted certificate, and everything that can be wrong with one.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::server::{Script, Server, ok, play};
use super::{Names, get, local};
use crate::tls::Tls;
use crate::{Client, Error};

/// An authority, and a server with a certificate of it for `bot.example`.
struct Secure {
    roots: RootCertStore,
    address: SocketAddr,
    _task: JoinSet<()>,
}

async fn secure_server() -> Secure {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = ["bot.example".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let (heard, _requests) = unbounded_channel();
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                play(stream, ok("secure"), heard.clone()).await;
            }
        }
    });
    Secure { roots, address, _task: task }
}

fn client() -> Client {
    Client::with_lookup(local(), Names::new([("bot.example", &["127.0.0.1"]), ("other.example", &["127.0.0.1"])]))
}

fn trusting(roots: RootCertStore) -> Client {
    client().trusting(Tls::only(roots))
}

fn words(result: Result<crate::Answer, Error>) -> String {
    match result {
        Err(Error::Tls(words)) => words,
        other => panic!("no error of TLS: {other:?}"),
    }
}

#[tokio::test]
async fn a_trusted_certificate_for_the_name_is_fine() {
    let server = secure_server().await;
    let client = trusting(server.roots.clone());
    let answer = get(&client, &format!("https://bot.example:{}/", server.address.port())).await.unwrap();
    assert_eq!(&answer.body[..], b"secure");
}

#[tokio::test]
async fn a_certificate_for_another_name_or_from_nobody_is_explained() {
    let server = secure_server().await;
    let port = server.address.port();
    let known = trusting(server.roots.clone());
    let said = words(get(&known, &format!("https://other.example:{port}/")).await);
    assert_eq!(said, "its certificate is for another host name");
    let said = words(get(&known, &format!("https://127.0.0.1:{port}/")).await);
    assert_eq!(said, "its certificate is for another host name");

    let stranger = trusting(RootCertStore::empty());
    let said = words(get(&stranger, &format!("https://bot.example:{port}/")).await);
    assert!(said.contains("not from an authority that this server trusts"), "{said}");
}

#[tokio::test]
async fn https_to_a_server_of_plain_http_is_explained_and_the_other_way_round() {
    let plain = Server::start(Script::SpeakFirst(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let secure = secure_server().await;
    let client = trusting(secure.roots.clone());
    let said = words(get(&client, &format!("https://{}/", plain.address)).await);
    assert!(said.contains("does the URL need http:// instead of https://?"), "{said}");
    let error = get(&client, &format!("http://{}/", secure.address)).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error:?}");
}
