//! Bots that are part of the server. They get the JSON that every bot gets and give the answer that an HTTP bot would
//! give, mistakes included.

mod counter;
mod echo;
mod menu;
mod oops;
mod rich;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::answer::Reply;

/// A bot that is part of the server.
#[async_trait]
pub trait Builtin: Send + Sync + 'static {
    /// Answers an activation, given as the JSON that an HTTP bot would get.
    async fn answer(&self, activation: Bytes) -> Reply;
}

/// The built-in bots by their names: `builtin:NAME` as a bot's url leads here.
#[derive(Clone, Default)]
pub struct Registry(BTreeMap<String, Arc<dyn Builtin>>);

impl Registry {
    /// The bots that show what bots can do.
    pub fn demonstration() -> Self {
        let mut registry = Self::default();
        registry.add("echo", Demonstration(echo::answer));
        registry.add("rich", Demonstration(rich::answer));
        registry.add("form", Demonstration(menu::answer));
        registry.add("counter", Demonstration(counter::answer));
        registry.add("oops", Demonstration(oops::answer));
        registry
    }

    /// Adds a bot, in place of one of the same name.
    pub fn add(&mut self, name: &str, bot: impl Builtin) {
        self.0.insert(name.to_owned(), Arc::new(bot));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<dyn Builtin>> {
        self.0.get(name)
    }

    /// The urls of all, for people.
    pub(crate) fn known(&self) -> String {
        if self.0.is_empty() {
            return "none".to_owned();
        }
        self.0.keys().map(|name| format!("builtin:{name}")).collect::<Vec<_>>().join(", ")
    }
}

/// A bot that is one function of what it gets.
struct Demonstration(fn(&Value) -> Reply);

#[async_trait]
impl Builtin for Demonstration {
    async fn answer(&self, activation: Bytes) -> Reply {
        match serde_json::from_slice(&activation) {
            Ok(activation) => (self.0)(&activation),
            Err(_) => status(400, "Bad Request", "The activation is no JSON."),
        }
    }
}

/// What Flask makes of a dict that a function returns.
fn ok(answer: &Value) -> Reply {
    reply(200, "OK", "application/json", answer.to_string())
}

/// An answer of text alone.
fn text(html: impl Into<String>) -> Reply {
    ok(&json!({ "text": html.into() }))
}

/// An error page.
fn status(status: u16, reason: &str, words: &str) -> Reply {
    reply(
        status,
        reason,
        "text/html; charset=utf-8",
        // tidy: what Flask sends, which no page shows as HTML.
        format!("<!doctype html>\n<title>{status} {reason}</title>\n<p>{words}</p>\n"),
    )
}

fn reply(status: u16, reason: &str, content_type: &str, body: String) -> Reply {
    Reply {
        status,
        reason: reason.to_owned(),
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.into(),
        truncated: false,
        url: None,
    }
}

/// A field of the activation that is a string.
fn field<'a>(activation: &'a Value, key: &str) -> &'a str {
    activation[key].as_str().unwrap_or_default()
}

#[cfg(test)]
pub(crate) async fn ask(name: &str, activation: Value) -> Reply {
    let registry = Registry::demonstration();
    registry.get(name).unwrap().answer(activation.to_string().into()).await
}
