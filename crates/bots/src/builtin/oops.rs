//! `builtin:oops` makes the mistakes that beginners make, so that one can see what Parlor says to each.

use serde_json::{Value, json};

use super::{field, ok, reply, status};
use crate::answer::Reply;

/// Which mistake, by a word in the message; an error in the code if none is named.
pub(super) fn answer(activation: &Value) -> Reply {
    let text = field(activation, "text").to_lowercase();
    let wants = |word: &str| text.contains(word);
    if wants("404") {
        return status(404, "NOT FOUND", "The requested URL was not found on the server.");
    }
    if wants("405") {
        return status(405, "METHOD NOT ALLOWED", "The method is not allowed for the requested URL.");
    }
    if wants("json") {
        return reply(200, "OK", "text/html; charset=utf-8", "Hello from a function that returns a string".to_owned());
    }
    if wants("list") {
        return ok(&json!(["Hello", "from", "a", "list"]));
    }
    if wants("missing") {
        return ok(&json!({ "message": "The key is called text" }));
    }
    if wants("number") {
        return ok(&json!({ "text": 42 }));
    }
    status(
        500,
        "INTERNAL SERVER ERROR",
        "The server encountered an internal error and was unable to complete your request.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{answer, builtin::ask, fault::Fault};

    #[tokio::test]
    async fn every_word_has_its_mistake() {
        for (text, expected) in [("oops", 500), ("oops 404", 404), ("oops 405", 405)] {
            let read = answer::read(&ask("oops", json!({ "text": text })).await, 1 << 20);
            assert!(matches!(read, Err(Fault::Status { status, .. }) if status == expected), "{text}");
        }
        let read = async |text| answer::read(&ask("oops", json!({ "text": text })).await, 1 << 20);
        assert!(matches!(read("oops JSON").await, Err(Fault::NotJson { .. })));
        assert_eq!(read("oops list").await, Err(Fault::NotObject("list".into())));
        assert_eq!(read("oops missing").await, Err(Fault::NoText));
        assert_eq!(read("oops number").await, Err(Fault::TextType("int".into())));
    }
}
