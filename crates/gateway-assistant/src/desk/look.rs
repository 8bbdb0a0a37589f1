//! What there is: all flows, one of them, an old version.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use parlor_flows::{Severity, check, plain};
use parlor_rooms::Timestamp;
use parlor_runtime::log::{Draft, FlowVersion, ReadError};
use serde::Serialize;

use super::{none, unread};
use crate::{
    Door,
    ask::{From, Path},
    offer::{self, FlowFile},
};

/// How many old versions are listed.
const VERSIONS: usize = 50;

/// How a flow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Stands {
    /// It is a file.
    File,
    /// It is offered as it is written.
    Published,
    /// It is offered, and has been written on since.
    Changed,
    /// It is offered to nobody.
    Draft,
}

/// A flow as its writers see it. Times are seconds since 1970.
#[derive(Serialize)]
pub(super) struct Shown {
    name: String,
    title: Option<String>,
    stands: Stands,
    /// Where the file is, if it is one.
    file: Option<String>,
    /// Which version the text is; to be named by who changes it.
    version: String,
    /// When it was changed.
    at: Option<f64>,
    /// By whom, where people have accounts.
    by: Option<String>,
    /// The version that is offered.
    published: Option<String>,
    errors: usize,
    warnings: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<Version>>,
}

#[derive(Serialize)]
struct Version {
    version: String,
    at: f64,
}

#[derive(Serialize)]
struct Listed {
    flows: Vec<Shown>,
}

#[derive(Serialize)]
struct Old {
    text: String,
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of this millennium fit")]
fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1e6
}

/// What is known of a flow's text, wherever it is from.
fn shown(name: &str, text: &str) -> Shown {
    let checked = check(name, text);
    let count = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    Shown {
        name: name.to_owned(),
        title: checked.flow.as_ref().and_then(|flow| flow.title(&[])).map(|title| plain(&title)),
        stands: Stands::Draft,
        file: None,
        version: parlor_flows::version(text),
        at: None,
        by: None,
        published: None,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        text: Some(text.to_owned()),
        versions: None,
    }
}

fn of_file(name: &str, file: &FlowFile, offered: Option<String>) -> Shown {
    Shown {
        stands: Stands::File,
        file: Some(file.path.display().to_string()),
        at: file.at.map(seconds),
        published: offered,
        ..shown(name, &file.text)
    }
}

fn of_draft(draft: Draft, published: Option<&FlowVersion>) -> Shown {
    let stands = match published {
        None => Stands::Draft,
        Some(published) if published.version == draft.version => Stands::Published,
        Some(_) => Stands::Changed,
    };
    Shown {
        stands,
        at: Some(seconds(draft.at)),
        by: Some(draft.by).filter(|by| !by.is_empty()),
        published: published.map(|published| published.version.clone()),
        version: draft.version,
        ..shown(&draft.name, &draft.text)
    }
}

impl Door {
    /// A flow that is written here; what is published without a draft is its own.
    pub(super) async fn draft(&self, name: &str) -> Result<Option<(Draft, Option<FlowVersion>)>, ReadError> {
        let store = self.runtime.store();
        let published = store.published_flows().await?.into_iter().find(|one| one.name == name);
        let draft = match (store.draft(name).await?, &published) {
            (Some(draft), _) => Some(draft),
            (None, None) => None,
            (None, Some(FlowVersion { version, at, .. })) => {
                let text = store.flow(name, version).await?;
                text.map(|text| {
                    let (name, version) = (name.to_owned(), version.clone());
                    Draft { name, version, text, at: *at, by: String::new() }
                })
            }
        };
        Ok(draft.map(|draft| (draft, published)))
    }

    /// A flow as its writers see it, whole.
    pub(super) async fn shown(&self, name: &str) -> Result<Option<Shown>, ReadError> {
        let mut shown = match self.offer.file(name) {
            Some(file) => of_file(name, &file, self.offer.flow(name).map(|flow| flow.version().to_owned())),
            None => match self.draft(name).await? {
                Some((draft, published)) => of_draft(draft, published.as_ref()),
                None => return Ok(None),
            },
        };
        let versions = self.runtime.store().flow_versions(name, VERSIONS).await?;
        let versions = versions.into_iter().map(|one| Version { version: one.version, at: seconds(one.at) });
        shown.versions = Some(versions.collect());
        Ok(Some(shown))
    }

    async fn all_flows(&self) -> Result<Vec<Shown>, ReadError> {
        let store = self.runtime.store();
        let stored = store.drafts().await?.into_iter().chain(store.published_flows().await?);
        let files = self.offer.files();
        let names: BTreeSet<String> =
            stored.map(|one| one.name).chain(files.into_iter().map(|(name, _)| name)).collect();
        let mut flows = Vec::with_capacity(names.len());
        for name in names {
            let file = self.offer.file(&name);
            let offered = || self.offer.flow(&name).map(|flow| flow.version().to_owned());
            let one = match file {
                Some(file) => Some(of_file(&name, &file, offered())),
                None => self.draft(&name).await?.map(|(draft, published)| of_draft(draft, published.as_ref())),
            };
            flows.extend(one.map(|one| Shown { text: None, ..one }));
        }
        Ok(flows)
    }
}

pub(super) async fn list(State(door): State<Arc<Door>>, from: From) -> Response {
    if let Err(refused) = door.flow_writer(&from) {
        return *refused;
    }
    match door.all_flows().await {
        Ok(flows) => Json(Listed { flows }).into_response(),
        Err(error) => unread(&error),
    }
}

pub(super) async fn one(State(door): State<Arc<Door>>, Path(flow): Path<String>, from: From) -> Response {
    if let Err(refused) = door.flow_writer(&from) {
        return *refused;
    }
    match door.shown(&flow).await {
        Ok(Some(shown)) => Json(shown).into_response(),
        Ok(None) => none(),
        Err(error) => unread(&error),
    }
}

pub(super) async fn version(
    State(door): State<Arc<Door>>,
    Path((flow, version)): Path<(String, String)>,
    from: From,
) -> Response {
    if let Err(refused) = door.flow_writer(&from) {
        return *refused;
    }
    if !offer::is_name(&flow) {
        return none();
    }
    match door.runtime.store().flow(&flow, &version).await {
        Ok(Some(text)) => Json(Old { text }).into_response(),
        Ok(None) => none(),
        Err(error) => unread(&error),
    }
}
