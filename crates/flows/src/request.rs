//! Requests of a flow over HTTP: what is asked, and what of the answer is kept. Who makes them is the caller.

use serde_json::Value;

use crate::text::{Place, Template, Variable, Variables, encoded};

/// How long a value may be that is kept, in characters; what is over is cut off.
const LONGEST: usize = 4_000;

/// How a request asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As HTTP writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request as a flow's file has it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Template,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) query: Vec<(String, Template)>,
    pub(crate) body: Option<Body>,
    pub(crate) timeout: u8,
    pub(crate) keep: Vec<(String, String)>,
}

/// A body, whose texts may have variables in them.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Plain(Value),
    Text(Template),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Body {
    fn fill(&self, variables: &Variables) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Text(template) => template.fill(variables, Place::Raw).into(),
            Self::List(items) => items.iter().map(|item| item.fill(variables)).collect(),
            Self::Object(members) => members.iter().map(|(key, value)| (key.clone(), value.fill(variables))).collect(),
        }
    }
}

/// A request to make now, through a guarded client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestToMake {
    /// How it asks.
    pub method: Method,
    /// The address, with its query.
    pub url: String,
    /// Headers; with a body there is always a `Content-Type`.
    pub headers: Vec<(String, String)>,
    /// The body, JSON.
    pub body: Option<String>,
    /// How many seconds it may take, 1 to 30.
    pub timeout: u8,
}

/// What came back of one.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'r> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'r [u8],
}

impl Request {
    pub(crate) fn fill(&self, variables: &Variables) -> RequestToMake {
        let mut url = self.url.fill(variables, Place::Url);
        for (name, value) in &self.query {
            // A fragment has no place in a request's address, and the checker knows none.
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&encoded(name));
            url.push('=');
            url.push_str(&encoded(&value.fill(variables, Place::Raw)));
        }
        let line = |text: String| text.chars().filter(|next| !next.is_control()).collect::<String>();
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.clone(), line(value.fill(variables, Place::Raw)))).collect();
        let body = self.body.as_ref().map(|body| body.fill(variables).to_string());
        if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".into(), "application/json".into()));
        }
        RequestToMake { method: self.method, url, headers, body, timeout: self.timeout }
    }

    /// Forgets what an earlier answer left, and keeps what is wanted of this one. Whether it was an answer to go on with.
    pub(crate) fn keep(&self, reply: Option<Reply<'_>>, variables: &mut Variables) -> bool {
        for (name, _) in &self.keep {
            variables.remove(name);
        }
        let Some(reply) = reply.filter(|reply| (200..300).contains(&reply.status)) else { return false };
        if self.keep.is_empty() {
            return true;
        }
        let Ok(body) = serde_json::from_slice::<Value>(reply.body) else { return false };
        for (name, pointer) in &self.keep {
            let value = match body.pointer(pointer) {
                None | Some(Value::Null) => continue,
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            variables.insert(name.clone(), Variable::new(value.chars().take(LONGEST).collect::<String>()));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> Request {
        let texts = |texts: &[(&str, &str)]| {
            texts.iter().map(|(name, text)| ((*name).to_owned(), Template::read(text))).collect::<Vec<_>>()
        };
        let name = Body::Text(Template::read("{{name}}"));
        Request {
            method: Method::Post,
            url: Template::read("https://example.org/{{name}}"),
            headers: texts(&[("X-Name", "{{name}}")]),
            query: texts(&[("q", "{{name}}"), ("r", "1 2")]),
            body: Some(Body::Object(vec![("who".into(), name), ("n".into(), Body::Plain(json!(1)))])),
            timeout: 10,
            keep: vec![("price".into(), "/a/0/price".into()), ("all".into(), "/a".into()), ("no".into(), "/x".into())],
        }
    }

    #[test]
    fn variables_can_break_out_of_nothing() {
        let variables = [("name".to_owned(), Variable::new("a/b?\r\nX: \"1\""))].into();
        let made = request().fill(&variables);
        let encoded = "a%2Fb%3F%0D%0AX%3A%20%221%22";
        assert_eq!(made.url, format!("https://example.org/{encoded}?q={encoded}&r=1%202"));
        assert_eq!(made.headers[0].1, "a/b?X: \"1\"");
        assert_eq!(made.headers[1], ("Content-Type".into(), "application/json".into()));
        let body: Value = serde_json::from_str(&made.body.expect("a body")).expect("JSON");
        assert_eq!(body, json!({"who": "a/b?\r\nX: \"1\"", "n": 1}));
    }

    #[test]
    fn what_is_wanted_is_kept_and_what_was_is_forgotten() {
        let mut variables: Variables = [("no".to_owned(), Variable::new("old"))].into();
        let body = br#"{"a": [{"price": 2.5}]}"#;
        assert!(request().keep(Some(Reply { status: 200, body }), &mut variables));
        assert_eq!(variables["price"].value, "2.5");
        assert_eq!(variables["all"].value, r#"[{"price":2.5}]"#);
        assert!(!variables.contains_key("no"));
        for reply in [None, Some(Reply { status: 404, body }), Some(Reply { status: 200, body: b"no JSON" })] {
            assert!(!request().keep(reply, &mut variables));
            assert!(variables.is_empty());
        }
    }
}
