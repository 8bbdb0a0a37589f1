//! `builtin:rich` shows what an answer can look like: formatting, a list, a table, code, a picture, a style.

use serde_json::Value;

use super::text;
use crate::answer::Reply;

pub(super) fn answer(_: &Value) -> Reply {
    text(include_str!("rich.html"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{answer, builtin::ask};

    #[tokio::test]
    async fn it_needs_nothing_from_the_network() {
        let text = answer::read(&ask("rich", json!({})).await, 1 << 20).unwrap().text;
        for part in ["<style>", "<table", "<ul>", "<pre>", "<svg"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("http") && !text.contains('!'));
    }
}
