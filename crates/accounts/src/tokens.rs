//! Tokens for programs: made and shown once, listed, taken back.

use std::time::Duration;

use parlor_rooms::{
    Timestamp,
    policy::{Person, Refusal, Role, Scopes},
};
use parlor_store::people::{ApiToken, Change, Happened};

use crate::{
    Accounts, Client, Credential, Error, Seen,
    secret::{self, Kind},
};

/// How many an account may have.
pub(crate) const TOKENS_MAX: usize = 100;
/// The longest name, in characters.
const TOKEN_NAME_MAX: usize = 64;

impl Accounts {
    /// Makes a token for somebody, and gives it: it is shown this once. With a token nobody makes one that allows more than it, or
    /// lasts longer.
    pub async fn make_token(
        &self,
        seen: &Seen,
        name: &str,
        scopes: Scopes,
        life: Option<Duration>,
        from: &Client,
    ) -> Result<(String, ApiToken), Error> {
        let (parts, person) = (self.on()?, &seen.person);
        let name = name.trim();
        if name.is_empty() || name.chars().count() > TOKEN_NAME_MAX || name.chars().any(char::is_control) {
            return Err(Error::Invalid("name", "say in 1 to 64 characters what the token is for"));
        }
        if scopes == Scopes::NONE {
            return Err(Error::Invalid("scopes", "give at least one of read, post, manage, account, admin"));
        }
        if scopes.admin && person.role < Role::Operator {
            return Err(Error::Invalid("scopes", "`admin` is for tokens of operators and admins"));
        }
        if let Some(scope) = scopes.beyond(seen.scopes) {
            return Err(Refusal::Scope(scope).into());
        }
        let others = parts.store.tokens(person.id, TOKENS_MAX).await?;
        if others.len() >= TOKENS_MAX {
            return Err(Error::TooMany("tokens", TOKENS_MAX));
        }
        let now = parts.now();
        let expires = life.map(|life| now.plus(life));
        if outlives(expires, seen, &others) {
            return Err(Error::Invalid("days", "a token makes none that lasts longer than itself"));
        }
        let (secret, hash) = secret::new(Kind::Token, &*parts.random);
        let mut token =
            ApiToken { id: 0, account: person.id, name: name.to_owned(), scopes, made: now, used: None, expires };
        let about = format!("{name} ({})", scopes.names().collect::<Vec<_>>().join(", "));
        let note = parts.noted_of(person, Happened::TokenMade, about, from);
        token.id = parts.change(Change::AddToken(hash, Box::new(token.clone())), note, "account").await?;
        Ok((secret, token))
    }

    /// Somebody's tokens, the newest first.
    pub async fn tokens(&self, person: &Person) -> Result<Vec<ApiToken>, Error> {
        Ok(self.on()?.store.tokens(person.id, TOKENS_MAX).await?)
    }

    /// Takes one of somebody's tokens back.
    pub async fn revoke_token(&self, person: &Person, id: u64, from: &Client) -> Result<(), Error> {
        let parts = self.on()?;
        let tokens = parts.store.tokens(person.id, TOKENS_MAX).await?;
        let token = tokens.into_iter().find(|token| token.id == id).ok_or(Error::Gone("token"))?;
        let note = parts.noted_of(person, Happened::TokenRevoked, token.name, from);
        parts.change(Change::RevokeToken { account: person.id, id }, note, "token").await?;
        parts.end(|_, credential| *credential == Credential::Token(id));
        Ok(())
    }
}

/// Whether a token that ends then would still be valid when the one with which it is made is over.
fn outlives(expires: Option<Timestamp>, seen: &Seen, tokens: &[ApiToken]) -> bool {
    let Credential::Token(id) = seen.credential else { return false };
    let maker = tokens.iter().find(|token| token.id == id).and_then(|token| token.expires);
    maker.is_some_and(|until| expires.is_none_or(|expires| expires > until))
}
