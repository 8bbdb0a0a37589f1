//! Who people are, as this driver stores it: changes by the one writer, reading by the readers.

mod change;
mod read;
mod sql;

use async_trait::async_trait;
use parlor_store::{
    AppendError, ReadError,
    people::{Account, ApiToken, Change, Changed, Identity, Invitation, Note, People, SecretHash, Session},
};

pub(crate) use self::change::change;
#[cfg(test)]
pub(crate) use self::sql::ALL as STATEMENTS;
use crate::{SqliteStore, writer::Command};

#[async_trait]
impl People for SqliteStore {
    async fn change_people(&self, change: Change, note: Option<Note>) -> Result<Changed, AppendError> {
        self.commanded(|answer| Command::People(Box::new((change, note)), answer)).await
    }

    async fn touch(&self, change: Change) -> Result<(), AppendError> {
        self.command(Command::Touch(Box::new(change))).await
    }

    async fn accounts(&self, after: u64, limit: usize) -> Result<Vec<Account>, ReadError> {
        self.readers.read(move |conn| read::accounts(conn, after, limit)).await
    }

    async fn account(&self, id: u64) -> Result<Option<Account>, ReadError> {
        self.readers.read(move |conn| read::account(conn, id)).await
    }

    async fn password(&self, account: u64) -> Result<Option<String>, ReadError> {
        self.readers.read(move |conn| read::password(conn, account)).await
    }

    async fn account_of(&self, identity: &Identity) -> Result<Option<u64>, ReadError> {
        let identity = identity.clone();
        self.readers.read(move |conn| read::account_of(conn, &identity)).await
    }

    async fn identities(&self, account: u64) -> Result<Vec<Identity>, ReadError> {
        self.readers.read(move |conn| read::identities(conn, account)).await
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<Session>, ReadError> {
        self.readers.read(move |conn| read::session(conn, hash)).await
    }

    async fn sessions(&self, account: u64) -> Result<Vec<Session>, ReadError> {
        self.readers.read(move |conn| read::sessions(conn, account)).await
    }

    async fn token(&self, hash: SecretHash) -> Result<Option<ApiToken>, ReadError> {
        self.readers.read(move |conn| read::token(conn, hash)).await
    }

    async fn tokens(&self, account: u64, limit: usize) -> Result<Vec<ApiToken>, ReadError> {
        self.readers.read(move |conn| read::tokens(conn, account, limit)).await
    }

    async fn invitation(&self, hash: SecretHash) -> Result<Option<Invitation>, ReadError> {
        self.readers.read(move |conn| read::invitation(conn, hash)).await
    }

    async fn invitations(&self, limit: usize) -> Result<Vec<Invitation>, ReadError> {
        self.readers.read(move |conn| read::invitations(conn, limit)).await
    }

    async fn notes(&self, before: u64, limit: usize) -> Result<Vec<(u64, Note)>, ReadError> {
        self.readers.read(move |conn| read::notes(conn, before, limit)).await
    }
}
