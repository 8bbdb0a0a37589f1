//! What must not be reached, and what is not reached when somebody tries.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::server::{Server, ok};
use super::{Names, get, local, post};
use crate::{Client, Error, HeaderMap, HostOrCidr, Lookup, Resolved, Rule, Rules, Setting};

fn rule(result: Result<crate::Answer, Error>) -> Rule {
    match result {
        Err(Error::Forbidden { rule, .. }) => rule,
        other => panic!("not forbidden: {other:?}"),
    }
}

fn allowing(entry: &str) -> Rules {
    Rules { allow: vec![entry.parse().unwrap()], ..Rules::default() }
}

#[tokio::test]
async fn an_address_in_any_spelling_is_checked() {
    let client = Client::with_lookup(Rules::default(), Names::new([]));
    for (url, expected) in [
        ("http://127.0.0.1/", Rule::Loopback),
        ("http://127.1/", Rule::Loopback),
        ("http://2130706433/", Rule::Loopback),
        ("http://0x7f000001/", Rule::Loopback),
        ("http://0177.0.0.1/", Rule::Loopback),
        ("http://127.0.0.1./", Rule::Loopback),
        ("http://%31%32%37.0.0.1/", Rule::Loopback),
        ("http://①②⑦.⓪.⓪.①/", Rule::Loopback),
        ("http:127.0.0.1", Rule::Loopback),
        ("  http://user:pass@127.0.0.1:80/  ", Rule::Loopback),
        ("http://0/", Rule::Unspecified),
        ("http://0.0.0.0:8000/", Rule::Unspecified),
        ("http://10.1/", Rule::Private),
        ("https://192.168.1.1/", Rule::Private),
        ("http://169.254.169.254/latest/meta-data/", Rule::Metadata),
        ("http://0xa9fea9fe/", Rule::Metadata),
        ("http://[::1]/", Rule::Loopback),
        ("http://[::]/", Rule::Unspecified),
        ("http://[::ffff:127.0.0.1]/", Rule::Loopback),
        ("http://[::ffff:a9fe:a9fe]/", Rule::Metadata),
        ("http://[64:ff9b::10.0.0.1]/", Rule::Private),
        ("http://[fd00:ec2::254]/", Rule::Metadata),
        ("http://[fe80::1]/", Rule::LinkLocal),
        ("http://[2002:7f00:1::]/", Rule::Loopback),
    ] {
        assert_eq!(rule(get(&client, url).await), expected, "{url}");
    }
}

#[tokio::test]
async fn a_public_name_with_a_private_address_is_not_connected_to() {
    let mut server = Server::start(ok("secret")).await;
    let port = server.address.port();
    let names = Names::new([
        ("lies.example", &["127.0.0.1"]),
        ("second.example", &["93.184.215.14", "127.0.0.1"]),
        ("mapped.example", &["::ffff:127.0.0.1"]),
        ("metadata.example", &["169.254.169.254"]),
    ]);
    let client = Client::with_lookup(Rules::default(), names);
    for (host, expected) in [
        ("lies.example", Rule::Loopback),
        ("second.example", Rule::Loopback),
        ("mapped.example", Rule::Loopback),
        ("metadata.example", Rule::Metadata),
        ("LIES.example", Rule::Loopback),
    ] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(rule(post(&client, &url, "{}").await), expected, "{host}");
    }
    assert!(server.heard_nothing());
}

#[tokio::test]
async fn a_name_is_looked_up_once_so_that_it_can_not_change_after_the_check() {
    let mut server = Server::start(ok("")).await;
    let names = Names::new([("bot.example", &["127.0.0.1"])]);
    let client = Client::with_lookup(local(), names.clone());
    get(&client, &format!("http://bot.example:{}/", server.address.port())).await.unwrap();
    assert_eq!(names.asked(), 1);
    let request = server.request().await;
    assert!(request.contains(&format!("\r\nhost: bot.example:{}\r\n", server.address.port())), "{request}");
}

