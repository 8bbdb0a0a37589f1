//! Addresses to listen at, as they are written: `localhost:6277`, `https://0.0.0.0:443`, `unix:/run/parlor.sock`.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

use super::{
    problem::Fault,
    setting::{Setting, text_setting},
    values,
};

/// A place to listen at, and what is spoken there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) place: Place,
    pub(crate) speaks: Speaks,
}

/// A place to listen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `localhost:PORT`: both loopback addresses.
    Localhost(u16),
    /// One address.
    Address(SocketAddr),
    /// A socket in the file system, for a proxy on the same machine.
    Unix(PathBuf),
}

/// What is spoken at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Nothing was said: https at addresses where there is a certificate, else http.
    AsCertified,
    Http,
    Https,
    /// Plain http whose every answer leads to the same address with https.
    Redirect,
}

const EXAMPLES: &str =
    "give an address and a port, such as 127.0.0.1:6277, [::1]:6277, localhost:6277, or 0.0.0.0:6277 for all";

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() || path.contains('\0') {
                return Err("give a path after `unix:`, such as unix:/run/parlor/http.sock".to_owned());
            }
            return Ok(Self { place: Place::Unix(path.into()), speaks: Speaks::Http });
        }
        let schemes = [("http://", Speaks::Http), ("https://", Speaks::Https), ("redirect:", Speaks::Redirect)];
        let (rest, speaks) = schemes
            .into_iter()
            .find_map(|(scheme, speaks)| text.strip_prefix(scheme).map(|rest| (rest, speaks)))
            .unwrap_or((text, Speaks::AsCertified));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let place = match rest.strip_prefix("localhost:") {
            Some(port) => Place::Localhost(port.parse().map_err(|_| format!("`{port}` is no port; use 0 to 65535"))?),
            None => Place::Address(rest.parse().map_err(|_| EXAMPLES.to_owned())?),
        };
        Ok(Self { place, speaks })
    }
}

impl Listen {
    /// Whether only this machine can reach it. A socket in the file system is for a proxy, which others reach.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.place {
            Place::Localhost(_) => true,
            Place::Address(address) => address.ip().to_canonical().is_loopback(),
            Place::Unix(_) => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost(port) => write!(f, "localhost:{port}"),
            Self::Address(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (&self.place, self.speaks) {
            (Place::Unix(_), _) | (_, Speaks::AsCertified) => "",
            (_, Speaks::Http) => "http://",
            (_, Speaks::Https) => "https://",
            (_, Speaks::Redirect) => "redirect:",
        };
        write!(f, "{scheme}{}", self.place)
    }
}

text_setting!(Listen, "ADDR:PORT");

/// Where to listen; never nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places(pub(crate) Vec<Listen>);

impl Default for Places {
    fn default() -> Self {
        Self(vec![Listen { place: Place::Localhost(6277), speaks: Speaks::AsCertified }])
    }
}

impl Setting for Places {
    const VALUE: &'static str = Listen::VALUE;

    fn from_word(word: &std::ffi::OsStr) -> Result<Self, String> {
        // Of one alone it need not be said which is wrong.
        if !values::text(word)?.contains(',') {
            return Listen::from_word(word).map(|one| Self(vec![one]));
        }
        Vec::from_word(word).and_then(Self::some)
    }

    fn from_toml(value: &toml::Spanned<toml::de::DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        if value.get_ref().is_array() {
            return Vec::from_toml(value).and_then(|all| Self::some(all).map_err(|message| vec![message.into()]));
        }
        Listen::from_toml(value).map(|one| Self(vec![one]))
    }

    fn show(&self) -> Option<String> {
        if let [one] = &self.0[..] { one.show() } else { self.0.show() }
    }
}

impl Places {
    fn some(all: Vec<Listen>) -> Result<Self, String> {
        if all.is_empty() { Err("give at least one address, such as localhost:6277".to_owned()) } else { Ok(Self(all)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_address_is_read_and_written_back() {
        for text in [
            "localhost:0",
            "127.0.0.1:6277",
            "[::1]:6277",
            "https://0.0.0.0:443",
            "http://localhost:6277",
            "redirect:0.0.0.0:80",
            "unix:/run/parlor/http.sock",
            "unix:relative.sock",
        ] {
            let read: Listen = text.parse().expect(text);
            assert_eq!(read.to_string(), text);
        }
        assert_eq!(
            "https://[::]:443/".parse::<Listen>().expect("as browsers write it").to_string(),
            "https://[::]:443"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_examples() {
        for text in [
            "",
            "nowhere",
            "127.0.0.1",
            "127.0.0.1:99999",
            "localhost:x",
            "unix:",
            "https://",
            "ftp://127.0.0.1:1",
            "80",
        ] {
            let why = text.parse::<Listen>().expect_err(text);
            assert!(why.contains("give") || why.contains("use"), "{text}: {why}");
        }
    }

    #[test]
    fn loopback_is_known() {
        for (text, loopback) in [
            ("localhost:1", true),
            ("127.0.0.9:1", true),
            ("[::1]:1", true),
            ("https://127.0.0.1:1", true),
            ("0.0.0.0:1", false),
            ("unix:/a", false),
        ] {
            assert_eq!(text.parse::<Listen>().expect(text).is_loopback(), loopback, "{text}");
        }
    }
}
