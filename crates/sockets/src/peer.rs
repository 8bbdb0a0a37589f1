//! Who is at the other end of a connection.

use std::net::SocketAddr;

/// Who is at the other end of the connection that a request came over; whoever accepts puts it into each request's
/// extensions. Behind a proxy this is the proxy, until what a trusted one says of its client takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address; the unspecified one (`0.0.0.0`) of whoever comes over a Unix socket.
    pub address: SocketAddr,
    /// Whether the connection is encrypted by this process.
    pub tls: bool,
}
