//! What is done with flows: made, saved, published, taken back, deleted. A change names the version that it was made from,
//! so that nobody overwrites what they have not seen.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use parlor_accounts::{By, Happened};
use parlor_flows::{Finding, LARGEST_FILE, Severity};
use parlor_runtime::log::Draft;
use serde::{Deserialize, Serialize};

use super::{given, none, unread, unwritten};
use crate::{
    Door,
    ask::{From, Path},
    door::refuse,
    offer::{Bad, is_name},
};

/// With what a flow begins.
const EXAMPLE: &str = include_str!("../example.json");
/// How many flows can be made here.
const MOST: usize = 200;

#[derive(Deserialize)]
struct New {
    name: String,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    /// The version from which it was made.
    base: String,
}

#[derive(Deserialize)]
struct Base {
    base: String,
}

/// Why a flow is not published.
#[derive(Serialize)]
struct Unpublished<'a> {
    message: String,
    findings: &'a [Finding],
}

fn conflict(sentence: &str) -> Box<Response> {
    Box::new(refuse(StatusCode::CONFLICT, sentence))
}

/// Two have changed the same.
fn overtaken() -> Box<Response> {
    conflict("somebody has changed this flow meanwhile; read it again, then decide what is to stay")
}

impl Door {
    /// Refuses what a file has.
    fn not_a_file(&self, name: &str) -> Result<(), Box<Response>> {
        match self.offer.file(name) {
            None => Ok(()),
            Some(file) => Err(conflict(&format!("this flow is the file {}; change it there", file.path.display()))),
        }
    }

    /// Writes a draft in place of the version `base`.
    async fn write(&self, by: &By, name: &str, text: &str, base: &str) -> Result<(), Box<Response>> {
        self.not_a_file(name)?;
        if text.len() > LARGEST_FILE {
            return Err(Box::new(refuse(StatusCode::PAYLOAD_TOO_LARGE, "text: a flow has at most 1 MiB")));
        }
        let before = self.draft(name).await.map_err(|error| Box::new(unread(&error)))?;
        let Some((before, _)) = before else { return Err(Box::new(none())) };
        let draft = draft(by, name, text, self.runtime.clock().now());
        // Who repeats what is there has lost nothing.
        if before.version == draft.version {
            return Ok(());
        }
        if before.version != base {
            return Err(overtaken());
        }
        let store = self.runtime.store();
        // What was published without a draft has none to be written over.
        let stored = store.draft(name).await.map_err(|error| Box::new(unread(&error)))?;
        let done = store.put_draft(draft, stored.map(|_| base)).await;
        if done.map_err(|error| Box::new(unwritten(&error)))? { Ok(()) } else { Err(overtaken()) }
    }

    /// Writes down what somebody did. It is done: that it can't be noted undoes nothing.
    async fn note(&self, by: &By, what: Happened, flow: &str) {
        if let Err(error) = self.accounts.flow_changed(by, what, flow).await {
            tracing::error!(%error, flow, "what was done with a flow can't be noted");
        }
        let who = by.actor.person().map(|person| person.name.as_str());
        tracing::info!(flow, who, what = what.name(), "a flow was changed in the pages");
    }

    /// The flow as it is now.
    async fn now(&self, status: StatusCode, name: &str) -> Response {
        match self.shown(name).await {
            Ok(Some(shown)) => (status, Json(shown)).into_response(),
            Ok(None) => none(),
            Err(error) => unread(&error),
        }
    }
}

fn draft(by: &By, name: &str, text: &str, at: parlor_rooms::Timestamp) -> Draft {
    let by = by.actor.person().map(|person| person.name.clone()).unwrap_or_default();
    Draft { name: name.to_owned(), version: parlor_flows::version(text), text: text.to_owned(), at, by }
}

pub(super) async fn make(State(door): State<Arc<Door>>, from: From, body: Result<Bytes, BytesRejection>) -> Response {
    match made(&door, &from, body).await {
        Ok(name) => door.now(StatusCode::CREATED, &name).await,
        Err(refused) => *refused,
    }
}

async fn made(door: &Door, from: &From, body: Result<Bytes, BytesRejection>) -> Result<String, Box<Response>> {
    let by = door.flow_writer(from)?;
    let New { name, text } = given(body)?;
    if !is_name(&name) {
        let sentence = format!("name: {}", Bad::Name);
        return Err(Box::new(refuse(StatusCode::BAD_REQUEST, &sentence)));
    }
    let text = text.as_deref().unwrap_or(EXAMPLE);
    if text.len() > LARGEST_FILE {
        return Err(Box::new(refuse(StatusCode::PAYLOAD_TOO_LARGE, "text: a flow has at most 1 MiB")));
    }
    door.not_a_file(&name)?;
    let store = door.runtime.store();
    let all = store.drafts().await.map_err(|error| Box::new(unread(&error)))?;
    if all.len() >= MOST {
        return Err(conflict("there are 200 flows already; delete one first"));
    }
    let there = || conflict("there is a flow of this name already; choose another name");
    if door.draft(&name).await.map_err(|error| Box::new(unread(&error)))?.is_some() {
        return Err(there());
    }
    let draft = draft(&by, &name, text, door.runtime.clock().now());
    let done = store.put_draft(draft, None).await.map_err(|error| Box::new(unwritten(&error)))?;
    if done { Ok(name) } else { Err(there()) }
}

