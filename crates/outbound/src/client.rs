//! The client: one request, from the url's check to the last byte of the answer.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::ext::ReasonPhrase;
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, redirect, retry};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use crate::error::Error;
use crate::failure;
use crate::rules::Rules;
use crate::tls::Tls;

/// The size to which the body of an answer is read where nobody says otherwise: 1 MiB.
pub const DEFAULT_LIMIT: usize = 1 << 20;

/// The largest headers of an answer that are taken, names and values together.
pub const MAX_HEADER_BYTES: usize = 64 << 10;

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status, 200 to 599.
    pub status: u16,
    /// The reason that the server gave for the status (“Not Found”), or the usual one; may be empty.
    pub reason: String,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body, as it was sent (no decompression), cut at the limit.
    pub body: Bytes,
    /// Whether the body was longer than the limit, and is cut.
    pub truncated: bool,
    /// From the call to the last byte read.
    pub took: Duration,
}

/// What a [`Lookup`] answers with.
pub type Resolved = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// How names become addresses; the ports of the addresses do not matter. In a test: who lies about them.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of `host`.
    fn lookup(&self, host: &str) -> Resolved;
}

/// The system's resolver (`/etc/hosts`, DNS …).
struct System;

impl Lookup for System {
    fn lookup(&self, host: &str) -> Resolved {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// The guarded client. Cheap to clone.
///
/// Every request makes its own connection: to an address that was checked for this very request, and never one that a
/// bot's server has given up in the meantime (Flask's reloader restarts it at every change).
#[derive(Clone)]
pub struct Client {
    rules: Arc<RwLock<Arc<Rules>>>,
    lookup: Arc<dyn Lookup>,
    tls: Arc<Tls>,
}

impl Client {
    /// A client under these rules, with the system's resolver and the system's certificate authorities.
    pub fn new(rules: Rules) -> Self {
        Self::with_lookup(rules, Arc::new(System))
    }

    /// The same with a resolver of one's own.
    pub fn with_lookup(rules: Rules, lookup: Arc<dyn Lookup>) -> Self {
        Self { rules: Arc::new(RwLock::new(Arc::new(rules))), lookup, tls: Arc::default() }
    }

    /// Takes other rules for what is sent from now on, also by clones.
    pub fn set_rules(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// The same client with other certificate authorities.
    #[cfg(test)]
    pub(crate) fn trusting(self, tls: Tls) -> Self {
        Self { tls: Arc::new(tls), ..self }
    }

    /// Sends JSON. Reads the body of the answer up to `limit` bytes; `within` is for everything from the name's
    /// look-up to the last byte. `headers` may replace the content type.
    pub async fn post_json(
        &self,
        url: &str,
        headers: &HeaderMap,
        body: Bytes,
        within: Duration,
        limit: usize,
    ) -> Result<Answer, Error> {
        let mut all = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        all.extend(headers.clone());
        self.send(Method::POST, url, all, body, within, limit).await
    }

    /// Fetches; the limits are those of [`Client::post_json`].
    pub async fn get(&self, url: &str, headers: &HeaderMap, within: Duration, limit: usize) -> Result<Answer, Error> {
        self.send(Method::GET, url, headers.clone(), Bytes::new(), within, limit).await
    }

    /// Sends anything else; the limits are those of [`Client::post_json`]. A method that is none is an error.
    pub async fn request(
        &self,
        method: &str,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        within: Duration,
        limit: usize,
    ) -> Result<Answer, Error> {
        let method =
            Method::from_bytes(method.as_bytes()).map_err(|_| Error::BadUrl(format!("{method} is no method")))?;
        self.send(method, url, headers, body, within, limit).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        within: Duration,
        limit: usize,
    ) -> Result<Answer, Error> {
        let began = Instant::now();
        let url = parse(url)?;
        let exchange = async {
            let client = self.connectable(&url, within).await?;
            let request = client.request(method, url).headers(headers).body(body);
            let response = request.send().await.map_err(|e| failure::explain(&e, within))?;
            read(response, limit, within).await
        };
        let answer = timeout(within, exchange).await.unwrap_or(Err(Error::TimedOut(within)))?;
        Ok(Answer { took: began.elapsed(), ..answer })
    }

    /// A client for this one url, which can reach nothing but the addresses that were checked here.
    async fn connectable(&self, url: &Url, within: Duration) -> Result<reqwest::Client, Error> {
        let rules = Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner));
        rules.check_url(url).map_err(Error::forbidden)?;
        let host = url.host().ok_or_else(|| Error::BadUrl("it names no host".to_owned()))?;
        let port = url.port_or_known_default().unwrap_or_default();
        let mut addresses = match host {
            Host::Ipv4(ip) => vec![SocketAddr::from((ip, port))],
            Host::Ipv6(ip) => vec![SocketAddr::from((ip, port))],
            Host::Domain(name) => self.lookup.lookup(name).await.map_err(|_| Error::NoSuchHost)?,
        };
        if addresses.is_empty() {
            return Err(Error::NoSuchHost);
        }
        for address in &mut addresses {
            address.set_port(port);
            rules.check(&host, *address).map_err(Error::forbidden)?;
        }
        let tls = if url.scheme() == "https" { self.tls.secure()? } else { self.tls.plain()? };
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Nothing)
            .connect_timeout(within)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")));
        let builder = match host {
            Host::Domain(name) => builder.resolve_to_addrs(name, &addresses),
            Host::Ipv4(_) | Host::Ipv6(_) => builder,
        };
        builder.build().map_err(|e| failure::explain(&e, within))
    }
}

/// Resolves nothing: what may be reached was looked up and checked before.
struct Nothing;

impl Resolve for Nothing {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("the name was not looked up beforehand".into()) })
    }
}

/// Reads the url as browsers do, so that an address in an odd spelling (`0x7f.1`, `2130706433`) is an address.
fn parse(text: &str) -> Result<Url, Error> {
    let bad = |why: &str| Err(Error::BadUrl(why.to_owned()));
    let url = match Url::parse(text.trim()) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return bad("it should begin with http:// or https://"),
        Err(url::ParseError::EmptyHost) => return bad("it names no host"),
        Err(error) => return bad(&error.to_string()),
    };
    match url.scheme() {
        "http" | "https" => Ok(url),
        other => bad(&format!("it should begin with http:// or https://, not {other}:")),
    }
}

/// Reads the answer, at most `limit` bytes of its body.
async fn read(mut response: Response, limit: usize, within: Duration) -> Result<Answer, Error> {
    let size: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MAX_HEADER_BYTES {
        return Err(Error::TooLarge);
    }
    let status = response.status();
    let given = response.extensions().get::<ReasonPhrase>().map(|r| String::from_utf8_lossy(r.as_bytes()).into());
    let reason = given
        .filter(|words: &String| !words.is_empty())
        .unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned());
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    let mut truncated = false;
    while let Some(chunk) = response.chunk().await.map_err(|e| failure::explain(&e, within))? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            truncated = true;
            break;
        }
    }
    let (status, body) = (status.as_u16(), body.freeze());
    Ok(Answer { status, reason, headers, body, truncated, took: Duration::ZERO })
}
