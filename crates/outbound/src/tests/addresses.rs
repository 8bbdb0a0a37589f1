//! The table of addresses, and the property that no embedding makes a forbidden IPv4 address a public one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use crate::address::classify;
use crate::error::{Rule, Setting};

fn of(ip: &str) -> Option<Rule> {
    classify(ip.parse().unwrap())
}

#[test]
fn public_addresses_are_public() {
    for ip in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "203.0.114.0",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00::1",
        "2001:200::1",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "3fff:1000::1",
    ] {
        assert_eq!(of(ip), None, "{ip}");
    }
}

#[test]
fn special_addresses_are_told_apart() {
    let table: [(Rule, &[&str]); 11] = [
        (Rule::Loopback, &["127.0.0.1", "127.255.255.255", "::1", "::127.0.0.1", "::ffff:0:127.0.0.1"]),
        (Rule::Unspecified, &["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"]),
        (Rule::Private, &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0"]),
        (Rule::Private, &["fc00::", "fdff:ffff::1", "fec0::1", "64:ff9b:1::1.1.1.1", "64:ff9b::10.0.0.1"]),
        (Rule::LinkLocal, &["169.254.0.0", "169.254.255.255", "fe80::", "febf::1"]),
        (Rule::Shared, &["100.64.0.0", "100.127.255.255"]),
        (Rule::Multicast, &["224.0.0.0", "239.255.255.255", "ff02::1"]),
        (Rule::Documentation, &["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"]),
        (Rule::Benchmark, &["198.18.0.0", "198.19.255.255", "2001:2::1"]),
        (Rule::Metadata, &["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"]),
        (
            Rule::Reserved,
            &[
                "192.0.0.1",
                "192.88.99.1",
                "240.0.0.0",
                "255.255.255.254",
                "100::1",
                "4000::1",
                "5f00::1",
                "::1.1.1.1",
                "2001:10::1",
                "2001::1",
                "2002:101:101::1",
                "64:ff9b:2::1",
                "8000::1",
                "1::",
            ],
        ),
    ];
    for (rule, addresses) in table {
        for ip in addresses {
            assert_eq!(of(ip), Some(rule), "{ip}");
        }
    }
    assert_eq!(of("255.255.255.255"), Some(Rule::Broadcast));
}

/// An IPv4 address in every disguise that IPv6 has for one.
fn disguises(ip: Ipv4Addr) -> Vec<(&'static str, Ipv6Addr)> {
    let [a, b, c, d] = ip.octets().map(u16::from);
    let (high, low) = (a << 8 | b, c << 8 | d);
    vec![
        ("mapped", ip.to_ipv6_mapped()),
        ("compatible", Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low)),
        ("translated", Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low)),
        ("NAT64", Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
        ("local NAT64 /48", Ipv6Addr::new(0x64, 0xff9b, 1, high, c, d << 8, 0, 0)),
        ("local NAT64 /56", Ipv6Addr::new(0x64, 0xff9b, 1, a, b, low, 0, 0)),
        ("local NAT64 /64", Ipv6Addr::new(0x64, 0xff9b, 1, 0, a, b << 8 | c, d << 8, 0)),
        ("local NAT64 /96", Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low)),
        ("6to4", Ipv6Addr::new(0x2002, high, low, 1, 2, 3, 4, 5)),
        ("Teredo server", Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !0x0101, !0x0101)),
        ("Teredo client", Ipv6Addr::new(0x2001, 0, 0x0101, 0x0101, 0, 0, !high, !low)),
        ("ISATAP", Ipv6Addr::new(0x2a00, 1, 2, 3, 0, 0x5efe, high, low)),
        ("ISATAP, global bit", Ipv6Addr::new(0x2a00, 1, 2, 3, 0x200, 0x5efe, high, low)),
    ]
}

/// Any address, those near the edges of special networks more often than chance would have it.
fn any_v4() -> impl Strategy<Value = Ipv4Addr> {
    let edges = [
        [0, 0, 0, 0],
        [10, 0, 0, 0],
        [100, 64, 0, 0],
        [127, 0, 0, 0],
        [169, 254, 169, 254],
        [172, 16, 0, 0],
        [172, 32, 0, 0],
        [192, 0, 0, 0],
        [192, 168, 0, 0],
        [198, 18, 0, 0],
        [203, 0, 113, 0],
        [224, 0, 0, 0],
        [255, 255, 255, 255],
        [100, 100, 100, 200],
        [168, 63, 129, 16],
    ];
    let near = (prop::sample::select(edges.to_vec()), -300_i32..300)
        .prop_map(|(edge, step)| Ipv4Addr::from(u32::from_be_bytes(edge).wrapping_add_signed(step)));
    prop_oneof![any::<u32>().prop_map(Ipv4Addr::from), near]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_forbidden_v4_address_is_forbidden_in_every_disguise(ip in any_v4()) {
        let plain = classify(IpAddr::V4(ip));
        for (disguise, v6) in disguises(ip) {
            let found = classify(IpAddr::V6(v6));
            match plain {
                Some(Rule::Metadata) => prop_assert_eq!(found, Some(Rule::Metadata), "{} {}", disguise, v6),
                Some(rule) => {
                    prop_assert!(found.is_some(), "{disguise} {v6}");
                    let private_by_itself = disguise.starts_with("local NAT64");
                    if rule.setting() == Setting::Allow && !private_by_itself {
                        prop_assert_eq!(found.map(Rule::setting), Some(Setting::Allow), "{} {}", disguise, v6);
                    }
                }
                None if ["mapped", "NAT64"].contains(&disguise) => prop_assert_eq!(found, None, "{} {}", disguise, v6),
                None => {}
            }
        }
    }
}
