//! `/admin/rooms`: every room, when it was last spoken in, and who may come in.

use axum::{extract::State, response::Response};
use http::StatusCode;
use minijinja::{Value, context};
use parlor_rooms::{Access, EventId, RoomName, RoomState, Timestamp};
use parlor_runtime::log::ReadError;

use super::{ROWS, broken, draw};
use crate::{Web, caller::Caller, pages, params::Params, when};

/// A room, as those see it who run the server.
pub(crate) struct Overseen {
    pub(crate) name: RoomName,
    pub(crate) state: RoomState,
    /// When it was spoken in last.
    pub(crate) last: Option<Timestamp>,
}

/// Rooms in order of their names: those after a name, and with something in theirs.
pub(crate) async fn overseen(web: &Web, sought: &str, after: &str, limit: usize) -> Result<Vec<Overseen>, ReadError> {
    let sought = sought.trim().to_lowercase();
    let mut names: Vec<RoomName> = web.runtime().store().rooms().await?.into_iter().map(|(room, _)| room).collect();
    // Sessions of visitors are in the inbox, and many.
    names.retain(|room| room.session().is_none());
    names.retain(|room| room.as_str() > after && (sought.is_empty() || room.as_str().to_lowercase().contains(&sought)));
    names.sort();
    names.truncate(limit);
    let mut rooms = Vec::with_capacity(names.len());
    for name in names {
        let state = web.runtime().snapshot(&name).await?;
        let newest = web.runtime().store().before(&name, EventId(u64::MAX >> 1), 1).await?.pop();
        rooms.push(Overseen { name, state, last: newest.map(|message| message.at) });
    }
    Ok(rooms)
}

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let sought = params.text("q").unwrap_or_default().trim();
    let mut rooms = match overseen(&web, sought, params.text("after").unwrap_or_default(), ROWS + 1).await {
        Ok(rooms) => rooms,
        Err(error) => return broken(&web, &error.into()),
    };
    let more = rooms.len() > ROWS;
    rooms.truncate(ROWS);
    let next = rooms.last().filter(|_| more).map(|room| room.name.to_string());
    let rooms: Vec<_> = rooms.iter().map(row).collect();
    draw(&web, &caller, StatusCode::OK, "rooms", context! { q => sought, rooms, next })
}

fn row(room: &Overseen) -> Value {
    let settings = &room.state.settings;
    let access = match settings.access {
        Access::Public => "public",
        Access::Members => "members",
        Access::Private => "private",
    };
    context! {
        name => room.name.as_str(), path => pages::room_path(&room.name), access,
        members => settings.members.len(), bots => room.state.bots.len(), last => room.last.map(when::value),
    }
}
