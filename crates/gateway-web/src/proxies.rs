//! Proxies before this server: whose word counts for where a request comes from, and what they say.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::{Arc, PoisonError, RwLock},
};

use http::{HeaderMap, HeaderName, HeaderValue, uri::Authority};
use ipnet::IpNet;
use parlor_sockets::Peer;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED: HeaderName = http::header::FORWARDED;

/// One proxy that is trusted, or a network of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// Those in this network.
    Network(IpNet),
    /// Those on this machine.
    Loopback,
    /// Whoever comes over a Unix socket. Such a peer has the unspecified address.
    Unix,
}

/// The text names no proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an address or a network, such as 127.0.0.1 or 10.20.0.0/16, or `loopback` or `unix`")]
pub struct NotAProxy;

impl FromStr for Trusted {
    type Err = NotAProxy;

    fn from_str(text: &str) -> Result<Self, NotAProxy> {
        match text.trim() {
            "loopback" => Ok(Self::Loopback),
            "unix" => Ok(Self::Unix),
            text => {
                let one = || text.parse::<IpAddr>().map(IpNet::from);
                text.parse::<IpNet>().or_else(|_| one()).map(|net| Self::Network(net.trunc())).map_err(|_| NotAProxy)
            }
        }
    }
}

impl fmt::Display for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("loopback"),
            Self::Unix => f.write_str("unix"),
            Self::Network(net) if net.prefix_len() == net.max_prefix_len() => net.addr().fmt(f),
            Self::Network(net) => net.fmt(f),
        }
    }
}

/// The proxies that are trusted. Clones are of the same.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<RwLock<Vec<Trusted>>>);

/// What a trusted proxy said of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Whom it was asked by.
    pub(crate) peer: Peer,
    /// The name that it was asked under.
    pub(crate) host: Option<HeaderValue>,
}

impl Proxies {
    /// These.
    pub fn new(trusted: Vec<Trusted>) -> Self {
        Self(Arc::new(RwLock::new(trusted)))
    }

    /// These instead, from the next request on.
    pub fn set(&self, trusted: Vec<Trusted>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = trusted;
    }

    /// Whether this is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().any(|trusted| match trusted {
            Trusted::Loopback => address.is_loopback(),
            Trusted::Unix => address.is_unspecified(),
            Trusted::Network(net) => net.contains(&address),
        })
    }

    /// What a request's headers say, if they come from one of them.
    pub(crate) fn read(&self, peer: Peer, headers: &HeaderMap) -> Option<Forwarded> {
        if !self.trusts(peer.address.ip()) {
            return None;
        }
        let by_many = headers.contains_key(FOR).then(|| self.client(peer, list(headers, &FOR).map(address)));
        let elements = headers.contains_key(FORWARDED).then(|| elements(headers));
        let by_one = elements
            .as_ref()
            .map(|all| self.client(peer, all.iter().rev().map(|one| one.by.as_deref().and_then(address))));
        let (address, nearest) = match (by_many, by_one) {
            // One of the two is what the client sent itself, and the proxy has passed it on.
            (Some(one), Some(other)) if one.0 != other.0 => (peer.address.ip(), None),
            (Some(one), _) => (one.0, None),
            (None, Some((address, depth))) => (address, depth),
            (None, None) => (peer.address.ip(), None),
        };
        let element = nearest.and_then(|depth| elements.as_ref()?.iter().rev().nth(depth));
        let named = element.and_then(|element| element.host.clone());
        let scheme = element.and_then(|element| element.proto.clone());
        let scheme = list(headers, &PROTO).next().map(str::to_owned).or(scheme);
        let named = list(headers, &HOST).next().map(str::to_owned).or(named);
        let tls = match scheme.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("https" | "wss") => true,
            Some("http" | "ws") => false,
            _ => peer.tls,
        };
        let peer = Peer { address: SocketAddr::new(address, 0), tls };
        Some(Forwarded { peer, host: named.as_deref().and_then(host) })
    }

    /// Goes from proxy to proxy, the nearest first, as long as they are trusted and say where it came from; with how many
    /// steps that was.
    fn client<'a>(&self, peer: Peer, before: impl Iterator<Item = Option<IpAddr>> + 'a) -> (IpAddr, Option<usize>) {
        let (mut client, mut depth) = (peer.address.ip().to_canonical(), None);
        for (step, address) in before.enumerate() {
            let Some(address) = address else { break };
            (client, depth) = (address, Some(step));
            if !self.trusts(client) {
                break;
            }
        }
        (client, depth)
    }
}

/// The parts of all headers of a name, the last first. One that is not ASCII is no address, and no scheme.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let all: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    all.into_iter().rev().flat_map(|value| value.to_str().unwrap_or("?").rsplit(',')).map(str::trim)
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip())).ok()?;
    Some(ip.to_canonical()).filter(|ip| !ip.is_unspecified())
}

/// A host, perhaps with a port, and nothing else.
fn host(text: &str) -> Option<HeaderValue> {
    let authority: Authority = text.parse().ok()?;
    // Nobody's name before it, and behind it nothing but a port.
    let port = text.strip_prefix(authority.host())?;
    if authority.host().is_empty() || !port.is_empty() && port.strip_prefix(':')?.parse::<u16>().is_err() {
        return None;
    }
    HeaderValue::from_str(text).ok()
}

/// An element of `Forwarded` (RFC 7239): what one proxy says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Element {
    by: Option<String>,
    proto: Option<String>,
    host: Option<String>,
}

/// All elements, the first proxy's first. What comes before something that is broken is not told: who knows whose it is.
fn elements(headers: &HeaderMap) -> Vec<Element> {
    let mut all = Vec::new();
    for value in headers.get_all(FORWARDED) {
        let read = value.to_str().ok().and_then(elements_of);
        match read {
            Some(elements) => all.extend(elements),
            None => all = vec![Element::default()],
        }
    }
    all
}

fn elements_of(text: &str) -> Option<Vec<Element>> {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        let mut element = Element::default();
        loop {
            let (name, after) = rest.split_once('=')?;
            let (value, after) = value(after)?;
            match name.trim().to_ascii_lowercase().as_str() {
                "for" => element.by = Some(value),
                "proto" => element.proto = Some(value),
                "host" => element.host = Some(value),
                _ => {}
            }
            rest = after.trim_start();
            match rest.strip_prefix(';') {
                Some(more) => rest = more,
                None => break,
            }
        }
        all.push(element);
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Some(all),
            None => return None,
        }
    }
}

/// A token or a quoted string, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let token = text[..end].trim_end();
        return (!token.contains(['"', ' '])).then(|| (token.to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[place + 1..])),
            '\\' => value.push(letters.next()?.1),
            letter => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests;
