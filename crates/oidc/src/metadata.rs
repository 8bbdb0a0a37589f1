//! What a provider says of itself at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, 3).

use serde::Deserialize;
use url::Url;

use crate::error::shown;

/// What is needed of it.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    /// Where browsers are sent.
    pub(crate) authorization: Url,
    /// Where a code is exchanged for a token.
    pub(crate) token: Url,
    /// Where the keys are.
    pub(crate) keys: Url,
    /// Where more is said of somebody.
    pub(crate) userinfo: Option<Url>,
    /// Whether this server's secret goes into the form, and not into a header.
    pub(crate) secret_in_form: bool,
    /// Whether each answer names its issuer (RFC 9207).
    pub(crate) names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Option<Vec<String>>,
}

fn not_json(error: &serde_json::Error) -> String {
    format!("it is not the JSON it should be ({})", shown(&error.to_string()))
}

/// Where a provider says it.
pub(crate) fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

impl Metadata {
    /// Reads it, for the issuer that is set.
    pub(crate) fn parse(bytes: &[u8], issuer: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
        if document.issuer != issuer {
            return Err(format!(
                "it is that of “{}”, while `accounts.oidc.issuer` says “{}”; write there exactly what it calls itself",
                shown(&document.issuer),
                shown(issuer)
            ));
        }
        if document.code_challenge_methods_supported.is_some_and(|all| !all.iter().any(|one| one == "S256")) {
            return Err("the provider can't do PKCE with S256".to_owned());
        }
        let secure = issuer.starts_with("https:");
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.as_ref().is_some_and(|all| all.iter().any(|one| one == method));
        Ok(Self {
            authorization: endpoint("authorization_endpoint", &document.authorization_endpoint, secure)?,
            token: endpoint("token_endpoint", &document.token_endpoint, secure)?,
            keys: endpoint("jwks_uri", &document.jwks_uri, secure)?,
            userinfo: document.userinfo_endpoint.map(|url| endpoint("userinfo_endpoint", &url, secure)).transpose()?,
            // Where nothing is said it is the header.
            secret_in_form: takes("client_secret_post") && !takes("client_secret_basic"),
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }
}

/// An address that the provider names. Who is asked for over TLS names none without.
fn endpoint(name: &str, text: &str, secure: bool) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| url.has_host() && url.fragment().is_none());
    let url = url.ok_or_else(|| format!("`{name}` is no address"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if !secure => Ok(url),
        _ => Err(format!("`{name}` does not begin with https://")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://auth.example.org/realms/school";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://auth.example.org/auth?kind=code",
            "token_endpoint": "https://auth.example.org/token",
            "jwks_uri": "https://keys.example.org/jwks",
        })
    }

    #[test]
    fn what_a_provider_says_of_itself_is_read() {
        let mut said = document();
        let read = Metadata::parse(said.to_string().as_bytes(), ISSUER).unwrap();
        assert_eq!(read.authorization.as_str(), "https://auth.example.org/auth?kind=code");
        assert!(!read.secret_in_form && !read.names_itself && read.userinfo.is_none());
        said["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt", "client_secret_post"]);
        said["userinfo_endpoint"] = json!("https://auth.example.org/me");
        said["authorization_response_iss_parameter_supported"] = json!(true);
        let read = Metadata::parse(said.to_string().as_bytes(), ISSUER).unwrap();
        assert!(read.secret_in_form && read.names_itself && read.userinfo.is_some());
        assert_eq!(address("https://a.example/x/"), "https://a.example/x/.well-known/openid-configuration");
    }

    #[test]
    fn what_can_not_be_used_is_refused_with_a_word_on_why() {
        for (field, value, word) in [
            ("issuer", json!("https://auth.example.org/realms/school/"), "exactly"),
            ("issuer", json!(7), "JSON"),
            ("issuer", json!("https://evil.example\n"), "evil.example”"),
            ("authorization_endpoint", Value::Null, "JSON"),
            ("authorization_endpoint", json!("javascript:alert(1)"), "no address"),
            ("authorization_endpoint", json!("/auth"), "no address"),
            ("token_endpoint", json!("http://auth.example.org/token"), "https"),
            ("jwks_uri", json!("file:///etc/passwd"), "jwks_uri"),
            ("jwks_uri", json!("https://a.example/#x"), "jwks_uri"),
            ("userinfo_endpoint", json!("x"), "userinfo_endpoint"),
            ("code_challenge_methods_supported", json!(["plain"]), "PKCE"),
        ] {
            let mut said = document();
            said[field] = value;
            let error = Metadata::parse(said.to_string().as_bytes(), ISSUER).unwrap_err();
            assert!(error.contains(word) && !error.contains('\n'), "{field}: {error}");
        }
        for bytes in [&b""[..], b"<html>", b"[]", b"\xff", b"null"] {
            assert!(Metadata::parse(bytes, ISSUER).is_err());
        }
    }

    #[test]
    fn a_provider_without_tls_may_name_addresses_without() {
        let said = document().to_string().replace("https://auth", "http://auth");
        let issuer = ISSUER.replace("https", "http");
        assert!(Metadata::parse(said.as_bytes(), &issuer).is_ok());
    }
}
