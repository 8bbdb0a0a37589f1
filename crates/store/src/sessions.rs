//! Sessions with flows beyond their rooms: finding them, what all of a flow's said in order, and the flows themselves.

use async_trait::async_trait;
use parlor_rooms::{EventId, RoomName, Session, Timestamp, Word, session::Status};

use crate::{AppendError, ReadError};

/// Which sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSessions {
    /// Only those that began with this flow.
    pub flow: Option<String>,
    /// Only those that are led so.
    pub status: Option<Status>,
    /// Only those with a number below this one.
    pub before: u64,
    /// At most so many, those that began last first.
    pub limit: usize,
}

/// A session, and what is known of it beside its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its number: one that began later has a greater one.
    pub number: u64,
    /// Its room.
    pub room: RoomName,
    /// When its last event was.
    pub at: Timestamp,
    /// The session.
    pub session: Session,
}

/// What one event of a session said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Where it stands among all that was said in the flow's sessions.
    pub position: u64,
    /// The event.
    pub id: EventId,
    /// The session's room.
    pub room: RoomName,
    /// When.
    pub at: Timestamp,
    /// Whether the session began with it.
    pub begins: bool,
    /// What was said. Empty where it was erased.
    pub words: Vec<Word>,
}

/// A flow's file, as it was at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFlow {
    /// Its name.
    pub name: String,
    /// Which version of it.
    pub version: String,
    /// The file.
    pub text: String,
    /// When it was stored.
    pub at: Timestamp,
}

/// What the server keeps of sessions and flows.
#[async_trait]
pub trait Sessions: Send + Sync + 'static {
    /// Sessions, those that began last first.
    async fn flow_sessions(&self, wanted: WantedSessions) -> Result<Vec<StoredSession>, ReadError>;

    /// What was said in the sessions of a flow at positions above `after`, ascending, by the first `limit` such events.
    async fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError>;

    /// What was said in the sessions of a flow at positions below `before`, ascending, by the last `limit` such events.
    async fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError>;

    /// Keeps a version of a flow for the sessions that begin in it. One that is kept already stays as it is.
    async fn keep_flow(&self, flow: StoredFlow) -> Result<(), AppendError>;

    /// The text of a version that was kept.
    async fn flow(&self, name: &str, version: &str) -> Result<Option<String>, ReadError>;

    /// Has new sessions of a flow begin in a version that was kept, or has it offered to nobody.
    async fn publish_flow(&self, name: &str, version: Option<&str>) -> Result<(), AppendError>;

    /// The flows that are published, in order of name.
    async fn published_flows(&self) -> Result<Vec<StoredFlow>, ReadError>;
}
