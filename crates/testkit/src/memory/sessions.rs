//! Sessions and flows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use parlor_rooms::{EventId, Part, RoomName, Session, session::Status};
use parlor_store::{
    AppendError, Attachment, Draft, FlowVersion, ReadError, SessionCounts, Sessions, Spoken, StepCount, StoredFlow,
    StoredSession, WantedSessions,
};

use super::{Inner, MemoryStore};

impl Inner {
    fn spoken(&self, flow: &str) -> Vec<Spoken> {
        let of_flow = |name: &RoomName| name.session().is_some_and(|(of, _)| of == flow);
        let all = self.tables.spoken.iter().enumerate().filter(|(_, (name, _))| of_flow(name));
        let spoken = |(index, (name, id)): (usize, &(RoomName, EventId))| {
            let (event, _) = self.tables.rooms.get(name)?.events().find(|(event, _)| event.id == *id)?;
            let (mut words, mut count) = (Vec::new(), 0);
            for part in &event.parts {
                match part {
                    Part::Said(said) => words.extend_from_slice(said),
                    Part::SessionPut(session) => count = session.words,
                    _ => {}
                }
            }
            let begins = count > 0 && count == words.len() as u64;
            let position = index as u64 + 1;
            Some(Spoken { position, id: *id, room: name.clone(), at: event.at, begins, words })
        };
        all.filter_map(spoken).collect()
    }
}

fn version_of(flow: &StoredFlow) -> FlowVersion {
    FlowVersion { name: flow.name.clone(), version: flow.version.clone(), at: flow.at }
}

#[async_trait]
impl Sessions for MemoryStore {
    async fn flow_sessions(&self, wanted: WantedSessions) -> Result<Vec<StoredSession>, ReadError> {
        let inner = self.lock();
        let found = inner.tables.sessions.iter().enumerate().rev().filter_map(|(index, name)| {
            let room = inner.tables.rooms.get(name)?;
            let session = room.state.session.as_deref()?.clone();
            Some(StoredSession { number: index as u64 + 1, room: name.clone(), at: room.last_at, session })
        });
        let fits = |stored: &StoredSession| {
            wanted.flow.as_ref().is_none_or(|flow| *flow == stored.session.flow)
                && wanted.status.is_none_or(|status| status == stored.session.status)
                && wanted.queue.as_ref().is_none_or(|queue| stored.session.queue.as_ref() == Some(queue))
                && wanted.with.as_ref().is_none_or(|with| stored.session.variables.values().any(|value| value == with))
                && wanted.still_since.is_none_or(|since| stored.at < since)
                && stored.number < wanted.before
                && !stored.session.is_erased()
        };
        Ok(found.filter(fits).take(wanted.limit).collect())
    }

    async fn attachment(&self, room: &RoomName, event: EventId) -> Result<Option<Attachment>, ReadError> {
        let inner = self.lock();
        let erased = inner.tables.rooms.get(room).is_some_and(|of| of.state.mark >= event);
        Ok(inner.tables.attachments.get(&(room.clone(), event)).filter(|_| !erased).cloned())
    }

    async fn session_counts(&self, flow: Option<&str>, queue: Option<&str>) -> Result<SessionCounts, ReadError> {
        let inner = self.lock();
        let sessions =
            inner.tables.sessions.iter().filter_map(|name| inner.tables.rooms.get(name)?.state.session.clone());
        let sessions: Vec<_> = sessions.filter(|session| !session.is_erased()).collect();
        let fits = |session: &&Arc<Session>| {
            flow.is_none_or(|flow| session.flow == flow)
                && queue.is_none_or(|queue| session.queue.as_deref() == Some(queue))
        };
        let mut counts = SessionCounts::default();
        for session in sessions.iter().filter(fits) {
            match counts.by_status.iter_mut().find(|(status, _)| *status == session.status) {
                Some((_, count)) => *count += 1,
                None => counts.by_status.push((session.status, 1)),
            }
            let waits = session.waits.filter(|_| matches!(session.status, Status::Pending | Status::Open));
            counts.waits = counts.waits.into_iter().chain(waits).min();
        }
        let flows: BTreeSet<String> = sessions.iter().map(|session| session.flow.clone()).collect();
        let asked = sessions.iter().filter(|session| !matches!(session.status, Status::Bot | Status::Ended));
        let queues: BTreeSet<String> = asked.filter_map(|session| session.queue.clone()).collect();
        (counts.flows, counts.queues) = (flows.into_iter().collect(), queues.into_iter().collect());
        Ok(counts)
    }

