//! Addresses of other gateways at the same door: what holds around the web's own holds around them, too.

use std::sync::Arc;

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
    response::Response,
};
use http::{StatusCode, header};
use parlor_sockets::Peer;

use crate::{
    Mode, Web,
    caller::{self, Caller},
    front, gate, guard, headers,
    origins::Source,
    requests,
};

/// Puts a gateway's addresses behind the web's front: proxies that are trusted, hosts that a local server answers to, headers,
/// and who asks. Handlers find the [`parlor_runtime::Caller`] among the request's extensions, and with a login or a token
/// also the `Arc<parlor_accounts::Seen>`; [`Peer`] tells whether the browser came over TLS, to a proxy before this server too.
pub fn guests(web: &Web, routes: Router) -> Router {
    routes.route_layer(middleware::from_fn_with_state((web.clone(), false), around))
}

/// The same for what pages of any site may open, on a server for its own machine too: nothing of it counts a login.
pub fn guests_from_anywhere(web: &Web, routes: Router) -> Router {
    routes.route_layer(middleware::from_fn_with_state((web.clone(), true), around))
}

async fn around(State((web, anywhere)): State<(Web, bool)>, mut request: Request, next: Next) -> Response {
    front::forward(&web, &mut request);
    let path = request.extensions().get::<MatchedPath>().cloned();
    let method = requests::word(request.method());
    let mut response = match guard::misdirected(&web, &request) {
        Some(refused) => refused,
        None => known(&web, anywhere, request, next).await,
    };
    let status = response.status();
    if let Some(path) = path {
        web.requests().count(path.as_str(), (method, status.as_u16()));
    }
    headers::complete(response.headers_mut(), status, web.origins().is_https());
    response
}

async fn known(web: &Web, anywhere: bool, request: Request, next: Next) -> Response {
    let content = web.content().filter(|content| content.is_asked(request.headers()));
    if let Some(refused) = content.and_then(|content| content.refuse(&request)) {
        return refused;
    }
    let (mut parts, body) = request.into_parts();
    // A websocket changes things, and a browser opens one for any page without asking.
    let changes = parts.headers.contains_key(header::UPGRADE) || gate::changes(&parts.method);
    if changes && !anywhere && *web.mode() == Mode::Local && web.origins().source(&parts.headers) == Source::Foreign {
        return gate::refuse(web, parts.uri.path(), StatusCode::FORBIDDEN, gate::FOREIGN);
    }
    let secure = caller::is_secure(web, &parts.extensions);
    if let Some(peer) = parts.extensions.get_mut::<Peer>() {
        peer.tls = secure;
    }
    match caller::find(web, &parts).await {
        Ok(caller) => {
            let Caller(runtime, seen) = caller;
            parts.extensions.insert(runtime);
            if let Some(seen) = seen {
                parts.extensions.insert::<Arc<parlor_accounts::Seen>>(seen);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(doubt) => gate::doubted(web, parts.uri.path(), doubt),
    }
}
