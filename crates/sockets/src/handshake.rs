//! The server's side of the opening handshake (RFC 6455, section 4.2) on a hyper request.

use http::{HeaderMap, Response, StatusCode, request};

use crate::{Connection, Limits};

/// Why a request is no websocket handshake, with what to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The method is not GET.
    #[error("A websocket is opened with GET.")]
    Method,
    /// No `Upgrade: websocket` with `Connection: upgrade`.
    #[error(
        "This address speaks websocket: the request needs the headers “Connection: Upgrade” and “Upgrade: websocket”."
    )]
    NoUpgrade,
    /// Another version of the protocol.
    #[error("This server speaks version 13 of the websocket protocol.")]
    Version,
    /// `Sec-WebSocket-Key` is missing or not 16 bytes of base64.
    #[error("The header “Sec-WebSocket-Key” is missing or wrong.")]
    Key,
    /// The HTTP connection can't be upgraded: HTTP/1.0, HTTP/2, or a request that was upgraded before.
    #[error("This connection can't become a websocket: use HTTP/1.1.")]
    NotUpgradable,
}

impl Refusal {
    /// 405, 426 or 400.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        unimplemented!("being built")
    }

    /// Headers that belong to the answer: `Sec-WebSocket-Version: 13` with 426, `Allow: GET` with 405.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        unimplemented!("being built")
    }
}

/// The upgrade did not happen.
#[derive(Debug, thiserror::Error)]
#[error("the websocket upgrade failed: {0}")]
pub struct UpgradeError(#[from] hyper::Error);

/// A request that was found to be a proper handshake.
#[derive(Debug)]
pub struct Upgrade {}

impl Upgrade {
    /// Checks a request and takes hyper's `OnUpgrade` out of its extensions. Of the subprotocols that the client offers, the first one that is
    /// in `protocols` is chosen. Extensions (permessage-deflate) are never agreed to.
    ///
    /// # Errors
    /// The request is no proper handshake.
    pub fn from_parts(parts: &mut request::Parts, protocols: &[&str]) -> Result<Self, Refusal> {
        let _ = (parts, protocols);
        unimplemented!("being built")
    }

    /// The subprotocol that was chosen.
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        unimplemented!("being built")
    }

    /// The 101 response, without a body: `.map(|()| Body::empty())`.
    #[must_use]
    pub fn response(&self) -> Response<()> {
        unimplemented!("being built")
    }

    /// Waits until hyper has sent the response, which the handler has to return meanwhile: so this belongs to a task of its own. Takes the
    /// TCP stream back if the server handed `TokioIo<TcpStream>` to hyper; any other transport works behind a box.
    ///
    /// # Errors
    /// The client went away before the response was sent.
    pub async fn connect(self, limits: Limits) -> Result<Connection, UpgradeError> {
        let _ = limits;
        unimplemented!("being built")
    }
}
