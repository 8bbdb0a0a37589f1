//! Cookies: the one that holds a login, and short-lived ones on the way to it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};

/// The cookie of a login. Over TLS its name has a prefix that browsers let no other host, path or plain connection set.
pub(crate) fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-parlor" } else { "parlor" }
}

/// The cookie that holds a login by another server while somebody is there.
pub(crate) fn oidc_name(secure: bool) -> &'static str {
    if secure { "__Host-parlor-oidc" } else { "parlor-oidc" }
}

/// The first cookie of this name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(given, _)| *given == name).map(|(_, value)| value).find(|value| !value.is_empty())
}

/// Sets a cookie for `life`; no life takes it away. `value` is made of letters, digits, `-`, `_` and `.`.
pub(crate) fn set(name: &str, value: &str, life: Duration, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", life.as_secs());
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers: HeaderMap = [
            (header::COOKIE, HeaderValue::from_static("a=1; parlor=x.y=; parlor2=z")),
            (header::COOKIE, HeaderValue::from_static("b = 2;c;d=")),
        ]
        .into_iter()
        .collect();
        assert_eq!(read(&headers, "parlor"), Some("x.y="));
        assert_eq!(read(&headers, "parlor2"), Some("z"));
        assert_eq!((read(&headers, "d"), read(&headers, "arlor"), read(&headers, "c")), (None, None, None));
        assert_eq!(
            set("p", "v", Duration::from_secs(9), true),
            "p=v; Path=/; Max-Age=9; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
