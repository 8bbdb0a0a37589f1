//! Reads a `request`.

use super::{
    keys,
    reading::{Object, Reading},
};
use crate::{
    json::{Node, Value},
    request::{Body, Method, Request},
    text::{Place, Template, Variables},
};

/// The longest that a request may take if it does not say, in seconds.
const TIMEOUT: u8 = 10;

/// A request, and where it goes on when it fails.
pub(super) fn request<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<(Request, Option<usize>)> {
    let object = reading.object(node, "`request`", keys::REQUEST)?;
    let method = method(reading, &object);
    let url = reading.needed(&object, "url", "`request`").and_then(|node| url(reading, node));
    let headers = templates(reading, &object, "headers");
    for (name, node) in headers.iter().map(|(name, _, node)| (name, node)) {
        let token = |next: char| next.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(next);
        if name.is_empty() || !name.chars().all(token) {
            reading.error(node.at, format!("`{name}` is no name of a header."));
        }
    }
    let query = templates(reading, &object, "query");
    let body = object.get("body");
    if let (Some(body), Method::Get) = (body, method) {
        reading.error(body.at, "A GET has no `body`; name another `method`, or put it into `query`.");
    }
    let body = body.map(|node| self::body(reading, node));
    let timeout = object.get("timeout").and_then(|node| reading.whole(node, "`timeout`", 1, 30));
    let timeout = timeout.and_then(|seconds| u8::try_from(seconds).ok()).unwrap_or(TIMEOUT);
    let keep = keep(reading, &object);
    let otherwise = object.get("else").map(|node| reading.link(node, "`else`"));
    let pairs = |list: Vec<(String, Template, &Node)>| list.into_iter().map(|(name, text, _)| (name, text)).collect();
    let request = Request {
        method,
        url: url.unwrap_or_default(),
        headers: pairs(headers),
        query: pairs(query),
        body,
        timeout,
        keep,
    };
    Some((request, otherwise))
}

fn method<'n>(reading: &mut Reading<'n>, object: &Object<'n>) -> Method {
    let Some(node) = object.get("method") else { return Method::Get };
    let Some(name) = reading.string(node, "`method`") else { return Method::Get };
    let method = Method::ALL.into_iter().find(|method| method.name() == name);
    if method.is_none() {
        reading.error(node.at, format!("`{name}` is no method; they are GET, POST, PUT, PATCH and DELETE."));
    }
    method.unwrap_or(Method::Get)
}

fn url<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Template> {
    let text = reading.filled(node, "`url`")?;
    let template = reading.template(text, node.at);
    let beginning = template.beginning();
    let host = beginning.strip_prefix("https://").or_else(|| beginning.strip_prefix("http://"));
    let whole = template.variables().next().is_none();
    let fixed = template.fill(&Variables::new(), Place::Raw);
    match host {
        None => reading.error(node.at, "`url` begins with https:// or http://."),
        Some(host) if host.is_empty() && whole => reading.error(node.at, "`url` names no host."),
        // What a visitor types must not decide whom this server talks to.
        Some(host) if !whole && !host.contains(['/', '?']) => {
            reading.error(node.at, "`url` has a variable in its host; variables stand behind the host's `/` only.");
        }
        Some(_) if fixed.contains('#') => {
            reading.error(node.at, "`url` has a `#`; what stands behind it is never sent.");
        }
        Some(_) if fixed.contains(|next: char| next.is_whitespace() || next.is_control()) => {
            reading.error(node.at, "`url` has a space in it; write %20.");
        }
        Some(_) => return Some(template),
    }
    None
}

/// An object of texts with variables.
fn templates<'n>(reading: &mut Reading<'n>, object: &Object<'n>, key: &str) -> Vec<(String, Template, &'n Node)> {
    let mut read = Vec::new();
    let members = object.get(key).and_then(|node| reading.any_object(node, &format!("`{key}`")));
    for member in members.map_or(&[][..], |object| object.members) {
        let template = match &member.value.value {
            Value::Text(text) => reading.template(text, member.value.at),
            Value::Number(number) => Template::read(&number.to_string()),
            _ => {
                reading.wrong::<()>(&member.value, &format!("`{}`", member.key), "a text or a number");
                continue;
            }
        };
        read.push((member.key.clone(), template, &member.value));
    }
    read
}

fn body<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Body {
    match &node.value {
        Value::Null => Body::Plain(serde_json::Value::Null),
        Value::Bool(value) => Body::Plain((*value).into()),
        Value::Number(number) => Body::Plain(number.clone().into()),
        Value::Text(text) => Body::Text(reading.template(text, node.at)),
        Value::List(items) => Body::List(items.iter().map(|item| body(reading, item)).collect()),
        Value::Object(members) => {
            Body::Object(members.iter().map(|member| (member.key.clone(), body(reading, &member.value))).collect())
        }
    }
}

/// Which parts of the answer become variables.
fn keep<'n>(reading: &mut Reading<'n>, object: &Object<'n>) -> Vec<(String, String)> {
    let mut read = Vec::new();
    let members = object.get("keep").and_then(|node| reading.any_object(node, "`keep`"));
    for member in members.map_or(&[][..], |object| object.members) {
        let name = reading.sets(&member.key, member.at);
        let Some(pointer) = reading.string(&member.value, "A place in the answer") else { continue };
        if !pointer.is_empty() && !pointer.starts_with('/') {
            let message =
                format!("`{pointer}` is no place in an answer; write it as a JSON pointer, as in `/items/0/name`.");
            reading.error(member.value.at, message);
        }
        read.extend(name.map(|name| (name, pointer.to_owned())));
    }
    read
}
