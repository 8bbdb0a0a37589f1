//! `GET /api/admin/rooms`: every room with its settings, for operators and admins.

use axum::extract::State;
use parlor_wire::accounts_api;

use super::{
    super::{Answer, private, seconds, settings},
    limit,
};
use crate::{Web, admin::rooms::overseen, caller::Caller, params::Params};

/// Every room, by name, with its settings. For operators and admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    get, path = "/api/admin/rooms", tag = "admin",
    params(
        ("q" = Option<String>, Query, description = "Only those with this in their name"),
        ("after" = Option<String>, Query, description = "Only those whose name comes after this one: the next page"),
        ("limit" = Option<u64>, Query, description = "At most so many, up to 500; 100 without"),
    ),
    responses((status = 200, description = "The rooms", body = Vec<accounts_api::OverseenRoom>))
)]
pub(crate) async fn list(State(web): State<Web>, _: Caller, params: Params) -> Answer {
    let (sought, after) = (params.text("q").unwrap_or_default(), params.text("after").unwrap_or_default());
    let rooms =
        overseen(&web, sought, after, limit(&params)).await?.into_iter().map(|room| accounts_api::OverseenRoom {
            room: room.name.to_string(),
            settings: settings::whole(&web, &room.name, &room.state.settings),
            bots: room.state.bots.len(),
            last: room.last.map(seconds),
        });
    private(&rooms.collect::<Vec<_>>())
}
