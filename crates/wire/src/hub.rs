//! The payloads of the hub: what its clients send, read without building a tree, and what they get.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the protocol that HELLO names.
pub const VERSION: &str = "0.2.0";

/// How a client introduces itself, before anything else.
#[derive(Debug, Deserialize)]
pub struct Identify<'a> {
    /// Letters, digits and `_`; nobody else who is here has it.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// How it is shown.
    #[serde(borrow, default)]
    pub nickname: Option<Cow<'a, str>>,
    /// The version of the protocol that it speaks.
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    /// The hub's secret, or a token, where one is needed.
    #[serde(borrow, default)]
    pub secret: Option<Cow<'a, str>>,
    /// What it says of itself.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

/// What an identified client may send.
#[derive(Debug)]
pub enum Request<'a> {
    /// `SELF_SUBSCRIBE`
    Subscribe(Cow<'a, str>),
    /// `SELF_UNSUBSCRIBE`
    Unsubscribe(Cow<'a, str>),
    /// `SELF_FETCH`
    FetchSelf,
    /// `SELF_SET_SEQ`
    SetSeq(u64),
    /// `SERVICE_CREATE`
    CreateService {
        /// Its name.
        service: Cow<'a, str>,
        /// How it is shown.
        nickname: Option<Cow<'a, str>>,
    },
    /// `SERVICE_DELETE`
    DeleteService(Cow<'a, str>),
    /// `SERVICE_FETCH`
    FetchService(Cow<'a, str>),
    /// `SERVICE_FETCH_ALL`
    FetchServices,
    /// `CLIENT_FETCH`
    FetchClient(Cow<'a, str>),
    /// `CLIENT_FETCH_ALL`
    FetchClients,
    /// `MESSAGE`
    Message {
        /// For whom.
        target: Target<'a>,
        /// What, as it was written.
        data: &'a RawValue,
    },
}

/// For whom a message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Target<'a> {
    /// The client of this name.
    Name {
        /// Its name.
        #[serde(borrow)]
        name: Cow<'a, str>,
    },
    /// The client with this uuid.
    Uuid {
        /// Its uuid.
        #[serde(borrow)]
        uuid: Cow<'a, str>,
    },
    /// A service: its subscribers, or its owner.
    Service {
        /// The service's name.
        #[serde(borrow)]
        service: Cow<'a, str>,
    },
    /// One client, from a service.
    ServiceClientUuid {
        /// The service's name.
        #[serde(borrow)]
        service: Cow<'a, str>,
        /// The client's uuid.
        #[serde(borrow)]
        uuid: Cow<'a, str>,
    },
    /// Everybody.
    All,
}

/// Why a payload is not what an identified client may send.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It can't be decoded. The words are for who wrote the client.
    #[error("{0}")]
    Undecodable(String),
    /// It has a type that there is not.
    #[error("there is no payload of the type {0}")]
    Unsupported(String),
}

impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Self {
        Self::Undecodable(format!("the payload can't be decoded: {error}"))
    }
}

#[derive(Deserialize)]
struct Tagged<'a> {
    #[serde(borrow, rename = "type")]
    tag: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    service: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Created<'a> {
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow, default)]
    nickname: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Known<'a> {
    #[serde(borrow)]
    uuid: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Counted {
    seq: u64,
}

#[derive(Deserialize)]
struct Addressed<'a> {
    #[serde(borrow)]
    target: Target<'a>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// What a client sends first.
#[derive(Debug)]
pub enum First<'a> {
    /// As it should be.
    Identify(Identify<'a>),
    /// A payload of another type.
    Other,
}

impl<'a> First<'a> {
    /// Reads the first payload.
    pub fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        let Tagged { tag } = serde_json::from_str(text)?;
        if tag != "IDENTIFY" {
            return Ok(Self::Other);
        }
        serde_json::from_str(text).map(Self::Identify)
    }
}

impl<'a> Request<'a> {
    /// Reads a payload.
    pub fn read(text: &'a str) -> Result<Self, Unread> {
        let Tagged { tag } = serde_json::from_str(text)?;
        let service = || serde_json::from_str(text).map(|Named { service }| service);
        Ok(match &*tag {
            "MESSAGE" => {
                let Addressed { target, data } = serde_json::from_str(text)?;
                Self::Message { target, data }
            }
            "SELF_SUBSCRIBE" => Self::Subscribe(service()?),
            "SELF_UNSUBSCRIBE" => Self::Unsubscribe(service()?),
            "SELF_FETCH" => Self::FetchSelf,
            "SELF_SET_SEQ" => Self::SetSeq(serde_json::from_str::<Counted>(text)?.seq),
            "SERVICE_CREATE" => {
                let Created { service, nickname } = serde_json::from_str(text)?;
                Self::CreateService { service, nickname }
            }
            "SERVICE_DELETE" => Self::DeleteService(service()?),
            "SERVICE_FETCH" => Self::FetchService(service()?),
            "SERVICE_FETCH_ALL" => Self::FetchServices,
            "CLIENT_FETCH" => Self::FetchClient(serde_json::from_str::<Known<'_>>(text)?.uuid),
            "CLIENT_FETCH_ALL" => Self::FetchClients,
            "IDENTIFY" => {
                return Err(Unread::Undecodable("you have identified yourself already".to_owned()));
            }
            unknown => return Err(Unread::Unsupported(unknown.chars().take(64).collect())),
        })
    }
}
