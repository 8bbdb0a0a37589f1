//! `/admin/bots`: the bots of all rooms.

use axum::{extract::State, response::Response};
use http::StatusCode;
use minijinja::context;
use parlor_rooms::Endpoint;

use super::{ROWS, broken, draw};
use crate::{Web, caller::Caller, pages, params::Params};

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let after = params.number("after").unwrap_or(0);
    let all = match web.runtime().store().all_bots().await {
        Ok(all) => all,
        Err(error) => return broken(&web, &error.into()),
    };
    let mut page: Vec<_> = all.into_iter().filter(|(_, bot)| bot.id.0 > after).take(ROWS + 1).collect();
    let more = page.len() > ROWS;
    page.truncate(ROWS);
    let next = page.last().filter(|_| more).map(|(_, bot)| bot.id.0);
    let rows = page.into_iter().map(|(room, bot)| {
        let connects = bot.endpoint() == Endpoint::Socket;
        context! {
            id => bot.id.0, name => bot.name, url => bot.url, paused => bot.paused, signed => bot.signed,
            connected => connects.then(|| web.control().is_connected(bot.id)),
            room => room.as_str(), path => pages::room_path(&room),
        }
    });
    let bots: Vec<_> = rows.collect();
    draw(&web, &caller, StatusCode::OK, "bots", context! { bots, next })
}
