//! The flows that are offered, and the versions in which sessions go on.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use parlor_flows::{Finding, Flow, check, check_all};
use parlor_rooms::{Clock, Timestamp};
use parlor_runtime::log::{AppendError, FlowVersion, ReadError, Store, StoredFlow};

/// How many old versions are at hand; others are read again when a session comes that is in one.
const VERSIONS: usize = 256;

/// Why a flow is not offered.
#[derive(Debug)]
pub(crate) enum Bad {
    /// It has errors.
    Flow(Vec<Finding>),
    /// It can't have this name.
    Name,
    /// It can't be kept.
    Store(AppendError),
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flow(findings) => {
                let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
                f.write_str(&texts.join("; "))
            }
            Self::Name => f.write_str("a flow's name is made of up to 64 letters a–z, digits, `-` and `_`"),
            Self::Store(error) => write!(f, "it can't be kept: {error}"),
        }
    }
}

/// All of them. Cheap to clone.
#[derive(Clone)]
pub struct Offer(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    offered: RwLock<Offered>,
    versions: Mutex<HashMap<(String, String), Flow>>,
    /// Held while what is published is read or changed, so that what was read does not undo a change.
    publishing: tokio::sync::Mutex<()>,
}

/// Where a flow comes from: a file wins over one of the same name that was published in the pages.
#[derive(Default)]
struct Offered {
    files: BTreeMap<String, FlowFile>,
    published: BTreeMap<String, Published>,
}

/// A flow that is a file, as it was read last.
#[derive(Clone)]
pub(crate) struct FlowFile {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What stands in it, right or wrong.
    pub(crate) text: String,
    /// When it was changed, if the system knows.
    pub(crate) at: Option<Timestamp>,
    /// The last that was right.
    flow: Option<Flow>,
}

impl FlowFile {
    pub(crate) fn new(path: PathBuf, text: String, at: Option<Timestamp>) -> Self {
        Self { path, text, at, flow: None }
    }
}

/// A flow that was published in the pages.
struct Published {
    version: String,
    /// Nothing if this program refuses what another one took.
    flow: Option<Flow>,
}

impl Offered {
    fn flow(&self, name: &str) -> Option<&Flow> {
        let file = self.files.get(name).and_then(|file| file.flow.as_ref());
        file.or_else(|| self.published.get(name)?.flow.as_ref())
    }

    fn all(&self) -> BTreeMap<&str, &Flow> {
        let published = self.published.iter().filter_map(|(name, one)| Some((name.as_str(), one.flow.as_ref()?)));
        let files = self.files.iter().filter_map(|(name, file)| Some((name.as_str(), file.flow.as_ref()?)));
        published.chain(files).collect()
    }
}

