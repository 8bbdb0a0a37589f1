//! Which pages' scripts a request may come from: this server's own, those that are named, and others.

use http::{HeaderMap, header};

/// The origins that this server trusts, such as `https://chat.example.org`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The server's own, where it is known: the one of `public_url`.
    pub own: Option<String>,
    /// Others whose scripts may follow rooms with a login, and use a server that is for its own machine only.
    pub allowed: Vec<String>,
}

/// Where a request that changes something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A page of this server.
    Own,
    /// A page of another, at an address of this machine or one that is named.
    Near,
    /// Any other page.
    Foreign,
    /// No page, as far as can be told.
    Program,
}

impl Origins {
    /// Whether browsers reach this server over TLS, and never without.
    pub(crate) fn is_https(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.starts_with("https://"))
    }

    /// Tells where a request comes from, by what browsers add to it and no script can change.
    pub(crate) fn source(&self, headers: &HeaderMap) -> Source {
        let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
        let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
        match (site, origin) {
            (Some(b"same-origin"), _) => Source::Own,
            (None, Some(origin)) if self.is_own(origin, headers) => Source::Own,
            (_, Some(origin)) if self.is_near(origin) => Source::Near,
            (None, None) => Source::Program,
            (_, None) if site == Some(b"none") => Source::Program,
            _ => Source::Foreign,
        }
    }

    /// Whether a websocket that this origin opens may count what its browser knows of a login.
    pub(crate) fn may_follow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let origin = origin.to_str().unwrap_or("null");
        self.is_own(origin, headers) || self.is_allowed(origin)
    }

    /// The origin under which a request has found this server, for links that are handed on.
    pub(crate) fn here(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        self.own.clone().unwrap_or_else(|| format!("http://{host}"))
    }

    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        if self.own.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(origin)) {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
        !host.is_empty() && host.strip_suffix(port).unwrap_or(host).eq_ignore_ascii_case(authority)
    }

    fn is_allowed(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }

    fn is_near(&self, origin: &str) -> bool {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        self.is_allowed(origin) || authority.is_some_and(is_loopback)
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn where_a_request_comes_from_is_told_by_what_browsers_add() {
        let origins = Origins {
            own: Some("https://chat.example.org".to_owned()),
            allowed: vec!["https://www.example.org".to_owned()],
        };
        for (wanted, asked) in [
            (Source::Own, &[("sec-fetch-site", "same-origin"), ("origin", "https://chat.example.org")][..]),
            (Source::Own, &[("origin", "https://chat.example.org")]),
            (Source::Own, &[("origin", "http://10.0.0.5:6277"), ("host", "10.0.0.5:6277")]),
            (Source::Own, &[("origin", "https://a.example"), ("host", "a.example:443")]),
            (Source::Near, &[("sec-fetch-site", "same-site"), ("origin", "https://www.example.org")]),
            (Source::Near, &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")]),
            (Source::Foreign, &[("sec-fetch-site", "same-site"), ("origin", "https://bots.example.org")]),
            (Source::Foreign, &[("sec-fetch-site", "cross-site")]),
            (Source::Foreign, &[("origin", "https://evil.example"), ("host", "chat.example.org")]),
            (Source::Foreign, &[("origin", "null"), ("host", "null")]),
            (Source::Foreign, &[("origin", "http://localhost.evil.example")]),
            (Source::Program, &[("host", "chat.example.org")]),
        ] {
            assert_eq!(origins.source(&headers(asked)), wanted, "{asked:?}");
        }
    }

    #[test]
    fn loopback_names_are_known_in_every_spelling() {
        for host in
            ["localhost", "LOCALHOST:6277", "127.0.0.1", "127.1.2.3:80", "[::1]:6277", "a.localhost:1", "localhost."]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "example.org",
            "localhost.example.org",
            "10.0.0.1",
            "[fe80::1]",
            "",
            "127.0.0.1.nip.io",
            "[::ffff:8.8.8.8]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
