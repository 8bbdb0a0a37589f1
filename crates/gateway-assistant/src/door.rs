//! Where visitors come in: the websocket, and who is known there.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use parlor_accounts::Accounts;
use parlor_flows::Hours;
use parlor_outbound::Client;
use parlor_rooms::{RoomName, session::Status};
use parlor_runtime::{
    Caller, Runtime,
    limits::{Limited, Open, What},
};
use parlor_sockets::{Limits as SocketLimits, Peer, Sweep, Sweeper, Upgrade};

use crate::{
    Offer,
    ask::{Asked, Path},
    cookie::Secret,
    counts::Counts,
    fresh::Freshly,
    heirs::Heirs,
    news::News,
    offer, spoken,
    talk::{self, Place},
    typing::Windows,
    upload::Uploads,
};

/// Bytes of a message of a visitor's that is read at all; what is too long for an answer is refused in words.
const INCOMING: usize = 1 << 20;

/// How often it is looked for what is old, unless it is to be old sooner.
const LOOK_FOR_OLD: Duration = Duration::from_secs(60);
/// How often it is looked for what is due.
const LOOK: Duration = Duration::from_secs(5);

/// What whoever runs the server says of the assistant.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The origins whose pages may hold the widget; any if none is named.
    pub allowed_origins: Vec<String>,
    /// When people are there, for flows that don't say so; always without.
    pub hours: Option<Hours>,
    /// How many bytes a file of a visitor's may have.
    pub file_limit: u64,
    /// After how long a session ends in which nothing happens, unless somebody waits in it.
    pub expire_after: Option<Duration>,
    /// After how long a session is erased that is over, or in which nothing happens.
    pub delete_after: Option<Duration>,
}

/// The assistant's door.
pub struct Door {
    pub(crate) runtime: Runtime,
    pub(crate) offer: Offer,
    pub(crate) accounts: Accounts,
    pub(crate) outbound: Client,
    pub(crate) fresh: Arc<Freshly>,
    heirs: Heirs,
    pub(crate) news: News,
    pub(crate) windows: Arc<Windows>,
    pub(crate) counts: Counts,
    pub(crate) uploads: Uploads,
    requesting: Mutex<HashSet<RoomName>>,
    settings: Settings,
    sweeper: Sweeper,
}

impl Door {
    /// Opens the door to the flows that are offered.
    pub fn new(runtime: Runtime, accounts: Accounts, offer: Offer, outbound: Client, settings: Settings) -> Arc<Self> {
        let sweep = Sweep { stalled_reason: "too far behind: come back", ..Sweep::default() };
        Arc::new(Self {
            runtime,
            accounts,
            offer,
            outbound,
            fresh: Arc::default(),
            heirs: Heirs::default(),
            news: News::default(),
            windows: Arc::default(),
            counts: Counts::default(),
            uploads: Uploads::default(),
            requesting: Mutex::default(),
            settings,
            sweeper: Sweeper::new(sweep),
        })
    }

    /// Closes who gives no sign of life. To be run on the server's tracker, and to be closed when it ends.
    pub fn sweeper(&self) -> &Sweeper {
        &self.sweeper
    }

