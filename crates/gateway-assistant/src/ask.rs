//! What is asked in an address or sent in a body: read with errors that people can act on.

use std::{collections::HashMap, str::FromStr};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use parlor_rooms::policy::Refusal;
use parlor_runtime::Caller;
use serde::de::DeserializeOwned;

use crate::door::refuse;

/// How long a body of a call may be.
pub(crate) const BODY: usize = 256 * 1024;

/// What stands behind the `?`; of what comes twice, the last.
pub(crate) struct Asked(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Wrong> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let query = query.map_err(|_| bad("the part of the address behind `?` can't be read"))?;
        Ok(Self(query.0.into_iter().collect()))
    }
}

impl Asked {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number, zero or more.
    pub(crate) fn number<N: FromStr>(&self, name: &str) -> Result<Option<N>, Wrong> {
        let read = |text: &str| text.parse().map_err(|_| bad(&format!("{name}: give a whole number, such as 50")));
        self.text(name).map(read).transpose()
    }
}

/// A path's two parts, or three: none is one that leads nowhere.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Wrong> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|_| Wrong(StatusCode::NOT_FOUND, "there is nothing at this address".to_owned()))
    }
}

/// A body with a JSON object, or without anything.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Wrong;

    async fn from_request(request: Request, state: &S) -> Result<Self, Wrong> {
        let long = || Wrong(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is over {} KiB", BODY / 1024));
        let bytes = Bytes::from_request(request, state).await.map_err(|why| match why {
            BytesRejection::FailedToBufferBody(why) if why.status() == StatusCode::PAYLOAD_TOO_LARGE => long(),
            _ => bad("the body can't be read"),
        })?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(T::default()));
        }
        object(&bytes).map(Self)
    }
}

/// Reads a body's object.
pub(crate) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Wrong> {
    // A list could stand for an object's fields.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(bad("the body is not a JSON object, such as {\"text\": \"Hello\"}"));
    }
    serde_json::from_slice(bytes).map_err(|error| bad(&format!("the body is not a JSON object of this call: {error}")))
}

/// Who makes a call, as the gateway before this one has found out.
pub(crate) type From = Option<axum::Extension<Caller>>;

pub(crate) fn caller(from: &From) -> Option<&Caller> {
    from.as_ref().map(|axum::Extension(caller)| caller)
}

/// What was asked does not fit: as what, and why.
#[derive(Debug)]
pub(crate) struct Wrong(StatusCode, String);

impl std::convert::From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        let status = if refusal == Refusal::NeedsLogin { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
        Self(status, refusal.to_string())
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        refuse(self.0, &self.1)
    }
}

/// Something that was said in the wrong way.
pub(crate) fn bad(sentence: &str) -> Wrong {
    Wrong(StatusCode::BAD_REQUEST, sentence.to_owned())
}
