//! `/admin/audit`: what happened, the newest first.

use axum::{extract::State, response::Response};
use http::StatusCode;
use minijinja::context;
use parlor_accounts::Happened;

use super::{ROWS, broken, by, draw};
use crate::{Web, caller::Caller, params::Params, when};

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let before = params.number("before");
    let mut notes = match web.accounts().audit(&by(&caller), before, ROWS + 1).await {
        Ok(notes) => notes,
        Err(error) => return broken(&web, &error),
    };
    let more = notes.len() > ROWS;
    notes.truncate(ROWS);
    let next = notes.last().filter(|_| more).map(|(number, _)| *number);
    let rows = notes.into_iter().map(|(_, note)| {
        context! {
            at => when::value(note.at), who => note.who, what => what(note.what), about => note.about, address => note.address,
        }
    });
    let notes: Vec<_> = rows.collect();
    draw(&web, &caller, StatusCode::OK, "audit", context! { notes, next, later => before.is_some() })
}

/// What happened, in words.
pub(crate) fn what(happened: Happened) -> &'static str {
    match happened {
        Happened::LoggedIn => "logged in",
        Happened::LogInFailed => "failed to log in",
        Happened::LoggedOut => "logged out",
        Happened::PasswordChanged => "changed a password",
        Happened::AccountMade => "made an account",
        Happened::AccountDisabled => "disabled an account",
        Happened::AccountEnabled => "let an account in again",
        Happened::RoleChanged => "changed a role",
        Happened::IdentityLinked => "joined an account to a login elsewhere",
        Happened::TokenMade => "made a token",
        Happened::TokenRevoked => "took a token back",
        Happened::InvitationMade => "made an invitation",
        Happened::InvitationUsed => "used an invitation",
        Happened::InvitationRevoked => "took an invitation back",
        Happened::RoomConfigured => "changed a room’s settings",
        Happened::FlowPublished => "published a flow",
        Happened::FlowWithdrawn => "took a flow back",
        Happened::FlowDeleted => "deleted a flow",
    }
}
