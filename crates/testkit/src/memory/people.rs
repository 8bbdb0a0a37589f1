//! Who people are, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use parlor_rooms::policy::Role;
use parlor_store::{
    AppendError, ReadError,
    people::{
        AUDIT_KEPT, Account, ApiToken, Change, Changed, Identity, Invitation, NewAccount, Note, People, SESSIONS_MAX,
        SecretHash, Session,
    },
};

use super::MemoryStore;

/// All of it; numbers are never given again.
#[derive(Default)]
pub(crate) struct Tables {
    last: u64,
    accounts: BTreeMap<u64, (Account, Option<String>)>,
    identities: BTreeMap<Identity, u64>,
    sessions: BTreeMap<u64, (SecretHash, Session)>,
    tokens: BTreeMap<u64, (SecretHash, ApiToken)>,
    invitations: BTreeMap<u64, (SecretHash, Invitation)>,
    notes: BTreeMap<u64, Note>,
}

fn of_one<T>(found: Option<T>) -> Changed {
    found.map_or(Changed::Gone, |_| Changed::Done(0))
}

impl Tables {
    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn change(&mut self, change: Change) -> Changed {
        match change {
            Change::AddAccount(new) => self.add_account(*new),
            Change::SetPassword { account, password, keep } => {
                self.end_sessions(account, keep);
                of_one(self.accounts.get_mut(&account).map(|(account, hash)| {
                    account.password = password.is_some();
                    *hash = password;
                }))
            }
            Change::SetRole(id, role) => of_one(self.accounts.get_mut(&id).map(|(account, _)| account.role = role)),
            Change::SetDisabled(id, disabled) => {
                if disabled {
                    self.end_sessions(id, None);
                }
                of_one(self.accounts.get_mut(&id).map(|(account, _)| account.disabled = disabled))
            }
            Change::Link(_, identity) if self.identities.contains_key(&identity) => Changed::IdentityTaken,
            Change::Link(account, identity) => {
                self.identities.insert(identity, account);
                Changed::Done(0)
            }
            Change::AddSession(hash, session) => self.add_session(hash, *session),
            Change::TouchSession { id, seen, expires, address } => {
                of_one(self.sessions.get_mut(&id).map(|(_, session)| {
                    session.seen = session.seen.max(seen);
                    (session.expires, session.address) = (expires, address);
                }))
            }
            Change::EndSession { account, id } => {
                let its = self.sessions.get(&id).is_some_and(|(_, session)| session.account == account);
                of_one(its.then(|| self.sessions.remove(&id)))
            }
            Change::EndSessions { account, keep } => {
                self.end_sessions(account, keep);
                Changed::Done(0)
            }
            Change::AddToken(_, token) if !self.accounts.contains_key(&token.account) => Changed::Gone,
            Change::AddToken(hash, mut token) => {
                token.id = self.number();
                let id = token.id;
                self.tokens.insert(id, (hash, *token));
                Changed::Done(id)
            }
            Change::TouchToken(id, used) => of_one(self.tokens.get_mut(&id).map(|(_, token)| token.used = Some(used))),
            Change::RevokeToken { account, id } => {
                let its = self.tokens.get(&id).is_some_and(|(_, token)| token.account == account);
                of_one(its.then(|| self.tokens.remove(&id)))
            }
            Change::AddInvitation(hash, mut new) => {
                self.invitations.retain(|_, (_, invitation)| invitation.expires > new.made);
                new.id = self.number();
                let id = new.id;
                self.invitations.insert(id, (hash, *new));
                Changed::Done(id)
            }
            Change::RevokeInvitation(id) => of_one(self.invitations.remove(&id)),
            Change::Nothing => Changed::Done(0),
        }
    }

    fn end_sessions(&mut self, account: u64, keep: Option<u64>) {
        self.sessions.retain(|id, (_, session)| session.account != account || Some(*id) == keep);
    }

    fn add_account(&mut self, new: NewAccount) -> Changed {
        if new.first && self.accounts.values().any(|(account, _)| account.role == Role::Admin) {
            return Changed::NotFirst;
        }
        if self.accounts.values().any(|(account, _)| account.folded == new.folded) {
            return Changed::NameTaken;
        }
        if new.identity.as_ref().is_some_and(|identity| self.identities.contains_key(identity)) {
            return Changed::IdentityTaken;
        }
        if let Some(invitation) = new.invitation {
            let found = self.invitations.get_mut(&invitation).map(|(_, invitation)| invitation);
            match found.filter(|invitation| invitation.uses > 0 && invitation.expires > new.made) {
                Some(invitation) => invitation.uses -= 1,
                None => return Changed::InvitationOver,
            }
        }
        let id = self.number();
        let NewAccount { name, folded, role, password, identity, made, .. } = new;
        let account = Account { id, name, folded, role, disabled: false, password: password.is_some(), made };
        self.accounts.insert(id, (account, password));
        if let Some(identity) = identity {
            self.identities.insert(identity, id);
        }
        Changed::Done(id)
    }

