//! A provider: what it says of itself, kept fresh, and the two halves of a login by it.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlor_outbound::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

use crate::{
    Error, Known, Settings,
    claims::{self, Expected},
    error::shown,
    fetch::{Fetch, Tokens},
    key_cache::KeyCache,
    metadata::{self, Metadata},
    person, secret,
};

/// How often a provider is asked anew what it says of itself.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long after a failure it is asked again: at first, at most, and if somebody waits for it.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
const SOONEST: Duration = Duration::from_secs(1);
/// How many codes are exchanged at once: anybody can come back with one that is none.
const AT_ONCE: usize = 64;

/// A provider. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Parts>);

struct Parts {
    settings: Settings,
    fetch: Fetch,
    found: Mutex<Found>,
    /// Held by the one who asks, so that others wait and don't ask too.
    asking: tokio::sync::Mutex<()>,
    keys: KeyCache,
    wanted: Notify,
    turns: Semaphore,
}

#[derive(Default)]
struct Found {
    metadata: Option<Arc<Metadata>>,
    trouble: Option<Error>,
    asked: Option<Instant>,
}

/// A login that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Where to send the browser.
    pub url: String,
    /// What to remember of it until it comes back: in that browser, and where nobody else sees it.
    pub pending: Pending,
}

/// What has to fit when the browser comes back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    redirect: String,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// What a browser brings back from the provider, in the address.
#[derive(Clone, Copy, Default)]
pub struct Returned<'a> {
    /// `state`.
    pub state: Option<&'a str>,
    /// `code`.
    pub code: Option<&'a str>,
    /// `error`.
    pub error: Option<&'a str>,
    /// `iss`.
    pub issuer: Option<&'a str>,
}

impl Provider {
    /// A provider; nothing is asked yet.
    pub fn new(settings: Settings, client: Client) -> Self {
        let fetch = Fetch { client, within: settings.timeout };
        Self(Arc::new(Parts {
            settings,
            fetch,
            found: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            keys: KeyCache::default(),
            wanted: Notify::new(),
            turns: Semaphore::new(AT_ONCE),
        }))
    }

    /// Who it is.
    pub fn issuer(&self) -> &str {
        &self.0.settings.issuer
    }

    /// Why the provider can't be used, as far as is known. Asking makes it be tried again soon.
    pub fn trouble(&self) -> Option<Error> {
        let trouble = self.found().trouble.clone();
        if trouble.is_some() {
            self.0.wanted.notify_one();
        }
        trouble
    }

    /// Keeps fresh what the provider says of itself, until `stopping`.
    pub async fn watch(self, stopping: impl Future<Output = ()>) {
        tokio::select! {
            () = stopping => {}
            () = self.keep_fresh() => {}
        }
    }

    async fn keep_fresh(&self) {
        let mut pause = FIRST;
        loop {
            let wait = match self.ask().await {
                Ok(_) => {
                    pause = FIRST;
                    FRESH
                }
                Err(_) => {
                    let wait = pause;
                    pause = (pause * 2).min(LONGEST);
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = async {
                    self.0.wanted.notified().await;
                    tokio::time::sleep(SOONEST).await;
                } => {}
            }
        }
    }

    /// Begins a login: the browser is to come back to `redirect`.
    ///
    /// # Errors
    /// The provider can't be used, see [`Provider::trouble`].
    pub async fn begin(&self, redirect: &str) -> Result<Begun, Error> {
        let metadata = self.metadata().await?;
        let settings = &self.0.settings;
        let pending = Pending {
            state: secret::new(),
            nonce: secret::new(),
            verifier: secret::new(),
            redirect: redirect.to_owned(),
        };
        let mut url = metadata.authorization.clone();
        let mut scope = "openid".to_owned();
        for more in settings.scopes.iter().filter(|scope| *scope != "openid") {
            scope.push(' ');
            scope.push_str(more);
        }
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &scope)
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &secret::challenge(&pending.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { url: url.into(), pending })
    }

    /// Ends a login: who it is, by what the browser brought back. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// It is no login, see [`Error`].
    pub async fn finish(&self, pending: &Pending, returned: &Returned<'_>, now: u64) -> Result<Known, Error> {
        if returned.state != Some(pending.state.as_str()) {
            return Err(Error::State);
        }
        let metadata = self.metadata().await?;
        match returned.issuer {
            Some(issuer) if issuer != self.issuer() => return Err(Error::State),
            None if metadata.names_itself => return Err(Error::State),
            _ => {}
        }
        if let Some(error) = returned.error {
            return Err(refused(error));
        }
        let code = returned.code.filter(|code| !code.is_empty()).ok_or(Error::State)?;
        let done = self.redeem(&metadata, pending, code, now).await;
        if let Err(error @ Error::Unreachable { .. }) = &done {
            self.found().trouble = Some(error.clone());
            self.0.wanted.notify_one();
        }
        done
    }

