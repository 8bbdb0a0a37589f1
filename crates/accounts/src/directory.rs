//! All accounts in memory, a few hundred bytes each: who is asked for on every request is never read from the store.

use std::collections::HashMap;

use parlor_rooms::policy::{Person, Role};
use parlor_store::{People, ReadError, people::Account};

/// How many are read at once.
const PAGE: usize = 1_000;

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    accounts: HashMap<u64, Account>,
    by_name: HashMap<String, u64>,
}

impl Directory {
    /// Reads all of them.
    pub(crate) async fn read(store: &(impl People + ?Sized)) -> Result<Self, ReadError> {
        let mut all = Self::default();
        let mut last = 0;
        loop {
            let page = store.accounts(last, PAGE).await?;
            let Some(account) = page.last() else { return Ok(all) };
            last = account.id;
            page.into_iter().for_each(|account| all.put(account));
        }
    }

    pub(crate) fn put(&mut self, account: Account) {
        self.by_name.insert(account.folded.clone(), account.id);
        self.accounts.insert(account.id, account);
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub(crate) fn named(&self, folded: &str) -> Option<&Account> {
        self.by_name.get(folded).and_then(|id| self.get(*id))
    }

    /// Whether there is an admin, disabled or not.
    pub(crate) fn has_admin(&self) -> bool {
        self.accounts.values().any(|account| account.role == Role::Admin)
    }

    /// Whether nobody but this account runs the server.
    pub(crate) fn is_last_admin(&self, id: u64) -> bool {
        let runs = |account: &Account| account.role == Role::Admin && !account.disabled;
        self.get(id).is_some_and(runs) && !self.accounts.values().any(|other| other.id != id && runs(other))
    }
}

/// The account as somebody who has proved to be that.
pub(crate) fn person(account: &Account) -> Person {
    Person { id: account.id, name: account.name.clone(), role: account.role }
}
