//! Bodies: read as JSON whatever their content type says, since students' clients forget it.

use axum::extract::{FromRequest, Request};
use futures_util::StreamExt as _;
use http::StatusCode;
use parlor_rooms::RoomName;
use parlor_runtime::limits::Limits;
use parlor_wire::{FieldError, Fields};

use crate::{Web, caller::Caller, error::ApiError};

/// Of a body that is too large so many times more is read.
const READ_ON: usize = 16;

/// The fields of a request's body.
pub(crate) struct Body(pub(crate) Fields, Limits);

impl FromRequest<Web> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, ApiError> {
        let limits = web.runtime().limits().limits();
        let most = limits.body;
        let mut stream = request.into_body().into_data_stream();
        let (mut body, mut length) = (Vec::new(), 0usize);
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| ApiError::bad("the body broke off before its end"))?;
            length = length.saturating_add(piece.len());
            if length > most.saturating_mul(READ_ON) {
                break;
            }
            // What is too large is read on, so that a client that writes all before it reads gets to the answer.
            if length <= most {
                body.extend_from_slice(&piece);
            }
        }
        if length > most {
            let message = format!("the body is too large; at most {most} bytes are allowed");
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        Ok(Self(Fields::parse(&body)?, limits))
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

    /// Refuses what nobody could say.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Result<&'a str, ApiError> {
        let most = self.1.text;
        if text.len() > most {
            return Err(FieldError::TooLong("text", text.len(), most).into());
        }
        Ok(text)
    }

    /// Refuses what is longer than names and addresses have any need to be.
    pub(crate) fn short<'a>(&self, name: &'static str, value: &'a str) -> Result<&'a str, ApiError> {
        let most = self.1.name;
        if value.len() > most {
            return Err(FieldError::TooLong(name, value.len(), most).into());
        }
        Ok(value)
    }

    /// An optional short string.
    pub(crate) fn optional_short(&self, name: &'static str) -> Result<Option<String>, ApiError> {
        let value = self.0.optional_string(name)?;
        value.map(|value| self.short(name, value).map(str::to_owned)).transpose()
    }
}
