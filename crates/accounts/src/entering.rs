//! How people come in: by password, by signing up, by an invitation, as the first admin, by the word of somebody else.

use parlor_rooms::policy::{Person, Role, Scopes};
use parlor_store::people::{Change, Changed, Happened, Identity, NewAccount, Note, Session};

use crate::{
    Accounts, Client, Credential, Error, Name, Parts, Seen, directory, fold, lock,
    name::NAME_MAX,
    password,
    secret::{self, Kind},
    sessions::expiry,
};

/// The longest name of a browser that is kept, in bytes.
const AGENT_MAX: usize = 200;
/// How many numbers are tried behind a name that is taken.
const NUMBERS: u32 = 1_000;

/// Somebody who has logged in.
#[derive(Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The session's secret, for the cookie.
    pub token: String,
    /// Who it is.
    pub person: Person,
    /// The session.
    pub session: Session,
}

/// The secret is nobody's business.
impl std::fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoggedIn").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Somebody says who they are, with a password.
    pub async fn log_in(&self, name: &str, password: &str, from: &Client) -> Result<LoggedIn, Error> {
        let parts = self.on()?;
        // A name that none can have has no account either; what is counted and noted has a bound.
        let folded: String = fold(name).chars().take(2 * NAME_MAX).collect();
        lock(&parts.throttle).attempt(&folded, from.address, parts.now()).map_err(Error::TryLater)?;
        let account = parts.directory().named(&folded).cloned();
        let right = parts.has_password(account.as_ref().map_or(0, |account| account.id), password).await;
        if right.is_err() {
            lock(&parts.throttle).undone(&folded, from.address);
        }
        match account.filter(|_| matches!(right, Ok(true))) {
            Some(account) => {
                lock(&parts.throttle).right(&folded, from.address);
                if account.disabled {
                    return Err(Error::Disabled);
                }
                self.begin(&directory::person(&account), "with a password", from).await
            }
            None => {
                right?;
                let known = parts.directory().named(&folded).is_some();
                parts.note_failure(&folded, if known { "wrong password" } else { "no such account" }, from).await;
                Err(Error::Wrong)
            }
        }
    }

    /// Somebody makes an account of their own; where that is allowed.
    pub async fn sign_up(&self, name: &str, password: &str, from: &Client) -> Result<LoggedIn, Error> {
        if !self.options().sign_up {
            self.on()?;
            return Err(Error::NoSignUp);
        }
        self.enter(name, password, from, Role::Member, None, false).await
    }

    /// Somebody makes an account with an invitation.
    pub async fn accept_invitation(
        &self,
        secret: &str,
        name: &str,
        password: &str,
        from: &Client,
    ) -> Result<LoggedIn, Error> {
        let invitation = self.invitation(secret).await?;
        self.enter(name, password, from, invitation.role, Some(invitation.id), false).await
    }

    /// The first admin makes an account, with the secret that the server printed.
    pub async fn set_up(&self, secret: &str, name: &str, password: &str, from: &Client) -> Result<LoggedIn, Error> {
        if !self.is_setup_token(secret) {
            self.on()?;
            return Err(Error::SetUpOver);
        }
        self.enter(name, password, from, Role::Admin, None, true).await
    }

    /// Whether this is the secret that the server printed at its start, and there is no admin yet.
    pub fn is_setup_token(&self, secret: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        let (Some(parts), Some(shown)) = (&self.parts, secret::hash(Kind::SetUp, secret)) else { return false };
        lock(&parts.set_up).as_ref().is_some_and(|(_, hash)| bool::from(hash.ct_eq(&shown)))
    }

    /// Somebody for whom another server vouches. If none of ours is that yet, an account is made where `make` says so: with
    /// the name that is suggested, or one like it that is free. It is never joined to an account that has the name.
    pub async fn external(
        &self,
        identity: &Identity,
        suggested: &str,
        make: bool,
        from: &Client,
    ) -> Result<LoggedIn, Error> {
        let parts = self.on()?;
        let how = format!("by {}", identity.issuer);
        let account = match parts.store.account_of(identity).await? {
            Some(account) => account,
            None if !make => {
                parts.note_failure("", &format!("{how}: no account, and none is made"), from).await;
                return Err(Error::NoSignUp);
            }
            None => match self.make_external(identity, suggested, &how, from).await {
                // In another tab at the same moment.
                Err(Error::IdentityTaken) => parts.store.account_of(identity).await?.ok_or(Error::IdentityTaken)?,
                other => other?,
            },
        };
        let Some(person) = parts.person(account) else {
            parts.note_failure(&fold(&parts.name_of(account)), &format!("{how}: the account is disabled"), from).await;
            return Err(Error::Disabled);
        };
        self.begin(&person, &how, from).await
    }

    /// Somebody for whom another server was to vouch, and it did not: noted as a wrong password would be, and as rarely.
    pub async fn external_failed(&self, why: &str, from: &Client) {
        if let Some(parts) = &self.parts {
            parts.note_failure("", why, from).await;
        }
    }

    async fn make_external(
        &self,
        identity: &Identity,
        suggested: &str,
        how: &str,
        from: &Client,
    ) -> Result<u64, Error> {
        let parts = self.on()?;
        let name = parts.free_name(suggested);
        let note = parts.note(name.typed.clone(), Happened::AccountMade, how, from.address);
        let new = NewAccount { identity: Some(identity.clone()), ..new(&name, Role::Member, parts.now()) };
        parts.add(new, note).await
    }

    /// Joins somebody's account to one elsewhere, so that they can come in by it.
    pub async fn link(&self, person: &Person, identity: &Identity, from: &Client) -> Result<(), Error> {
        let parts = self.on()?;
        let note = parts.noted_of(person, Happened::IdentityLinked, format!("at {}", identity.issuer), from);
        match parts.store.change_people(Change::Link(person.id, identity.clone()), Some(note)).await? {
            Changed::IdentityTaken => Err(Error::IdentityTaken),
            _ => Ok(()),
        }
    }

    /// Who somebody is elsewhere.
    pub async fn identities(&self, person: &Person) -> Result<Vec<Identity>, Error> {
        Ok(self.on()?.store.identities(person.id).await?)
    }

    /// Somebody whose name a proxy gives that is trusted; the account is made if there is none.
    pub async fn by_name_from_proxy(&self, name: &str, from: &Client) -> Result<Seen, Error> {
        let parts = self.on()?;
        let known = || parts.directory().named(&fold(name)).map(|account| account.id);
        let account = match known() {
            Some(account) => account,
            None => {
                let name = Name::parse(name)?;
                let note = parts.note(name.typed.clone(), Happened::AccountMade, "by the proxy", from.address);
                match parts.add(new(&name, Role::Member, parts.now()), note).await {
                    // By another request at the same moment.
                    Err(Error::NameTaken(_)) => known().ok_or(Error::Disabled)?,
                    other => other?,
                }
            }
        };
        let person = parts.person(account).ok_or(Error::Disabled)?;
        Ok(Seen { person, scopes: Scopes::ALL, credential: Credential::Proxy, session: None })
    }

    /// Makes an account with a password, and logs in.
    async fn enter(
        &self,
        name: &str,
        password: &str,
        from: &Client,
        role: Role,
        invitation: Option<u64>,
        first: bool,
    ) -> Result<LoggedIn, Error> {
        let parts = self.on()?;
        let name = Name::parse(name)?;
        if parts.directory().named(&name.folded).is_some() {
            return Err(Error::NameTaken(name.typed));
        }
        password::check(password, &name.typed)?;
        let password = Some(parts.hashing.hash(password, &*parts.random).await?);
        let new = NewAccount { password, invitation, first, ..new(&name, role, parts.now()) };
        let (what, about) = match invitation {
            Some(number) => (Happened::InvitationUsed, format!("number {number}, as {}", role.name())),
            None => (Happened::AccountMade, format!("as {}", role.name())),
        };
        let note = parts.note(name.typed, what, about, from.address);
        let id = parts.add(new, note).await?;
        let person = parts.person(id).ok_or(Error::Disabled)?;
        self.begin(&person, "for the first time", from).await
    }

    /// Begins a session.
    async fn begin(&self, person: &Person, how: &str, from: &Client) -> Result<LoggedIn, Error> {
        let parts = self.on()?;
        let now = parts.now();
        let (token, hash) = secret::new(Kind::Session, &*parts.random);
        let mut session = Session {
            id: 0,
            account: person.id,
            made: now,
            seen: now,
            expires: expiry(now, now, self.options().session),
            address: from.address.map(|address| address.to_string()),
            agent: from.agent.as_deref().map(short),
        };
        let note = parts.noted_of(person, Happened::LoggedIn, how, from);
        let change = Change::AddSession(hash, Box::new(session.clone()));
        session.id = parts.change(change, note, "account").await?;
        // An account that was disabled between the password and here must not be in.
        let Some(person) = parts.person(person.id) else {
            self.end_session(person, session.id, from).await?;
            return Err(Error::Disabled);
        };
        Ok(LoggedIn { token, person, session })
    }
}

