//! `[accounts.header]`.

use std::str::FromStr;

use http::HeaderName;

use super::setting::{About, SETTING, section, text_setting};

section! {
    /// A proxy before this server that has asked people who they are.
    struct LoginHeader as login_header in "accounts.header" {
        /// The header in which a trusted proxy (`server.trusted_proxies`) says who somebody is; an account is made for who has none
        ///
        /// The proxy has to take the header away from what others send.
        name: Option<Header> = None,
            About { example: "\"Remote-User\"", ..SETTING };
    }
}

/// A header's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header(pub(crate) HeaderName);

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.parse().map_err(|_| "give the name of a header, such as Remote-User".to_owned())?;
        if [http::header::COOKIE, http::header::AUTHORIZATION, http::header::HOST].contains(&name) {
            return Err(
                "this header has another meaning; give one that only the proxy sets, such as Remote-User".to_owned()
            );
        }
        Ok(Self(name))
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str())
    }
}

text_setting!(Header, "NAME");
