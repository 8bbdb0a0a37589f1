//! `/admin/flows`: the assistant's flows, and one of them to write on. The pages ask for what they show themselves.

use axum::{extract::State, response::Response};
use http::{StatusCode, Uri};
use minijinja::context;
use parlor_rooms::policy::{Refusal, manage_flows};

use super::draw;
use crate::{Web, caller::Caller, gate, pages, params::Rest};

fn may(web: &Web, caller: &Caller) -> Result<(), Refusal> {
    manage_flows(&caller.actor, web.runtime().is_local(), web.runtime().accounts())
}

pub(crate) async fn list(State(web): State<Web>, caller: Caller, uri: Uri) -> Response {
    match may(&web, &caller) {
        Ok(()) => draw(&web, &caller, StatusCode::OK, "flows", context! {}),
        Err(why) => gate::refused(&web, &uri, why),
    }
}

pub(crate) async fn one(State(web): State<Web>, caller: Caller, uri: Uri, Rest(flow): Rest) -> Response {
    match may(&web, &caller) {
        Ok(()) => pages::flow(&web, &flow.unwrap_or_default()),
        Err(why) => gate::refused(&web, &uri, why),
    }
}
