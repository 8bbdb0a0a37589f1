//! What goes over a bot's socket: JSON in text frames, each with the id of the job that it belongs to.

use std::{collections::HashMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use parlor_outbound::HeaderMap;
use parlor_sockets::Frame;
use serde::{Deserialize, Serialize, ser::SerializeMap as _};
use serde_json::value::RawValue;

/// How much is taken of an id, of an address and of a sentence, in bytes.
const ID_MAX: usize = 200;
const WORDS_MAX: usize = 4_096;
/// How many headers are taken.
const HEADERS_MAX: usize = 64;

/// What a bot says about a job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// Its answer: any JSON, as it came.
    Answer(Bytes),
    /// What the program behind it answered over HTTP.
    Http(Http),
    /// It could not ask that program: why.
    Failed { why: String, url: Option<String> },
    /// Nothing that can be understood: why.
    Nonsense(String),
}

/// An answer over HTTP, as a bot passes it on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Http {
    pub(crate) status: u16,
    /// Its `content-type` among them.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// Where it came from.
    pub(crate) url: Option<String>,
}

/// Why a frame is none that belongs here; with the job that it names.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) id: Option<String>,
    /// What is wrong, as the end of a sentence.
    pub(crate) why: String,
}

type Fields<'a> = HashMap<String, &'a RawValue>;

/// Reads what a bot says, and which job it is about.
pub(crate) fn read(text: &str) -> Result<(String, Said), Wrong> {
    let unknown = |why: &str| Wrong { id: None, why: why.to_owned() };
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| Wrong {
        id: id_of_broken(text),
        why: format!("a frame has to be one JSON object, and this is none ({error})"),
    })?;
    let Some(id) = fields.get("id") else { return Err(unknown("`id` is missing; repeat the one that you were sent")) };
    let id: String = typed(id).ok_or_else(|| unknown("`id` has to be a string, the one that you were sent"))?;
    if id.len() > ID_MAX {
        return Err(unknown("`id` is none that you were sent"));
    }
    match said(&fields) {
        Ok(said) => Ok((id, said)),
        Err(why) => Err(Wrong { id: Some(id), why }),
    }
}

/// The job that a frame names which is no JSON: Python writes `NaN`, for example, and nobody should wait for the time-out
/// because of it. Only what begins with the id is believed, for behind it a text may hold anything.
fn id_of_broken(text: &str) -> Option<String> {
    let value = text.trim_start().strip_prefix('{')?.trim_start().strip_prefix("\"id\"")?.trim_start();
    let id = value.strip_prefix(':')?.trim_start().strip_prefix('"')?.split_once('"')?.0;
    (id.len() <= ID_MAX).then(|| id.to_owned())
}

fn said(fields: &Fields<'_>) -> Result<Said, String> {
    let word = |key: &str| -> Result<Option<String>, String> {
        let Some(raw) = fields.get(key).filter(|raw| raw.get() != "null") else { return Ok(None) };
        let text: String = typed(raw).ok_or_else(|| format!("`{key}` has to be a string"))?;
        Ok(Some(text.chars().take(WORDS_MAX).filter(|c| !c.is_control()).collect()))
    };
    let url = word("url")?;
    if let Some(answer) = fields.get("answer") {
        return Ok(Said::Answer(Bytes::copy_from_slice(answer.get().as_bytes())));
    }
    if let Some(why) = word("error")? {
        let why = if why.trim().is_empty() { "it does not say why".to_owned() } else { why };
        return Ok(Said::Failed { why, url });
    }
    let Some(status) = fields.get("status") else {
        return Err("it has neither `answer`, nor `status` and `body`, nor `error`".to_owned());
    };
    let status: Option<u16> = typed(status).filter(|status| (200..=599).contains(status));
    let status = status.ok_or("`status` has to be a number from 200 to 599")?;
    let mut headers = Vec::new();
    if let Some(given) = fields.get("headers") {
        let given: HashMap<String, String> = typed(given).ok_or("`headers` has to be an object of strings")?;
        headers.extend(given.into_iter().take(HEADERS_MAX).map(|(name, value)| (name.to_ascii_lowercase(), value)));
        headers.sort_unstable();
    }
    if let Some(kind) = word("type")? {
        headers.retain(|(name, _)| name != "content-type");
        headers.insert(0, ("content-type".to_owned(), kind));
    }
    let body = match fields.get("body").filter(|raw| raw.get() != "null") {
        None => Vec::new(),
        Some(raw) => typed::<String>(raw)
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or("`body` has to be a string in base64")?,
    };
    Ok(Said::Http(Http { status, headers, body: body.into(), url }))
}

fn typed<'a, T: Deserialize<'a>>(raw: &&'a RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

/// The frame of an activation. `path` is a form's, relative to where the bot lives.
pub(crate) fn activation(id: &str, body: &[u8], headers: &HeaderMap, path: Option<&str>, within: Duration) -> Frame {
    #[derive(Serialize)]
    struct Activation<'a> {
        id: &'a str,
        activation: &'a RawValue,
        headers: Headers<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<&'a str>,
        within: f64,
    }
    let activation = serde_json::from_slice(body).expect("an activation's body is JSON of our own");
    text(&Activation { id, activation, headers: Headers(headers), path, within: within.as_secs_f64() })
}

