//! The flows that are offered, and the versions in which sessions go on.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use parlor_flows::{Finding, Flow, check, check_all};
use parlor_rooms::Clock;
use parlor_runtime::log::{AppendError, ReadError, Store, StoredFlow};

/// How many old versions are at hand; others are read again when a session comes that is in one.
const VERSIONS: usize = 256;

/// Why a flow is not offered.
#[derive(Debug)]
pub enum Bad {
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
    offered: RwLock<BTreeMap<String, Flow>>,
    versions: Mutex<HashMap<(String, String), Flow>>,
}

/// Whether a flow can have this name: it stands in addresses, cookies and names of rooms.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl Offer {
    /// Offers nothing yet.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { store, clock, offered: RwLock::default(), versions: Mutex::default() }))
    }

    fn versions(&self) -> MutexGuard<'_, HashMap<(String, String), Flow>> {
        self.0.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The flow in which new sessions begin.
    pub(crate) fn flow(&self, name: &str) -> Option<Flow> {
        self.0.offered.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The title of a flow that is offered, or its name where it has none.
    pub fn title(&self, name: &str) -> Option<String> {
        self.flow(name).map(|flow| flow.title(&[]).unwrap_or_else(|| name.to_owned()))
    }

    /// The names of the flows that are offered, with their titles.
    pub fn names(&self) -> Vec<(String, Option<String>)> {
        let offered = self.0.offered.read().unwrap_or_else(PoisonError::into_inner);
        offered.iter().map(|(name, flow)| (name.clone(), flow.title(&[]))).collect()
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

    /// Checks a flow, and offers it from now on; the version before stays for the sessions that are in it. Gives what is odd about
    /// it and no error.
    ///
    /// # Errors
    /// It is not offered; the one of the same name that was stays.
    pub async fn put(&self, name: &str, text: &str) -> Result<Vec<Finding>, Bad> {
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
        self.0.offered.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), flow);
        Ok(checked.findings)
    }

    /// Offers a flow no longer; sessions that are in it go on.
    pub fn remove(&self, name: &str) {
        self.0.offered.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// What is wrong between flows: jumps that lead nowhere, or round and round.
    pub fn between(&self) -> Vec<(String, Finding)> {
        let offered = self.0.offered.read().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<(&str, &Flow)> = offered.iter().map(|(name, flow)| (name.as_str(), flow)).collect();
        check_all(&all)
    }
}
