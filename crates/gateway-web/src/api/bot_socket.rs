//! `GET /api/bots/socket`: where bots without an address connect.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode};
use parlor_runtime::NotAdmitted;
use parlor_sockets::{Limits, Upgrade};
use parlor_wire::rooms_api;

use crate::{
    Web,
    caller::{self, Caller},
    error::ApiError,
};

const NO_TOKEN: &str = "a bot connects here with its token, in the header `Authorization: Bearer TOKEN`; \
                        POST /api/actions/bot-token makes one for a bot whose `url` is `socket:`";

/// The websocket of a bot without an address. The server sends `{"id", "activation", "headers"}`, with `path` for a
/// form's relative endpoint, or `{"id", "get"}` for a file; the bot answers `{"id", "answer"}`, or `{"id", "status",
/// "type", "body"}` with the body in base64, or `{"id", "error"}`. What it says is described in the bots' reference.
#[utoipa::path(
    get, path = "/api/bots/socket", tag = "bots",
    params(("Authorization" = String, Header, description = "`Bearer TOKEN`")),
    responses(
        (status = 101, description = "The websocket"),
        (status = 401, description = "No bot has this token", body = rooms_api::Error),
        (status = 409, description = "The bot has an address of its own", body = rooms_api::Error),
        (status = 429, description = "The bot has too many connections", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let Some(token) = caller::bearer(&parts.headers) else {
        return ApiError::new(StatusCode::UNAUTHORIZED, NO_TOKEN).into_response();
    };
    let open = match web.open_socket(&caller) {
        Ok(open) => open,
        Err(limited) => return ApiError::from(limited).into_response(),
    };
    let admitted = match web.control().admit(token).await {
        Ok(admitted) => admitted,
        Err(why) => {
            let status = match &why {
                NotAdmitted::Token => StatusCode::UNAUTHORIZED,
                NotAdmitted::NotSocket => StatusCode::CONFLICT,
                NotAdmitted::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
                NotAdmitted::Read(error) => return ApiError::internal(error).into_response(),
            };
            return ApiError::new(status, why.to_string()).into_response();
        }
    };
    let upgrade = match Upgrade::from_parts(&mut parts, &[]) {
        Ok(upgrade) => upgrade,
        Err(refusal) => {
            return (refusal.headers(), ApiError::new(refusal.status(), refusal.to_string())).into_response();
        }
    };
    let mut response = upgrade.response().map(|()| Body::empty());
    response.headers_mut().insert("parlor-bot", HeaderValue::from(admitted.bot.0));
    let tracker = web.runtime().tracker().clone();
    tracker.spawn(async move {
        let _open = open;
        match upgrade.connect(Limits::BOT).await {
            Ok(mut connection) => {
                web.sweeper().watch(&mut connection);
                web.control().serve_bot(admitted, connection).await;
            }
            Err(error) => tracing::debug!(%error, "a bot went away during the handshake"),
        }
    });
    response
}
