//! Where activations go: over HTTP, to a built-in bot, to a bot that connected to us.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use parlor_outbound::{Client, HeaderMap};
use parlor_rooms as rooms;
use url::Url;

use crate::{
    answer::{BODY_MAX, Reply},
    builtin::{Builtin, Registry},
    fault::Fault,
};

/// Where one activation goes.
#[derive(Clone)]
pub(crate) enum Endpoint {
    /// An address.
    Http(String),
    /// A bot of the server.
    Builtin(Arc<dyn Builtin>),
    /// A bot that connects to us.
    Socket,
    /// Nowhere: why.
    Nowhere(Fault),
}

/// One request.
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How long the whole may take.
    pub(crate) within: Duration,
}

impl Endpoint {
    /// Reads a bot's url.
    pub(crate) fn of(url: &str, builtin: &Registry) -> Self {
        match rooms::Endpoint::of(url) {
            rooms::Endpoint::Empty => Self::Nowhere(Fault::EmptyUrl),
            rooms::Endpoint::Http(url) => Self::Http(url.to_owned()),
            rooms::Endpoint::Builtin(name) => match builtin.get(name) {
                Some(bot) => Self::Builtin(Arc::clone(bot)),
                None => Self::Nowhere(Fault::NoBuiltin(builtin.known())),
            },
            rooms::Endpoint::Socket => Self::Socket,
        }
    }

    /// Whether anything is sent at all.
    pub(crate) fn is_somewhere(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Builtin(_))
    }

    /// What the answer's relative addresses are relative to.
    pub(crate) fn base(&self) -> Option<Url> {
        if let Self::Http(url) = self { Url::parse(url).ok() } else { None }
    }

    /// Sends the request and waits for the answer.
    pub(crate) async fn deliver(&self, client: &Client, request: Request) -> Result<Reply, Fault> {
        let Request { headers, body, within } = request;
        match self {
            Self::Http(url) => {
                let answer = client.post_json(url, &headers, body, within, BODY_MAX).await?;
                let headers = answer.headers.iter();
                let headers = headers
                    .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
                Ok(Reply {
                    status: answer.status,
                    reason: answer.reason,
                    headers: headers.collect(),
                    body: answer.body,
                    truncated: answer.truncated,
                })
            }
            Self::Builtin(bot) => {
                tokio::time::timeout(within, bot.answer(body)).await.map_err(|_| Fault::TimedOut(within))
            }
            Self::Socket => Err(Fault::NotConnected),
            Self::Nowhere(fault) => Err(fault.clone()),
        }
    }
}