/// Whether a flow can have this name: it stands in addresses, cookies and names of rooms.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl Offer {
    /// Offers nothing yet.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            offered: RwLock::default(),
            versions: Mutex::default(),
            publishing: tokio::sync::Mutex::default(),
        }))
    }

    fn read(&self) -> RwLockReadGuard<'_, Offered> {
        self.0.offered.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Offered> {
        self.0.offered.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn versions(&self) -> MutexGuard<'_, HashMap<(String, String), Flow>> {
        self.0.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The flow in which new sessions begin.
    pub(crate) fn flow(&self, name: &str) -> Option<Flow> {
        self.read().flow(name).cloned()
    }

    /// The title of a flow that is offered, or its name where it has none.
    pub fn title(&self, name: &str) -> Option<String> {
        self.flow(name).map(|flow| flow.title(&[]).unwrap_or_else(|| name.to_owned()))
    }

    /// The file that a flow is, if it is one.
    pub(crate) fn file(&self, name: &str) -> Option<FlowFile> {
        self.read().files.get(name).cloned()
    }

    /// The flows that are files.
    pub(crate) fn files(&self) -> Vec<(String, FlowFile)> {
        self.read().files.iter().map(|(name, file)| (name.clone(), file.clone())).collect()
    }

    /// The version that a session is in.
    pub(crate) async fn version(&self, name: &str, version: &str) -> Result<Option<Flow>, ReadError> {
        if let Some(flow) = self.flow(name).filter(|flow| flow.version() == version) {
            return Ok(Some(flow));
        }
        let key = (name.to_owned(), version.to_owned());
        if let Some(flow) = self.versions().get(&key) {
            return Ok(Some(flow.clone()));
        }
        let Some(text) = self.0.store.flow(name, version).await? else { return Ok(None) };
        let Some(flow) = check(name, &text).flow else {
            tracing::error!(flow = name, version, "a flow that was kept is refused by now; its sessions can't go on");
            return Ok(None);
        };
        let mut versions = self.versions();
        if versions.len() >= VERSIONS {
            versions.clear();
        }
        versions.insert(key, flow.clone());
        Ok(Some(flow))
    }

    /// Checks a flow, and keeps it: the version before stays for the sessions that are in it.
    async fn keep(&self, name: &str, text: &str) -> Result<(Flow, Vec<Finding>), Bad> {
        if !is_name(name) {
            return Err(Bad::Name);
        }
        let checked = check(name, text);
        let Some(flow) = checked.flow else { return Err(Bad::Flow(checked.findings)) };
        // Before anybody can begin a session in it.
        let kept = StoredFlow {
            name: name.to_owned(),
            version: flow.version().to_owned(),
            text: text.to_owned(),
            at: self.0.clock.now(),
        };
        self.0.store.keep_flow(kept).await.map_err(Bad::Store)?;
        Ok((flow, checked.findings))
    }

    /// Offers what a file says from now on. Gives what is odd about it and no error.
    ///
    /// # Errors
    /// It is not offered; what the file said before stays.
    pub(crate) async fn put_file(&self, name: &str, file: FlowFile) -> Result<Vec<Finding>, Bad> {
        let kept = self.keep(name, &file.text).await;
        if matches!(kept, Err(Bad::Name)) {
            return Err(Bad::Name);
        }
        let mut offered = self.write();
        let before = offered.files.remove(name).and_then(|before| before.flow);
        let (flow, findings) = match kept {
            Ok((flow, findings)) => (Some(flow), Ok(findings)),
            Err(error) => (before, Err(error)),
        };
        offered.files.insert(name.to_owned(), FlowFile { flow, ..file });
        findings
    }

    /// A flow is a file no longer. Sessions that are in it go on; what was published under its name is offered again.
    pub(crate) fn remove_file(&self, name: &str) {
        self.write().files.remove(name);
    }

    /// Offers a flow from now on, on every node, and after a restart. Gives what is odd about it and no error.
    ///
    /// # Errors
    /// It is not offered; the version that was published before stays.
    pub(crate) async fn publish(&self, name: &str, text: &str) -> Result<Vec<Finding>, Bad> {
        let _publishing = self.0.publishing.lock().await;
        let (flow, findings) = self.keep(name, text).await?;
        let version = flow.version().to_owned();
        self.0.store.publish_flow(name, Some(&version)).await.map_err(Bad::Store)?;
        self.write().published.insert(name.to_owned(), Published { version, flow: Some(flow) });
        Ok(findings)
    }

    /// Offers what was published under a name no longer; sessions that are in it go on.
    pub(crate) async fn withdraw(&self, name: &str) -> Result<(), AppendError> {
        let _publishing = self.0.publishing.lock().await;
        self.0.store.publish_flow(name, None).await?;
        self.write().published.remove(name);
        Ok(())
    }

    /// Offers what is published: at the start, and when another node has changed it.
    ///
    /// # Errors
    /// It can't be read now; what was offered stays.
    pub async fn renew(&self) -> Result<(), ReadError> {
        let _publishing = self.0.publishing.lock().await;
        let there = self.0.store.published_flows().await?;
        let news: Vec<FlowVersion> = {
            let mut offered = self.write();
            offered.published.retain(|name, _| there.iter().any(|one| one.name == *name));
            let known = |one: &FlowVersion| offered.published.get(&one.name).map(|known| known.version.as_str());
            there.into_iter().filter(|one| known(one) != Some(&one.version)).collect()
        };
        for FlowVersion { name, version, .. } in news {
            let Some(text) = self.0.store.flow(&name, &version).await? else { continue };
            let flow = check(&name, &text).flow;
            if flow.is_none() {
                tracing::error!(flow = name, "a flow that was published is refused by now; mend it in /admin/flows");
            }
            self.write().published.insert(name, Published { version, flow });
        }
        Ok(())
    }

    /// What is wrong between flows: jumps that lead nowhere, or round and round.
    pub(crate) fn between(&self) -> Vec<(String, Finding)> {
        let offered = self.read();
        check_all(&offered.all().into_iter().collect::<Vec<_>>())
    }

    /// What would be wrong between this flow and the others, if it were offered.
    pub(crate) fn between_with(&self, flow: &Flow) -> Vec<Finding> {
        let offered = self.read();
        let mut all = offered.all();
        all.insert(flow.name(), flow);
        let found = check_all(&all.into_iter().collect::<Vec<_>>());
        found.into_iter().filter(|(name, _)| name == flow.name()).map(|(_, finding)| finding).collect()
    }
}
