//! Listening sockets: opened before anything else, so that a port in use is said at once.

mod activation;
mod unix;

use std::{
    fmt,
    io::ErrorKind,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use anyhow::{Result, anyhow, bail};
use tokio::net::{TcpListener, TcpSocket, UnixListener};

pub(crate) use self::activation::Handed;
use self::unix::SocketFile;
use crate::config::{Listen, Place, Speaks};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// The sockets, and what they are together.
pub(crate) struct Listening {
    pub(crate) sockets: Vec<Socket>,
    /// Whether only this machine can reach them.
    pub(crate) loopback: bool,
}

/// One socket that is listened at.
pub(crate) struct Socket {
    pub(crate) kind: Kind,
    pub(crate) speaks: Spoken,
    /// How it is shown; `localhost:PORT` is two sockets.
    pub(crate) shown: String,
    /// Whether somebody else (systemd) keeps it open for the next process, so that who waits there is left to that one.
    pub(crate) handed_on: bool,
}

pub(crate) enum Kind {
    Tcp(TcpListener),
    /// With its file, which goes when it is dropped, unless it was handed in.
    Unix(UnixListener, #[expect(dead_code, reason = "it is dropped")] Option<SocketFile>),
}

/// What is spoken at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoken {
    Http,
    Https,
    Redirect,
}

impl Socket {
    fn tcp(listener: TcpListener, speaks: Spoken, shown: String) -> Self {
        Self { kind: Kind::Tcp(listener), speaks, shown, handed_on: false }
    }

    /// Its address, unless it is a socket in the file system.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match &self.kind {
            Kind::Tcp(listener) => listener.local_addr().ok(),
            Kind::Unix(..) => None,
        }
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (&self.kind, self.speaks) {
            (Kind::Unix(..), _) => "unix:",
            (_, Spoken::Http) => "http://",
            (_, Spoken::Https) => "https://",
            (_, Spoken::Redirect) => "redirect:",
        };
        write!(f, "{scheme}{}", self.shown)
    }
}

impl Listening {
    /// The socket whose address is told to people: the first that answers with rooms.
    pub(crate) fn first(&self) -> Option<&Socket> {
        self.sockets.iter().find(|socket| socket.speaks != Spoken::Redirect)
    }

    /// Each place once, as people read it.
    pub(crate) fn shown(&self) -> Vec<String> {
        let mut all: Vec<String> = self.sockets.iter().map(Socket::to_string).collect();
        all.dedup();
        all
    }
}

/// Opens all; or takes those that the service manager handed in, if it did.
pub(crate) fn open(listen: &[Listen], handed: Handed, certified: bool) -> Result<Listening> {
    let handed = handed.take(certified)?;
    if !handed.is_empty() {
        let loopback = handed.iter().all(|socket| socket.address().is_some_and(|address| address.ip().is_loopback()));
        return check(Listening { sockets: handed, loopback });
    }
    let mut sockets = Vec::new();
    for one in listen {
        open_one(one, certified, &mut sockets)?;
    }
    check(Listening { sockets, loopback: listen.iter().all(Listen::is_loopback) })
}

/// Opens one place without TLS, whatever the others have.
pub(crate) fn open_plain(listen: &Listen) -> Result<Listening> {
    open_beside(listen, false)
}

/// Opens one place more, which the service manager hands nobody.
pub(crate) fn open_beside(listen: &Listen, certified: bool) -> Result<Listening> {
    let mut sockets = Vec::new();
    open_one(listen, certified, &mut sockets)?;
    check(Listening { sockets, loopback: listen.is_loopback() })
}

fn check(listening: Listening) -> Result<Listening> {
    if listening.first().is_none() {
        bail!("nothing would answer: give --listen an address that does more than lead to https");
    }
    if listening.sockets.iter().all(|socket| socket.speaks != Spoken::Https)
        && listening.sockets.iter().any(|socket| socket.speaks == Spoken::Redirect)
    {
        bail!("a redirect leads to https, and nothing here speaks it; give --listen an https:// address too");
    }
    Ok(listening)
}

/// What is spoken where nothing, or something, was said of it.
fn spoken(speaks: Speaks, certified: bool, at: &str) -> Result<Spoken> {
    Ok(match speaks {
        Speaks::AsCertified if certified => Spoken::Https,
        Speaks::AsCertified | Speaks::Http => Spoken::Http,
        Speaks::Https if certified => Spoken::Https,
        Speaks::Https => bail!("https at {at} needs a certificate; give one with --tls-cert and --tls-key"),
        Speaks::Redirect => Spoken::Redirect,
    })
}

fn open_one(listen: &Listen, certified: bool, sockets: &mut Vec<Socket>) -> Result<()> {
    let shown = listen.place.to_string();
    let speaks = spoken(listen.speaks, certified, &shown)?;
    match &listen.place {
        Place::Address(address) => {
            let listener = bind(*address).map_err(|error| explain(&shown, &error))?;
            let shown = listener.local_addr()?.to_string();
            sockets.push(Socket::tcp(listener, speaks, shown));
        }
        Place::Localhost(port) => {
            let first = bind((Ipv4Addr::LOCALHOST, *port).into()).map_err(|error| explain(&shown, &error))?;
            let port = first.local_addr()?.port();
            let shown = format!("localhost:{port}");
            sockets.push(Socket::tcp(first, speaks, shown.clone()));
            match bind((Ipv6Addr::LOCALHOST, port).into()) {
                Ok(second) => sockets.push(Socket::tcp(second, speaks, shown)),
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(explain(&shown, &error)),
                Err(error) => tracing::debug!(%error, "there is no IPv6 on this machine's loopback"),
            }
        }
        Place::Unix(path) => {
            let (listener, file) = unix::bind(path).map_err(|error| explain(&shown, &error))?;
            let shown = path.display().to_string();
            sockets.push(Socket { kind: Kind::Unix(listener, Some(file)), speaks, shown, handed_on: false });
        }
    }
    Ok(())
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart must not wait for the connections of the one before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn explain(address: &str, error: &std::io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "can't listen on {address}: another program (perhaps another Parlor) already does; stop it, or choose another port with --listen"
        ),
        ErrorKind::AlreadyExists => {
            anyhow!("can't listen on {address}: there is a file of that name; choose another path with --listen")
        }
        ErrorKind::PermissionDenied if address.starts_with("unix:") => {
            anyhow!("can't listen on {address}: nothing can be made in that folder; choose another path with --listen")
        }
        ErrorKind::PermissionDenied => {
            anyhow!("can't listen on {address}: the system does not allow it; choose a port above 1023 with --listen")
        }
        ErrorKind::AddrNotAvailable => {
            anyhow!("can't listen on {address}: this machine does not have that address; choose another with --listen")
        }
        _ => anyhow!("can't listen on {address}: {error}; choose another address with --listen"),
    }
}