    async fn count_steps(&self, counts: Vec<StepCount>) -> Result<(), AppendError> {
        self.lock().counts.extend(counts);
        Ok(())
    }

    async fn step_counts(&self, flow: Option<&str>, from: i64) -> Result<Vec<StepCount>, ReadError> {
        let inner = self.lock();
        let mut all: BTreeMap<(String, String), StepCount> = BTreeMap::new();
        let wanted =
            inner.counts.iter().filter(|count| count.day >= from && flow.is_none_or(|flow| count.flow == flow));
        for count in wanted {
            let (flow, step) = (count.flow.clone(), count.step.clone());
            let none = StepCount { flow: flow.clone(), step: step.clone(), day: from, ..StepCount::default() };
            all.entry((flow, step)).or_insert(none).add(count);
        }
        Ok(all.into_values().collect())
    }

    async fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        let all = self.lock().spoken(flow);
        Ok(all.into_iter().filter(|spoken| spoken.position > after).take(limit).collect())
    }

    async fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        let all: Vec<_> = self.lock().spoken(flow).into_iter().filter(|spoken| spoken.position < before).collect();
        let skip = all.len().saturating_sub(limit);
        Ok(all.into_iter().skip(skip).collect())
    }

    async fn keep_flow(&self, flow: StoredFlow) -> Result<(), AppendError> {
        self.lock().flows.entry((flow.name.clone(), flow.version.clone())).or_insert(flow);
        Ok(())
    }

    async fn flow(&self, name: &str, version: &str) -> Result<Option<String>, ReadError> {
        let inner = self.lock();
        Ok(inner.flows.get(&(name.to_owned(), version.to_owned())).map(|flow| flow.text.clone()))
    }

    async fn publish_flow(&self, name: &str, version: Option<&str>) -> Result<(), AppendError> {
        let mut inner = self.lock();
        match version {
            Some(version) => inner.published.insert(name.to_owned(), version.to_owned()),
            None => inner.published.remove(name),
        };
        Ok(())
    }

    async fn published_flows(&self) -> Result<Vec<FlowVersion>, ReadError> {
        let inner = self.lock();
        let published = inner.published.iter();
        Ok(published
            .filter_map(|(name, version)| inner.flows.get(&(name.clone(), version.clone())))
            .map(version_of)
            .collect())
    }

    async fn flow_versions(&self, name: &str, limit: usize) -> Result<Vec<FlowVersion>, ReadError> {
        let inner = self.lock();
        let mut found: Vec<_> = inner.flows.values().filter(|flow| flow.name == name).map(version_of).collect();
        found.sort_by_key(|version| std::cmp::Reverse(version.at));
        found.truncate(limit);
        Ok(found)
    }

    async fn put_draft(&self, draft: Draft, before: Option<&str>) -> Result<bool, AppendError> {
        let mut inner = self.lock();
        let fits = inner.drafts.get(&draft.name).map(|draft| draft.version.as_str()) == before;
        if fits {
            inner.drafts.insert(draft.name.clone(), draft);
        }
        Ok(fits)
    }

    async fn delete_draft(&self, name: &str, version: &str) -> Result<bool, AppendError> {
        let mut inner = self.lock();
        let fits = inner.drafts.get(name).is_some_and(|draft| draft.version == version);
        if fits {
            inner.drafts.remove(name);
        }
        Ok(fits)
    }

    async fn draft(&self, name: &str) -> Result<Option<Draft>, ReadError> {
        Ok(self.lock().drafts.get(name).cloned())
    }

    async fn drafts(&self) -> Result<Vec<FlowVersion>, ReadError> {
        let version =
            |draft: &Draft| FlowVersion { name: draft.name.clone(), version: draft.version.clone(), at: draft.at };
        Ok(self.lock().drafts.values().map(version).collect())
    }
}