/// An account without a password.
pub(crate) fn new(name: &Name, role: Role, made: parlor_rooms::Timestamp) -> NewAccount {
    NewAccount {
        name: name.typed.clone(),
        folded: name.folded.clone(),
        role,
        password: None,
        identity: None,
        invitation: None,
        first: false,
        made,
    }
}

fn short(agent: &str) -> String {
    let mut agent: String = agent.chars().filter(|letter| !letter.is_control()).take(AGENT_MAX).collect();
    agent.truncate(agent.floor_char_boundary(AGENT_MAX));
    agent
}

impl Parts {
    /// Whether this is the account's password. Takes as long where there is no such account, or no password.
    pub(crate) async fn has_password(&self, account: u64, password: &str) -> Result<bool, Error> {
        let stored = self.store.password(account).await?;
        Ok(self.hashing.is_right(password, stored).await?)
    }

    /// Makes an account.
    pub(crate) async fn add(&self, new: NewAccount, note: Note) -> Result<u64, Error> {
        let name = new.name.clone();
        let _changing = self.changing.lock().await;
        let id = match self.store.change_people(Change::AddAccount(Box::new(new)), Some(note)).await? {
            Changed::Done(id) => id,
            Changed::NameTaken => return Err(Error::NameTaken(name)),
            Changed::IdentityTaken => return Err(Error::IdentityTaken),
            Changed::InvitationOver => return Err(Error::InvitationOver),
            Changed::NotFirst => return Err(Error::SetUpOver),
            Changed::Gone => return Err(Error::Gone("account")),
        };
        self.refresh(id).await?;
        Ok(id)
    }

