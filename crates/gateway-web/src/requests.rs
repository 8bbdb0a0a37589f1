//! Requests, counted by address as the router writes it and by status; never by what stands in the address.

use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use http::Method;
use parlor_runtime::metrics::Page;

/// How many of each method and status there were at an address. All of these come from short lists, so they are never many.
type Counts = HashMap<(&'static str, u16), AtomicU64>;

/// How many there were, by address.
#[derive(Default)]
pub(crate) struct Requests(RwLock<HashMap<String, Counts>>);

impl Requests {
    /// Counts a request that was answered.
    pub(crate) fn count(&self, path: &str, kind: (&'static str, u16)) {
        let counts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get(path).and_then(|counts| counts.get(&kind)) {
            count.fetch_add(1, Relaxed);
            return;
        }
        drop(counts);
        let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        counts.entry(path.to_owned()).or_default().entry(kind).or_default().fetch_add(1, Relaxed);
    }

    pub(crate) fn write(&self, page: &mut Page) {
        let counts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<_> = counts
            .iter()
            .flat_map(|(path, counts)| counts.iter().map(move |(kind, count)| (path, kind, count)))
            .map(|(path, (method, status), count)| {
                (format!("route=\"{path}\",method=\"{method}\",status=\"{status}\""), count.load(Relaxed))
            })
            .collect();
        drop(counts);
        lines.sort();
        let lines: Vec<_> = lines.iter().map(|(labels, count)| (labels.as_str(), *count)).collect();
        page.counter("parlor_http_requests_total", "Requests that were answered", &lines);
    }
}

/// A method as it is counted.
pub(crate) fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
