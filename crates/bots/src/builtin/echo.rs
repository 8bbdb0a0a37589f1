//! `builtin:echo` says what it heard: the first bot that everybody writes.

use serde_json::Value;

use super::{field, text};
use crate::{answer::Reply, html};

const SAID: &str = include_str!("echo.html");
const PARAM: &str = include_str!("echo_param.html");

pub(super) fn answer(activation: &Value) -> Reply {
    let heard = match activation.get("form_data") {
        Some(data) => data.to_string(),
        None => field(activation, "text").to_owned(),
    };
    let mut said = html::fill(SAID, &[("author", field(activation, "author")), ("heard", &heard)]);
    for (name, value) in activation["params"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or("(nothing)");
        said.push_str(&html::fill(PARAM, &[("name", name), ("value", value)]));
    }
    text(said)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{answer, builtin::ask};

    #[tokio::test]
    async fn it_repeats_what_it_hears_as_text() {
        let reply = ask("echo", json!({"author": "Ann", "text": "<b>hi</b>", "params": {"n": "5", "w": null}})).await;
        let text = answer::read(&reply, 1 << 20).unwrap().text;
        assert!(text.contains("Ann") && text.contains("&lt;b&gt;hi") && text.contains("<code>n</code>"), "{text}");
        let reply = ask("echo", json!({"author": "Ann", "form_data": {"a": "1"}})).await;
        assert!(answer::read(&reply, 1 << 20).unwrap().text.contains("{&quot;a&quot;:&quot;1&quot;}"));
    }
}
