//! The payloads that the hub sends.

use parlor_wire::hub::VERSION;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Uuid;

/// What a client is told, but for HELLO and MESSAGE.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Told<'a> {
    #[serde(rename = "SELF_SUBSCRIBE_RESULT")]
    Subscribe {
        successful: bool,
        service: &'a RawValue,
    },
    #[serde(rename = "SELF_UNSUBSCRIBE_RESULT")]
    Unsubscribe {
        successful: bool,
        service: &'a RawValue,
    },
    #[serde(rename = "SELF_FETCH_RESULT")]
    Myself {
        client: &'a RawValue,
        subscriptions: Vec<&'a RawValue>,
    },
    #[serde(rename = "SERVICE_CREATE_RESULT")]
    ServiceCreated {
        successful: bool,
        service: &'a RawValue,
    },
    #[serde(rename = "SERVICE_DELETE_RESULT")]
    ServiceDeleted {
        service: &'a RawValue,
    },
    #[serde(rename = "SERVICE_FETCH_RESULT")]
    Service {
        service: &'a RawValue,
    },
    #[serde(rename = "SERVICE_FETCH_ALL_RESULT")]
    Services {
        services: Vec<&'a RawValue>,
    },
    #[serde(rename = "CLIENT_FETCH_RESULT")]
    Client {
        client: &'a RawValue,
        subscriptions: Vec<&'a RawValue>,
    },
    #[serde(rename = "CLIENT_FETCH_ALL_RESULT")]
    Clients {
        clients: Vec<&'a RawValue>,
    },
    #[serde(rename = "SERVICE_CLIENT_SUBSCRIBED")]
    Subscribed {
        client: &'a RawValue,
        service: &'a RawValue,
    },
    #[serde(rename = "SERVICE_CLIENT_UNSUBSCRIBED")]
    Unsubscribed {
        client: &'a RawValue,
        service: &'a RawValue,
    },
    ClientJoined {
        client: &'a RawValue,
    },
    ClientLeft {
        client: &'a RawValue,
    },
    Ok,
    Bad,
    InvalidService {
        service: &'a str,
    },
    InvalidName {
        name: &'a str,
    },
    InvalidUuid {
        uuid: &'a str,
    },
    #[serde(rename = "ERROR_PROTOCOL")]
    Protocol {
        desc: String,
    },
    #[serde(rename = "ERROR_UNSUPPORTED")]
    Unsupported,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    told: &'a Told<'a>,
    seq: u64,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "HELLO")]
struct Hello<'a> {
    uuid: String,
    version: &'a str,
    fs_key: &'a str,
}

pub(super) fn json(value: &impl Serialize) -> String {
    // Maps with keys that are no strings fail, and so do failing writers; there is neither.
    serde_json::to_string(value).unwrap_or_default()
}

/// A value that is written often, written once.
pub(super) fn raw(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

pub(super) fn hello(uuid: Uuid, fs_key: &str) -> String {
    json(&Hello { uuid: uuid.to_string(), version: VERSION, fs_key })
}

/// What nobody asked for.
pub(super) fn unasked(told: &Told<'_>) -> String {
    json(told)
}

/// The answer to a payload.
pub(super) fn answering(told: &Told<'_>, seq: u64) -> String {
    json(&Answer { told, seq })
}

/// A MESSAGE: `data` goes on as it came. The origin is the client's shape with one more field.
pub(super) fn message(client: &RawValue, service: Option<&RawValue>, target: &RawValue, data: &RawValue) -> String {
    let (client, service) = (client.get(), service.map_or("null", RawValue::get));
    let origin = client.strip_suffix('}').unwrap_or(client);
    let parts = [
        r#"{"type":"MESSAGE","origin":"#,
        origin,
        r#","service":"#,
        service,
        r#"},"target":"#,
        target.get(),
        r#","data":"#,
        data.get(),
        "}",
    ];
    parts.concat()
}
