//! Changing who people are, inside the writer's transaction: first what may refuse a change, then what it writes, since
//! others share the transaction.

use parlor_rooms::policy::Scopes;
use parlor_store::people::{AUDIT_KEPT, ApiToken, Change, Changed, Identity, NewAccount, Note, SESSIONS_MAX, Session};
use rusqlite::{Connection, OptionalExtension as _, Params, Result, params};

use super::sql;

/// Carries out a change, and notes it if it was done.
pub(crate) fn change(conn: &Connection, change: &Change, note: Option<&Note>) -> Result<Changed> {
    let changed = carry_out(conn, change)?;
    if let (Changed::Done(_), Some(note)) = (changed, note) {
        let row = params![note.at.0, note.who, note.what.name(), note.about, note.address];
        let number = conn.prepare_cached(sql::INSERT_NOTE)?.insert(row)?;
        execute(conn, sql::TRIM_NOTES, [number - AUDIT_KEPT.cast_signed()])?;
    }
    Ok(changed)
}

fn carry_out(conn: &Connection, change: &Change) -> Result<Changed> {
    match change {
        Change::AddAccount(new) => add_account(conn, new),
        Change::SetPassword { account, password, keep } => {
            let changed = of_one(execute(conn, sql::SET_PASSWORD, params![account.cast_signed(), password])?);
            end_sessions(conn, *account, *keep)?;
            Ok(changed)
        }
        Change::SetRole(account, role) => {
            execute(conn, sql::SET_ROLE, params![account.cast_signed(), role.name()]).map(of_one)
        }
        Change::SetDisabled(account, disabled) => {
            if *disabled {
                end_sessions(conn, *account, None)?;
            }
            execute(conn, sql::SET_DISABLED, params![account.cast_signed(), disabled]).map(of_one)
        }
        Change::Link(account, identity) => {
            if has_identity(conn, identity)? {
                return Ok(Changed::IdentityTaken);
            }
            link(conn, *account, identity)?;
            Ok(Changed::Done(0))
        }
        Change::AddSession(hash, session) => add_session(conn, hash, session),
        Change::TouchSession { id, seen, expires, address } => {
            execute(conn, sql::TOUCH_SESSION, params![id.cast_signed(), seen.0, expires.0, address]).map(of_one)
        }
        Change::EndSession { account, id } => {
            execute(conn, sql::END_SESSION, [id.cast_signed(), account.cast_signed()]).map(of_one)
        }
        Change::EndSessions { account, keep } => {
            end_sessions(conn, *account, *keep)?;
            Ok(Changed::Done(0))
        }
        Change::AddToken(hash, token) => add_token(conn, hash, token),
        Change::TouchToken(id, used) => execute(conn, sql::TOUCH_TOKEN, params![id.cast_signed(), used.0]).map(of_one),
        Change::RevokeToken { account, id } => {
            execute(conn, sql::REVOKE_TOKEN, [id.cast_signed(), account.cast_signed()]).map(of_one)
        }
        Change::AddInvitation(hash, new) => {
            execute(conn, sql::EXPIRE_INVITATIONS, [new.made.0])?;
            let row = params![hash, new.role.name(), new.uses, new.made.0, new.expires.0, new.by];
            insert(conn, sql::INSERT_INVITATION, row)
        }
        Change::RevokeInvitation(id) => execute(conn, sql::REVOKE_INVITATION, [id.cast_signed()]).map(of_one),
        Change::Nothing => Ok(Changed::Done(0)),
    }
}

fn execute(conn: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    conn.prepare_cached(sql)?.execute(params)
}

fn insert(conn: &Connection, sql: &str, params: impl Params) -> Result<Changed> {
    Ok(Changed::Done(conn.prepare_cached(sql)?.insert(params)?.cast_unsigned()))
}

fn exists(conn: &Connection, sql: &str, params: impl Params) -> Result<bool> {
    Ok(conn.prepare_cached(sql)?.query_row(params, |_| Ok(())).optional()?.is_some())
}

fn of_one(rows: usize) -> Changed {
    if rows == 0 { Changed::Gone } else { Changed::Done(0) }
}

fn has_identity(conn: &Connection, identity: &Identity) -> Result<bool> {
    exists(conn, sql::IDENTITY, [&identity.issuer, &identity.subject])
}

fn link(conn: &Connection, account: u64, identity: &Identity) -> Result<usize> {
    execute(conn, sql::INSERT_IDENTITY, params![identity.issuer, identity.subject, account.cast_signed()])
}

fn end_sessions(conn: &Connection, account: u64, keep: Option<u64>) -> Result<usize> {
    execute(conn, sql::END_SESSIONS, params![account.cast_signed(), keep.map(u64::cast_signed)])
}

fn add_account(conn: &Connection, new: &NewAccount) -> Result<Changed> {
    if new.first && exists(conn, sql::ANY_ADMIN, [])? {
        return Ok(Changed::NotFirst);
    }
    if exists(conn, sql::ACCOUNT_NAMED, [&new.folded])? {
        return Ok(Changed::NameTaken);
    }
    if let Some(identity) = &new.identity
        && has_identity(conn, identity)?
    {
        return Ok(Changed::IdentityTaken);
    }
    if let Some(invitation) = new.invitation
        && execute(conn, sql::USE_INVITATION, [invitation.cast_signed(), new.made.0])? == 0
    {
        return Ok(Changed::InvitationOver);
    }
    let row = params![new.name, new.folded, new.role.name(), new.password, new.made.0];
    let id = conn.prepare_cached(sql::INSERT_ACCOUNT)?.insert(row)?.cast_unsigned();
    if let Some(identity) = &new.identity {
        link(conn, id, identity)?;
    }
    Ok(Changed::Done(id))
}

fn add_session(conn: &Connection, hash: &[u8; 32], new: &Session) -> Result<Changed> {
    if !exists(conn, sql::ACCOUNT, [new.account.cast_signed()])? {
        return Ok(Changed::Gone);
    }
    execute(conn, sql::EXPIRE_SESSIONS, [new.made.0])?;
    let row = params![hash, new.account.cast_signed(), new.made.0, new.seen.0, new.expires.0, new.address, new.agent];
    let changed = insert(conn, sql::INSERT_SESSION, row)?;
    execute(conn, sql::TRIM_SESSIONS, params![new.account.cast_signed(), SESSIONS_MAX.cast_signed()])?;
    Ok(changed)
}

fn add_token(conn: &Connection, hash: &[u8; 32], new: &ApiToken) -> Result<Changed> {
    if !exists(conn, sql::ACCOUNT, [new.account.cast_signed()])? {
        return Ok(Changed::Gone);
    }
    let row = params![
        hash,
        new.account.cast_signed(),
        new.name,
        scopes(new.scopes),
        new.made.0,
        new.used.map(|used| used.0),
        new.expires.map(|expires| expires.0)
    ];
    insert(conn, sql::INSERT_TOKEN, row)
}

fn scopes(scopes: Scopes) -> String {
    scopes.names().collect::<Vec<_>>().join(" ")
}
