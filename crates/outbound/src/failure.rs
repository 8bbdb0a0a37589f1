//! From the client library's errors to ours: what went wrong is looked for in the chain of causes.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use crate::error::Error;

/// The first cause in the chain that can be put in words. `limit` is the request's time.
pub fn explain(error: &reqwest::Error, limit: Duration) -> Error {
    if error.is_timeout() {
        return Error::TimedOut(limit);
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    let mut last = None;
    while let Some(error) = cause {
        if let Some(known) = recognise(error, limit) {
            return known;
        }
        last = Some(error.to_string());
        // An io::Error hides the error that it was made from.
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    Error::Broken(match last {
        Some(words) => format!("the connection failed ({words})"),
        None => "the connection failed".to_owned(),
    })
}

fn recognise(error: &(dyn StdError + 'static), limit: Duration) -> Option<Error> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(Error::Tls(tls(error)));
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return http(error);
    }
    let error = error.downcast_ref::<io::Error>()?;
    if error.get_ref().is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some()) {
        return None;
    }
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => Error::Refused,
        io::ErrorKind::TimedOut => Error::TimedOut(limit),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            broken("there is no way to it through the network (unreachable)")
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            broken("it broke the connection off")
        }
        io::ErrorKind::UnexpectedEof => broken("it closed the connection before its answer was complete"),
        _ => return None,
    })
}

fn http(error: &hyper::Error) -> Option<Error> {
    if error.is_parse_too_large() {
        return Some(Error::TooLarge);
    }
    if error.is_incomplete_message() {
        return Some(broken("it closed the connection before its answer was complete"));
    }
    if error.is_parse() {
        return Some(broken("what it answered is not HTTP (does the URL need https:// instead of http://?)"));
    }
    None
}

fn tls(error: &rustls::Error) -> String {
    use CertificateError as C;
    let words = match error {
        rustls::Error::InvalidMessage(_) => {
            "what it answered is not TLS (does the URL need http:// instead of https://?)"
        }
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            C::Expired | C::ExpiredContext { .. } => "its certificate has expired",
            C::NotValidYet | C::NotValidYetContext { .. } => "its certificate is not valid yet",
            C::NotValidForName | C::NotValidForNameContext { .. } => "its certificate is for another host name",
            C::UnknownIssuer | C::BadSignature => {
                "its certificate is not from an authority that this server trusts (self-signed?)"
            }
            C::Revoked => "its certificate was revoked",
            _ => return format!("its certificate is not valid ({wrong})"),
        },
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => "it does not know that host name",
        rustls::Error::AlertReceived(_) => "it broke off the TLS handshake",
        rustls::Error::PeerIncompatible(_) => "it speaks no version of TLS that is safe today",
        _ => return error.to_string(),
    };
    words.to_owned()
}

fn broken(words: &str) -> Error {
    Error::Broken(words.to_owned())
}
