//! Where activations go: over HTTP, to a built-in bot, to a bot that connected to us.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use parlor_outbound::{Client, HeaderMap, StatusCode};
use parlor_rooms::{self as rooms, Bot, BotId};
use url::Url;

use crate::{
    answer::{Base, Reply},
    builtin::{Builtin, Registry},
    connected::{self, Connected, Http, Said, Unheard},
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
    Socket(Caller),
    /// Nowhere: why.
    Nowhere(Fault),
}

/// How a bot that connects to us is reached.
#[derive(Clone)]
pub(crate) struct Caller {
    connected: Arc<Connected>,
    bot: BotId,
    /// Where at the bot, if not where it lives.
    path: Option<String>,
}

/// One request.
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How long the whole may take.
    pub(crate) within: Duration,
    /// How many bytes of the answer's body are read.
    pub(crate) limit: usize,
}

impl Endpoint {
    /// Where a bot lives. With `url` (`socket:/path`) it is another place of a bot that connects to us.
    pub(crate) fn of(bot: &Bot, url: &str, builtin: &Registry, connected: &Arc<Connected>) -> Self {
        match rooms::Endpoint::of(&bot.url) {
            rooms::Endpoint::Empty => Self::Nowhere(Fault::EmptyUrl),
            rooms::Endpoint::Http(url) => Self::Http(url.to_owned()),
            rooms::Endpoint::Builtin(name) => match builtin.get(name) {
                Some(bot) => Self::Builtin(Arc::clone(bot)),
                None => Self::Nowhere(Fault::NoBuiltin(builtin.known())),
            },
            rooms::Endpoint::Socket => {
                let path = url.trim().strip_prefix("socket:").filter(|path| !path.is_empty()).map(str::to_owned);
                Self::Socket(Caller { connected: Arc::clone(connected), bot: bot.id, path })
            }
        }
    }

    /// Whether anything is sent at all.
    pub(crate) fn is_somewhere(&self) -> bool {
        !matches!(self, Self::Nowhere(_))
    }

    /// What the answer's relative addresses are relative to.
    pub(crate) fn base(&self) -> Base {
        match self {
            Self::Http(url) => Url::parse(url).map_or(Base::Nothing, Base::Url),
            Self::Socket(caller) => Base::Files(caller.bot),
            Self::Builtin(_) | Self::Nowhere(_) => Base::Nothing,
        }
    }

    /// Sends the request and waits for the answer.
    pub(crate) async fn deliver(&self, client: &Client, request: Request) -> Result<Reply, Fault> {
        let Request { headers, body, within, limit } = request;
        match self {
            Self::Http(url) => {
                let answer = client.post_json(url, &headers, body, within, limit).await?;
                let headers = answer.headers.iter();
                let headers = headers
                    .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
                Ok(Reply {
                    status: answer.status,
                    reason: answer.reason,
                    headers: headers.collect(),
                    body: answer.body,
                    truncated: answer.truncated,
                    url: None,
                })
            }
            Self::Builtin(bot) => {
                tokio::time::timeout(within, bot.answer(body)).await.map_err(|_| Fault::TimedOut(within))
            }
            Self::Socket(caller) => caller.deliver(headers, &body, within).await,
            Self::Nowhere(fault) => Err(fault.clone()),
        }
    }
}

impl Caller {
    async fn deliver(&self, headers: HeaderMap, body: &Bytes, within: Duration) -> Result<Reply, Fault> {
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
        let frame = connected::activation(id, body, &headers, self.path.as_deref(), within);
        match self.connected.ask(self.bot, id, frame, within).await {
            Ok(Said::Answer(body)) => {
                let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
                Ok(Reply { status: 200, reason: "OK".to_owned(), headers, body, ..Reply::default() })
            }
            Ok(Said::Http(Http { status, headers, body, url })) => {
                let known = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
                Ok(Reply { status, reason: known.unwrap_or_default().to_owned(), headers, body, url, truncated: false })
            }
            Ok(Said::Failed { why, url }) => Err(Fault::Behind(why).at(url)),
            Ok(Said::Nonsense(why)) => Err(Fault::BadFrame(why)),
            Err(Unheard::NotConnected) => Err(Fault::NotConnected),
            Err(Unheard::TimedOut) => Err(Fault::TimedOut(within)),
        }
    }
}
