//! `builtin:counter` counts what you say until you say “stop”: a conversation, kept in `state`.

use serde_json::{Value, json};

use super::{field, ok, text};
use crate::{answer::Reply, html};

pub(super) fn answer(activation: &Value) -> Reply {
    let Some(state) = activation.get("state") else {
        return ok(&json!({ "text": include_str!("counter_begin.html").trim_end(), "state": { "count": 0 } }));
    };
    let count = state["count"].as_u64().unwrap_or_default();
    if field(activation, "text").to_lowercase().contains("stop") {
        return text(html::fill(include_str!("counter_end.html"), &[("count", &count.to_string())]));
    }
    let count = count.saturating_add(1);
    let said = html::fill(include_str!("counter.html"), &[("count", &count.to_string())]);
    ok(&json!({ "text": said, "state": { "count": count } }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{answer, builtin::ask};

    #[tokio::test]
    async fn it_counts_until_it_is_stopped() {
        let begun = answer::read(&ask("counter", json!({"text": "count", "params": {}})).await, 1 << 20).unwrap();
        assert_eq!(begun.state.unwrap().as_str(), r#"{"count":0}"#);
        let counted = ask("counter", json!({"text": "a", "state": {"count": 0}})).await;
        assert_eq!(answer::read(&counted, 1 << 20).unwrap().state.unwrap().as_str(), r#"{"count":1}"#);
        let stopped =
            answer::read(&ask("counter", json!({"text": "Stop.", "state": {"count": 3}})).await, 1 << 20).unwrap();
        assert!(stopped.state.is_none() && stopped.text.contains('3'));
    }
}
