//! What is said in all sessions of a flow, for other programs: records in the order in which they came, as lines and as
//! server-sent events.

use std::{convert::Infallible, str::FromStr, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};
use parlor_rooms::{Timestamp, Word, session::Way};
use parlor_runtime::log::{ReadError, Sessions, Spoken, Store};
use serde::Serialize;

use crate::{
    Door,
    ask::{Asked, Path, bad, caller},
    door::{refuse, too_many},
    inbox::Operator,
    offer,
};

/// How many events are read at once.
const CHUNK: usize = 256;
/// Of how many records the last may be asked for: they are read at once.
const MOST: usize = 100_000;
/// How often it is looked for what is new.
const LOOK: Duration = Duration::from_millis(250);
/// How often something is sent, so that those who went away are noticed.
const ALIVE: Duration = Duration::from_secs(15);

/// From where on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Everything that there is.
    Start,
    /// Only what comes.
    End,
    /// So many of the last records, and what comes.
    Last(usize),
    /// What follows a position.
    After(u64),
}

impl FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            _ => match text.strip_prefix('-').map(str::parse) {
                Some(Ok(last)) if last <= MOST => Ok(Self::Last(last)),
                Some(Ok(_)) => Err(format!("at most the last {MOST} records, or `start` for all")),
                _ => Err("give `start`, `end`, or `-4` for the last four records".to_owned()),
            },
        }
    }
}

#[derive(Serialize)]
struct Record<'a> {
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a Word>,
    timestamp: &'a str,
}

/// A record, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The position of its event; several records have the same.
    pub position: u64,
    /// The record, JSON without line breaks.
    pub text: String,
}

/// A time as the log's records have it: UTC, milliseconds, no zone (`2026-11-22T08:15:30.123`).
fn time(at: Timestamp) -> String {
    // What lies beyond the year 9999 nobody reads.
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

/// The records of what one event said.
fn records(spoken: &Spoken, out: &mut Vec<Line>) {
    let Some((_, sid)) = spoken.room.session() else { return };
    let timestamp = time(spoken.at);
    let mut push = |payload| {
        let text = serde_json::to_string(&Record { sid, payload, timestamp: &timestamp });
        out.push(Line { position: spoken.position, text: text.expect("texts and checked JSON can be written") });
    };
    if spoken.begins {
        push(None);
    }
    spoken.words.iter().filter(|word| word.kind != Way::Note).for_each(|word| push(Some(word)));
}

/// Where what was said is read: in a server's store, or in a database without one.
pub trait Book {
    /// See [`parlor_runtime::log::Sessions::spoken`].
    fn spoken(&self, flow: &str, after: u64, limit: usize) -> impl Future<Output = Result<Vec<Spoken>, ReadError>>;

    /// See [`parlor_runtime::log::Sessions::spoken_before`].
    fn spoken_before(
        &self,
        flow: &str,
        before: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Spoken>, ReadError>>;
}

struct InStore(Arc<dyn Store>);

impl Book for InStore {
    async fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        Sessions::spoken(&*self.0, flow, after, limit).await
    }

    async fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        Sessions::spoken_before(&*self.0, flow, before, limit).await
    }
}

/// Records of a flow from somewhere on, a chunk of them, and the position to go on from.
///
/// # Errors
/// They can't be read.
pub async fn lines(book: &impl Book, flow: &str, from: From) -> Result<(Vec<Line>, u64), ReadError> {
    let mut lines = Vec::new();
    let after = match from {
        From::Start => 0,
        From::After(position) => position,
        From::End => {
            let last = book.spoken_before(flow, u64::MAX, 1).await?;
            return Ok((lines, last.last().map_or(0, |spoken| spoken.position)));
        }
        From::Last(count) => {
            // An event has one record at least.
            let last = book.spoken_before(flow, u64::MAX, count.max(1)).await?;
            last.iter().for_each(|spoken| records(spoken, &mut lines));
            let skip = lines.len().saturating_sub(count);
            lines.drain(..skip);
            return Ok((lines, last.last().map_or(0, |spoken| spoken.position)));
        }
    };
    let found = book.spoken(flow, after, CHUNK).await?;
    found.iter().for_each(|spoken| records(spoken, &mut lines));
    Ok((lines, found.last().map_or(after, |spoken| spoken.position)))
}

/// A stream; `O` counts it while it is open.
struct Reader<O> {
    door: Arc<Door>,
    book: InStore,
    flow: String,
    from: From,
    quiet: Duration,
    _open: O,
}

impl<O> Reader<O> {
    /// The next piece of the stream; none once the server ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let (lines, position) = match lines(&self.book, &self.flow, self.from).await {
                Ok(read) => read,
                Err(error) => {
                    tracing::warn!(%error, flow = self.flow, "what is said in a flow can't be read");
                    return None;
                }
            };
            self.from = From::After(position);
            if !lines.is_empty() {
                self.quiet = Duration::ZERO;
                let events = lines.iter().map(|line| format!("id: {}\ndata: {}\n\n", line.position, line.text));
                return Some(events.collect::<String>().into());
            }
            tokio::select! {
                () = self.door.runtime.stopping().cancelled() => return None,
                () = tokio::time::sleep(LOOK) => self.quiet += LOOK,
            }
            if self.quiet >= ALIVE {
                self.quiet = Duration::ZERO;
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
    }
}

/// Answers with what is said in a flow's sessions, as server-sent events.
pub(crate) async fn events(
    State(door): State<Arc<Door>>,
    _: Operator,
    Path(flow): Path<String>,
    asked: Asked,
    whose: crate::ask::From,
    headers: http::HeaderMap,
) -> Response {
    if !offer::is_name(&flow) {
        return refuse(StatusCode::NOT_FOUND, "there is no such flow");
    }
    // Who comes back says what it had last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let from = match (last, asked.text("from")) {
        (Some(last), _) => From::After(last),
        (None, None) => From::End,
        (None, Some(from)) => match from.parse() {
            Ok(from) => from,
            Err(why) => return bad(&format!("from: {why}")).into_response(),
        },
    };
    let open = match door.opens(caller(&whose)) {
        Ok(open) => open,
        Err(limited) => return too_many(&limited),
    };
    let book = InStore(Arc::clone(door.runtime.store()));
    let reader = Reader { door, book, flow, from, quiet: Duration::ZERO, _open: open };
    let events = futures_util::stream::unfold(reader, |mut reader| async move {
        let piece = reader.next().await?;
        Some((Ok::<_, Infallible>(piece), reader))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy must not gather what is to be seen at once.
        (http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(events)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000"),
            (1_609_869_526_511_999, "2021-01-05T17:58:46.511"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000"),
            (1_704_067_199_999_000, "2023-12-31T23:59:59.999"),
        ] {
            assert_eq!(time(Timestamp(micros)), text);
        }
    }

    #[test]
    fn from_where_on_is_said_in_words() {
        assert_eq!("start".parse(), Ok(From::Start));
        assert_eq!("end".parse(), Ok(From::End));
        assert_eq!("-4".parse(), Ok(From::Last(4)));
        assert_eq!("-100000".parse(), Ok(From::Last(100_000)));
        for wrong in ["", "4", "-x", "begin", "-100001", "-99999999999999999999999"] {
            assert!(wrong.parse::<From>().is_err(), "{wrong}");
        }
    }
}
