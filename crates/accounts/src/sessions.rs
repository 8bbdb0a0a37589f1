//! Sessions and tokens in use: who shows one is known without a look into the store.

use std::{net::IpAddr, time::Duration};

use parlor_rooms::{
    Timestamp,
    policy::{Actor, Person, Scopes},
};
use parlor_store::{
    ReadError,
    people::{ApiToken, Change, Changed, Happened, SecretHash, Session},
};

use crate::{
    Accounts, By, Client, Error, Parts,
    bounded::Bounded,
    directory::person,
    lock,
    secret::{self, Kind},
};

/// How many sessions and tokens are remembered, each.
const REMEMBERED: usize = 20_000;
/// How often it is written down that one was used.
const WRITTEN_EVERY: Duration = Duration::from_secs(5 * 60);
/// However often it is used, a session ends after this.
const SESSION_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What somebody showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A session, by its number.
    Session(u64),
    /// A token, by its number.
    Token(u64),
    /// The word of a proxy that is trusted.
    Proxy,
}

/// Somebody who has proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub person: Person,
    /// What they may with what they showed.
    pub scopes: Scopes,
    /// What that was.
    pub credential: Credential,
    /// The session, if it is one.
    pub session: Option<Session>,
}

impl Seen {
    /// As the policy knows them.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.clone(), self.scopes)
    }

    /// The number of the session, if it is one.
    pub fn session_id(&self) -> Option<u64> {
        self.session.as_ref().map(|session| session.id)
    }
}

/// What is remembered of the store.
#[derive(Debug)]
pub(crate) struct Cache {
    sessions: Bounded<SecretHash, Session>,
    tokens: Bounded<SecretHash, ApiToken>,
    /// Grows when something ends: what was read before may have ended since.
    ended: u64,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self { sessions: Bounded::new(REMEMBERED), tokens: Bounded::new(REMEMBERED), ended: 0 }
    }

    fn end(&mut self, which: impl Fn(u64, &Credential) -> bool) {
        self.ended += 1;
        self.sessions.retain(|_, session| !which(session.account, &Credential::Session(session.id)));
        self.tokens.retain(|_, token| !which(token.account, &Credential::Token(token.id)));
    }
}

impl Parts {
    /// Something ended, durably: nothing in memory knows it any longer, and who holds a connection with it is told.
    pub(crate) fn end(&self, which: impl Fn(u64, &Credential) -> bool) {
        lock(&self.cache).end(&which);
        self.holds.end(which);
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, ReadError> {
        let ended = {
            let mut cache = lock(&self.cache);
            if let Some(session) = cache.sessions.get_mut(&hash) {
                return Ok(Some(session.clone()));
            }
            cache.ended
        };
        let found = self.store.session(hash).await?;
        let mut cache = lock(&self.cache);
        if let Some(session) = found.as_ref().filter(|_| cache.ended == ended) {
            cache.sessions.insert(hash, session.clone());
        }
        Ok(found)
    }

    async fn token(&self, hash: SecretHash) -> Result<Option<ApiToken>, ReadError> {
        let ended = {
            let mut cache = lock(&self.cache);
            if let Some(token) = cache.tokens.get_mut(&hash) {
                return Ok(Some(token.clone()));
            }
            cache.ended
        };
        let found = self.store.token(hash).await?;
        let mut cache = lock(&self.cache);
        if let Some(token) = found.as_ref().filter(|_| cache.ended == ended) {
            cache.tokens.insert(hash, token.clone());
        }
        Ok(found)
    }

    /// The account as somebody who may come in.
    pub(crate) fn person(&self, id: u64) -> Option<Person> {
        self.directory().get(id).filter(|account| !account.disabled).map(person)
    }

    /// Whether what somebody was seen with still holds, as the store says.
    pub(crate) async fn still_holds(&self, seen: &Seen) -> Result<bool, Error> {
        if self.person(seen.person.id).as_ref() != Some(&seen.person) {
            return Ok(false);
        }
        Ok(match seen.credential {
            Credential::Proxy => true,
            Credential::Session(id) => {
                self.store.sessions(seen.person.id).await?.iter().any(|session| session.id == id)
            }
            Credential::Token(id) => {
                let tokens = self.store.tokens(seen.person.id, crate::tokens::TOKENS_MAX).await?;
                tokens.iter().any(|token| token.id == id)
            }
        })
    }

    /// Writes down, now and then, that a session was used.
    async fn used(&self, hash: SecretHash, session: &mut Session, from: Option<IpAddr>, life: Duration) {
        let now = self.now();
        if now.since(session.seen) < WRITTEN_EVERY {
            return;
        }
        session.seen = now;
        session.expires = expiry(session.made, now, life);
        session.address = from.map(|address| address.to_string());
        if let Some(known) = lock(&self.cache).sessions.get_mut(&hash) {
            known.clone_from(session);
        }
        let Session { id, seen, expires, ref address, .. } = *session;
        let touch = Change::TouchSession { id, seen, expires, address: address.clone() };
        if let Err(error) = self.store.touch(touch).await {
            tracing::debug!(%error, "that a session was used is not written down");
        }
    }
}

/// When a session ends that was used now.
pub(crate) fn expiry(made: Timestamp, now: Timestamp, life: Duration) -> Timestamp {
    now.plus(life).min(made.plus(SESSION_MAX))
}

impl Accounts {
    /// Whose session this is, and that it was used; none if it is over or never was one.
    pub async fn session(&self, token: &str, from: Option<IpAddr>) -> Result<Option<Seen>, ReadError> {
        let (Some(parts), Some(hash)) = (&self.parts, secret::hash(Kind::Session, token)) else { return Ok(None) };
        let Some(mut session) = parts.session(hash).await? else { return Ok(None) };
        let Some(person) = parts.person(session.account).filter(|_| session.expires > parts.now()) else {
            return Ok(None);
        };
        parts.used(hash, &mut session, from, self.options.session).await;
        let credential = Credential::Session(session.id);
        Ok(Some(Seen { person, scopes: Scopes::ALL, credential, session: Some(session) }))
    }

