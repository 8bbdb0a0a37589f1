//! What goes over the bot's socket: JSON, as the reference of bots has it.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_outbound::Answer;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

/// How long the program may take, where the server does not say.
const WITHIN: f64 = 120.0;

/// What the server wants.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) id: String,
    /// The body of an activation, byte for byte: it may be signed.
    pub(crate) activation: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) path: Option<String>,
    pub(crate) get: Option<String>,
    within: Option<f64>,
}

/// A frame of the server.
#[derive(Debug)]
pub(crate) enum Frame {
    Wanted(Wanted),
    /// Something that the relay said was wrong.
    Error(String),
}

/// Reads a frame; `None` for one of a kind that is not known here.
pub(crate) fn read(text: &str) -> Option<Frame> {
    #[derive(Deserialize)]
    struct Error {
        error: String,
    }
    if let Ok(Error { error }) = serde_json::from_str(text) {
        return Some(Frame::Error(error));
    }
    serde_json::from_str(text).ok().map(Frame::Wanted)
}

impl Wanted {
    /// How long the program may take.
    pub(crate) fn within(&self) -> Duration {
        let seconds = self.within.filter(|seconds| *seconds > 0.0 && *seconds <= 3_600.0).unwrap_or(WITHIN);
        Duration::from_secs_f64(seconds)
    }
}

/// Who says what in an activation, as far as it tells.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Activation {
    #[serde(default)]
    pub(crate) room: String,
    #[serde(default)]
    pub(crate) author: String,
    pub(crate) text: Option<String>,
    pub(crate) form_data: Option<Value>,
}

/// What the program answered.
pub(crate) fn answered(id: &str, url: &str, answer: &Answer) -> String {
    let headers: BTreeMap<&str, String> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let kind = headers.get("content-type");
    json!({
        "id": id, "status": answer.status, "type": kind, "headers": headers,
        "body": STANDARD.encode(&answer.body), "url": url,
    })
    .to_string()
}

/// That the program could not be asked.
pub(crate) fn failed(id: &str, url: &str, why: &str) -> String {
    json!({ "id": id, "error": why, "url": url }).to_string()
}
