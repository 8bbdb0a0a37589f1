//! Who is at the other end of a connection.

use std::net::SocketAddr;

/// Who is at the other end of the connection that a request came over; whoever accepts puts it into each request's
/// extensions. Behind a proxy this is the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the connection is encrypted by this process.
    pub tls: bool,
}
