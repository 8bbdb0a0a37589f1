//! Plain http whose every answer leads to the same address with https.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use url::Url;

/// Where it leads: to the public address if there is one, else to the host that was asked for.
#[derive(Clone)]
struct Target {
    public: Option<Url>,
    port: u16,
}

/// Answers everything with 308, so that a post stays one.
pub(crate) fn router(public: Option<Url>, port: u16) -> Router {
    let public = public.filter(|url| url.scheme() == "https");
    Router::new().fallback(lead).with_state(Target { public, port })
}

async fn lead(State(target): State<Target>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(location) = target.location(host, path).and_then(|to| HeaderValue::try_from(to).ok()) else {
        return (
            StatusCode::BAD_REQUEST,
            "This address leads to https, and needs to know the host: send a Host header.\n",
        )
            .into_response();
    };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    (StatusCode::PERMANENT_REDIRECT, headers, "This server speaks https.\n").into_response()
}

impl Target {
    fn location(&self, host: Option<&str>, path: &str) -> Option<String> {
        // An absolute target of a proxy's request, or `*`, is no path.
        let path = if path.starts_with('/') { path } else { "/" };
        if let Some(public) = &self.public {
            return Some(format!("{}{path}", public.origin().ascii_serialization()));
        }
        // Read as a url, so that nothing but a host gets through.
        let mut url = Url::parse(&format!("https://{}/", host?)).ok()?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return None;
        }
        url.set_port(Some(self.port)).ok()?;
        Some(format!("{}{path}", url.origin().ascii_serialization()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_same_but_for_the_scheme_and_the_port() {
        let own = Target { public: None, port: 8443 };
        let standard = Target { public: None, port: 443 };
        let public = Target { public: Url::parse("https://chat.example.org/").ok(), port: 8443 };
        for (target, host, path, expected) in [
            (&own, Some("a.example"), "/x?y=1", Some("https://a.example:8443/x?y=1")),
            (&own, Some("a.example:8080"), "/", Some("https://a.example:8443/")),
            (&standard, Some("a.example:80"), "/", Some("https://a.example/")),
            (&standard, Some("[::1]:80"), "/r", Some("https://[::1]/r")),
            (&public, Some("evil.example"), "/r", Some("https://chat.example.org/r")),
            (&public, None, "*", Some("https://chat.example.org/")),
            (&own, None, "/", None),
            (&own, Some("a/b"), "/", None),
            (&own, Some("user@a"), "/", None),
            (&own, Some("a b"), "/", None),
            (&own, Some(""), "/", None),
        ] {
            assert_eq!(target.location(host, path).as_deref(), expected, "{host:?} {path}");
        }
    }
}
