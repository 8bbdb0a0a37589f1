//! `builtin:form` shows a menu as a form, and takes the order.

use serde_json::Value;

use super::text;
use crate::{answer::Reply, html};

pub(super) fn answer(activation: &Value) -> Reply {
    let Some(data) = activation.get("form_data") else { return text(include_str!("menu.html")) };
    let dessert = match values(&data["dessert"]).as_slice() {
        [] => "nothing".to_owned(),
        all => all.join(" and "),
    };
    let note = values(&data["note"]).join(" ");
    let note = note.trim();
    let template = if note.is_empty() { include_str!("menu_order.html") } else { include_str!("menu_order_note.html") };
    let author = activation["author"].as_str().unwrap_or_default();
    text(html::fill(template, &[("author", author), ("dessert", &dessert), ("note", note)]))
}

/// A field's values: one is a string, several are an array.
fn values(field: &Value) -> Vec<String> {
    match field {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{answer, builtin::ask};

    async fn order(form_data: Value) -> String {
        answer::read(&ask("form", json!({"author": "Ann", "form_data": form_data})).await, 1 << 20).unwrap().text
    }

    #[tokio::test]
    async fn it_shows_a_form_and_takes_the_order() {
        let menu = answer::read(&ask("form", json!({"text": "menu"})).await, 1 << 20).unwrap().text;
        assert!(menu.contains("<form") && menu.contains("name=\"dessert\""), "{menu}");
        let ordered = order(json!({"dessert": "affogato", "note": "<hot>"})).await;
        assert!(ordered.contains("affogato") && ordered.contains("&lt;hot&gt;"), "{ordered}");
        assert!(order(json!({"dessert": ["a", "b"], "note": ""})).await.contains("a and b"));
        assert!(order(json!({})).await.contains("nothing"));
    }
}
