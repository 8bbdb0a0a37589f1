//! `GET /ws/{room}`: the room stream, with the signals that `also=` asks for.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use parlor_accounts::Held;
use parlor_rooms::{RoomName, policy::Action};
use parlor_runtime::{Follow, Kinds};
use parlor_sockets::{CloseCode, Limits, Socket, Upgrade};

use crate::{
    Web,
    caller::Caller,
    error::ApiError,
    params::{Params, Rest},
};

/// What a client is told whose login is over.
const ENDED: &str = "the login is over: log in again";

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
        caller: caller.0.clone(),
        room,
        since: params.id("since"),
        last: params.number("last").map(|last| usize::try_from(last).unwrap_or(usize::MAX)),
        also: params.text("also").map(Kinds::named).unwrap_or_default(),
        encoder: web.encoder(),
    };
    // Before the answer: what ends from now on closes the connection.
    let held = match caller.seen() {
        Some(seen) => Some(web.accounts().hold(seen).await?),
        None => None,
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
                let socket = connection.socket().clone();
                tokio::select! {
                    _ = runtime.follow(connection, follow) => {}
                    () = closed_at_end(held.as_ref(), &socket) => {}
                }
            }
            Err(error) => tracing::debug!(%error, "a client went away during the handshake"),
        }
    });
    Ok(response)
}

/// Closes the socket when the login that it was opened with is over; never returns, since what follows the room has to end
/// by itself.
async fn closed_at_end(held: Option<&Held>, socket: &Socket) {
    if let Some(held) = held {
        held.ended().cancelled().await;
        socket.close(CloseCode::POLICY, ENDED);
    }
    std::future::pending::<()>().await;
}
