//! Which sessions changed, told to the inboxes that listen: server-sent events that name a session and who leads it, and no more, so
//! that whoever hears one asks for what they may see.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::header;
use parlor_rooms::{RoomName, RoomState, session::Status};
use parlor_runtime::{
    CommandError,
    log::{Append, Appended},
};
use serde::Serialize;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::Instant,
};

use crate::{
    Door,
    ask::{From, caller},
    door::too_many,
    inbox::Operator,
};

/// How many changes are kept for who is slow; who is slower is told to look at everything.
const KEPT: usize = 1_024;
/// How often something is sent, so that those who went away are noticed.
const ALIVE: Duration = Duration::from_secs(15);
/// How long one answer goes on. The browser then comes again by itself, and it is asked again whether it may.
const LIFE: Duration = Duration::from_secs(600);

/// Tells which sessions changed through this server. Those that changed through another one of a cluster it does not know of.
pub(crate) struct News(broadcast::Sender<Change>);

/// A session, who leads it by now, and whether its visitor is typing.
#[derive(Clone)]
struct Change {
    room: RoomName,
    status: Option<Status>,
    typing: bool,
}

impl Default for News {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl News {
    /// Tells that a visitor is typing.
    pub(crate) fn typing(&self, room: &RoomName, status: Status) {
        // Nobody may be listening.
        let _ = self.0.send(Change { room: room.clone(), status: Some(status), typing: true });
    }
}

/// What stands in an event. Without a session: more has changed than can be named.
#[derive(Serialize, Default)]
struct Changed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    typing: bool,
}

impl Changed<'_> {
    fn event(&self) -> Bytes {
        let text = serde_json::to_string(self).expect("texts can be written");
        format!("data: {text}\n\n").into()
    }
}

impl Door {
    /// See [`parlor_runtime::Runtime::decide`]: the one way in which this server changes a session. Who listens is told.
    pub(crate) async fn decide<T: Send + 'static>(
        &self,
        room: &RoomName,
        decide: impl Fn(&RoomName, &RoomState) -> Result<(Option<Append>, T), CommandError> + Send + 'static,
    ) -> Result<(T, Option<Appended>), CommandError> {
        let done = self.runtime.decide(room, decide).await?;
        if done.1.is_some() {
            // It is in memory: it was just looked at.
            let session = self.runtime.snapshot(room).await.ok().and_then(|state| state.session);
            // Nobody may be listening.
            let status = session.map(|session| session.status);
            let _ = self.news.0.send(Change { room: room.clone(), status, typing: false });
        }
        Ok(done)
    }
}

/// Answers with the sessions that change from now on.
pub(crate) async fn events(State(door): State<Arc<Door>>, _: Operator, from: From) -> Response {
    let open = match door.opens(caller(&from)) {
        Ok(open) => open,
        Err(limited) => return too_many(&limited),
    };
    let listener =
        Listener { heard: door.news.0.subscribe(), until: Instant::now() + LIFE, greeted: false, door, _open: open };
    let events = futures_util::stream::unfold(listener, |mut listener| async move {
        let piece = listener.next().await?;
        Some((Ok::<_, Infallible>(piece), listener))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy must not gather what is to be seen at once.
        (http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(events)).into_response()
}

/// Somebody who listens; `O` counts them while they do.
struct Listener<O> {
    door: Arc<Door>,
    heard: broadcast::Receiver<Change>,
    until: Instant,
    greeted: bool,
    _open: O,
}

impl<O> Listener<O> {
    /// The next piece; none once it is over.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.greeted {
            self.greeted = true;
            // Whatever happened before it listened is not told: whoever comes looks at everything.
            return Some(Changed::default().event());
        }
        loop {
            tokio::select! {
                () = self.door.runtime.stopping().cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(ALIVE) => return Some(Bytes::from_static(b": still here\n\n")),
                heard = self.heard.recv() => match heard {
                    Ok(Change { room, status, typing }) => {
                        let Some((flow, id)) = room.session() else { continue };
                        return Some(Changed { flow: Some(flow), id: Some(id), status, typing }.event());
                    }
                    Err(RecvError::Lagged(_)) => return Some(Changed::default().event()),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}
