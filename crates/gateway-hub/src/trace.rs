//! What goes through one service, live, for whoever writes clients: `GET /trace?service=NAME`, server-sent events.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header};
use parlor_rooms::{
    Clock,
    policy::{self, Accounts, ServerAction},
};
use tokio::sync::mpsc;

use crate::{
    Door,
    door::{Known, Whoever, refuse},
    running::Running,
};

/// How many entries may wait for who reads them; what is more is skipped, and they are told.
const WAITING: usize = 512;
/// How often something is sent, so that those who went away are noticed.
const ALIVE: Duration = Duration::from_secs(15);
/// How many may watch at once.
const WATCHERS: usize = 100;

/// Who watches which service.
pub(crate) struct Watchers {
    all: Mutex<HashMap<String, Vec<Watcher>>>,
    clock: Arc<dyn Clock>,
}

struct Watcher {
    number: u64,
    tell: mpsc::Sender<Bytes>,
    skipped: u64,
}

impl Watchers {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { all: Mutex::default(), clock }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Watcher>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who watch it. Nobody is waited for.
    pub(crate) fn tell(&self, service: &str, entry: &str) {
        // JSON has line breaks only between its tokens.
        let entry = entry.replace(['\n', '\r'], " ");
        let at = self.clock.now().0 / 1_000;
        let mut all = self.lock();
        for watcher in all.get_mut(service).into_iter().flatten() {
            let skipped = match watcher.skipped {
                0 => String::new(),
                skipped => format!("data: {{\"kind\":\"skipped\",\"count\":{skipped}}}\n\n"),
            };
            let event = Bytes::from(format!("{skipped}data: {{\"at\":{at},{}\n\n", &entry[1..]));
            match watcher.tell.try_send(event) {
                Ok(()) => watcher.skipped = 0,
                Err(_) => watcher.skipped += 1,
            }
        }
    }

    /// The number of the new watcher; none if there are too many.
    fn add(&self, service: &str, tell: mpsc::Sender<Bytes>) -> Option<u64> {
        let mut all = self.lock();
        if all.values().map(Vec::len).sum::<usize>() >= WATCHERS {
            return None;
        }
        let number = all.values().flatten().map(|watcher| watcher.number + 1).max().unwrap_or_default();
        all.entry(service.to_owned()).or_default().push(Watcher { number, tell, skipped: 0 });
        Some(number)
    }

    /// Whether nobody watches the service any more.
    fn remove(&self, service: &str, number: u64) -> bool {
        let mut all = self.lock();
        let Some(watchers) = all.get_mut(service) else { return true };
        watchers.retain(|watcher| watcher.number != number);
        let nobody = watchers.is_empty();
        if nobody {
            all.remove(service);
        }
        nobody
    }
}

/// Somebody watches, as long as this is kept.
struct Watching {
    running: Arc<Running>,
    service: String,
    number: u64,
    entries: mpsc::Receiver<Bytes>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let Self { running, service, number, .. } = self;
        running.with(|hub, _| {
            if running.watchers.remove(service, *number) {
                hub.watch(service, false);
            }
        });
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Wanted {
    service: Option<String>,
}

/// Answers with what goes through a service from now on.
pub(crate) async fn watch(
    State(door): State<Arc<Door>>,
    Whoever(known): Whoever,
    Query(Wanted { service }): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let Some(service) = service else {
        return refuse(StatusCode::BAD_REQUEST, "say which service: /trace?service=NAME");
    };
    if !may(&door, &known, &service, &headers) {
        let sentence = "what goes through a service is shown to operators, on one's own machine to everybody, and to the service's \
                        owner: send its fs_key as x-fs-key";
        return refuse(StatusCode::FORBIDDEN, sentence);
    }
    let (tell, entries) = mpsc::channel(WAITING);
    let running = Arc::clone(&door.running);
    let number = running.with(|hub, _| {
        let number = running.watchers.add(&service, tell);
        if number.is_some() {
            hub.watch(&service, true);
        }
        number
    });
    let Some(number) = number else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many are watching; try again later");
    };
    let watching = Watching { running, service, number, entries };
    let stopping = door.runtime().stopping().clone();
    let events = futures_util::stream::unfold((watching, true), move |(mut watching, first)| {
        let stopping = stopping.clone();
        async move {
            if first {
                return Some((Ok::<_, Infallible>(Bytes::from_static(b": watching\n\n")), (watching, false)));
            }
            let event = tokio::select! {
                () = stopping.cancelled() => return None,
                event = watching.entries.recv() => event?,
                () = tokio::time::sleep(ALIVE) => Bytes::from_static(b": still here\n\n"),
            };
            Some((Ok(event), (watching, false)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy must not gather what is to be seen at once.
        (http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(events)).into_response()
}

/// Whether somebody may see everything that goes through a service.
fn may(door: &Door, known: &Known, service: &str, headers: &HeaderMap) -> bool {
    let key = headers.get("x-fs-key").and_then(|key| key.to_str().ok());
    if key.is_some_and(|key| door.running.with(|hub, _| hub.owns(service, key))) {
        return true;
    }
    match door.accounts().mode() {
        Accounts::Off => door.runtime().is_local(),
        Accounts::Optional | Accounts::Required => {
            policy::check_server(&known.caller.actor, ServerAction::Oversee).is_ok()
        }
    }
}
