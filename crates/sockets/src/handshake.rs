//! The server's side of the opening handshake (RFC 6455, section 4.2) on a hyper request.

use http::header::{
    ALLOW, CONNECTION, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version, request};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tungstenite::handshake::derive_accept_key;

use crate::{Connection, Limits};

/// Why a request is no websocket handshake, with what to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The method is not GET.
    #[error("A websocket is opened with GET.")]
    Method,
    /// No `Upgrade: websocket` with `Connection: upgrade`.
    #[error(
        "This address speaks websocket: the request needs the headers “Connection: Upgrade” and “Upgrade: websocket”. \
         A proxy in between has to pass them on."
    )]
    NoUpgrade,
    /// Another version of the protocol.
    #[error("This server speaks version 13 of the websocket protocol: the request needs “Sec-WebSocket-Version: 13”.")]
    Version,
    /// `Sec-WebSocket-Key` is missing or not 16 bytes of base64.
    #[error("The header “Sec-WebSocket-Key” is missing, or is not 16 bytes of base64.")]
    Key,
    /// The HTTP connection can't be upgraded: HTTP/1.0, HTTP/2, or a request that was upgraded before.
    #[error("This connection can't become a websocket: use HTTP/1.1.")]
    NotUpgradable,
}

impl Refusal {
    /// 405, 426 or 400.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Key | Self::NotUpgradable => StatusCode::BAD_REQUEST,
        }
    }

    /// Headers that belong to the answer: `Upgrade` and `Sec-WebSocket-Version: 13` with 426, `Allow: GET` with 405.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        match self {
            Self::Method => {
                set(ALLOW, "GET");
            }
            Self::NoUpgrade | Self::Version => {
                set(CONNECTION, "upgrade");
                set(UPGRADE, "websocket");
                set(SEC_WEBSOCKET_VERSION, "13");
            }
            Self::Key | Self::NotUpgradable => {}
        }
        headers
    }
}

/// The upgrade did not happen.
#[derive(Debug, thiserror::Error)]
#[error("the websocket upgrade failed: {0}")]
pub struct UpgradeError(#[from] hyper::Error);

/// A request that was found to be a proper handshake.
#[derive(Debug)]
pub struct Upgrade {
    upgrade: OnUpgrade,
    accept: HeaderValue,
    protocol: Option<String>,
}

impl Upgrade {
    /// Checks a request and takes hyper's `OnUpgrade` out of its extensions. Of the subprotocols that the client offers, the first
    /// one that is in `protocols` is chosen. Extensions (permessage-deflate) are never agreed to.
    ///
    /// # Errors
    /// The request is no proper handshake.
    pub fn from_parts(parts: &mut request::Parts, protocols: &[&str]) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        if parts.method != Method::GET {
            return Err(Refusal::Method);
        }
        if parts.version != Version::HTTP_11 {
            return Err(Refusal::NotUpgradable);
        }
        let asks = |name, token: &str| tokens(headers, name).any(|given| given.eq_ignore_ascii_case(token));
        if !asks(CONNECTION, "upgrade") || !asks(UPGRADE, "websocket") {
            return Err(Refusal::NoUpgrade);
        }
        if !tokens(headers, SEC_WEBSOCKET_VERSION).eq(["13"]) {
            return Err(Refusal::Version);
        }
        let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(Refusal::Key);
        };
        if !is_key(key.as_bytes()) {
            return Err(Refusal::Key);
        }
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| Refusal::Key)?;
        let protocol =
            tokens(headers, SEC_WEBSOCKET_PROTOCOL).find(|offered| protocols.contains(offered)).map(str::to_owned);
        let upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(Refusal::NotUpgradable)?;
        Ok(Self { upgrade, accept, protocol })
    }

    /// The subprotocol that was chosen.
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The 101 response, without a body: `.map(|()| Body::empty())`.
    #[must_use]
    pub fn response(&self) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, self.accept.clone());
        if let Some(protocol) = self.protocol().and_then(|chosen| HeaderValue::from_str(chosen).ok()) {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        response
    }

    /// Waits until hyper has sent the response, which the handler has to return meanwhile: so this belongs to a task of its own. Takes
    /// the TCP stream back if the server handed `TokioIo<TcpStream>` to hyper; any other transport works behind a box.
    ///
    /// # Errors
    /// The client went away before the response was sent.
    pub async fn connect(self, limits: Limits) -> Result<Connection, UpgradeError> {
        Ok(match self.upgrade.await?.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => Connection::over_tcp(parts.io.into_inner(), &parts.read_buf, limits),
            Err(upgraded) => Connection::over_io(TokioIo::new(upgraded), &[], limits),
        })
    }
}

/// The comma-separated values of all headers of this name; a value that is not ASCII counts as none.
fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

/// Whether this is the base64 of 16 bytes.
fn is_key(key: &[u8]) -> bool {
    matches!(key, [digits @ .., b'=', b'='] if digits.len() == 22
        && digits.iter().all(|digit| digit.is_ascii_alphanumeric() || matches!(digit, b'+' | b'/')))
}
