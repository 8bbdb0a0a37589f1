//! What a form of one of our own pages sends: names and values, as browsers write them.

use axum::extract::{FromRequest, Request};
use http::StatusCode;
use http_body_util::{BodyExt as _, Limited};

use crate::{Web, pages};

/// The largest form.
const FORM_MAX: usize = 64 * 1024;

/// A form that was filled in.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's value; nothing where it is absent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Whether a field is there at all, filled in or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, _)| given == name)
    }

    /// All values of a field that one can choose several of.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name).trim().parse().ok()
    }
}

impl FromRequest<Web> for Form {
    type Rejection = axum::response::Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Self::Rejection> {
        match Limited::new(request.into_body(), FORM_MAX).collect().await {
            Ok(body) => Ok(Self(url::form_urlencoded::parse(&body.to_bytes()).into_owned().collect())),
            Err(_) => {
                let message = "The form is too large, or broke off on its way. Go back and send it again.";
                Err(pages::error(web, StatusCode::PAYLOAD_TOO_LARGE, message))
            }
        }
    }
}