    /// The websocket of each flow at `/{flow}/ws`, and what is said in it at `/{flow}/events`.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/{flow}/ws", get(enter))
            .route("/{flow}/events", get(spoken::events))
            .with_state(Arc::clone(self))
    }

    /// Does what is due, until the server ends.
    pub async fn run(self: Arc<Self>) {
        let mut looked = None;
        loop {
            tokio::select! {
                () = self.runtime.stopping().cancelled() => return self.write_counts().await,
                () = tokio::time::sleep(LOOK) => {}
            }
            self.write_counts().await;
            let now = tokio::time::Instant::now();
            let ages = [self.settings.expire_after, self.settings.delete_after];
            let often = ages.into_iter().flatten().min().unwrap_or(LOOK_FOR_OLD).min(LOOK_FOR_OLD);
            if looked.is_none_or(|last| now.duration_since(last) >= often) {
                looked = Some(now);
                if let Err(error) = self.let_go().await {
                    tracing::warn!(%error, "sessions that are old can't be looked for; it is tried again");
                }
            }
            if let Err(error) = self.wake().await {
                tracing::warn!(%error, "sessions that were put off can't be looked for; it is tried again");
            }
            if let Err(error) = self.offer.renew().await {
                tracing::warn!(%error, "what other nodes have published can't be looked for; it is tried again");
            }
        }
    }

    /// Counts a connection that stays open, if whoever asks may have another. To be kept while it is open.
    pub(crate) fn opens(&self, caller: Option<&Caller>) -> Result<Option<Open>, Limited> {
        match caller.and_then(|caller| caller.address) {
            Some(address) => self.runtime.limits().open(What::Sockets, address),
            None => Ok(None),
        }
    }

    /// Nobody comes to a session any more that is in memory yet: it is over, and who comes back must not find it.
    pub(crate) fn forget(&self, room: &RoomName) {
        if let Some((_, id)) = room.session() {
            self.fresh.forget(id);
        }
    }

    /// What whoever runs the server says of it.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn hours(&self) -> Option<&Hours> {
        self.settings.hours.as_ref()
    }

    pub(crate) fn requesting(&self) -> MutexGuard<'_, HashSet<RoomName>> {
        self.requesting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session that a secret leads to, if it goes on.
    async fn find(
        &self,
        flow: &str,
        secret: &Secret,
        caller: &Caller,
    ) -> Result<Option<Place>, parlor_runtime::log::ReadError> {
        let id = secret.id();
        let Some(room) = RoomName::of_session(flow, &id) else { return Ok(None) };
        let fresh = self.fresh.find(&id);
        if fresh.is_none() {
            let session = self.runtime.snapshot(&room).await?.session;
            if session.is_none_or(|session| session.status == Status::Ended) {
                return Ok(None);
            }
        }
        Ok(Some(Place { room, fresh, caller: caller.clone(), listener: None }))
    }

    /// The session of who comes: the one that a cookie leads to, or a new one and its cookie.
    async fn place(
        &self,
        flow: &str,
        known: Option<Secret>,
        languages: &[&str],
        caller: Caller,
    ) -> Result<Option<(Place, Option<Secret>)>, parlor_runtime::log::ReadError> {
        if let Some(secret) = &known
            && let Some(place) = self.find(flow, secret, &caller).await?
        {
            return Ok(Some((place, None)));
        }
        let now = self.runtime.clock().now();
        let mut secret = known.as_ref().map_or_else(Secret::new, |known| self.heirs.of(&known.id(), now));
        if known.is_some() {
            loop {
                if let Some(place) = self.find(flow, &secret, &caller).await? {
                    return Ok(Some((place, Some(secret))));
                }
                let Some(room) = RoomName::of_session(flow, &secret.id()) else { return Ok(None) };
                if self.runtime.snapshot(&room).await?.session.is_none() {
                    break;
                }
                // That one has ended, too.
                secret = self.heirs.of(&secret.id(), now);
            }
        }
        let Some(offered) = self.offer.flow(flow) else { return Ok(None) };
        let id = secret.id();
        let start = self.follow(&offered, offered.start(languages));
        self.counts.opened(flow, &start, self.runtime.clock().now());
        let fresh = self.fresh.begin(&id, offered, start, self.runtime.clock().now());
        let Some(room) = RoomName::of_session(flow, &id) else { return Ok(None) };
        // Of a secret that was drawn just now the store knows nothing.
        let listener = known.is_none().then(|| self.runtime.listen_to_new(&room));
        Ok(Some((Place { room, fresh: Some(fresh), caller, listener }, Some(secret))))
    }
}

pub(crate) fn refuse(status: StatusCode, sentence: &str) -> Response {
    (status, Json(parlor_wire::rooms_api::Error { message: sentence.to_owned() })).into_response()
}

