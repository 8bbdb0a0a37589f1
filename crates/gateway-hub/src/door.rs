//! Where clients come in: the websocket, what they need to be let in, and the settings.

use std::{convert::Infallible, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{FromRequestParts, Request, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{StatusCode, header, request::Parts};
use parlor_accounts::{Accounts, Seen};
use parlor_rooms::policy;
use parlor_runtime::{
    Caller, CommandError, Runtime,
    limits::{Limited, What},
};
use parlor_sockets::{Limits as SocketLimits, Peer, Signs, Sweep, Sweeper, Upgrade};
use subtle::ConstantTimeEq as _;

use crate::{
    FileLimits, Hub, Limits, Tie, Uuid,
    files::{self, Files},
    running::Running,
    session,
    tie::Task,
    trace,
};

/// The subprotocol that is chosen where a client offers it.
const PROTOCOL: &str = "ert-concierge";

/// How many payloads of the largest size may wait for a client.
const PAYLOADS_WAITING: usize = 4;

/// What whoever runs the server says of the hub.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What clients have to know to be let in; a token of an account does, too.
    pub secret: Option<String>,
    /// How much there may be of everything.
    pub limits: Limits,
    /// Bytes of a payload.
    pub payload: usize,
    /// How long a client may take to introduce itself.
    pub identify_within: Duration,
    /// How often it is pinged.
    pub heartbeat: Duration,
    /// The services that are rooms.
    pub ties: Vec<Tie>,
    /// Where clients' files are kept while they are in; without it there are none. One server's alone: it begins by deleting what
    /// another run left there.
    pub files: Option<PathBuf>,
    /// How much there may be of files.
    pub file_limits: FileLimits,
    /// Whether only the secret `fs_key` of HELLO may write files, and not the uuid, which every client knows.
    pub fs_key_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            secret: None,
            limits: Limits::default(),
            payload: 1 << 20,
            identify_within: Duration::from_secs(5),
            heartbeat: Duration::from_secs(5),
            ties: Tie::chat_service().into_iter().collect(),
            files: None,
            file_limits: FileLimits::default(),
            fs_key_only: false,
        }
    }
}

/// The hub's door.
pub struct Door {
    pub(crate) running: Arc<Running>,
    pub(crate) runtime: Runtime,
    pub(crate) settings: Settings,
    files: Option<Arc<Files>>,
    accounts: Accounts,
    sweeper: Sweeper,
}

/// Who asks, and how they proved it, if they did.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) caller: Caller,
    pub(crate) seen: Option<Arc<Seen>>,
}

/// The same, of a request.
pub(crate) struct Whoever(pub(crate) Known);

impl<S: Sync> FromRequestParts<S> for Whoever {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Known::of(parts)))
    }
}

impl Known {
    fn of(parts: &Parts) -> Self {
        let peer = || parts.extensions.get::<Peer>().map(|peer| peer.address.ip().to_canonical());
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_else(|| Caller::anyone(peer()));
        Self { caller, seen: parts.extensions.get::<Arc<Seen>>().cloned() }
    }
}

impl Door {
    /// Opens the hub: nobody is in it yet but the server, with its services. Deletes what an earlier run left of files.
    pub async fn open(runtime: Runtime, accounts: Accounts, settings: Settings) -> Result<Arc<Self>, CommandError> {
        let mut hub = Hub::new(settings.limits, random_uuid(), env!("CARGO_PKG_VERSION"));
        let mut tasks = Vec::with_capacity(settings.ties.len());
        for tie in &settings.ties {
            let task = Task::begin(&runtime, tie).await?;
            hub.host(&tie.service, tie.nickname.as_deref(), task.host());
            tasks.push(task);
        }
        let running = Running::new(hub, runtime.tracker().clone(), Arc::clone(runtime.clock()));
        for task in tasks {
            runtime.tracker().spawn(task.run(Arc::clone(&running)));
        }
        let walk = settings.heartbeat / 5;
        let sweeper = Sweeper::new(Sweep {
            interval: walk,
            signs: Signs::Beats,
            // The walk that finds the answer to one ping is the first of those up to the next.
            silent: settings.heartbeat - walk,
            answer: settings.heartbeat + walk,
            dead: (session::codes::HEARTBEAT, "no heartbeat"),
            ..Sweep::default()
        });
        let files = settings.files.clone();
        let files = files.map(|root| Arc::new(Files::new(root, settings.file_limits, runtime.tracker().clone())));
        Ok(Arc::new(Self { running, runtime, accounts, settings, files, sweeper }))
    }

