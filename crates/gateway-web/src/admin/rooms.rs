//! `/admin/rooms`: every room, when it was last spoken in, and who may come in.

use axum::{extract::State, response::Response};
use http::StatusCode;
use minijinja::{Value, context};
use parlor_rooms::{Access, EventId, RoomName};
use parlor_runtime::log::ReadError;

use super::{ROWS, broken, draw};
use crate::{Web, caller::Caller, pages, params::Params, when};

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let sought = params.text("q").unwrap_or_default().trim().to_lowercase();
    let after = params.text("after").unwrap_or_default();
    match page(&web, &sought, after).await {
        Ok(values) => draw(&web, &caller, StatusCode::OK, "rooms", context! { q => sought, ..values }),
        Err(error) => broken(&web, &error.into()),
    }
}

async fn page(web: &Web, sought: &str, after: &str) -> Result<Value, ReadError> {
    let mut rooms: Vec<RoomName> = web.runtime().store().rooms().await?.into_iter().map(|(room, _)| room).collect();
    rooms.retain(|room| room.as_str() > after && (sought.is_empty() || room.as_str().to_lowercase().contains(sought)));
    rooms.sort();
    let more = rooms.len() > ROWS;
    rooms.truncate(ROWS);
    let next = rooms.last().filter(|_| more).map(|room| room.as_str().to_owned());
    let mut rows = Vec::with_capacity(rooms.len());
    for room in rooms {
        rows.push(row(web, &room).await?);
    }
    Ok(context! { rooms => rows, next })
}

async fn row(web: &Web, room: &RoomName) -> Result<Value, ReadError> {
    let state = web.runtime().snapshot(room).await?;
    let newest = web.runtime().store().before(room, EventId(u64::MAX >> 1), 1).await?.pop();
    let access = match state.settings.access {
        Access::Public => "public",
        Access::Members => "members",
        Access::Private => "private",
    };
    Ok(context! {
        name => room.as_str(), path => pages::room_path(room), access,
        members => state.settings.members.len(), bots => state.bots.len(),
        last => newest.map(|message| when::value(message.at)),
    })
}
