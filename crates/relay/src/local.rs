//! The program on this computer: what it is asked, and what its mistakes mean.

use parlor_outbound::{Answer, Client, Error, HeaderMap, HeaderName, HeaderValue, Rules};
use serde_json::Value;
use url::Url;

use crate::frames::{self, Activation, Wanted};

/// The largest answer, and the largest file: what a frame of the server's can hold.
const ANSWER_MAX: usize = 5 << 20;
const FILE_MAX: usize = (4 << 20) + 1;

/// The program.
pub(crate) struct Local {
    url: Url,
    client: Client,
}

/// What became of an activation: the frame for the server, and what to print.
pub(crate) struct Outcome {
    pub(crate) frame: String,
    /// The status, if there was an answer.
    pub(crate) status: Option<u16>,
    /// What it says, or what is wrong.
    pub(crate) said: Result<String, String>,
}

impl Outcome {
    fn failed(id: &str, url: &Url, why: &str, advice: String) -> Self {
        Self { frame: frames::failed(id, url.as_str(), why), status: None, said: Err(advice) }
    }
}

impl Local {
    pub(crate) fn new(url: Url) -> Self {
        Self { url, client: Client::new(Rules { allow_local: true, ..Rules::default() }) }
    }

    /// Sends an activation to the program.
    pub(crate) async fn activate(&self, wanted: &Wanted, activation: String) -> Outcome {
        let id = &wanted.id;
        let Some(url) = self.at(wanted.path.as_deref().unwrap_or_default()) else {
            let why = "the form’s action leads away from the bot’s own address";
            return Outcome::failed(id, &self.url, why, why.to_owned());
        };
        let headers = passed_on(wanted);
        let sent = self.client.post_json(url.as_str(), &headers, activation.into(), wanted.within(), ANSWER_MAX);
        match sent.await {
            Ok(answer) if answer.truncated => {
                let why = "it answered with more than 5 MiB, which is too long for a message";
                Outcome::failed(id, &url, why, why.to_owned())
            }
            Ok(answer) => Outcome {
                frame: frames::answered(id, url.as_str(), &answer),
                status: Some(answer.status),
                said: judge(&url, &answer),
            },
            Err(error) => Outcome::failed(id, &url, &error.to_string(), advice(&url, &error)),
        }
    }

    /// Fetches a file from the program: from where it lives, or else from its root, where Flask has `/static`.
    pub(crate) async fn fetch(&self, wanted: &Wanted, path: &str) -> String {
        let mut answer = frames::failed(&wanted.id, self.url.as_str(), "that is no file of this bot");
        for url in [self.at(path), self.at(&format!("/{path}"))].into_iter().flatten() {
            let found = match self.client.get(url.as_str(), &HeaderMap::new(), wanted.within(), FILE_MAX).await {
                Ok(found) => found,
                Err(error) => return frames::failed(&wanted.id, url.as_str(), &error.to_string()),
            };
            answer = frames::answered(&wanted.id, url.as_str(), &found);
            if found.status != 404 {
                break;
            }
        }
        answer
    }

    /// Another place of the same program.
    fn at(&self, path: &str) -> Option<Url> {
        if path.is_empty() {
            return Some(self.url.clone());
        }
        let mut url = self.url.join(path).ok()?;
        url.set_fragment(None);
        (url.origin() == self.url.origin() && Url::parse(path).is_err()).then_some(url)
    }
}

/// The headers that concern the program.
fn passed_on(wanted: &Wanted) -> HeaderMap {
    let concerns = |name: &str| name == "content-type" || name.starts_with("webhook-") || name.starts_with("parlor-");
    let headers = wanted.headers.iter().filter(|(name, _)| concerns(&name.to_ascii_lowercase()));
    headers
        .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?)))
        .collect()
}

/// What the program says, or what is wrong with it, for who wrote it.
fn judge(url: &Url, answer: &Answer) -> Result<String, String> {
    let path = url.path();
    match answer.status {
        200..=299 => {
            let json: Value = serde_json::from_slice(&answer.body).map_err(|_| {
                "that is no JSON. Return a dict from your function, such as {'text': 'Hello'}".to_owned()
            })?;
            match &json["text"] {
                Value::String(text) => Ok(text.clone()),
                Value::Null => Err("there is no `text` in it. Return a dict such as {'text': 'Hello'}".to_owned()),
                _ => Err("its `text` is no string. Return a dict such as {'text': str(value)}".to_owned()),
            }
        }
        404 => Err(format!("there is no route for {path}. Is there an @app.post('{path}') in your program?")),
        405 => Err(format!("the route {path} takes no POST. Write @app.post('{path}') above your function")),
        500..=599 => {
            Err("your program stopped with an error. The terminal in which it runs says which, and in which line"
                .to_owned())
        }
        300..=399 => Err(format!("that is a redirect. Is a slash at the end of {path} missing, or too many?")),
        _ => Err("only a status from 200 to 299 counts as an answer".to_owned()),
    }
}

/// What to do where there is no answer at all.
fn advice(url: &Url, error: &Error) -> String {
    let port = url.port_or_known_default().unwrap_or_default();
    match error {
        Error::Refused => format!("nothing listens at {url}. Is your Flask app running on port {port}?"),
        Error::TimedOut(limit) => {
            format!(
                "no answer within {} seconds, and nobody waits any longer. Is there a loop that does not end?",
                limit.as_secs_f64()
            )
        }
        other => format!("{other} ({url})"),
    }
}

/// What an activation says, in one line.
pub(crate) fn line(activation: &Activation) -> String {
    match (&activation.text, &activation.form_data) {
        (Some(text), _) => text.clone(),
        (None, Some(form)) => format!("(form) {form}"),
        (None, None) => "(event)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_with_the_program() {
        let local = Local::new(Url::parse("http://localhost:5000/bots/echo").unwrap());
        let at = |path: &str| local.at(path).map(String::from);
        for (path, url) in [
            ("", "http://localhost:5000/bots/echo"),
            ("order", "http://localhost:5000/bots/order"),
            ("/order?a=1", "http://localhost:5000/order?a=1"),
            ("?a=1", "http://localhost:5000/bots/echo?a=1"),
            ("static/a%20b.png", "http://localhost:5000/bots/static/a%20b.png"),
        ] {
            assert_eq!(at(path).as_deref(), Some(url), "{path}");
        }
        for path in ["//evil.example/x", "http://localhost:5000/x", "\\\\evil.example/", "file:///etc/passwd"] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn mistakes_are_explained_in_a_students_terms() {
        let url = Url::parse("http://localhost:5000/echo").unwrap();
        let judged = |status: u16, body: &'static str| {
            let body = body.as_bytes().into();
            let (reason, headers, took) = (String::new(), HeaderMap::new(), std::time::Duration::ZERO);
            judge(&url, &Answer { status, reason, headers, body, truncated: false, took })
        };
        assert_eq!(judged(200, r#"{"text": "hi"}"#), Ok("hi".to_owned()));
        for (status, body, words) in [
            (200, "hi", "no JSON"),
            (200, "[]", "no `text`"),
            (200, r#"{"text": 7}"#, "no string"),
            (404, "", "@app.post('/echo')"),
            (405, "", "takes no POST"),
            (500, "", "terminal in which it runs"),
            (308, "", "redirect"),
            (418, "", "200 to 299"),
        ] {
            assert!(judged(status, body).unwrap_err().contains(words), "{status} {body}");
        }
        assert!(advice(&url, &Error::Refused).contains("Is your Flask app running on port 5000?"));
    }
}
