//! `GET /ws/{room}`: the room stream, with the signals that `also=` asks for.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use parlor_rooms::{RoomName, policy::Action};
use parlor_runtime::{Follow, Kinds};
use parlor_sockets::{Limits, Upgrade};

use crate::{
    Web,
    caller::Caller,
    error::ApiError,
    params::{Params, Rest},
};

pub(crate) async fn handle(
    State(web): State<Web>,
    caller: Caller,
    Rest(room): Rest,
    params: Params,
    request: axum::extract::Request,
) -> Result<Response, ApiError> {
    let room = room.ok_or_else(|| ApiError::bad("`room` in the address is not UTF-8"))?;
    let room = RoomName::parse(&room)?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    let open = web.open_socket(&caller)?;
    let (mut parts, _) = request.into_parts();
    let upgrade = match Upgrade::from_parts(&mut parts, &[]) {
        Ok(upgrade) => upgrade,
        Err(refusal) => {
            let headers = refusal.headers();
            return Ok((headers, ApiError::new(refusal.status(), refusal.to_string())).into_response());
        }
    };
    let response = upgrade.response().map(|()| Body::empty());
    let follow = Follow {
        caller: caller.0,
        room,
        since: params.id("since"),
        last: params.number("last").map(|last| usize::try_from(last).unwrap_or(usize::MAX)),
        also: params.text("also").map(Kinds::named).unwrap_or_default(),
        encoder: web.encoder(),
    };
    let runtime = web.runtime().clone();
    let tracker = runtime.tracker().clone();
    let limits = Limits { incoming: runtime.limits().limits().frame, ..Limits::CLIENT };
    tracker.spawn(async move {
        let _open = open;
        match upgrade.connect(limits).await {
            Ok(mut connection) => {
                web.sweeper().watch(&mut connection);
                drop(web);
                runtime.follow(connection, follow).await;
            }
            Err(error) => tracing::debug!(%error, "a client went away during the handshake"),
        }
    });
    Ok(response)
}