    fn add_session(&mut self, hash: SecretHash, mut new: Session) -> Changed {
        if !self.accounts.contains_key(&new.account) {
            return Changed::Gone;
        }
        self.sessions.retain(|_, (_, session)| session.expires > new.made);
        let (id, account) = (self.number(), new.account);
        new.id = id;
        self.sessions.insert(id, (hash, new));
        for session in self.sessions_of(account).into_iter().skip(SESSIONS_MAX) {
            self.sessions.remove(&session.id);
        }
        Changed::Done(id)
    }

    /// The last used first.
    fn sessions_of(&self, account: u64) -> Vec<Session> {
        let its = self.sessions.values().map(|(_, session)| session).filter(|session| session.account == account);
        let mut its: Vec<_> = its.cloned().collect();
        its.sort_by_key(|session| std::cmp::Reverse((session.seen, session.id)));
        its
    }
}

fn with_hash<T: Clone>(rows: &BTreeMap<u64, (SecretHash, T)>, hash: SecretHash) -> Option<T> {
    rows.values().find(|(known, _)| *known == hash).map(|(_, row)| row.clone())
}

#[async_trait]
impl People for MemoryStore {
    async fn change_people(&self, change: Change, note: Option<Note>) -> Result<Changed, AppendError> {
        let people = &mut self.lock().people;
        let changed = people.change(change);
        if let (Changed::Done(_), Some(note)) = (changed, note) {
            let number = people.number();
            people.notes.insert(number, note);
            people.notes.retain(|known, _| *known + AUDIT_KEPT > number);
        }
        Ok(changed)
    }

    async fn touch(&self, change: Change) -> Result<(), AppendError> {
        self.lock().people.change(change);
        Ok(())
    }

    async fn accounts(&self, after: u64, limit: usize) -> Result<Vec<Account>, ReadError> {
        let people = &self.lock().people;
        Ok(people.accounts.range(after.saturating_add(1)..).take(limit).map(|(_, row)| row.0.clone()).collect())
    }

    async fn account(&self, id: u64) -> Result<Option<Account>, ReadError> {
        Ok(self.lock().people.accounts.get(&id).map(|(account, _)| account.clone()))
    }

    async fn password(&self, account: u64) -> Result<Option<String>, ReadError> {
        Ok(self.lock().people.accounts.get(&account).and_then(|(_, password)| password.clone()))
    }

    async fn account_of(&self, identity: &Identity) -> Result<Option<u64>, ReadError> {
        Ok(self.lock().people.identities.get(identity).copied())
    }

    async fn identities(&self, account: u64) -> Result<Vec<Identity>, ReadError> {
        let people = &self.lock().people;
        let its = people.identities.iter().filter(|(_, whose)| **whose == account);
        Ok(its.map(|(identity, _)| identity.clone()).collect())
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, ReadError> {
        Ok(with_hash(&self.lock().people.sessions, hash))
    }

    async fn sessions(&self, account: u64) -> Result<Vec<Session>, ReadError> {
        Ok(self.lock().people.sessions_of(account))
    }

    async fn token(&self, hash: SecretHash) -> Result<Option<ApiToken>, ReadError> {
        Ok(with_hash(&self.lock().people.tokens, hash))
    }

    async fn tokens(&self, account: u64, limit: usize) -> Result<Vec<ApiToken>, ReadError> {
        let people = &self.lock().people;
        let its = people.tokens.values().rev().map(|(_, token)| token).filter(|token| token.account == account);
        Ok(its.take(limit).cloned().collect())
    }

    async fn invitation(&self, hash: SecretHash) -> Result<Option<Invitation>, ReadError> {
        Ok(with_hash(&self.lock().people.invitations, hash))
    }

    async fn invitations(&self, limit: usize) -> Result<Vec<Invitation>, ReadError> {
        let people = &self.lock().people;
        Ok(people.invitations.values().rev().take(limit).map(|(_, invitation)| invitation.clone()).collect())
    }

    async fn notes(&self, before: u64, limit: usize) -> Result<Vec<(u64, Note)>, ReadError> {
        let people = &self.lock().people;
        Ok(people.notes.range(..before).rev().take(limit).map(|(id, note)| (*id, note.clone())).collect())
    }
}
