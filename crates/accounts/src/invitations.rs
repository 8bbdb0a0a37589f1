//! Invitations: links with which people make accounts of their own.

use std::time::Duration;

use parlor_rooms::policy::Role;
use parlor_store::people::{Change, Happened, Invitation};

use crate::{
    Accounts, By, Error, may_manage,
    secret::{self, Kind},
};

/// How many there may be.
const INVITATIONS_MAX: usize = 1_000;
/// How many people may use one.
pub(crate) const USES_MAX: u32 = 10_000;
/// How long one may last.
const LIFE_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Accounts {
    /// Makes an invitation, and gives its secret: it is shown this once.
    pub async fn make_invitation(
        &self,
        by: &By,
        role: Role,
        uses: u32,
        life: Duration,
    ) -> Result<(String, Invitation), Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        if !(1..=USES_MAX).contains(&uses) {
            return Err(Error::Invalid("uses", "give 1 to 10000"));
        }
        if life.is_zero() || life > LIFE_MAX {
            return Err(Error::Invalid("for", "give a minute to 366 days"));
        }
        let now = parts.now();
        let valid = parts.store.invitations(INVITATIONS_MAX).await?.iter().filter(|one| one.expires > now).count();
        if valid >= INVITATIONS_MAX {
            return Err(Error::TooMany("invitations", INVITATIONS_MAX));
        }
        let (secret, hash) = secret::new(Kind::Invitation, &*parts.random);
        let mut new = Invitation { id: 0, role, uses, made: now, expires: now.plus(life), by: by.name() };
        let note = parts.noted_by(by, Happened::InvitationMade, format!("for {uses} as {}", role.name()));
        new.id = parts.change(Change::AddInvitation(hash, Box::new(new.clone())), note, "invitation").await?;
        Ok((secret, new))
    }

    /// The invitations that can still be used, the newest first.
    pub async fn invitations(&self, by: &By) -> Result<Vec<Invitation>, Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let now = parts.now();
        let mut all = parts.store.invitations(INVITATIONS_MAX).await?;
        all.retain(|one| one.uses > 0 && one.expires > now);
        Ok(all)
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, by: &By, id: u64) -> Result<(), Error> {
        let parts = self.on()?;
        may_manage(&by.actor)?;
        let note = parts.noted_by(by, Happened::InvitationRevoked, format!("number {id}"));
        parts.change(Change::RevokeInvitation(id), note, "invitation").await?;
        Ok(())
    }

    /// What an invitation is for; an error if it can't be used.
    pub async fn invitation(&self, secret: &str) -> Result<Invitation, Error> {
        let parts = self.on()?;
        let hash = secret::hash(Kind::Invitation, secret).ok_or(Error::InvitationOver)?;
        let found = parts.store.invitation(hash).await?;
        found.filter(|one| one.uses > 0 && one.expires > parts.now()).ok_or(Error::InvitationOver)
    }
}
