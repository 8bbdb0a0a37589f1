//! What is refused, in which words, and that a renewed certificate is noticed.

use std::{fs, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::crypto::ring;

use super::{Certificate, read};
use crate::config::Files as Paths;

/// A folder of its own, gone at the end.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("parlor-test-tls-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        Self(folder)
    }

    fn options(&self) -> Paths {
        Paths { cert: self.0.join("cert.pem"), key: self.0.join("key.pem") }
    }

    fn write(&self, cert: &str, key: &str) {
        fs::write(self.options().cert, cert).expect("written");
        fs::write(self.options().key, key).expect("written");
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn pair() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    (pem("CERTIFICATE", made.cert.der()), pem("PRIVATE KEY", &made.signing_key.serialize_der()))
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

#[test]
fn each_mistake_is_told_with_its_file() {
    let files = Files::new("mistakes");
    let provider = ring::default_provider();
    let ((cert, key), (other, _)) = (pair(), pair());
    files.write(&cert, &key);
    assert!(read(&files.options(), &provider).is_ok());
    for (cert, key, words) in [
        ("", key.as_str(), "no certificate in"),
        (&key, &key, "no certificate in"),
        (&cert, "", "no private key in"),
        (&cert, &cert, "no private key in"),
        (&cert, "-----BEGIN PRIVATE KEY-----\n???\n-----END PRIVATE KEY-----\n", "not in PEM"),
        (&cert, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "can't be used"),
        ("-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n", &key, "not in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key, "can't be used"),
        (&other, &key, "is not that of"),
        ("\u{fffd}\0", &key, "no certificate in"),
    ] {
        files.write(cert, key);
        let error = format!("{:#}", read(&files.options(), &provider).map(|_| ()).expect_err(words));
        assert!(error.contains(words) && error.contains(".pem") && !error.contains('\n'), "{error}");
    }
    fs::remove_file(files.options().key).expect("it is there");
    fs::create_dir(files.options().key).expect("made");
    files.write_cert(&cert);
    let error = format!("{:#}", read(&files.options(), &provider).map(|_| ()).expect_err("a folder"));
    assert!(error.contains("--tls-key"), "{error}");
}

impl Files {
    fn write_cert(&self, cert: &str) {
        fs::write(self.options().cert, cert).expect("written");
    }
}

#[test]
fn a_renewed_certificate_is_taken_when_both_files_fit_and_a_broken_one_never() {
    let files = Files::new("renewed");
    let (cert, key) = pair();
    files.write(&cert, &key);
    let shown = |certificate: &Certificate| certificate.now.read().expect("nobody panics").cert[0].clone();
    let certificate = Certificate::open(&files.options(), Arc::new(ring::default_provider())).expect("a good one");
    let first = shown(&certificate);
    certificate.look();
    assert_eq!(shown(&certificate), first);
    // The certificate comes first, and its key a moment later.
    let (cert, key) = pair();
    files.write_cert(&cert);
    certificate.look();
    assert_eq!(shown(&certificate), first, "half of it is not taken");
    fs::write(files.options().key, &key).expect("written");
    certificate.look();
    let second = shown(&certificate);
    assert_ne!(second, first);
    files.write("nonsense", "nonsense");
    certificate.look();
    certificate.reload();
    fs::remove_file(files.options().cert).expect("it is there");
    certificate.look();
    assert_eq!(shown(&certificate), second, "the old one goes on");
}