pub(super) async fn save(
    State(door): State<Arc<Door>>,
    Path(flow): Path<String>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let saved = async {
        let by = door.flow_writer(&from)?;
        let Text { text, base } = given(body)?;
        door.write(&by, &flow, &text, &base).await
    };
    match saved.await {
        Ok(()) => door.now(StatusCode::OK, &flow).await,
        Err(refused) => *refused,
    }
}

pub(super) async fn publish(
    State(door): State<Arc<Door>>,
    Path(flow): Path<String>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let published = async {
        let by = door.flow_writer(&from)?;
        let Text { text, base } = given(body)?;
        door.write(&by, &flow, &text, &base).await?;
        match door.offer.publish(&flow, &text).await {
            Ok(_) => {}
            Err(Bad::Flow(findings)) => return Err(Box::new(broken(&findings))),
            Err(Bad::Name) => return Err(Box::new(none())),
            Err(Bad::Store(error)) => return Err(Box::new(unwritten(&error))),
        }
        door.note(&by, Happened::FlowPublished, &flow).await;
        Ok(())
    };
    match published.await {
        Ok(()) => door.now(StatusCode::OK, &flow).await,
        Err(refused) => *refused,
    }
}

/// It is saved, and not published.
fn broken(findings: &[Finding]) -> Response {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let message = match findings.iter().find(|finding| finding.severity == Severity::Error) {
        Some(first) if errors > 1 => format!(
            "it is saved, and not published: it has {errors} errors, the first in line {}: {}",
            first.line, first.message
        ),
        Some(first) => {
            format!("it is saved, and not published: it has an error in line {}: {}", first.line, first.message)
        }
        None => "it is saved, and not published: it has errors".to_owned(),
    };
    (StatusCode::UNPROCESSABLE_ENTITY, Json(Unpublished { message, findings })).into_response()
}

pub(super) async fn withdraw(State(door): State<Arc<Door>>, Path(flow): Path<String>, from: From) -> Response {
    let withdrawn = async {
        let by = door.flow_writer(&from)?;
        door.not_a_file(&flow)?;
        let there = door.draft(&flow).await.map_err(|error| Box::new(unread(&error)))?;
        let Some((draft, published)) = there else { return Err(Box::new(none())) };
        if published.is_none() {
            return Err(conflict("this flow is not published"));
        }
        // The text stays, also of one that was published without a draft.
        let stored = door.runtime.store().draft(&flow).await.map_err(|error| Box::new(unread(&error)))?;
        if stored.is_none() {
            let put = door.runtime.store().put_draft(draft, None).await;
            put.map_err(|error| Box::new(unwritten(&error)))?;
        }
        door.offer.withdraw(&flow).await.map_err(|error| Box::new(unwritten(&error)))?;
        door.note(&by, Happened::FlowWithdrawn, &flow).await;
        Ok(())
    };
    match withdrawn.await {
        Ok(()) => door.now(StatusCode::OK, &flow).await,
        Err(refused) => *refused,
    }
}

pub(super) async fn delete(
    State(door): State<Arc<Door>>,
    Path(flow): Path<String>,
    from: From,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let deleted = async {
        let by = door.flow_writer(&from)?;
        let Base { base } = given(body)?;
        door.not_a_file(&flow)?;
        let there = door.draft(&flow).await.map_err(|error| Box::new(unread(&error)))?;
        let Some((draft, published)) = there else { return Err(Box::new(none())) };
        if draft.version != base {
            return Err(overtaken());
        }
        let store = door.runtime.store();
        // What was published without a draft has none to be deleted.
        let stored = store.draft(&flow).await.map_err(|error| Box::new(unread(&error)))?;
        if stored.is_some() && !store.delete_draft(&flow, &base).await.map_err(|error| Box::new(unwritten(&error)))? {
            return Err(overtaken());
        }
        if published.is_some() {
            door.offer.withdraw(&flow).await.map_err(|error| Box::new(unwritten(&error)))?;
        }
        door.note(&by, Happened::FlowDeleted, &flow).await;
        Ok(())
    };
    match deleted.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => *refused,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_new_flow_has_nothing_wrong_with_it() {
        let checked = parlor_flows::check("new", super::EXAMPLE);
        assert!(checked.flow.is_some() && checked.findings.is_empty(), "{:?}", checked.findings);
    }
}
