//! Sessions with flows beyond their rooms: finding them, what all of a flow's said in order, and the flows themselves.

use async_trait::async_trait;
use parlor_rooms::{EventId, RoomName, Session, Timestamp, Word, session::Status};

use crate::{AppendError, Attachment, ReadError};

/// Which sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSessions {
    /// Only those that began with this flow.
    pub flow: Option<String>,
    /// Only those that are led so.
    pub status: Option<Status>,
    /// Only those whose flow has asked for these people.
    pub queue: Option<String>,
    /// Only those of which one variable is this.
    pub with: Option<String>,
    /// Only those in which nothing has happened since.
    pub still_since: Option<Timestamp>,
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

/// A version of a flow, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowVersion {
    /// The flow's name.
    pub name: String,
    /// Which version of it.
    pub version: String,
    /// When it was stored.
    pub at: Timestamp,
}

/// A flow that is written in the pages, as it is now; offered to nobody until it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The flow's name.
    pub name: String,
    /// Which version its text is.
    pub version: String,
    /// The text, right or wrong.
    pub text: String,
    /// When it was changed last.
    pub at: Timestamp,
    /// By whom, where people have accounts.
    pub by: String,
}

impl WantedSessions {
    /// All of them, those that began last first, at most so many.
    pub fn all(limit: usize) -> Self {
        Self { flow: None, status: None, queue: None, with: None, still_since: None, before: u64::MAX, limit }
    }
}

/// How many sessions there are, and whose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionCounts {
    /// By who leads them.
    pub by_status: Vec<(Status, u64)>,
    /// Since when the visitor waits for a person who waits longest.
    pub waits: Option<Timestamp>,
    /// The flows that have sessions, in order of name.
    pub flows: Vec<String>,
    /// Whom flows have asked for, in order of name.
    pub queues: Vec<String>,
}

/// How often something was done at a step of a flow, on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepCount {
    /// The flow in which the sessions began.
    pub flow: String,
    /// Days since 1970.
    pub day: i64,
    /// The step; empty for the flow as a whole.
    pub step: String,
    /// Visitors came to it.
    pub reached: u64,
    /// They answered.
    pub answered: u64,
    /// A person was asked for there.
    pub handed_off: u64,
    /// The flow was at its end there.
    pub ended: u64,
    /// How long all answers together took, in milliseconds.
    pub millis: u64,
}

impl StepCount {
    /// Adds another one's numbers.
    pub fn add(&mut self, other: &Self) {
        self.reached += other.reached;
        self.answered += other.answered;
        self.handed_off += other.handed_off;
        self.ended += other.ended;
        self.millis += other.millis;
    }
}

/// What the server keeps of sessions and flows.
#[async_trait]
pub trait Sessions: Send + Sync + 'static {
    /// Sessions, those that began last first. One of which everything was erased is none.
    async fn flow_sessions(&self, wanted: WantedSessions) -> Result<Vec<StoredSession>, ReadError>;

    /// The file that came with an event.
    async fn attachment(&self, room: &RoomName, event: EventId) -> Result<Option<Attachment>, ReadError>;

    /// How many sessions there are, up to ten thousand in each state, of one flow or of all, in one queue or in all.
    async fn session_counts(&self, flow: Option<&str>, queue: Option<&str>) -> Result<SessionCounts, ReadError>;

    /// Adds to what was counted.
    async fn count_steps(&self, counts: Vec<StepCount>) -> Result<(), AppendError>;

    /// What was counted from a day on, of one flow or of all, in order of flow and step, all days together as on that one.
    async fn step_counts(&self, flow: Option<&str>, from: i64) -> Result<Vec<StepCount>, ReadError>;

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

    /// The versions that are published, in order of name.
    async fn published_flows(&self) -> Result<Vec<FlowVersion>, ReadError>;

    /// The versions of a flow that were kept last, the newest first.
    async fn flow_versions(&self, name: &str, limit: usize) -> Result<Vec<FlowVersion>, ReadError>;

    /// Writes a draft in place of the version `before`, or a first one; whether that was what was there. Else nothing has changed.
    async fn put_draft(&self, draft: Draft, before: Option<&str>) -> Result<bool, AppendError>;

    /// Deletes a draft of this version; whether it was there.
    async fn delete_draft(&self, name: &str, version: &str) -> Result<bool, AppendError>;

    /// The draft of a flow.
    async fn draft(&self, name: &str) -> Result<Option<Draft>, ReadError>;

    /// All drafts, in order of name.
    async fn drafts(&self) -> Result<Vec<FlowVersion>, ReadError>;
}
