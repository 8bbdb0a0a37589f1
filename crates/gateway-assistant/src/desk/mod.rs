//! The desk at which flows are written: the calls of admins. What is a file is shown there, and changed where it is.

mod change;
mod look;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, rejection::BytesRejection},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::StatusCode;
use parlor_accounts::By;
use parlor_flows::LARGEST_FILE;
use parlor_rooms::policy;
use parlor_runtime::{
    Caller,
    log::{AppendError, ReadError},
};
use serde::de::DeserializeOwned;

use crate::{
    Door,
    ask::{From, Wrong, object},
    door::refuse,
    trial,
};

/// How large a body may be, in bytes: a flow's text grows when it is written as JSON.
const LARGEST_BODY: usize = 4 * LARGEST_FILE;

impl Door {
    /// The admins' calls: all flows; one of them, its versions, and what is done with it.
    pub fn desk(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(look::list).post(change::make))
            .route("/{flow}", get(look::one).post(change::save).delete(change::delete))
            .route("/{flow}/versions/{version}", get(look::version))
            .route("/{flow}/publish", post(change::publish))
            .route("/{flow}/withdraw", post(change::withdraw))
            .route("/{flow}/check", post(trial::check))
            .route("/{flow}/try", post(trial::step))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(Arc::clone(self))
    }

    /// Who somebody is who may write flows, for what is noted; or why they may not.
    pub(crate) fn flow_writer(&self, from: &From) -> Result<By, Box<Response>> {
        let caller = from.as_ref().map_or_else(|| Caller::anyone(None), |axum::Extension(caller)| caller.clone());
        match policy::manage_flows(&caller.actor, self.runtime.is_local(), self.runtime.accounts()) {
            Ok(()) => Ok(By::new(caller.actor, caller.address)),
            Err(why) => Err(Box::new(Wrong::from(why).into_response())),
        }
    }
}

/// Reads the JSON of a call.
pub(crate) fn given<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Box<Response>> {
    let body = body.map_err(|why| {
        let sentence = match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "this is too large: a flow has at most 1 MiB",
            _ => "the body did not come whole; send it again",
        };
        Box::new(refuse(why.status(), sentence))
    })?;
    object(&body).map_err(|wrong| Box::new(wrong.into_response()))
}

fn none() -> Response {
    refuse(StatusCode::NOT_FOUND, "there is no such flow")
}

fn unread(error: &ReadError) -> Response {
    tracing::error!(%error, "flows can't be read");
    refuse(StatusCode::SERVICE_UNAVAILABLE, "the flows can't be read; try again in a moment")
}

fn unwritten(error: &AppendError) -> Response {
    tracing::error!(%error, "a flow can't be written");
    refuse(StatusCode::SERVICE_UNAVAILABLE, &format!("the flow can't be kept now: {error}"))
}
