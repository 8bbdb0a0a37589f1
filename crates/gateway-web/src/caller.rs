//! Who makes a request, as the handlers need it.

use axum::extract::FromRequestParts;
use http::request::Parts;
use parlor_sockets::Peer;

use crate::Web;

/// Who makes a request, and from where.
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
        let address = parts.extensions.get::<Peer>().map(|peer| peer.address.ip().to_canonical());
        Ok(Self(parlor_runtime::Caller::anyone(address)))
    }
}
