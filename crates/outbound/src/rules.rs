//! Which addresses may be called: the server's settings, and the check of a host and its addresses against them.

use std::fmt;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::str::FromStr;

use url::{Host, Url};

use crate::address::{canonical, classify};
use crate::error::{Rule, Setting};

/// The server's settings for what may be called. The default allows public addresses only.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Local mode or `--allow-local-bots`: addresses of this machine and of local networks are fine, Parlor's own too.
    /// What no bot can live at (metadata, multicast, reserved …) stays refused.
    pub allow_local: bool,
    /// `outbound.allow`: hosts and networks that are allowed whatever they are.
    pub allow: Vec<HostOrCidr>,
    /// The addresses on which this server listens; an unspecified one (`0.0.0.0`, `::`) means all of this machine's.
    pub own: Vec<SocketAddr>,
    /// `public_url`: where people reach this server, if it is set.
    pub public_url: Option<Url>,
}

impl Rules {
    /// Checks one address that `host` has (or is), with the url's port. `Err` names the rule that forbids it.
    pub fn check(&self, host: &Host<&str>, address: SocketAddr) -> Result<(), Rule> {
        let ip = canonical(address.ip());
        if self.allow.iter().any(|entry| entry.allows(host, ip)) {
            return Ok(());
        }
        if !self.allow_local && self.is_own(ip, address.port()) {
            return Err(Rule::Own);
        }
        match classify(ip) {
            Some(rule) if !(self.allow_local && rule.setting() == Setting::LocalOrAllow) => Err(rule),
            _ => Ok(()),
        }
    }

    /// Checks what can be told from the url alone: whether it is this server's public one.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), Rule> {
        let own = self.public_url.as_ref().is_some_and(|own| own.origin() == url.origin() && is_below(own, url));
        let named = || url.host().is_some_and(|host| self.allow.iter().any(|entry| entry.names(&borrowed(&host))));
        if own && !self.allow_local && !named() { Err(Rule::Own) } else { Ok(()) }
    }

    fn is_own(&self, ip: IpAddr, port: u16) -> bool {
        self.own.iter().filter(|own| own.port() == port).any(|own| {
            let own = canonical(own.ip());
            own == ip || (own.is_unspecified() && is_of_this_machine(ip))
        })
    }
}

/// Whether one of this machine's interfaces has the address: only then can a socket be bound to it.
fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// Whether a url is where the other one is, or deeper: beside a server that is shown below a path there may be others.
fn is_below(own: &Url, url: &Url) -> bool {
    let folder = own.path().trim_end_matches('/');
    url.path().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn borrowed<'a>(host: &'a Host<&'a str>) -> Host<&'a str> {
    match host {
        Host::Domain(name) => Host::Domain(name),
        Host::Ipv4(ip) => Host::Ipv4(*ip),
        Host::Ipv6(ip) => Host::Ipv6(*ip),
    }
}

/// An entry of `outbound.allow`: `bots.school.example`, `192.168.7.20`, `10.20.0.0/16`, `fd00:7::/64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostOrCidr {
    /// A host's name, in lower case, without a final dot: every address that it has is allowed.
    Host(String),
    /// A network: its address, with the host's bits zero, and the length of its prefix.
    Cidr(IpAddr, u8),
}

impl HostOrCidr {
    fn allows(&self, host: &Host<&str>, ip: IpAddr) -> bool {
        self.names(host) || matches!(self, Self::Cidr(net, length) if prefix(ip, *length) == prefix(*net, *length))
    }

    fn names(&self, host: &Host<&str>) -> bool {
        matches!((self, host), (Self::Host(name), Host::Domain(host)) if host.trim_end_matches('.') == name)
    }
}

impl FromStr for HostOrCidr {
    type Err = NotHostOrCidr;

    fn from_str(text: &str) -> Result<Self, NotHostOrCidr> {
        let text = text.trim();
        let wrong = || NotHostOrCidr(text.to_owned());
        let (net, length) = match text.split_once('/') {
            Some((net, length)) => (net, Some(length)),
            None => (text, None),
        };
        if let Ok(ip) = net.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            let most = if ip.is_ipv4() { 32 } else { 128 };
            let mut length = length.map_or(Ok(most), str::parse::<u8>).map_err(|_| wrong())?;
            if length > most {
                return Err(wrong());
            }
            let net = canonical(ip);
            if net.is_ipv4() && ip.is_ipv6() {
                length = length.checked_sub(96).ok_or_else(wrong)?;
            }
            return Ok(Self::Cidr(mask(net, length), length));
        }
        match (length, Host::parse(text)) {
            (None, Ok(Host::Domain(name))) if !name.contains('*') => {
                Ok(Self::Host(name.trim_end_matches('.').to_owned()))
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for HostOrCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => f.write_str(name),
            Self::Cidr(net, length) => write!(f, "{net}/{length}"),
        }
    }
}

/// The text of a setting is neither a host's name nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is neither a host name (bots.school.example), nor an address, nor a network in CIDR notation (10.20.0.0/16)"
)]
pub struct NotHostOrCidr(String);

/// The first `length` bits with the address's family: equal for two addresses of the same network.
fn prefix(ip: IpAddr, length: u8) -> (bool, u128) {
    match ip {
        IpAddr::V4(ip) => (true, u128::from(u32::from(ip).checked_shr(32 - u32::from(length)).unwrap_or(0))),
        IpAddr::V6(ip) => (false, u128::from(ip).checked_shr(128 - u32::from(length)).unwrap_or(0)),
    }
}

fn mask(ip: IpAddr, length: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let bits = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4((u32::from(ip) & bits).into())
        }
        IpAddr::V6(ip) => {
            let bits = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6((u128::from(ip) & bits).into())
        }
    }
}
