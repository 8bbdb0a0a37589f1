//! Listening sockets: opened before anything else, so that a port in use is said at once.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use anyhow::{Result, anyhow};
use tokio::net::{TcpListener, TcpSocket};

use crate::cli::Listen;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// The sockets, and the address to print.
pub(crate) struct Listening {
    pub(crate) sockets: Vec<TcpListener>,
    pub(crate) address: String,
}

pub(crate) fn open(listen: &Listen) -> Result<Listening> {
    match *listen {
        Listen::Address(address) => {
            let socket = bind(address).map_err(|error| explain(&address.to_string(), &error))?;
            let address = socket.local_addr()?.to_string();
            Ok(Listening { sockets: vec![socket], address })
        }
        Listen::Localhost(port) => {
            let first = bind((Ipv4Addr::LOCALHOST, port).into())
                .map_err(|error| explain(&format!("localhost:{port}"), &error))?;
            let port = first.local_addr()?.port();
            let mut sockets = vec![first];
            match bind((Ipv6Addr::LOCALHOST, port).into()) {
                Ok(second) => sockets.push(second),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return Err(explain(&format!("localhost:{port}"), &error));
                }
                Err(error) => tracing::debug!(%error, "there is no IPv6 on this machine's loopback"),
            }
            Ok(Listening { sockets, address: format!("localhost:{port}") })
        }
    }
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
        ErrorKind::PermissionDenied => {
            anyhow!("can't listen on {address}: the system does not allow it; choose a port above 1023 with --listen")
        }
        ErrorKind::AddrNotAvailable => {
            anyhow!("can't listen on {address}: this machine does not have that address; choose another with --listen")
        }
        _ => anyhow!("can't listen on {address}: {error}; choose another address with --listen"),
    }
}
