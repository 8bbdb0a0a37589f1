//! Sessions: a visitor and a flow in a room of their own, `~assistant/{flow}/{id}`, where a person may take over.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Json, RoomName, Timestamp};

/// What a session's room is called before its flow's name.
const ROOMS: &str = "~assistant/";

/// Who leads the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The flow does.
    Bot,
    /// The flow has asked for a person, and none has come yet.
    Pending,
    /// A person does.
    Open,
    /// A person does, later.
    Snoozed,
    /// A person did, and is done. What the visitor writes opens it again.
    Resolved,
    /// Nobody any more: the visitor has started over, or it has been still for too long.
    Ended,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Bot, Self::Pending, Self::Open, Self::Snoozed, Self::Resolved, Self::Ended];

    /// Its name, as it is written and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Ended => "ended",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A session as it is. Whatever changes it says the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The flow that it began with.
    pub flow: String,
    /// Which version of it: the session goes on in that.
    pub version: String,
    /// Who leads it.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// The person who does, or did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Whom the flow asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Until when it sleeps, if not until the visitor writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Since when the visitor waits for a person's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Timestamp>,
    /// Since when its question is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// What the flow knows of the visitor.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// How many words went to and fro before the event that says this, and with it.
    pub words: u64,
    /// Where the flow is; its own business.
    pub progress: Json,
}

/// Which way a word went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Way {
    /// To the visitor.
    Request,
    /// From the visitor.
    Response,
    /// Between operators: the visitor does not see it.
    Note,
}

/// One thing that was said in a session, as its protocol has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Which way it went.
    pub kind: Way,
    /// What.
    pub message: Json,
}

/// Everything that one event said.
pub type Words = Arc<[Word]>;

/// Who wants to write in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer<'a> {
    /// The visitor.
    Visitor,
    /// The flow.
    Flow,
    /// A person of the server's.
    Operator(&'a str),
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// The flow is silent while a person leads.
    #[error("a person has this session; the flow is silent until it is handed back")]
    Taken,
    /// Nobody speaks any more.
    #[error("this session has ended")]
    Ended,
    /// It must be taken first.
    #[error("take the session first, then write")]
    NotTaken,
    /// It is somebody else's.
    #[error("{0} has this session; take it over first")]
    Theirs(String),
}

impl Session {
    /// This session with nothing left of what was said and known.
    #[must_use]
    pub fn erased(&self, now: Timestamp) -> Self {
        Self {
            flow: self.flow.clone(),
            version: self.version.clone(),
            status: Status::Ended,
            since: now,
            operator: None,
            queue: None,
            until: None,
            waits: None,
            asked: None,
            variables: BTreeMap::new(),
            words: self.words,
            progress: Json::null(),
        }
    }

    /// Whether nothing is left of it.
    pub fn is_erased(&self) -> bool {
        self.status == Status::Ended && self.progress.is_null()
    }

    /// What it is found by among the others: its status, and `erased` if nothing is left of it.
    pub fn kept_as(&self) -> &'static str {
        if self.is_erased() { "erased" } else { self.status.name() }
    }

    /// Whether somebody may write now.
    pub fn may_write(&self, writer: Writer<'_>) -> Result<(), Silence> {
        match (self.status, writer) {
            (Status::Ended, _) => Err(Silence::Ended),
            (_, Writer::Visitor) | (Status::Bot | Status::Pending, Writer::Flow) => Ok(()),
            (_, Writer::Flow) => Err(Silence::Taken),
            (Status::Open, Writer::Operator(name)) => match &self.operator {
                Some(operator) if operator != name => Err(Silence::Theirs(operator.clone())),
                _ => Ok(()),
            },
            (_, Writer::Operator(_)) => Err(Silence::NotTaken),
        }
    }
}

impl RoomName {
    /// The room of a session.
    pub fn of_session(flow: &str, id: &str) -> Option<Self> {
        Self::parse(&format!("{ROOMS}{flow}/{id}")).ok().filter(|room| room.session() == Some((flow, id)))
    }

    /// The flow and the id, if this is the room of a session.
    pub fn session(&self) -> Option<(&str, &str)> {
        self.as_str().strip_prefix(ROOMS)?.split_once('/').filter(|(flow, id)| !flow.is_empty() && !id.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(status: Status, operator: Option<&str>) -> Session {
        Session {
            flow: "welcome".to_owned(),
            version: "1".to_owned(),
            status,
            since: Timestamp(0),
            operator: operator.map(str::to_owned),
            queue: None,
            until: None,
            waits: None,
            asked: None,
            variables: BTreeMap::new(),
            words: 0,
            progress: Json::parse("{}").expect("JSON"),
        }
    }

    #[test]
    fn the_flow_is_silent_while_a_person_leads() {
        for status in Status::ALL {
            let may = session(status, Some("Mei")).may_write(Writer::Flow).is_ok();
            assert_eq!(may, matches!(status, Status::Bot | Status::Pending), "{status:?}");
        }
    }

    #[test]
    fn who_has_a_session_writes_in_it_and_no_other_operator() {
        let open = session(Status::Open, Some("Mei"));
        assert_eq!(open.may_write(Writer::Operator("Mei")), Ok(()));
        assert_eq!(open.may_write(Writer::Operator("Tom")), Err(Silence::Theirs("Mei".to_owned())));
        assert_eq!(session(Status::Pending, None).may_write(Writer::Operator("Mei")), Err(Silence::NotTaken));
    }

    #[test]
    fn the_visitor_may_write_until_it_has_ended() {
        for status in Status::ALL {
            assert_eq!(session(status, None).may_write(Writer::Visitor).is_ok(), status != Status::Ended);
        }
    }

    #[test]
    fn a_sessions_room_says_which_it_is() {
        let room = RoomName::of_session("welcome", "0b0f").expect("a room");
        assert_eq!((room.as_str(), room.session()), ("~assistant/welcome/0b0f", Some(("welcome", "0b0f"))));
        assert!(room.is_own());
        for (flow, id) in [("", "a"), ("a", ""), ("a/b", "c")] {
            assert_eq!(RoomName::of_session(flow, id), None, "{flow} {id}");
        }
        assert_eq!(RoomName::parse("welcome").expect("a room").session(), None);
    }

    #[test]
    fn names_of_states_are_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::named(status.name()), Some(status));
            assert_eq!(serde_json::to_string(&status).expect("JSON"), format!("\"{}\"", status.name()));
        }
    }
}
