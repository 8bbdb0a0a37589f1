//! `/admin`: people, rooms, bots, flows, and what happened, for those who run the server.

pub(crate) mod audit;
pub(crate) mod bots;
pub(crate) mod flows;
pub(crate) mod people;
pub(crate) mod rooms;

use axum::response::Response;
use http::StatusCode;
use minijinja::{Value, context};
use parlor_accounts::{By, Error};
use parlor_rooms::policy::{ServerAction, check_server};

use crate::{
    Web,
    account::{status, with_wait, wrong},
    caller::Caller,
    pages,
};

/// How many rows a page has.
const ROWS: usize = 100;

/// Who does something here, for the audit.
pub(crate) fn by(caller: &Caller) -> By {
    By::new(caller.actor.clone(), caller.address)
}

/// One of the pages.
fn draw(web: &Web, caller: &Caller, status: StatusCode, tab: &'static str, values: Value) -> Response {
    let common = context! {
        title => format!("{} · {}", tab_title(tab), web.templates().name()),
        tab,
        me => caller.person().map(|person| context! { name => &person.name, role => person.role.name() }),
        manages => check_server(&caller.actor, ServerAction::ManagePeople).is_ok(),
    };
    pages::admin(web, status, tab, context! { ..values, ..common })
}

fn tab_title(tab: &str) -> &'static str {
    match tab {
        "people" => "People",
        "rooms" => "Rooms",
        "bots" => "Bots",
        "flows" => "Flows",
        _ => "What happened",
    }
}

/// What can't be shown at all.
fn broken(web: &Web, error: &Error) -> Response {
    with_wait(pages::error(web, status(error), &wrong(error)), error)
}
