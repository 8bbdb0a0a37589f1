//! Errors of the rooms API: which one goes where, and as what. The one place that decides.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_rooms::RoomNameError;
use parlor_runtime::{
    CommandError,
    limits::Limited,
    log::{AppendError, ReadError, SearchError},
};
use parlor_wire::{FieldError, rooms_api};

use crate::account;

/// An answer that says what went wrong: `{"message": …}`.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    /// In how many seconds to come back.
    retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// What is internal is logged here, once; the client gets a sentence without the particulars.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong inside the server; its log says what.")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&rooms_api::Error { message: self.message }).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
        }
        let later = matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        if let Some(seconds) = self.retry_after.or(later.then_some(1)) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        let status = match error {
            FieldError::TooLong(..) => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

impl From<RoomNameError> for ApiError {
    fn from(error: RoomNameError) -> Self {
        Self::bad(format!("`room` {error}"))
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        Self::internal(&error)
    }
}

impl From<parlor_accounts::Error> for ApiError {
    fn from(error: parlor_accounts::Error) -> Self {
        use parlor_accounts::Error;
        match &error {
            Error::Append(_) | Error::Read(_) => Self::internal(&error),
            Error::TryLater(wait) => {
                let retry_after = Some(parlor_accounts::seconds(wait));
                Self { retry_after, ..Self::new(account::status(&error), error.to_string()) }
            }
            _ => Self::new(account::status(&error), error.to_string()),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NotReady(_) | SearchError::TooSlow => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, capital(&error.to_string()))
            }
            SearchError::Hopeless => Self::bad(format!("`q` {error}")),
            SearchError::Read(error) => error.into(),
        }
    }
}

/// The answer to what is over a limit, where no handler gives it.
pub fn limited(limited: Limited) -> Response {
    ApiError::from(limited).into_response()
}

impl From<Limited> for ApiError {
    fn from(limited: Limited) -> Self {
        let retry_after = Some(limited.seconds());
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, limited.to_string()) }
    }
}

/// A sentence begins with a capital letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        use parlor_rooms::policy::Refusal;
        let status = match &error {
            CommandError::Refused(Refusal::ServersOwn)
            | CommandError::Invalid { .. }
            | CommandError::RoomFull(_)
            | CommandError::BotElsewhere(..) => StatusCode::BAD_REQUEST,
            CommandError::Refused(Refusal::NeedsLogin) => StatusCode::UNAUTHORIZED,
            CommandError::Refused(_) | CommandError::NameTaken(_) => StatusCode::FORBIDDEN,
            CommandError::BotThere(..) => StatusCode::CONFLICT,
            CommandError::NoBot(_) | CommandError::NoActivation(_) | CommandError::NoMessage(_) => {
                StatusCode::NOT_FOUND
            }
            CommandError::Append(AppendError::Full) => {
                return Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "The server's disk is full, so nothing was stored. Reading still works; try again when there is room.",
                );
            }
            CommandError::Append(AppendError::Conflict(_)) => {
                return Self::new(StatusCode::SERVICE_UNAVAILABLE, "The room is changing too fast; try again.");
            }
            CommandError::Append(_) | CommandError::Read(_) => return Self::internal(&error),
            CommandError::Search(error) => return error.clone().into(),
            CommandError::Limited(limited) => return (*limited).into(),
            CommandError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}
