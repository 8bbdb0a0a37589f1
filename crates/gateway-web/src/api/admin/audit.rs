//! `GET /api/admin/audit`: what happened, for admins.

use axum::extract::State;
use parlor_wire::accounts_api;

use super::{
    super::{Answer, private, seconds},
    limit,
};
use crate::{Web, admin::by, caller::Caller, params::Params};

/// What happened, the newest first. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    get, path = "/api/admin/audit", tag = "admin",
    params(
        ("before" = Option<u64>, Query, description = "Only those with a smaller id: the next page"),
        ("limit" = Option<u64>, Query, description = "At most so many, up to 500; 100 without"),
    ),
    responses((status = 200, description = "What happened", body = Vec<accounts_api::Note>))
)]
pub(crate) async fn list(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let notes = web.accounts().audit(&by(&caller), params.number("before"), limit(&params)).await?;
    let notes = notes.into_iter().map(|(id, note)| accounts_api::Note {
        id,
        at: seconds(note.at),
        who: note.who,
        what: note.what.name().to_owned(),
        about: note.about,
        address: note.address,
    });
    private(&notes.collect::<Vec<_>>())
}
