//! Who makes a request, as the handlers need it.

use axum::extract::{FromRequestParts, Request};
use http::request::Parts;
use parlor_sockets::Peer;

use crate::Web;

/// Who makes a request, and from where. An address without a gate that looks has anyone for a caller.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) parlor_runtime::Caller);

impl std::ops::Deref for Caller {
    type Target = parlor_runtime::Caller;

    fn deref(&self) -> &parlor_runtime::Caller {
        &self.0
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(parlor_runtime::Caller::anyone(None))))
    }
}

/// Finds out who asks.
pub(crate) fn find(request: &Request) -> Caller {
    let address = request.extensions().get::<Peer>().map(|peer| peer.address.ip().to_canonical());
    Caller(parlor_runtime::Caller::anyone(address))
}
