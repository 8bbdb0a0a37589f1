//! Asking a provider: over the guarded client, with a bound on time and size, and JSON or an error for what comes back.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parlor_outbound::{Answer, Bytes, Client, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use url::{Url, form_urlencoded::byte_serialize};

use crate::{Error, Secret, error::shown};

/// The largest answer.
pub(crate) const LARGEST: usize = 256 * 1024;

const ACCEPT: HeaderName = HeaderName::from_static("accept");
const AUTHORIZATION: HeaderName = HeaderName::from_static("authorization");
const CONTENT_TYPE: HeaderName = HeaderName::from_static("content-type");

/// How a provider is asked.
#[derive(Clone)]
pub(crate) struct Fetch {
    pub(crate) client: Client,
    pub(crate) within: Duration,
}

impl Fetch {
    /// The body at an address, which is there with status 200.
    pub(crate) async fn get(&self, what: &'static str, url: &str, token: Option<&Secret>) -> Result<Bytes, Error> {
        let mut headers = accept();
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, hidden(what, &format!("Bearer {}", token.reveal()))?);
        }
        let answer = self.client.get(url, &headers, self.within, LARGEST).await;
        let answer = whole(what, answer)?;
        if answer.status == 200 { Ok(answer.body) } else { Err(odd(what, &answer)) }
    }

    /// Sends the form that exchanges a code, and gives the ID token and the access token.
    pub(crate) async fn exchange(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(&str, &Secret)>,
    ) -> Result<Tokens, Error> {
        const WHAT: &str = "the provider's answer to the code";
        let mut headers = accept();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some((id, secret)) = basic {
            // Each is written as in a form first (RFC 6749, 2.3.1).
            let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(secret.reveal())));
            headers.insert(AUTHORIZATION, hidden(WHAT, &format!("Basic {pair}"))?);
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let answer = self.client.post_json(url.as_str(), &headers, body.into(), self.within, LARGEST).await;
        let answer = whole(WHAT, answer)?;
        if answer.status == 200 {
            return Tokens::parse(&answer.body).map_err(|why| Error::Answer { what: WHAT, why });
        }
        Err(refusal(&answer.body).unwrap_or_else(|| odd(WHAT, &answer)))
    }
}

/// What a code is worth.
pub(crate) struct Tokens {
    pub(crate) id: String,
    /// With which more can be asked, if the provider gives one of the usual kind.
    pub(crate) access: Option<Secret>,
}

impl Tokens {
    /// Reads them. No text of theirs comes into the error.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Document {
            id_token: Option<String>,
            access_token: Option<String>,
            token_type: Option<String>,
        }
        // What serde says may repeat a part of what was read.
        let document: Document =
            serde_json::from_slice(bytes).map_err(|_| "it is not the JSON it should be".to_owned())?;
        let id =
            document.id_token.ok_or("there is no `id_token` in it; is the scope `openid` allowed for this client?")?;
        let bearer = document.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        Ok(Self { id, access: document.access_token.filter(|_| bearer).map(Secret::new) })
    }
}

/// What an error of the token's address means (RFC 6749, 5.2).
pub(crate) fn refusal(bytes: &[u8]) -> Option<Error> {
    #[derive(Deserialize)]
    struct Document {
        error: String,
    }
    let document: Document = serde_json::from_slice(bytes).ok()?;
    Some(match document.error.as_str() {
        "invalid_grant" => Error::Code,
        error => Error::Client(shown(error)),
    })
}

fn accept() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))])
}

fn hidden(what: &'static str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::Answer { what, why: "what is to be sent with it fits into no header".to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// An answer that came as a whole, and is not the provider's own failure.
fn whole(what: &'static str, answer: Result<Answer, parlor_outbound::Error>) -> Result<Answer, Error> {
    let answer = answer.map_err(|error| Error::Unreachable { what, why: error.to_string() })?;
    if answer.status >= 500 || answer.status == 429 {
        return Err(Error::Unreachable { what, why: format!("the answer was {}", answer.status) });
    }
    if answer.truncated {
        return Err(Error::Answer { what, why: format!("it is larger than {} KiB", LARGEST / 1024) });
    }
    Ok(answer)
}

fn odd(what: &'static str, answer: &Answer) -> Error {
    let hint = if (300..400).contains(&answer.status) { ", which leads elsewhere" } else { "" };
    Error::Answer { what, why: format!("the answer was {}{hint}", answer.status) }
}
