//! Where clients come in: the websocket, what they need to be let in, and the settings.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::StatusCode;
use parlor_accounts::Accounts;
use parlor_rooms::policy;
use parlor_runtime::{Runtime, limits::What};
use parlor_sockets::{Limits as SocketLimits, Peer, Signs, Sweep, Sweeper, Upgrade};
use subtle::ConstantTimeEq as _;

use crate::{
    FileLimits, Hub, Limits, Uuid,
    files::{self, Files},
    running::Running,
    session,
};

/// The subprotocol that is chosen where a client offers it.
const PROTOCOL: &str = "ert-concierge";

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

impl Door {
    /// To an empty hub. Deletes what an earlier run left of files.
    pub fn new(runtime: Runtime, accounts: Accounts, settings: Settings) -> Arc<Self> {
        let running = Running::new(Hub::new(settings.limits), runtime.tracker().clone());
        let sweeper = Sweeper::new(Sweep {
            interval: settings.heartbeat / 5,
            signs: Signs::Beats,
            silent: settings.heartbeat,
            answer: settings.heartbeat,
            dead: (session::codes::HEARTBEAT, "no heartbeat"),
            ..Sweep::default()
        });
        let files = settings.files.clone();
        let files = files.map(|root| Arc::new(Files::new(root, settings.file_limits, runtime.tracker().clone())));
        Arc::new(Self { running, runtime, settings, files, accounts, sweeper })
    }

    /// Closes who gives no sign of life. To be run on the server's tracker, and to be closed when it ends.
    pub fn sweeper(&self) -> &Sweeper {
        &self.sweeper
    }

    /// The websocket at `/ws`, files below `/fs`.
    pub fn router(self: &Arc<Self>) -> Router {
        let router = Router::new().route("/ws", get(enter)).with_state(Arc::clone(self));
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

    /// Whether who knows this is let in.
    pub(crate) async fn admits(&self, secret: Option<&str>) -> bool {
        let needs_account = self.accounts.mode() == policy::Accounts::Required;
        if self.settings.secret.is_none() && !needs_account {
            return true;
        }
        let Some(given) = secret else { return false };
        let is_secret = |known: &String| bool::from(known.as_bytes().ct_eq(given.as_bytes()));
        if self.settings.secret.as_ref().is_some_and(is_secret) {
            return true;
        }
        match self.accounts.api_token(given).await {
            Ok(seen) => seen.is_some(),
            Err(error) => {
                tracing::error!(%error, "who comes into the hub can't be read");
                false
            }
        }
    }

    /// A new client's.
    pub(crate) fn uuid(&self) -> Uuid {
        Uuid::from_random(random())
    }

    /// A secret for a client's files.
    pub(crate) fn key(&self) -> String {
        random::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}

async fn enter(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let address = parts.extensions.get::<Peer>().map(|peer| peer.address.ip().to_canonical());
    let open = match address.map_or(Ok(None), |address| door.runtime.limits().open(What::Sockets, address)) {
        Ok(open) => open,
        Err(_) => return (StatusCode::TOO_MANY_REQUESTS, "too many websockets from your address").into_response(),
    };
    let upgrade = match Upgrade::from_parts(&mut parts, &[PROTOCOL]) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return (refusal.status(), refusal.headers(), refusal.to_string()).into_response(),
    };
    let response = upgrade.response().map(|()| Body::empty());
    let limits = SocketLimits { incoming: door.settings.payload, ..SocketLimits::CLIENT };
    let tracker = door.runtime.tracker().clone();
    tracker.spawn(async move {
        let _open = open;
        match upgrade.connect(limits).await {
            Ok(mut connection) => {
                door.sweeper.watch(&mut connection);
                let within = door.settings.identify_within;
                session::run(door, connection, within).await;
            }
            Err(error) => tracing::debug!(%error, "a client of the hub went away during the handshake"),
        }
    });
    response
}
