//! Bodies: read as JSON whatever their content type says, since students' clients forget it.

use axum::extract::{FromRequest, Request};
use futures_util::StreamExt as _;
use http::StatusCode;
use parlor_rooms::RoomName;
use parlor_wire::Fields;

use crate::{caller::Caller, error::ApiError, state::BODY_MAX};

/// Where reading ends of a body that is too large.
const READ_MAX: usize = 16 * BODY_MAX;

/// The fields of a request's body.
pub(crate) struct Body(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let mut stream = request.into_body().into_data_stream();
        let (mut body, mut length) = (Vec::new(), 0usize);
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| ApiError::bad("the body broke off before its end"))?;
            length = length.saturating_add(piece.len());
            if length > READ_MAX {
                break;
            }
            // What is too large is read on, so that a client that writes all before it reads gets to the answer.
            if length <= BODY_MAX {
                body.extend_from_slice(&piece);
            }
        }
        if length > BODY_MAX {
            let message = format!("the body is too large; at most {BODY_MAX} bytes are allowed");
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        Ok(Self(Fields::parse(&body)?))
    }
}

impl Body {
    /// The field `room`, which must be there and be a name.
    pub(crate) fn room(&self) -> Result<RoomName, ApiError> {
        Ok(RoomName::parse(self.0.string("room")?)?)
    }

    /// The field `author`, which must be there and not be empty; an account speaks under its own name, whatever it says.
    pub(crate) fn author<'a>(&'a self, caller: &'a Caller) -> Result<&'a str, ApiError> {
        if let Some(person) = caller.actor.person() {
            return Ok(&person.name);
        }
        let author = self.0.string("author")?;
        if author.trim().is_empty() {
            return Err(ApiError::bad("`author` is empty; say who is speaking"));
        }
        self.short("author", author)
    }

    /// Refuses what is longer than names and addresses have any need to be.
    pub(crate) fn short<'a>(&self, name: &'static str, value: &'a str) -> Result<&'a str, ApiError> {
        const SHORT_MAX: usize = 4 * 1024;
        if value.len() > SHORT_MAX {
            return Err(parlor_wire::FieldError::TooLong(name, value.len(), SHORT_MAX).into());
        }
        Ok(value)
    }

    /// An optional short string.
    pub(crate) fn optional_short(&self, name: &'static str) -> Result<Option<String>, ApiError> {
        let value = self.0.optional_string(name)?;
        value.map(|value| self.short(name, value).map(str::to_owned)).transpose()
    }
}