    /// This name, or one like it that is free and allowed.
    fn free_name(&self, suggested: &str) -> Name {
        let kept: String =
            suggested.trim().chars().filter(|letter| Name::parse(&format!("x{letter}x")).is_ok()).collect();
        let short: String = kept.trim_start_matches('~').trim().chars().take(NAME_MAX - 5).collect();
        let directory = self.directory();
        let free = |name: &Name| directory.named(&name.folded).is_none();
        let base = if Name::parse(&short).is_ok() { short } else { "Guest".to_owned() };
        let numbered = (2..NUMBERS).map(|number| format!("{base} {number}"));
        let tries = std::iter::once(base.clone()).chain(numbered);
        let found = tries.filter_map(|name| Name::parse(&name).ok()).find(free);
        found.unwrap_or_else(|| {
            // So many of one name: then by something that nobody has.
            let typed = format!("Guest {}", &secret::new(Kind::SetUp, &*self.random).0[13..25]);
            Name { folded: fold(&typed), typed }
        })
    }

    /// Notes that somebody failed to log in, unless many do.
    async fn note_failure(&self, folded: &str, about: &str, from: &Client) {
        if !lock(&self.failures).may_note(folded, from.address, self.now()) {
            return;
        }
        // What was typed may be a password in the wrong field: only names that exist are written down.
        let who = self.directory().named(folded).map(|account| account.name.clone());
        let note = self.note(who.unwrap_or_else(|| "somebody".to_owned()), Happened::LogInFailed, about, from.address);
        if let Err(error) = self.store.change_people(Change::Nothing, Some(note)).await {
            tracing::warn!(%error, "a failed log-in is not noted");
        }
    }
}