#[tokio::test]
async fn a_name_that_moves_inside_between_two_requests_is_refused_then() {
    /// At first it is outside, and from then on inside.
    struct Rebinding(AtomicUsize);

    impl Lookup for Rebinding {
        fn lookup(&self, _: &str) -> Resolved {
            // An address for examples in documents, which the rules of this test allow, and which nobody has.
            let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
            let ip = if first { [192, 0, 2, 1] } else { [127, 0, 0, 1] };
            Box::pin(async move { Ok(vec![SocketAddr::from((ip, 0))]) })
        }
    }

    let mut server = Server::start(ok("secret")).await;
    let client = Client::with_lookup(allowing("192.0.2.0/24"), Arc::new(Rebinding(AtomicUsize::new(0))));
    let url = format!("http://rebinding.example:{}/", server.address.port());
    // Nobody is there, or the network says so; but it is never the address that the name has next.
    let first = client.get(&url, &HeaderMap::new(), Duration::from_millis(200), 100).await.unwrap_err();
    assert!(!matches!(first, Error::Forbidden { .. }), "{first:?}");
    for _ in 0..2 {
        assert_eq!(rule(get(&client, &url).await), Rule::Loopback);
    }
    assert!(server.heard_nothing());
}

#[tokio::test]
async fn only_http_and_https_are_spoken() {
    let client = Client::new(local());
    for url in [
        "",
        "/echo",
        "echo",
        "localhost:5000/echo",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "builtin:echo",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://bot.example:99999/",
    ] {
        let error = get(&client, url).await.unwrap_err();
        assert!(matches!(error, Error::BadUrl(_)), "{url}: {error:?}");
    }
    let error = get(&client, "localhost:5000/echo").await.unwrap_err();
    assert_eq!(error.to_string(), "the URL can't be used: it should begin with http:// or https://, not localhost:");
}

#[tokio::test]
async fn outbound_allow_names_hosts_addresses_and_networks() {
    let server = Server::start(ok("allowed")).await;
    let port = server.address.port();
    for entry in ["bots.school.example", "BOTS.School.Example.", "127.0.0.1", "127.0.0.0/8", "::ffff:127.0.0.0/104"] {
        let names = Names::new([("bots.school.example", &["127.0.0.1"])]);
        let client = Client::with_lookup(allowing(entry), names);
        let answer = get(&client, &format!("http://bots.school.example:{port}/")).await;
        assert_eq!(answer.unwrap().status, 200, "{entry}");
    }
    for entry in ["school.example", "other.example", "127.0.0.2", "127.1.0.0/16", "::/0", "10.0.0.0/8"] {
        let names = Names::new([("bots.school.example", &["127.0.0.1"])]);
        let client = Client::with_lookup(allowing(entry), names);
        let answer = get(&client, &format!("http://bots.school.example:{port}/")).await;
        assert_eq!(rule(answer), Rule::Loopback, "{entry}");
    }
}

#[test]
fn what_is_neither_a_host_nor_a_network_is_not_taken_for_one() {
    for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "a b", "host/8", "*.example", "http://a/"] {
        let error = text.parse::<HostOrCidr>().unwrap_err();
        assert!(error.to_string().contains(&format!("“{text}”")), "{error}");
    }
    for (text, shown) in
        [("10.1.2.3/8", "10.0.0.0/8"), ("[fd00::1]", "fd00::1/128"), (" Bots.Example. ", "bots.example")]
    {
        assert_eq!(text.parse::<HostOrCidr>().unwrap().to_string(), shown);
    }
}

#[test]
fn a_network_holds_its_addresses_and_no_others() {
    let host = url::Host::Domain("bot.example");
    for (entry, inside, outside) in [
        ("10.20.0.0/16", "10.20.255.255", "10.21.0.0"),
        ("0.0.0.0/0", "10.0.0.1", "fd00::1"),
        ("::/0", "fd00::1", "10.0.0.1"),
        ("fd00:7::/64", "fd00:7::ffff", "fd00:7:0:1::"),
        ("169.254.169.254", "169.254.169.254", "169.254.170.2"),
    ] {
        let rules = allowing(entry);
        let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 80);
        assert_eq!(rules.check(&host, at(inside)), Ok(()), "{entry}");
        assert!(rules.check(&host, at(outside)).is_err(), "{entry}");
    }
}

