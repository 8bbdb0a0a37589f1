//! Reading who people are.

use parlor_rooms::{
    Timestamp,
    policy::{Role, Scopes},
};
use parlor_store::people::{
    Account, ApiToken, Happened, Identity, Invitation, Note, SESSIONS_MAX, SecretHash, Session,
};
use rusqlite::{Connection, OptionalExtension as _, Params, Result, Row, params};

use super::sql;
use crate::fault::garbled;

/// A word that stands in a column and means nothing.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no {1}")]
struct Unknown(String, &'static str);

fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    conn.prepare_cached(sql)?.query_map(params, read)?.collect()
}

fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    conn.prepare_cached(sql)?.query_row(params, read).optional()
}

fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    row.get(column).map(Timestamp)
}

/// Columns of a limit and an id hold less than a `u64` may.
fn bound(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn limit(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn role(row: &Row<'_>, column: usize) -> Result<Role> {
    let name: String = row.get(column)?;
    Role::named(&name).ok_or_else(|| garbled(Unknown(name, "role")))
}

fn read_account(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        id: number(row, 0)?,
        name: row.get(1)?,
        folded: row.get(2)?,
        role: role(row, 3)?,
        disabled: row.get(4)?,
        password: row.get(5)?,
        made: time(row, 6)?,
    })
}

fn read_session(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: number(row, 0)?,
        account: number(row, 1)?,
        made: time(row, 2)?,
        seen: time(row, 3)?,
        expires: time(row, 4)?,
        address: row.get(5)?,
        agent: row.get(6)?,
    })
}

fn read_token(row: &Row<'_>) -> Result<ApiToken> {
    let scopes: String = row.get(3)?;
    Ok(ApiToken {
        id: number(row, 0)?,
        account: number(row, 1)?,
        name: row.get(2)?,
        scopes: Scopes::named(scopes.split_whitespace()).map_err(|name| garbled(Unknown(name.to_owned(), "scope")))?,
        made: time(row, 4)?,
        used: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        expires: row.get::<_, Option<i64>>(6)?.map(Timestamp),
    })
}

fn read_invitation(row: &Row<'_>) -> Result<Invitation> {
    Ok(Invitation {
        id: number(row, 0)?,
        role: role(row, 1)?,
        uses: row.get(2)?,
        made: time(row, 3)?,
        expires: time(row, 4)?,
        by: row.get(5)?,
    })
}

fn read_note(row: &Row<'_>) -> Result<(u64, Note)> {
    let what: String = row.get(3)?;
    let what = Happened::named(&what).ok_or_else(|| garbled(Unknown(what, "happening")))?;
    let note = Note { at: time(row, 1)?, who: row.get(2)?, what, about: row.get(4)?, address: row.get(5)? };
    Ok((number(row, 0)?, note))
}

pub(super) fn accounts(conn: &Connection, after: u64, count: usize) -> Result<Vec<Account>> {
    all(conn, sql::ACCOUNTS, params![bound(after), limit(count)], read_account)
}

pub(super) fn account(conn: &Connection, id: u64) -> Result<Option<Account>> {
    one(conn, sql::ACCOUNT, [bound(id)], read_account)
}

pub(super) fn password(conn: &Connection, account: u64) -> Result<Option<String>> {
    Ok(one(conn, sql::PASSWORD, [bound(account)], |row| row.get(0))?.flatten())
}

pub(super) fn account_of(conn: &Connection, identity: &Identity) -> Result<Option<u64>> {
    one(conn, sql::IDENTITY, [&identity.issuer, &identity.subject], |row| number(row, 0))
}

pub(super) fn identities(conn: &Connection, account: u64) -> Result<Vec<Identity>> {
    let read = |row: &Row<'_>| Ok(Identity { issuer: row.get(0)?, subject: row.get(1)? });
    all(conn, sql::IDENTITIES, [bound(account)], read)
}

pub(super) fn session(conn: &Connection, hash: SecretHash) -> Result<Option<Session>> {
    one(conn, sql::SESSION, [hash], read_session)
}

pub(super) fn sessions(conn: &Connection, account: u64) -> Result<Vec<Session>> {
    all(conn, sql::SESSIONS, params![bound(account), limit(SESSIONS_MAX)], read_session)
}

pub(super) fn token(conn: &Connection, hash: SecretHash) -> Result<Option<ApiToken>> {
    one(conn, sql::TOKEN, [hash], read_token)
}

pub(super) fn tokens(conn: &Connection, account: u64, count: usize) -> Result<Vec<ApiToken>> {
    all(conn, sql::TOKENS, params![bound(account), limit(count)], read_token)
}

pub(super) fn invitation(conn: &Connection, hash: SecretHash) -> Result<Option<Invitation>> {
    one(conn, sql::INVITATION, [hash], read_invitation)
}

pub(super) fn invitations(conn: &Connection, count: usize) -> Result<Vec<Invitation>> {
    all(conn, sql::INVITATIONS, [limit(count)], read_invitation)
}

pub(super) fn notes(conn: &Connection, before: u64, count: usize) -> Result<Vec<(u64, Note)>> {
    all(conn, sql::NOTES, params![bound(before), limit(count)], read_note)
}
