//! The API: a file for each call, or for each thing that calls are about.

pub(crate) mod account;
pub(crate) mod activations;
pub(crate) mod admin;
pub(crate) mod bot_socket;
pub(crate) mod bot_test;
pub(crate) mod bot_token;
pub(crate) mod bots;
pub(crate) mod clear_messages;
pub(crate) mod clear_state;
pub(crate) mod delete_bot;
pub(crate) mod files_key;
pub(crate) mod match_pattern;
pub(crate) mod matches;
pub(crate) mod messages;
pub(crate) mod post_form;
pub(crate) mod post_message;
pub(crate) mod put_bot;
pub(crate) mod search;
pub(crate) mod send_again;
pub(crate) mod settings;
pub(crate) mod spec;

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use parlor_rooms::Timestamp;
use serde::Serialize;

use crate::error::ApiError;

/// What a handler gives.
pub(crate) type Answer = Result<Response, ApiError>;

fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value)
        .map_err(|_| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer can't be written as JSON"))?;
    Ok(raw_json(status, body))
}

/// What is somebody's own: no cache keeps it.
fn private(value: &impl Serialize) -> Answer {
    let mut response = json(StatusCode::OK, value)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A time as clients get it: seconds since 1970.
fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1e6
}

fn raw_json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Whether the client would rather not wait for bots (`Prefer: respond-async`, RFC 7240).
fn wants_async(headers: &HeaderMap) -> bool {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|preference| preference.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("respond-async"))
}

pub(crate) async fn unknown() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "there is no such call; /docs/ lists them all")
}

pub(crate) async fn wrong_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this call has another method; /docs/ lists them all")
}