/// The frame that asks for a file.
pub(crate) fn get(id: &str, path: &str, within: Duration) -> Frame {
    #[derive(Serialize)]
    struct Get<'a> {
        id: &'a str,
        get: &'a str,
        within: f64,
    }
    text(&Get { id, get: path, within: within.as_secs_f64() })
}

/// The frame that says what is wrong with one that came.
pub(crate) fn error(wrong: &Wrong) -> Frame {
    #[derive(Serialize)]
    struct Error<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        error: String,
    }
    text(&Error { id: wrong.id.as_deref(), error: format!("This is no answer: {}.", wrong.why) })
}

fn text(frame: &impl Serialize) -> Frame {
    Frame::text(&serde_json::to_string(frame).expect("strings and checked JSON can be written"))
}

/// Headers as an object, in their order.
struct Headers<'a>(&'a HeaderMap);

impl Serialize for Headers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name.as_str(), value.to_str().unwrap_or_default())?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use parlor_outbound::{HeaderName, HeaderValue};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Said) {
        assert_eq!(read(text), Ok(("a".to_owned(), expected)), "{text}");
    }

    fn http(status: u16, headers: &[(&str, &str)], body: &'static [u8], url: Option<&str>) -> Said {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Said::Http(Http { status, headers, body: Bytes::from_static(body), url: url.map(str::to_owned) })
    }

    #[test]
    fn an_answer_is_any_json_byte_for_byte() {
        for answer in ["{\"text\": \"h\\u00e4\", \"x\":1.0}", "null", "[1]", "7"] {
            check(&format!(r#"{{"answer": {answer}, "id": "a"}}"#), Said::Answer(answer.as_bytes().to_vec().into()));
        }
    }

    #[test]
    fn what_a_program_answered_over_http_is_passed_on() {
        check(
            r#"{"id":"a","status":404,"type":"text/html","body":"PGI+","url":"http://localhost:5000/x"}"#,
            http(404, &[("content-type", "text/html")], b"<b>", Some("http://localhost:5000/x")),
        );
        check(r#"{"id":"a","status":200}"#, http(200, &[], b"", None));
        check(
            r#"{"id":"a","status":302,"type":null,"headers":{"Location":"/y","A":"b"},"body":null}"#,
            http(302, &[("a", "b"), ("location", "/y")], b"", None),
        );
        let failed = Said::Failed { why: "refused".into(), url: Some("u".into()) };
        check(r#"{"id":"a","error":"refused\n","url":"u"}"#, failed);
        check(r#"{"id":"a","error":""}"#, Said::Failed { why: "it does not say why".into(), url: None });
    }

    #[test]
    fn what_is_wrong_is_said_with_the_id_if_there_is_one() {
        for (text, id, part) in [
            ("", None, "JSON object"),
            ("[]", None, "JSON object"),
            (r#"{"id": "a", "answer": {"text": "", "state": NaN}}"#, Some("a"), "JSON object"),
            (r#"{"answer": {"text": "\"id\":\"a\""}, "state": NaN}"#, None, "JSON object"),
            (r#"{"answer":{}}"#, None, "`id` is missing"),
            (r#"{"id":7,"answer":{}}"#, None, "`id` has to be a string"),
            (r#"{"id":"a"}"#, Some("a"), "neither `answer`"),
            (r#"{"id":"a","status":"200"}"#, Some("a"), "`status` has to be"),
            (r#"{"id":"a","status":100}"#, Some("a"), "`status` has to be"),
            (r#"{"id":"a","status":200,"body":"<b>"}"#, Some("a"), "base64"),
            (r#"{"id":"a","status":200,"headers":[]}"#, Some("a"), "`headers`"),
            (r#"{"id":"a","error":7}"#, Some("a"), "`error` has to be a string"),
        ] {
            let wrong = read(text).expect_err(text);
            assert_eq!(wrong.id.as_deref(), id, "{text}");
            assert!(wrong.why.contains(part), "{text}: {}", wrong.why);
            let frame: serde_json::Value = serde_json::from_slice(error(&wrong).payload()).unwrap();
            assert_eq!(frame["id"].as_str(), id);
            assert!(frame["error"].as_str().unwrap().contains(part));
        }
    }

    #[test]
    fn frames_have_the_documented_keys() {
        let name = HeaderName::from_static("parlor-room");
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("a"))]);
        let within = Duration::from_secs(120);
        let payload = |frame: &Frame| String::from_utf8(frame.payload().to_vec()).unwrap();
        assert_eq!(
            payload(&activation("act_1", b"{\"text\":\"x\"}", &headers, None, within)),
            r#"{"id":"act_1","activation":{"text":"x"},"headers":{"parlor-room":"a"},"within":120.0}"#
        );
        assert_eq!(
            payload(&activation("act_1", b"{}", &HeaderMap::new(), Some("/order"), within)),
            r#"{"id":"act_1","activation":{},"headers":{},"path":"/order","within":120.0}"#
        );
        assert_eq!(
            payload(&get("get_1", "a.png?b", Duration::from_secs(30))),
            r#"{"id":"get_1","get":"a.png?b","within":30.0}"#
        );
    }
}
