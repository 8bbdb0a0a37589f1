//! The client against servers in this process and against resolvers that lie.

mod addresses;
mod answers;
mod guard;
mod https;
mod server;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::{Answer, Bytes, Client, DEFAULT_LIMIT, Error, HeaderMap, Lookup, Resolved, Rules};

/// Long enough for everything that is expected to come.
const PLENTY: Duration = Duration::from_secs(20);

/// Rules of local mode.
fn local() -> Rules {
    Rules { allow_local: true, ..Rules::default() }
}

async fn get(client: &Client, url: &str) -> Result<Answer, Error> {
    client.get(url, &HeaderMap::new(), PLENTY, DEFAULT_LIMIT).await
}

async fn post(client: &Client, url: &str, body: &'static str) -> Result<Answer, Error> {
    client.post_json(url, &HeaderMap::new(), Bytes::from(body), PLENTY, DEFAULT_LIMIT).await
}

/// A resolver that says what the test wants, and counts how often it was asked.
#[derive(Default)]
struct Names {
    names: HashMap<String, Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Names {
    fn new<const N: usize>(names: [(&str, &[&str]); N]) -> Arc<Self> {
        let parse = |list: &[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect();
        let names = names.iter().map(|(name, list)| ((*name).to_owned(), parse(list))).collect();
        Arc::new(Self { names, asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Lookup for Names {
    fn lookup(&self, host: &str) -> Resolved {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.names.get(host).map(|list| list.iter().map(|ip| SocketAddr::new(*ip, 0)).collect());
        Box::pin(async move { found.ok_or_else(|| io::Error::other("no such name")) })
    }
}