    /// Whose token this is, and that it was used; none if it is over or never was one.
    pub async fn api_token(&self, token: &str) -> Result<Option<Seen>, ReadError> {
        let (Some(parts), Some(hash)) = (&self.parts, secret::hash(Kind::Token, token)) else { return Ok(None) };
        let Some(found) = parts.token(hash).await? else { return Ok(None) };
        let now = parts.now();
        let over = found.expires.is_some_and(|expires| expires <= now);
        let Some(person) = parts.person(found.account).filter(|_| !over) else { return Ok(None) };
        if found.used.is_none_or(|used| now.since(used) >= WRITTEN_EVERY) {
            if let Some(known) = lock(&parts.cache).tokens.get_mut(&hash) {
                known.used = Some(now);
            }
            if let Err(error) = parts.store.touch(Change::TouchToken(found.id, now)).await {
                tracing::debug!(%error, "that a token was used is not written down");
            }
        }
        Ok(Some(Seen { person, scopes: found.scopes, credential: Credential::Token(found.id), session: None }))
    }

    /// Ends this session; nothing if it has ended.
    pub async fn log_out(&self, token: &str, from: &Client) -> Result<(), Error> {
        let parts = self.on()?;
        match self.session(token, from.address).await? {
            Some(Seen { person, session: Some(session), .. }) => {
                let done = self.end_session(&person, session.id, from).await;
                // Somebody else may have ended it a moment ago.
                if matches!(done, Err(Error::Gone(_))) { Ok(()) } else { done }
            }
            _ => {
                // Of a disabled account nothing is left; what is remembered goes anyway.
                if let Some(hash) = secret::hash(Kind::Session, token) {
                    lock(&parts.cache).sessions.remove(&hash);
                }
                Ok(())
            }
        }
    }

    /// Somebody's sessions, the last used first.
    pub async fn sessions(&self, person: &Person) -> Result<Vec<Session>, Error> {
        let parts = self.on()?;
        let now = parts.now();
        let mut sessions = parts.store.sessions(person.id).await?;
        sessions.retain(|session| session.expires > now);
        Ok(sessions)
    }

    /// Ends one of somebody's sessions.
    pub async fn end_session(&self, person: &Person, id: u64, from: &Client) -> Result<(), Error> {
        let parts = self.on()?;
        let note = parts.noted_of(person, Happened::LoggedOut, "", from);
        parts.change(Change::EndSession { account: person.id, id }, note, "session").await?;
        parts.end(|_, credential| *credential == Credential::Session(id));
        Ok(())
    }

    /// Ends all of somebody's sessions but the one to keep.
    pub async fn log_out_everywhere(&self, person: &Person, keep: Option<u64>, from: &Client) -> Result<(), Error> {
        let parts = self.on()?;
        let about = if keep.is_some() { "in all other browsers" } else { "everywhere" };
        let note = parts.noted_of(person, Happened::LoggedOut, about, from);
        parts.change(Change::EndSessions { account: person.id, keep }, note, "account").await?;
        parts.end_sessions(person.id, keep);
        Ok(())
    }

    /// Ends all sessions of the account with this name, by who runs the server.
    pub async fn end_sessions_of(&self, by: &By, name: &str) -> Result<(), Error> {
        let parts = self.on()?;
        crate::may_manage(&by.actor)?;
        let account = parts.find(name)?;
        let note = parts.noted_by(by, Happened::LoggedOut, format!("{} everywhere", parts.name_of(account)));
        match parts.store.change_people(Change::EndSessions { account, keep: None }, Some(note)).await? {
            Changed::Done(_) => parts.end_sessions(account, None),
            _ => return Err(Error::Gone("account")),
        }
        Ok(())
    }
}

impl Parts {
    /// All sessions of an account have ended, but the one to keep.
    pub(crate) fn end_sessions(&self, account: u64, keep: Option<u64>) {
        self.end(|whose, credential| match credential {
            Credential::Session(id) => whose == account && Some(*id) != keep,
            Credential::Token(_) | Credential::Proxy => false,
        });
    }
}
