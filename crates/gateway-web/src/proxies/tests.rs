//! Chains of proxies, honest and not, and headers that are broken in every way.

use super::*;

fn proxies(trusted: &[&str]) -> Proxies {
    Proxies::new(trusted.iter().map(|text| text.parse().expect(text)).collect())
}

fn peer(address: &str) -> Peer {
    Peer { address: SocketAddr::new(address.parse().expect(address), 4711), tls: false }
}

fn headers(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &[u8])| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value).expect("a value"))
    };
    pairs.iter().map(pair).collect()
}

/// Who asked, by these headers from a proxy at 10.0.0.1, where 10.0.0.0/8 is trusted.
#[track_caller]
fn check(pairs: &[(&'static str, &[u8])], expected: &str) {
    let read = proxies(&["10.0.0.0/8"]).read(peer("10.0.0.1"), &headers(pairs)).expect("it is trusted");
    assert_eq!(read.peer.address.ip().to_string(), expected, "{pairs:?}");
}

#[test]
fn the_client_is_who_asked_the_outermost_proxy_that_is_trusted() {
    check(&[], "10.0.0.1");
    check(&[("x-forwarded-for", b"192.0.2.7")], "192.0.2.7");
    check(&[("x-forwarded-for", b"1.1.1.1, 192.0.2.7, 10.9.9.9")], "192.0.2.7");
    check(&[("x-forwarded-for", b"1.1.1.1"), ("x-forwarded-for", b"192.0.2.7,10.0.0.2")], "192.0.2.7");
    check(&[("x-forwarded-for", b"10.0.0.3, 10.0.0.2")], "10.0.0.3");
    check(&[("x-forwarded-for", b"192.0.2.7:5000")], "192.0.2.7");
    check(&[("x-forwarded-for", b"[2001:db8::1]:5000")], "2001:db8::1");
    check(&[("x-forwarded-for", b"2001:db8::1")], "2001:db8::1");
    check(&[("x-forwarded-for", b"::ffff:192.0.2.7")], "192.0.2.7");
    check(&[("forwarded", b"for=192.0.2.7")], "192.0.2.7");
    check(
        &[("forwarded", b"for=1.1.1.1, For=\"[2001:db8::1]:80\";proto=https;by=10.0.0.9, for=10.0.0.2")],
        "2001:db8::1",
    );
    check(&[("forwarded", b"for=192.0.2.7"), ("x-forwarded-for", b"192.0.2.7")], "192.0.2.7");
}

#[test]
fn what_is_broken_widens_nothing() {
    for broken in [
        &b""[..],
        b",",
        b"unknown",
        b"_hidden",
        b"1.2.3",
        b"1.2.3.4.5",
        b"0.0.0.0",
        b"::",
        b"fe80::1%eth0",
        b"\xff\xfe",
        b"192.0.2.7 ;",
        b"for=192.0.2.7",
        b"[::1",
        b"1.1.1.1,",
        b"1.1.1.1, x",
    ] {
        check(&[("x-forwarded-for", broken)], "10.0.0.1");
    }
    for broken in [
        &b""[..],
        b"for",
        b"for=",
        b"for=unknown",
        b"for=\"192.0.2.7",
        b"for=\"\\",
        b"for=192.0.2.7 x",
        b"for=1.1.1.1,",
        b",",
        b";",
        b"192.0.2.7",
        b"for=_x",
        b"\xff",
        b"for=1.1.1.1;;",
        b"for=\"1.1.1.1\"x",
    ] {
        check(&[("forwarded", broken)], "10.0.0.1");
        // It comes behind what the client itself may have said.
        check(&[("forwarded", b"for=1.1.1.1"), ("forwarded", broken)], "10.0.0.1");
    }
    let long = "1.1.1.1, ".repeat(5_000) + "192.0.2.7";
    check(&[("x-forwarded-for", long.as_bytes())], "192.0.2.7");
}

#[test]
fn a_client_that_sends_the_header_which_its_proxy_does_not_set_gains_nothing() {
    check(&[("forwarded", b"for=1.1.1.1"), ("x-forwarded-for", b"192.0.2.7")], "10.0.0.1");
}

#[test]
fn only_who_is_trusted_is_believed() {
    let all = headers(&[
        ("x-forwarded-for", b"192.0.2.7"),
        ("x-forwarded-proto", b"https"),
        ("x-forwarded-host", b"a.example"),
    ]);
    for (trusted, address, believed) in [
        (&[][..], "127.0.0.1", false),
        (&["loopback"], "127.9.9.9", true),
        (&["loopback"], "::1", true),
        (&["loopback"], "::ffff:127.0.0.1", true),
        (&["loopback"], "10.0.0.1", false),
        (&["unix"], "0.0.0.0", true),
        (&["unix"], "127.0.0.1", false),
        (&["loopback"], "0.0.0.0", false),
        (&["192.0.2.1", "fd00::/8"], "192.0.2.1", true),
        (&["192.0.2.1", "fd00::/8"], "192.0.2.2", false),
        (&["192.0.2.1", "fd00::/8"], "fd12::1", true),
    ] {
        let read = proxies(trusted).read(peer(address), &all);
        assert_eq!(read.is_some(), believed, "{trusted:?} {address}");
    }
}

#[test]
fn scheme_and_host_are_the_nearest_proxys_and_nothing_else_passes_for_one() {
    let read = |pairs: &[(&'static str, &[u8])]| {
        let read = proxies(&["loopback"]).read(peer("127.0.0.1"), &headers(pairs)).expect("it is trusted");
        (read.peer.tls, read.host.map(|host| host.to_str().expect("ASCII").to_owned()))
    };
    assert_eq!(read(&[]), (false, None));
    assert_eq!(
        read(&[("x-forwarded-proto", b"http, HTTPS"), ("x-forwarded-host", b"evil.example, chat.example:8443")]),
        (true, Some("chat.example:8443".to_owned()))
    );
    assert_eq!(
        read(&[("forwarded", b"for=192.0.2.7;proto=https;host=\"chat.example:1\"")]),
        (true, Some("chat.example:1".to_owned()))
    );
    for host in [&b"a b"[..], b"user@chat.example", b"", b"a/b", b"\xc3\xa4", b"a.example:x"] {
        assert_eq!(read(&[("x-forwarded-proto", b"gopher"), ("x-forwarded-host", host)]), (false, None), "{host:?}");
    }
}

#[test]
fn proxies_are_read_as_they_are_written() {
    for text in ["loopback", "unix", "127.0.0.1", "10.20.0.0/16", "fd00::/8", "::1"] {
        assert_eq!(text.parse::<Trusted>().expect(text).to_string(), text);
    }
    for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "*", "10.0.0.1:80"] {
        assert_eq!(text.parse::<Trusted>(), Err(NotAProxy), "{text}");
    }
}
