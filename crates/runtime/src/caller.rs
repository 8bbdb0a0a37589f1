//! Who asks, and from where: what every command and every look at a room begins with.

use std::net::IpAddr;

use parlor_rooms::policy::Actor;

/// Who asks, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The address that they come from, as far as the proxies that are trusted tell; none where the server itself asks.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// The server itself, and who sits at its command line.
    pub const SERVER: Self = Self { actor: Actor::Server, address: None };

    /// Somebody who has proved nothing, from this address.
    pub fn anyone(address: Option<IpAddr>) -> Self {
        Self { actor: Actor::Anyone, address }
    }
}
