//! People: who there is, what they are, their passwords.

use parlor_rooms::policy::{Actor, Person, Role};
use parlor_store::people::{Account, Change, Changed, Happened, Note};

use crate::{Accounts, By, Client, Error, Name, Parts, entering, lock, may_manage, password};

/// The most accounts of one page.
const PAGE_MAX: usize = 1_000;

impl Accounts {
    /// Accounts with ids above `after`, in order of id; for who runs the server.
    pub async fn people(&self, by: &By, after: u64, limit: usize) -> Result<Vec<Account>, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        Ok(parts.store.accounts(after, limit.min(PAGE_MAX)).await?)
    }

    /// The account with this name.
    pub fn account(&self, by: &By, name: &str) -> Result<Account, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let id = parts.find(name)?;
        parts.directory().get(id).cloned().ok_or_else(|| Error::NoAccount(name.to_owned()))
    }

    /// Makes an account; without a password nobody can log in to it by one.
    pub async fn add(&self, by: &By, name: &str, role: Role, password: Option<&str>) -> Result<Account, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let name = Name::parse(name)?;
        if parts.directory().named(&name.folded).is_some() {
            return Err(Error::NameTaken(name.typed));
        }
        let mut new = entering::new(&name, role, parts.now());
        if let Some(password) = password {
            password::check(password, &name.typed)?;
            new.password = Some(parts.hashing.hash(password, &*parts.random).await?);
        }
        let about = format!("{} as {}", name.typed, role.name());
        let id = parts.add(new, parts.noted_by(by, Happened::AccountMade, about)).await?;
        parts.directory().get(id).cloned().ok_or(Error::Gone("account"))
    }

    /// Makes somebody something else. Connections that they hold open are closed, so that they come back as that.
    pub async fn set_role(&self, by: &By, name: &str, role: Role) -> Result<Account, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let id = parts.find(name)?;
        let _changing = parts.changing.lock().await;
        let before = parts.directory().get(id).cloned().ok_or(Error::Gone("account"))?;
        if before.role == role {
            return Ok(before);
        }
        parts.keep_an_admin(by, id)?;
        let about = format!("{} from {} to {}", before.name, before.role.name(), role.name());
        parts.change_account(id, Change::SetRole(id, role), parts.noted_by(by, Happened::RoleChanged, about)).await?;
        parts.holds.end(|account, _| account == id);
        Ok(Account { role, ..before })
    }

    /// Keeps somebody out, at once and everywhere, or lets them in again.
    pub async fn set_disabled(&self, by: &By, name: &str, disabled: bool) -> Result<Account, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let id = parts.find(name)?;
        let _changing = parts.changing.lock().await;
        let before = parts.directory().get(id).cloned().ok_or(Error::Gone("account"))?;
        if before.disabled == disabled {
            return Ok(before);
        }
        if disabled {
            parts.keep_an_admin(by, id)?;
        }
        let what = if disabled { Happened::AccountDisabled } else { Happened::AccountEnabled };
        let note = parts.noted_by(by, what, before.name.clone());
        parts.change_account(id, Change::SetDisabled(id, disabled), note).await?;
        if disabled {
            parts.end(|account, _| account == id);
        }
        Ok(Account { disabled, ..before })
    }

    /// Gives somebody another password; all their sessions end.
    pub async fn set_password(&self, by: &By, name: &str, password: &str) -> Result<(), Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let id = parts.find(name)?;
        let name = parts.name_of(id);
        password::check(password, &name)?;
        let hash = parts.hashing.hash(password, &*parts.random).await?;
        let note = parts.noted_by(by, Happened::PasswordChanged, name);
        parts.set_password(id, hash, None, note).await
    }

    /// Somebody changes their own password. All their sessions end but the one to keep. Who has none yet, since they come
    /// in by another way, gives none.
    pub async fn change_password(
        &self,
        person: &Person,
        old: Option<&str>,
        new: &str,
        keep: Option<u64>,
        from: &Client,
    ) -> Result<(), Error> {
        let parts = self.on()?;
        let account = parts.directory().get(person.id).cloned().ok_or(Error::Gone("account"))?;
        if account.password {
            // Who finds a browser open must not guess faster here than at the door.
            lock(&parts.throttle).attempt(&account.folded, from.address, parts.now()).map_err(Error::TryLater)?;
            let right = parts.has_password(person.id, old.unwrap_or_default()).await;
            if right.is_err() {
                lock(&parts.throttle).undone(&account.folded, from.address);
            }
            if !right? {
                return Err(Error::Wrong);
            }
            lock(&parts.throttle).right(&account.folded, from.address);
        }
        password::check(new, &account.name)?;
        let hash = parts.hashing.hash(new, &*parts.random).await?;
        let note = parts.noted_of(person, Happened::PasswordChanged, "", from);
        parts.set_password(person.id, hash, keep, note).await
    }
}

impl Parts {
    pub(crate) fn name_of(&self, id: u64) -> String {
        self.directory().get(id).map(|account| account.name.clone()).unwrap_or_default()
    }

    /// Who sits at the command line can always make another admin.
    fn keep_an_admin(&self, by: &By, id: u64) -> Result<(), Error> {
        if by.actor != Actor::Server && self.directory().is_last_admin(id) {
            return Err(Error::LastAdmin);
        }
        Ok(())
    }

    /// Changes an account, in the store and then in memory. Called with `changing` held.
    async fn change_account(&self, id: u64, change: Change, note: Note) -> Result<(), Error> {
        match self.store.change_people(change, Some(note)).await? {
            Changed::Done(_) => self.refresh(id).await,
            _ => Err(Error::Gone("account")),
        }
    }

    async fn set_password(&self, id: u64, hash: String, keep: Option<u64>, note: Note) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        self.change_account(id, Change::SetPassword { account: id, password: Some(hash), keep }, note).await?;
        self.end_sessions(id, keep);
        Ok(())
    }
}