/// Whether it is the server's own, whose page `/assistant/{flow}` holds the widget in any case.
fn is_own(origin: &str, parts: &Parts, secure: bool) -> bool {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let scheme = if secure { "https://" } else { "http://" };
    origin.strip_prefix(scheme).zip(host).is_some_and(|(named, host)| named.eq_ignore_ascii_case(host))
}

pub(crate) fn too_many(limited: &Limited) -> Response {
    let seconds = limited.retry_after.as_secs().max(1).to_string();
    ([(header::RETRY_AFTER, seconds)], refuse(StatusCode::TOO_MANY_REQUESTS, &limited.to_string())).into_response()
}

/// The languages that a browser wants, best first.
fn languages<'h>(wished: Option<&'h str>, headers: &'h HeaderMap) -> Vec<&'h str> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut accepted: Vec<(&str, f32)> = accepted
        .split(',')
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse().ok())?;
            let tag = tag.trim();
            (!tag.is_empty() && tag != "*" && weight > 0.0).then_some((tag, weight))
        })
        .collect();
    accepted.sort_by(|one, other| other.1.total_cmp(&one.1));
    wished.into_iter().chain(accepted.into_iter().map(|(tag, _)| tag)).collect()
}

async fn enter(State(door): State<Arc<Door>>, Path(flow): Path<String>, asked: Asked, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let allowed = &door.settings.allowed_origins;
    let origin = parts.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let peer = parts.extensions.get::<Peer>().copied();
    let secure = peer.is_some_and(|peer| peer.tls);
    let named = |origin: &str| allowed.iter().any(|known| known == origin) || is_own(origin, &parts, secure);
    if !allowed.is_empty() && origin.is_some_and(|origin| !named(origin)) {
        return refuse(StatusCode::FORBIDDEN, "pages of this site may not hold this assistant");
    }
    if !offer::is_name(&flow) {
        return refuse(StatusCode::NOT_FOUND, "there is no such flow");
    }
    let address = peer.map(|peer| peer.address.ip().to_canonical());
    let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_else(|| Caller::anyone(address));
    let open = match door.opens(Some(&caller)) {
        Ok(open) => open,
        Err(limited) => return too_many(&limited),
    };
    let upgrade = match Upgrade::from_parts(&mut parts, &[]) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return (refusal.headers(), refuse(refusal.status(), &refusal.to_string())).into_response(),
    };
    let known = Secret::of(&parts.headers, &flow, secure);
    let wanted = languages(asked.text("lang"), &parts.headers);
    let (place, secret) = match door.place(&flow, known, &wanted, caller).await {
        Ok(Some(found)) => found,
        Ok(None) => return refuse(StatusCode::NOT_FOUND, "there is no such flow"),
        Err(error) => {
            tracing::error!(%error, "a session can't be read");
            return refuse(StatusCode::SERVICE_UNAVAILABLE, "the session can't be read; try again in a moment");
        }
    };
    let mut response = upgrade.response().map(|()| Body::empty());
    if let Some(secret) = secret {
        response.headers_mut().insert(header::SET_COOKIE, secret.header(&flow, secure));
    }
    door.runtime.tracker().clone().spawn(async move {
        let _open = open;
        let limits = SocketLimits { incoming: INCOMING, ..SocketLimits::CLIENT };
        match upgrade.connect(limits).await {
            Ok(mut connection) => {
                door.sweeper.watch(&mut connection);
                talk::run(door, connection, place).await;
            }
            Err(error) => tracing::debug!(%error, "a visitor went away during the handshake"),
        }
    });
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_come_in_the_order_in_which_they_are_wanted() {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::ACCEPT_LANGUAGE, "de;q=0.7, en-GB, *;q=0.1, fr;q=0, es;q=0.9".parse().expect("a header"));
        assert_eq!(languages(None, &headers), ["en-GB", "es", "de"]);
        assert_eq!(languages(Some("ar"), &headers), ["ar", "en-GB", "es", "de"]);
        assert_eq!(languages(None, &HeaderMap::new()), [""; 0]);
    }
}