#[tokio::test]
async fn parlors_own_address_is_refused_unless_local_ones_are_allowed() {
    let server = Server::start(ok("itself")).await;
    let port = server.address.port();
    for own in [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}"), format!("[::]:{port}")] {
        let served = Rules { own: vec![own.parse().unwrap()], ..Rules::default() };
        let client = Client::with_lookup(served.clone(), Names::new([("chat.example", &["127.0.0.1"])]));
        for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "chat.example"] {
            assert_eq!(rule(get(&client, &format!("http://{host}:{port}/")).await), Rule::Own, "{own} {host}");
        }
        assert_eq!(rule(get(&client, "http://127.0.0.1:1/").await), Rule::Loopback);
        let client = Client::new(Rules { allow_local: true, ..served.clone() });
        assert_eq!(get(&client, &server.url()).await.unwrap().status, 200);
        let client = Client::new(Rules { allow: vec!["127.0.0.1".parse().unwrap()], ..served });
        assert_eq!(get(&client, &server.url()).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn parlors_public_url_is_its_own_address_too() {
    let served = Rules { public_url: Some("https://chat.example/".parse().unwrap()), ..Rules::default() };
    let names = Names::new([("chat.example", &["93.184.215.14"])]);
    let client = Client::with_lookup(served, names.clone());
    for url in ["https://chat.example/api/actions/message", "https://CHAT.example:443/x"] {
        assert_eq!(rule(post(&client, url, "{}").await), Rule::Own, "{url}");
    }
    assert_eq!(names.asked(), 0);
}

#[test]
fn beside_a_server_that_is_shown_below_a_path_there_may_be_bots() {
    let served = Rules { public_url: Some("https://example.org/chat/".parse().unwrap()), ..Rules::default() };
    let check = |url: &str| served.check_url(&url.parse().unwrap());
    for own in ["https://example.org/chat/", "https://example.org/chat", "https://example.org/x/../chat/api"] {
        assert_eq!(check(own), Err(Rule::Own), "{own}");
    }
    for other in
        ["https://example.org/", "https://example.org/chatter", "https://example.org/bot", "https://a.example/chat/"]
    {
        assert_eq!(check(other), Ok(()), "{other}");
    }
}

#[test]
fn local_mode_allows_local_addresses_but_not_where_no_bot_can_live() {
    let host = url::Host::Domain("bot.example");
    let check = |ip: &str| local().check(&host, SocketAddr::new(ip.parse().unwrap(), 80));
    for ip in
        ["127.0.0.1", "0.0.0.0", "192.168.1.7", "10.0.0.1", "169.254.3.4", "100.64.0.1", "::1", "fd12::1", "fe80::1"]
    {
        assert_eq!(check(ip), Ok(()), "{ip}");
    }
    for (ip, rule) in [
        ("169.254.169.254", Rule::Metadata),
        ("fd00:ec2::254", Rule::Metadata),
        ("::ffff:169.254.169.254", Rule::Metadata),
        ("64:ff9b:1::a9fe:a9fe", Rule::Metadata),
        ("64:ff9b:1:a9fe:a9:fe00::", Rule::Metadata),
        ("224.0.0.1", Rule::Multicast),
        ("255.255.255.255", Rule::Broadcast),
        ("203.0.113.7", Rule::Documentation),
    ] {
        assert_eq!(check(ip), Err(rule), "{ip}");
    }
}

#[test]
fn a_refusal_names_the_rule_and_the_setting() {
    let said = |rule: Rule| Error::forbidden(rule).to_string();
    assert_eq!(
        said(Rule::Private),
        "this server may not connect to an address in a private network; \
         the setting --allow-local-bots or outbound.allow would allow it"
    );
    assert_eq!(
        said(Rule::Metadata),
        "this server may not connect to a cloud's metadata address; the setting outbound.allow would allow it"
    );
    assert_eq!(Rule::Own.setting(), Setting::LocalOrAllow);
}
