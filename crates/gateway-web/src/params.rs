//! The query of an address, as lenient as the older system was: a number that is none counts as absent.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use parlor_rooms::{EventId, RoomName};

use crate::error::ApiError;

/// The query's parameters; of one that comes twice the last counts.
pub(crate) struct Params(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::bad("the part of the address behind `?` can't be read"))?;
        Ok(Self(query.0.into_iter().collect()))
    }
}

/// What stands behind the route's last slash: a room's name, a file's path. `None` if it is not UTF-8.
pub(crate) struct Rest(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Rest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Path::from_request_parts(parts, state).await.ok().map(|Path(rest)| rest)))
    }
}

impl Params {
    /// Whether a parameter is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A parameter as it stands there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `room`, if it is there.
    pub(crate) fn optional_room(&self) -> Result<Option<RoomName>, ApiError> {
        Ok(self.0.get("room").map(|name| RoomName::parse(name)).transpose()?)
    }

    /// `room`, which must be there.
    pub(crate) fn room(&self) -> Result<RoomName, ApiError> {
        self.optional_room()?.ok_or_else(|| ApiError::bad("`room` is missing; add `?room=NAME` to the address"))
    }

    /// A whole number; one below zero is zero.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        let text = self.0.get(name)?.trim();
        match text.parse::<i128>() {
            Ok(number) => Some(u64::try_from(number.max(0)).unwrap_or(u64::MAX)),
            Err(_) => None,
        }
    }

    /// An id.
    pub(crate) fn id(&self, name: &str) -> Option<EventId> {
        self.number(name).map(EventId)
    }
}
