//! Who people are: accounts, passwords, sessions, tokens, invitations, and what happened to them.
//!
//! [`Accounts`] is what gateways ask. All accounts are in memory, sessions and tokens that are in use in a small cache;
//! what is changed is durable first, then holds in memory at once: an account that is disabled is out with its next
//! request, and whoever keeps a connection open is told ([`Accounts::hold`]).

mod audit;
mod bounded;
mod directory;
mod entering;
mod error;
mod held;
mod invitations;
mod name;
mod password;
mod people;
mod secret;
mod sessions;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard},
    time::Duration,
};

use parlor_rooms::policy::Actor;
use parlor_rooms::{Clock, Random, Timestamp, policy};
use parlor_store::{ReadError, Store, people::SecretHash};

pub use self::{
    audit::By,
    entering::LoggedIn,
    error::{Error, seconds},
    held::Held,
    name::{NAME_MAX, Name, NameError, fold},
    password::{PASSWORD_MAX, PASSWORD_MIN, PasswordError},
    sessions::{Credential, Seen},
};
pub use parlor_store::people::{Account, ApiToken, Happened, Identity, Invitation, Note, Session};

use self::{directory::Directory, held::Holds, password::Hashing, sessions::Cache, throttle::Throttle};

/// What can be set about accounts.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether people have them.
    pub mode: policy::Accounts,
    /// Whether anybody may make one of their own without an invitation.
    pub sign_up: bool,
    /// How long a session lasts that is not used.
    pub session: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { mode: policy::Accounts::Off, sign_up: false, session: Duration::from_secs(30 * 24 * 60 * 60) }
    }
}

/// From where somebody comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address, as far as the proxies that are trusted tell.
    pub address: Option<IpAddr>,
    /// The browser, as it says.
    pub agent: Option<String>,
}

/// Who people are. Cheap to clone; where there are no accounts it holds nothing and costs nothing.
#[derive(Clone)]
pub struct Accounts {
    options: Arc<Options>,
    parts: Option<Arc<Parts>>,
}

struct Parts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    directory: RwLock<Directory>,
    /// Held while an account is changed, so that memory follows the store in its order.
    changing: tokio::sync::Mutex<()>,
    cache: Mutex<Cache>,
    holds: Arc<Holds>,
    throttle: Mutex<Throttle>,
    failures: Mutex<audit::Failures>,
    hashing: Hashing,
    /// The secret of the first start, until there is an admin.
    set_up: Mutex<Option<(String, SecretHash)>>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Accounts {
    /// No accounts.
    pub fn off() -> Self {
        Self { options: Arc::new(Options::default()), parts: None }
    }

    /// Reads who there is.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: Options,
    ) -> Result<Self, ReadError> {
        if options.mode == policy::Accounts::Off {
            return Ok(Self { options: Arc::new(options), parts: None });
        }
        let directory = Directory::read(&*store).await?;
        let set_up = (!directory.has_admin()).then(|| secret::new(secret::Kind::SetUp, &*random));
        let parts = Parts {
            store,
            clock,
            random,
            directory: RwLock::new(directory),
            changing: tokio::sync::Mutex::new(()),
            cache: Mutex::new(Cache::new()),
            holds: Arc::default(),
            throttle: Mutex::new(Throttle::new()),
            failures: Mutex::default(),
            hashing: Hashing::new(),
            set_up: Mutex::new(set_up),
        };
        Ok(Self { options: Arc::new(options), parts: Some(Arc::new(parts)) })
    }

    /// Whether people have accounts.
    pub fn mode(&self) -> policy::Accounts {
        self.options.mode
    }

    /// What is set.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The secret with which the first admin is made; none once there is one. It is for the server's own output.
    pub fn setup_token(&self) -> Option<String> {
        let parts = self.parts.as_ref()?;
        lock(&parts.set_up).as_ref().map(|(token, _)| token.clone())
    }

    /// Whether a name, however it is written, belongs to an account. Never waits.
    pub fn is_taken(&self, name: &str) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.directory().named(&fold(name)).is_some())
    }

    /// The name of the account that has this name, however it is written, as it was made. Never waits.
    pub fn canonical(&self, name: &str) -> Option<String> {
        let parts = self.parts.as_ref()?;
        parts.directory().named(&fold(name)).map(|account| account.name.clone())
    }

    fn on(&self) -> Result<&Parts, Error> {
        self.parts.as_deref().ok_or(Error::Off)
    }
}

impl Parts {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Reads an account again, which was just changed, and forgets the secret of the first start once there is an admin.
    /// Called with `changing` held.
    async fn refresh(&self, id: u64) -> Result<(), Error> {
        if let Some(account) = self.store.account(id).await? {
            let mut directory = self.directory.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            directory.put(account);
            if directory.has_admin() {
                *lock(&self.set_up) = None;
            }
        }
        Ok(())
    }

    /// The number of the account with this name.
    fn find(&self, name: &str) -> Result<u64, Error> {
        let found = self.directory().named(&fold(name)).map(|account| account.id);
        found.ok_or_else(|| Error::NoAccount(name.trim().to_owned()))
    }
}

/// Asks whether somebody may run the server.
fn may_manage(actor: &Actor) -> Result<(), Error> {
    Ok(policy::check_server(actor, policy::ServerAction::ManagePeople)?)
}

/// What a panic left behind is still whole: nothing here is changed in two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
