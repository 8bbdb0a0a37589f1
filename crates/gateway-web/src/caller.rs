//! Who makes a request, as the handlers need it.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request};
use http::{Extensions, request::Parts};
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
        let anyone = || Self(parlor_runtime::Caller::anyone(address(&parts.extensions)));
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(anyone))
    }
}

/// Finds out who asks.
pub(crate) fn find(request: &Request) -> Caller {
    Caller(parlor_runtime::Caller::anyone(address(request.extensions())))
}

fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Peer>().map(|peer| peer.address.ip().to_canonical())
}
