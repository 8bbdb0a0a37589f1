//! What happens to a request before its address is looked at: a trusted proxy's word for who asked takes the place of the
//! proxy, and the path under which the proxy shows this server is taken away.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, HeaderName, Uri, header, uri::PathAndQuery};
use parlor_sockets::Peer;

use crate::{Mode, Web, proxies::Forwarded};

const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// A request came through a proxy that is trusted; in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proxied;

/// The path below which the server is shown, `/chat`; empty where it has a host of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of the path of the public address.
    pub fn new(path: &str) -> Self {
        Self(path.trim_end_matches('/').to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// An address of this server as browsers know it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address without the path; nothing if it is as it should be.
    fn removed(&self, uri: &Uri) -> Option<Uri> {
        if self.0.is_empty() {
            return None;
        }
        let rest = uri.path_and_query()?.as_str().strip_prefix(&self.0)?;
        if !rest.starts_with('/') {
            return None;
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// What a trusted proxy says of a request.
fn said(web: &Web, request: &Request) -> Option<Forwarded> {
    // A local server refuses what came through a proxy.
    let peer = request.extensions().get::<Peer>().copied().filter(|_| *web.mode() == Mode::Served);
    peer.and_then(|peer| web.proxies().read(peer, request.headers()))
}

/// Puts whom a trusted proxy names in its own place.
pub(crate) fn forward(web: &Web, request: &mut Request) {
    let Some(forwarded) = said(web, request) else { return };
    request.extensions_mut().insert(forwarded.peer);
    request.extensions_mut().insert(Proxied);
    if let Some(host) = forwarded.host {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// Takes the path away under which the server is shown, unless a trusted proxy has done so.
pub(crate) async fn take_path_away(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let base = web.base();
    let is_removed = says_removed(base, request.headers()) && said(&web, &request).is_some();
    if !is_removed {
        if request.uri().path() == base.as_str() {
            return Redirect::permanent(&base.at("/")).into_response();
        }
        if let Some(uri) = base.removed(request.uri()) {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}

/// Whether the proxy says that it has taken the path away already.
fn says_removed(base: &Base, headers: &HeaderMap) -> bool {
    let said = headers.get_all(PREFIX).iter().next_back().and_then(|prefix| prefix.to_str().ok());
    said.is_some_and(|prefix| !base.as_str().is_empty() && prefix.trim().trim_end_matches('/') == base.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_away_where_it_is_a_folder_and_nowhere_else() {
        let base = Base::new("/chat/");
        for (asked, left) in [
            ("/chat/", Some("/")),
            ("/chat/room?since=1", Some("/room?since=1")),
            ("/chat/chat/x", Some("/chat/x")),
            ("/chat//x", Some("//x")),
            ("http://a.example/chat/x", Some("http://a.example/x")),
            ("/chatter", None),
            ("/chat", None),
            ("/x/chat/", None),
            ("/", None),
        ] {
            let found = base.removed(&asked.parse().expect(asked)).map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), left, "{asked}");
        }
        assert_eq!(Base::new("/").removed(&"/x".parse().expect("an address")), None);
    }
}
