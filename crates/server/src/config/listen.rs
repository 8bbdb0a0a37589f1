//! Where the server listens.

use std::{fmt, net::SocketAddr, str::FromStr};

use super::setting::text_setting;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// `localhost:PORT`: both loopback addresses.
    Localhost(u16),
    /// One address.
    Address(SocketAddr),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(port) = text.strip_prefix("localhost:") {
            return port.parse().map(Self::Localhost).map_err(|_| format!("`{port}` is no port; use 0 to 65535"));
        }
        text.parse().map(Self::Address).map_err(|_| {
            "give an address and a port, such as 127.0.0.1:6277, [::1]:6277, localhost:6277, or 0.0.0.0:6277 for all".to_owned()
        })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost(port) => write!(f, "localhost:{port}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl Listen {
    /// Whether only this machine can reach it.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Localhost(_) => true,
            Self::Address(address) => address.ip().to_canonical().is_loopback(),
        }
    }
}

text_setting!(Listen, "ADDR:PORT");

#[cfg(test)]
mod tests {
    use super::Listen;

    #[test]
    fn loopback_is_known() {
        for (text, loopback) in [("localhost:1", true), ("127.0.0.9:1", true), ("[::1]:1", true), ("0.0.0.0:1", false)]
        {
            assert_eq!(text.parse::<Listen>().expect(text).is_loopback(), loopback, "{text}");
        }
    }
}
