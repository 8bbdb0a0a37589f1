//! `/api/admin/…`: people, invitations, rooms and what happened, for programs of those who run the server.

pub(crate) mod audit;
pub(crate) mod invitations;
pub(crate) mod people;
pub(crate) mod rooms;

use parlor_rooms::policy::Role;

use crate::{body::Body, error::ApiError, params::Params};

/// The most rows of an answer, and how many it has where nobody says.
const LIMIT: (u64, u64) = (500, 100);

/// How many rows are wanted.
fn limit(params: &Params) -> usize {
    let (most, usual) = LIMIT;
    usize::try_from(params.number("limit").unwrap_or(usual).min(most)).unwrap_or_default()
}

/// The field `role`, if it is there.
fn role(body: &Body) -> Result<Option<Role>, ApiError> {
    body.0.optional_string("role")?.map(named).transpose()
}

fn named(role: &str) -> Result<Role, ApiError> {
    Role::named(role).ok_or_else(|| ApiError::bad("`role` must be `member`, `operator` or `admin`"))
}
