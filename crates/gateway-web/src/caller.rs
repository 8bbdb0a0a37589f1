//! Who makes a request: by a login's cookie, a token, the word of a proxy that is trusted; or anyone.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::extract::FromRequestParts;
use http::{Extensions, HeaderMap, header, request::Parts};
use parlor_accounts::{Client, Credential, Seen};
use parlor_rooms::policy::{Actor, Person};
use parlor_runtime::log::ReadError;
use parlor_sockets::Peer;

use crate::{Web, cookie, front::Proxied, gate, origins::Source};

/// Who makes a request, and from where. An address without a gate that looks has anyone for a caller.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) parlor_runtime::Caller, pub(crate) Option<Arc<Seen>>);

/// Why it can't be told who asks, or must not count.
pub(crate) enum Doubt {
    /// A token that nobody has.
    Token,
    /// A page of another site asks in the name of whoever is logged in.
    Forged,
    /// The proxy's header names nobody who may come in.
    Proxy(String),
    /// The store can't tell.
    Read(ReadError),
}

impl std::ops::Deref for Caller {
    type Target = parlor_runtime::Caller;

    fn deref(&self) -> &parlor_runtime::Caller {
        &self.0
    }
}

impl Caller {
    fn anyone(client: &Client) -> Self {
        Self(parlor_runtime::Caller::anyone(client.address), None)
    }

    fn known(seen: Seen, client: &Client) -> Self {
        let runtime = parlor_runtime::Caller { actor: seen.actor(), address: client.address };
        Self(runtime, Some(Arc::new(seen)))
    }

    /// Somebody with an account.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.actor.person()
    }

    /// How they proved to be that.
    pub(crate) fn seen(&self) -> Option<&Seen> {
        self.1.as_deref()
    }

    /// Whether it is a program with a token.
    pub(crate) fn is_token(&self) -> bool {
        self.seen().is_some_and(|seen| matches!(seen.credential, Credential::Token(_)))
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let anyone = || Self(parlor_runtime::Caller::anyone(address(&parts.extensions)), None);
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(anyone))
    }
}

/// From where a request comes, as the accounts note it.
pub(crate) struct From(pub(crate) Client);

impl FromRequestParts<Web> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        Ok(Self(client(&parts.headers, address(&parts.extensions))))
    }
}

fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Peer>().map(|peer| peer.address.ip().to_canonical())
}

fn client(headers: &HeaderMap, address: Option<IpAddr>) -> Client {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    Client { address, agent }
}

/// Whether a browser reaches this server over TLS with this request.
pub(crate) fn is_secure(web: &Web, extensions: &Extensions) -> bool {
    web.origins().is_https() || extensions.get::<Peer>().is_some_and(|peer| peer.tls)
}

/// Finds out who asks.
pub(crate) async fn find(web: &Web, request: &Parts) -> Result<Caller, Doubt> {
    let (headers, extensions) = (&request.headers, &request.extensions);
    let client = client(headers, address(extensions));
    let accounts = web.accounts();
    if accounts.mode() == parlor_rooms::policy::Accounts::Off {
        return Ok(Caller::anyone(&client));
    }
    if let Some(token) = bearer(headers) {
        let seen = accounts.api_token(token).await.map_err(Doubt::Read)?;
        return seen.map(|seen| Caller::known(seen, &client)).ok_or(Doubt::Token);
    }
    let seen = match cookie::read(headers, cookie::session_name(is_secure(web, extensions))) {
        Some(session) => accounts.session(session, client.address).await.map_err(Doubt::Read)?,
        None => None,
    };
    let seen = match seen {
        Some(seen) => Some(seen),
        None => by_proxy(web, request, &client).await?,
    };
    let Some(seen) = seen else { return Ok(Caller::anyone(&client)) };
    if !is_meant(web, request, &seen) {
        // What anyone may follow, such a page may, too; but not as who is logged in.
        return if gate::changes(&request.method) { Err(Doubt::Forged) } else { Ok(Caller::anyone(&client)) };
    }
    Ok(Caller::known(seen, &client))
}

/// Whether a browser that adds a login to a request does so for one of our own pages.
fn is_meant(web: &Web, request: &Parts, seen: &Seen) -> bool {
    let headers = &request.headers;
    if gate::changes(&request.method) {
        let source = web.origins().source(headers);
        return source == Source::Own || (source == Source::Program && seen.credential == Credential::Proxy);
    }
    !headers.contains_key(header::UPGRADE) || web.origins().may_follow(headers)
}

/// Who it is by the header of a proxy before us.
async fn by_proxy(web: &Web, request: &Parts, client: &Client) -> Result<Option<Seen>, Doubt> {
    let Some(header) = web.login_header().filter(|_| request.extensions.get::<Proxied>().is_some()) else {
        return Ok(None);
    };
    let Some(name) = request.headers.get(header) else { return Ok(None) };
    let name = std::str::from_utf8(name.as_bytes()).map_err(|_| Doubt::Proxy("the name is not UTF-8".to_owned()))?;
    match web.accounts().by_name_from_proxy(name, client).await {
        Ok(seen) => Ok(Some(seen)),
        Err(error) => Err(Doubt::Proxy(error.to_string())),
    }
}

/// The token behind `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

/// Whether anybody may read here without an account; for those who are not [`Actor::Anyone`], the policy asks more.
pub(crate) fn is_anyone(caller: &Caller) -> bool {
    caller.actor == Actor::Anyone
}