    /// Closes who gives no sign of life. To be run on the server's tracker, and to be closed when it ends.
    pub fn sweeper(&self) -> &Sweeper {
        &self.sweeper
    }

    /// The websocket at `/ws`, files below `/fs`.
    pub fn router(self: &Arc<Self>) -> Router {
        let router = Router::new().route("/ws", get(enter)).route("/trace", get(trace::watch));
        let router = router.with_state(Arc::clone(self));
        match &self.files {
            Some(files) => router.merge(files::routes(Arc::clone(self), Arc::clone(files))),
            None => router,
        }
    }

    /// Takes a client out, and its files with it.
    pub(crate) fn see_off(&self, uuid: Uuid) {
        self.running.with(|hub, out| hub.leave(uuid, out));
        if let Some(files) = &self.files {
            files.forget(uuid);
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets somebody in who knows this; a token says who they are, too.
    pub(crate) async fn admit(&self, secret: Option<&str>, known: Known) -> Option<Known> {
        if let Some(secret) = secret {
            match self.accounts.api_token(secret).await {
                Ok(Some(seen)) => {
                    let caller = Caller { actor: seen.actor(), address: known.caller.address };
                    return Some(Known { caller, seen: Some(Arc::new(seen)) });
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "who comes into the hub can't be read");
                    return None;
                }
            }
        }
        let needed = self.settings.secret.as_deref();
        let knows = |needed: &str| secret.is_some_and(|given| bool::from(needed.as_bytes().ct_eq(given.as_bytes())));
        let admitted = match needed {
            Some(needed) => knows(needed) || known.seen.is_some(),
            None => self.accounts.mode() != policy::Accounts::Required || known.seen.is_some(),
        };
        admitted.then_some(known)
    }
}

/// Says no to a program, as the API does.
pub(crate) fn refuse(status: StatusCode, sentence: &str) -> Response {
    (status, Json(parlor_wire::rooms_api::Error { message: sentence.to_owned() })).into_response()
}

/// A new client's.
pub(crate) fn random_uuid() -> Uuid {
    Uuid::from_random(random())
}

/// A secret for a client's files.
pub(crate) fn random_key() -> String {
    random::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}

fn too_many(limited: &Limited) -> Response {
    let seconds = limited.retry_after.as_secs().max(1).to_string();
    ([(header::RETRY_AFTER, seconds)], refuse(StatusCode::TOO_MANY_REQUESTS, &limited.to_string())).into_response()
}

async fn enter(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let known = Known::of(&parts);
    let limits = door.runtime.limits();
    let open = match known.caller.address.map_or(Ok(None), |address| limits.open(What::Sockets, address)) {
        Ok(open) => open,
        Err(limited) => return too_many(&limited),
    };
    let upgrade = match Upgrade::from_parts(&mut parts, &[PROTOCOL]) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return (refusal.headers(), refuse(refusal.status(), &refusal.to_string())).into_response(),
    };
    let response = upgrade.response().map(|()| Body::empty());
    let payload = door.settings.payload;
    // Who reads as fast as its line allows must not be dropped for a second payload that comes before the first is through.
    let outbox = SocketLimits::CLIENT.outbox.max(payload.saturating_mul(PAYLOADS_WAITING));
    let limits = SocketLimits { incoming: payload, outbox, ..SocketLimits::CLIENT };
    let tracker = door.runtime.tracker().clone();
    tracker.spawn(async move {
        let _open = open;
        match upgrade.connect(limits).await {
            Ok(mut connection) => {
                door.sweeper.watch(&mut connection);
                session::run(door, connection, known).await;
            }
            Err(error) => tracing::debug!(%error, "a client of the hub went away during the handshake"),
        }
    });
    response
}
