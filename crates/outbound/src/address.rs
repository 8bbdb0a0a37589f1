//! What kind of address an address is: pure arithmetic over the registries of special addresses (IANA's, for IPv4 and
//! IPv6, and what clouds document for their metadata).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::Rule;

/// Metadata services that look like other kinds of address, or like public ones.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254), // nearly all clouds
    Ipv4Addr::new(169, 254, 170, 2),   // AWS, containers' credentials
    Ipv4Addr::new(169, 254, 170, 23),  // AWS, pods' credentials
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba
    Ipv4Addr::new(168, 63, 129, 16),   // Azure
    Ipv4Addr::new(192, 0, 0, 192),     // Oracle
];

const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), // AWS
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),  // AWS, pods' credentials
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),  // Google
];

/// The address that is meant: an IPv4 address in IPv6's notation (`::ffff:a.b.c.d`) is the IPv4 address, for the
/// system too, which sends IPv4 packets.
pub(crate) fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// The rule that forbids an address; `None` for a public one.
pub(crate) fn classify(ip: IpAddr) -> Option<Rule> {
    match canonical(ip) {
        IpAddr::V4(ip) => classify_v4(ip),
        IpAddr::V6(ip) => classify_v6(ip),
    }
}

fn classify_v4(ip: Ipv4Addr) -> Option<Rule> {
    if METADATA_V4.contains(&ip) {
        return Some(Rule::Metadata);
    }
    let rule = match ip.octets() {
        [0, ..] => Rule::Unspecified,
        [127, ..] => Rule::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Rule::Private,
        [169, 254, ..] => Rule::LinkLocal,
        [100, 64..=127, ..] => Rule::Shared,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Rule::Documentation,
        [198, 18..=19, ..] => Rule::Benchmark,
        [255, 255, 255, 255] => Rule::Broadcast,
        [224..=239, ..] => Rule::Multicast,
        // Protocol assignments, the old 6to4 relays, “future use”.
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => Rule::Reserved,
        _ => return None,
    };
    Some(rule)
}

fn classify_v6(ip: Ipv6Addr) -> Option<Rule> {
    if METADATA_V6.contains(&ip) {
        return Some(Rule::Metadata);
    }
    let s = ip.segments();
    let rule = match s {
        [0, 0, 0, 0, 0, 0, 0, 0] => Rule::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Rule::Loopback,
        // What carries an IPv4 address: “IPv4-compatible”, “IPv4-translated”, NAT64, NAT64 for local use, 6to4, Teredo.
        [0, 0, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            classify_v4(v4(high, low)).unwrap_or(Rule::Reserved)
        }
        // With DNS64 a public name has such an address, so a public one within is fine.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => return classify_v4(v4(high, low)),
        [0x64, 0xff9b, 1, ..] => local_nat64(ip),
        [0x2002, high, low, ..] => classify_v4(v4(high, low)).unwrap_or(Rule::Reserved),
        [0x2001, 0, high, low, _, _, hidden_high, hidden_low] => {
            let (server, client) = (classify_v4(v4(high, low)), classify_v4(v4(!hidden_high, !hidden_low)));
            worse(server, client).unwrap_or(Rule::Reserved)
        }
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Rule::Documentation,
        [0x2001, 2, 0, ..] => Rule::Benchmark,
        [0x2001, 0..=0x1ff, ..] => Rule::Reserved,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Rule::Private,
        [0xfe80..=0xfebf, ..] => Rule::LinkLocal,
        [0xff00..=0xffff, ..] => Rule::Multicast,
        // ISATAP: an IPv4 address behind a marker, under any prefix.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => return classify_v4(v4(high, low)),
        [0x2000..=0x3fff, ..] => return None,
        _ => Rule::Reserved,
    };
    Some(rule)
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// 64:ff9b:1::/48 belongs to the local network, which chose one of four places for the IPv4 address (RFC 6052). The
/// whole of it is private; a metadata address in any of the places stays one.
fn local_nat64(ip: Ipv6Addr) -> Rule {
    let o = ip.octets();
    let places = [
        [o[6], o[7], o[9], o[10]],
        [o[7], o[9], o[10], o[11]],
        [o[9], o[10], o[11], o[12]],
        [o[12], o[13], o[14], o[15]],
    ];
    let metadata = places.into_iter().any(|place| METADATA_V4.contains(&place.into()));
    if metadata { Rule::Metadata } else { Rule::Private }
}

/// Of two findings the one that is harder to allow.
fn worse(one: Option<Rule>, other: Option<Rule>) -> Option<Rule> {
    use crate::error::Setting::Allow;
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.setting() == Allow { one } else { other }),
        (one, other) => one.or(other),
    }
}
