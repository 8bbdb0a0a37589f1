//! The Parlor server: its API, and the bot's websocket.

use std::{fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_outbound::failure;
use reqwest::{Client, Method, Response, StatusCode, Version, header, redirect};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::timeout;
use url::{Host, Url};

use crate::{Failure, websocket::WebSocket};

/// How long a call, and the opening of the websocket, may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much of an answer is read that is no Parlor server's.
const SHOWN: usize = 200;

/// The server.
pub(crate) struct Server {
    url: Url,
    name: String,
    client: Client,
}

/// A bot as the server shows it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Bot {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) responds_to: Option<String>,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) connected: Option<bool>,
}

/// The bot's websocket, and which bot it is.
pub(crate) struct Connected {
    pub(crate) socket: WebSocket,
    pub(crate) bot: Option<u64>,
}

/// What went wrong with the server.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It can't be reached: why.
    Unreachable { server: String, why: String },
    /// It says no, in its own words.
    Refused { server: String, status: StatusCode, message: String },
    /// What answered is no Parlor server.
    NotParlor { server: String, what: String },
}

impl Trouble {
    /// The server knows no bot with the token.
    pub(crate) fn is_unknown_token(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::UNAUTHORIZED, .. })
    }

    /// Something else is there already.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::CONFLICT, .. })
    }

    /// Trying again later would change nothing.
    pub(crate) fn is_final(&self) -> bool {
        let Self::Refused { status, .. } = self else { return false };
        matches!(*status, StatusCode::UNAUTHORIZED | StatusCode::CONFLICT | StatusCode::MISDIRECTED_REQUEST)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { server, why } => write!(
                f,
                "can’t reach the Parlor server at {server}: {why}. Is it running, and is that its address? \
                 Give another one with --server"
            ),
            Self::Refused { status: StatusCode::UNAUTHORIZED, server, message } => write!(
                f,
                "{server} does not know this bot’s token: {message}. Leave out --token, and the relay gets a new one"
            ),
            Self::Refused { server, message, .. } => write!(f, "{server} says: {message}"),
            Self::NotParlor { server, what } => write!(
                f,
                "what answers at {server} is no Parlor server ({what}). Give the server’s address with --server; if a proxy \
                 stands before it, it has to let websockets through"
            ),
        }
    }
}

impl Server {
    /// The server at this address.
    pub(crate) fn new(url: Url) -> Result<Self, Failure> {
        let unusable = |why: String| Failure(format!("can’t connect to anything: {why}"));
        let tls = parlor_outbound::machine_tls(url.scheme() == "https").map_err(|error| unusable(error.to_string()))?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .http1_only()
            .user_agent(concat!("parlor-relay/", env!("CARGO_PKG_VERSION")));
        if is_here(&url) {
            // No proxy leads to this computer itself.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| unusable(error.to_string()))?;
        let name = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, name, client })
    }

    /// Its address, as one would write it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of a room's page.
    pub(crate) fn page(&self, room: &str) -> String {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(room.split('/'));
        }
        url.into()
    }

    pub(crate) async fn bots(&self, room: &str) -> Result<Vec<Bot>, Trouble> {
        let mut url = self.to("/api/bots");
        url.query_pairs_mut().append_pair("room", room);
        self.call(Method::GET, url, None).await
    }

    /// Makes a bot, or changes one.
    pub(crate) async fn put_bot(&self, bot: Value) -> Result<Bot, Trouble> {
        self.call(Method::POST, self.to("/api/actions/bot"), Some(bot)).await
    }

    /// A new token for a bot.
    pub(crate) async fn token(&self, bot: u64) -> Result<String, Trouble> {
        #[derive(Deserialize)]
        struct Token {
            token: String,
        }
        let body = json!({ "id": bot });
        let Token { token } = self.call(Method::POST, self.to("/api/actions/bot-token"), Some(body)).await?;
        Ok(token)
    }

    pub(crate) async fn delete(&self, bot: u64) -> Result<(), Trouble> {
        let _: Bot = self.call(Method::DELETE, self.to("/api/actions/bot"), Some(json!({ "id": bot }))).await?;
        Ok(())
    }

    /// Opens the websocket of the bot with this token.
    pub(crate) async fn connect(&self, token: &str) -> Result<Connected, Trouble> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|_| self.not_parlor("this system has no random numbers"))?;
        let request = self
            .client
            .get(self.to("/api/bots/socket"))
            .version(Version::HTTP_11)
            .bearer_auth(token)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, STANDARD.encode(key));
        let response = self.answer(request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.refused(response).await);
        }
        let bot = response.headers().get("parlor-bot").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
        let stream = response.upgrade().await.map_err(|error| self.unreachable(&error))?;
        Ok(Connected { socket: WebSocket::over(stream), bot })
    }

    fn to(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, url: Url, body: Option<Value>) -> Result<T, Trouble> {
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = self.answer(request).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refused(response).await);
        }
        let body = self.read(response).await?;
        serde_json::from_slice(&body).map_err(|_| self.not_parlor("its answer is not what was asked for"))
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Response, Trouble> {
        match timeout(TIMEOUT, request.send()).await {
            Ok(sent) => sent.map_err(|error| self.unreachable(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    async fn read(&self, response: Response) -> Result<Vec<u8>, Trouble> {
        match timeout(TIMEOUT, response.bytes()).await {
            Ok(read) => Ok(read.map_err(|error| self.unreachable(&error))?.into()),
            Err(_) => Err(self.silent()),
        }
    }

    async fn refused(&self, response: Response) -> Trouble {
        #[derive(Deserialize)]
        struct Refusal {
            message: String,
        }
        let status = response.status();
        let body = self.read(response).await.unwrap_or_default();
        match serde_json::from_slice(&body) {
            Ok(Refusal { message }) => {
                let message = message.trim_end_matches('.').chars().take(1_000).collect();
                Trouble::Refused { server: self.name.clone(), status, message }
            }
            Err(_) => {
                let shown: String =
                    String::from_utf8_lossy(&body).chars().take(SHOWN).filter(|c| !c.is_control()).collect();
                self.not_parlor(&format!("status {status}: {shown}"))
            }
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Trouble {
        let mut why = failure::explain(error, TIMEOUT).to_string();
        if !is_here(&self.url)
            && PROXIES.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        {
            why += " (through the proxy that this terminal’s environment names)";
        }
        Trouble::Unreachable { server: self.name.clone(), why }
    }

    fn silent(&self) -> Trouble {
        Trouble::Unreachable {
            server: self.name.clone(),
            why: format!("no answer within {} seconds", TIMEOUT.as_secs()),
        }
    }

    fn not_parlor(&self, what: &str) -> Trouble {
        Trouble::NotParlor { server: self.name.clone(), what: what.to_owned() }
    }
}

const PROXIES: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "http_proxy", "HTTP_PROXY"];

/// Whether an address is this computer's own.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