    async fn redeem(&self, metadata: &Metadata, pending: &Pending, code: &str, now: u64) -> Result<Known, Error> {
        let busy = |_| Error::Unreachable { what: "a turn", why: "too many people log in at once".to_owned() };
        let _turn = self.0.turns.try_acquire().map_err(busy)?;
        let settings = &self.0.settings;
        let tokens = self.exchange(metadata, pending, code).await?;
        let mut claims = self.0.keys.open(&tokens.id, metadata, &self.0.fetch).await?;
        let expected = Expected { issuer: &settings.issuer, client: &settings.client_id, nonce: &pending.nonce, now };
        let subject = claims::check(&claims, &expected)?.to_owned();
        if person::needs_more(&claims, settings) {
            self.complete(metadata, &tokens, &subject, &mut claims).await;
        }
        person::admit(&claims, settings)?;
        Ok(Known { issuer: settings.issuer.clone(), subject, name: person::name(&claims, settings) })
    }

    async fn exchange(&self, metadata: &Metadata, pending: &Pending, code: &str) -> Result<Tokens, Error> {
        let settings = &self.0.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &pending.redirect),
            ("code_verifier", &pending.verifier),
        ];
        let secret = settings.client_secret.as_ref();
        let basic = secret.filter(|_| !metadata.secret_in_form).map(|secret| (settings.client_id.as_str(), secret));
        if basic.is_none() {
            form.push(("client_id", &settings.client_id));
        }
        if let Some(secret) = secret.filter(|_| basic.is_none()) {
            form.push(("client_secret", secret.reveal()));
        }
        self.0.fetch.exchange(&metadata.token, &form, basic).await
    }

    /// Adds what the provider says of somebody only if it is asked (Core, 5.3). Who it is stands already; so what can't be
    /// had or does not fit is no reason not to go on.
    async fn complete(&self, metadata: &Metadata, tokens: &Tokens, subject: &str, claims: &mut Map<String, Value>) {
        let (Some(url), Some(token)) = (&metadata.userinfo, &tokens.access) else { return };
        let bytes = match self.0.fetch.get("what the provider says of a person", url.as_str(), Some(token)).await {
            Ok(bytes) => bytes,
            Err(error) => return tracing::warn!(%error, "a provider does not say who somebody is"),
        };
        let more: Map<String, Value> = serde_json::from_slice(&bytes).unwrap_or_default();
        // Without it, it could be about anybody.
        if more.get("sub").and_then(Value::as_str) != Some(subject) {
            return tracing::warn!("what a provider says of a person is not about the one who logs in");
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, Error> {
        let known = self.found().metadata.clone();
        match known {
            Some(metadata) => Ok(metadata),
            None => self.ask().await,
        }
    }

    /// Asks the provider what it says of itself, unless that was tried just now.
    async fn ask(&self) -> Result<Arc<Metadata>, Error> {
        const WHAT: &str = "the provider's openid-configuration";
        let _asking = self.0.asking.lock().await;
        {
            let found = self.found();
            let lately = found.asked.is_some_and(|asked| asked.elapsed() < SOONEST);
            match (&found.trouble, &found.metadata) {
                (Some(trouble), None) if lately => return Err(trouble.clone()),
                (None, Some(metadata)) if lately => return Ok(Arc::clone(metadata)),
                _ => {}
            }
        }
        let issuer = self.issuer();
        let bytes = self.0.fetch.get(WHAT, &metadata::address(issuer), None).await;
        let read =
            bytes.and_then(|bytes| Metadata::parse(&bytes, issuer).map_err(|why| Error::Answer { what: WHAT, why }));
        self.learn(read.map(Arc::new))
    }

    /// Takes over what was found out, and logs what is new about it.
    fn learn(&self, read: Result<Arc<Metadata>, Error>) -> Result<Arc<Metadata>, Error> {
        let mut found = self.found();
        found.asked = Some(Instant::now());
        let issuer = self.issuer();
        match &read {
            Ok(metadata) => {
                if found.trouble.is_some() || found.metadata.is_none() {
                    tracing::info!(issuer, "people can log in by the provider");
                }
                (found.metadata, found.trouble) = (Some(Arc::clone(metadata)), None);
            }
            Err(error) => {
                if found.trouble.as_ref() != Some(error) {
                    tracing::warn!(issuer, %error, "nobody can log in by the provider just now; it is tried again");
                }
                found.trouble = Some(error.clone());
            }
        }
        read
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an error in the address means (RFC 6749, 4.1.2.1; Core, 3.1.2.6).
fn refused(error: &str) -> Error {
    match error {
        "access_denied" => Error::Denied,
        "invalid_request" | "unauthorized_client" | "unsupported_response_type" | "invalid_scope" => {
            Error::Client(shown(error))
        }
        _ => Error::Broken(shown(error)),
    }
}
