//! A host name for bots' content alone: what is answered there, and how the pages know it.

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Where bots' content is drawn, so that players and storage work in it and still can't reach the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentOrigin {
    origin: String,
    /// What a request to it says in `Host`.
    host: String,
    pages: String,
}

impl ContentOrigin {
    /// `origin` without a slash at the end, such as `https://content.example.org`; `pages`: the origins that the pages
    /// have, at least one.
    pub fn new(origin: &str, pages: &[String]) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host).to_owned();
        Self { origin: origin.to_owned(), host, pages: pages.join(" ") }
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether a request is to this host.
    pub(crate) fn is_asked(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let port = if self.origin.starts_with("https:") { ":443" } else { ":80" };
        host.strip_suffix(port).unwrap_or(host).eq_ignore_ascii_case(&self.host)
    }

    /// Whether a request was made by a script at this host.
    pub(crate) fn made(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().eq_ignore_ascii_case(self.origin.as_bytes()))
    }

    /// The answer to what is not there: at this host are the frame, what it is made of, and bots' files.
    pub(crate) fn refuse(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        let there = path == "/frame" || ["/web/", "/bot-assets/"].iter().any(|folder| path.starts_with(folder));
        let looks = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        // A script that stays at this host beyond its room's page would see what other rooms' bots load.
        let stays = request.headers().contains_key("service-worker");
        if there && looks && !stays {
            return None;
        }
        let rooms = self.pages.split(' ').next().unwrap_or_default();
        let sentence = format!("Only what bots send is shown at this address. The rooms are at {rooms}\n");
        Some((StatusCode::MISDIRECTED_REQUEST, sentence).into_response())
    }

    /// The policy of the frame at this host: scripts have an origin there, which no page of ours shares.
    pub(crate) fn frame_policy(&self) -> Option<HeaderValue> {
        let policy = format!(
            "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin; \
             form-action 'none'; frame-ancestors {}",
            self.pages
        );
        HeaderValue::from_str(&policy).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_host_is_known_with_and_without_the_port_that_goes_without_saying() {
        let https = ContentOrigin::new("https://content.example.org", &["https://chat.example.org".to_owned()]);
        let local = ContentOrigin::new("http://127.0.0.1:6277", &["http://localhost:6277".to_owned()]);
        for (content, host, asked) in [
            (&https, "content.example.org", true),
            (&https, "CONTENT.example.org:443", true),
            (&https, "content.example.org:80", false),
            (&https, "chat.example.org", false),
            (&local, "127.0.0.1:6277", true),
            (&local, "127.0.0.1", false),
            (&local, "localhost:6277", false),
        ] {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            assert_eq!(content.is_asked(&headers), asked, "{host}");
        }
    }
}
