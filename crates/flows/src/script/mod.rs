//! Scripts: a conversation in lines, to be played with a flow and compared.
//!
//! ```text
//! # What the bot says begins with <, a question is followed by its choices.
//! < Welcome to the garden.
//! < What do you grow?
//! ? [Herbs, Something else]
//! > something else
//! ? "Name it"
//! > "Moss"
//! = plant Moss
//! < Thank you.
//! end
//! ```
//!
//! Every line that the bot says has to be there, in order. What the lines can be is described in
//! `docs/reference/flows.md`.

mod lines;
mod play;

use std::fmt;

pub use self::{lines::parse, play::play};

/// A script that was read.
#[derive(Clone, Debug)]
pub struct Script {
    lines: Vec<(u32, Line)>,
}

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// `lang de`: the browser's languages, best first.
    Languages(Vec<String>),
    /// `set name value`: a variable that the page sets.
    Set(String, String),
    /// `< text`.
    Says(String),
    /// `< ...`: anything, until something of another kind comes.
    Anything,
    /// `? [a, b]`.
    Choices(String),
    /// `? "prompt"`: the editor is open.
    Editor(String),
    /// `> choice`.
    Choose(String),
    /// `> "text"`.
    Type(String),
    /// `> file "name" size`.
    Send(String, u64),
    /// `refused`: the answer before is not taken.
    Refused,
    /// `@ GET https://…`: the request that is made.
    Asks(String),
    /// `! 200 body`, or `! fail`.
    Reply(Option<(u16, String)>),
    /// `= name value`; without a value, it is not set.
    Is(String, Option<String>),
    /// `handoff`, or `handoff queue`.
    Handoff(Option<String>),
    /// `back`: the person hands back.
    Back,
    /// `jump flow`, or `jump flow/state`.
    Jump(String),
    /// `end`.
    End,
}

/// Where a script and a flow differ first, or what is wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The script's line, from 1.
    pub line: u32,
    /// What the script expects; empty if it is the script that is wrong.
    pub expected: String,
    /// What came instead.
    pub came: String,
}

/// `3: expected …, but …`, to stand behind a file's name and a colon.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, expected, came } = self;
        if expected.is_empty() {
            write!(f, "{line}: {came}")
        } else {
            write!(f, "{line}: expected {expected}\n  but {came}")
        }
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::{flow, plain, plain_flow, text};

    fn played(flow: &crate::Flow, script: &str) -> Result<(), String> {
        parse(script).and_then(|script| play(flow, &script)).map_err(|mismatch| mismatch.to_string())
    }

    const WHOLE: &str = "\
# The plain form.
< Welcome to the <b>garden</b>.
< What do you grow?
? [Herbs, Roses, Something else]
> trees
refused
> something ELSE

< What is it?
? \"Name it\"
> herbs
refused
> \"Moss\"
< Anything more?
? [Yes, No]
> n
< Thank you.
end
";

    #[test]
    fn a_script_that_is_right_is_played_to_its_end() {
        assert_eq!(played(&plain_flow(), WHOLE), Ok(()));
        assert_eq!(played(&plain_flow(), "< ...\n? [Herbs, Roses, Something else]\n> 2\n< ...\n? [Yes, No]"), Ok(()));
    }

    #[test]
    fn the_first_difference_is_told_with_its_line() {
        for (from, to, told) in [
            (
                "<b>garden</b>",
                "house",
                "2: expected the bot to say: Welcome to the house.\n  but it says: Welcome to the <b>garden</b>.",
            ),
            (
                "Roses, ",
                "",
                "4: expected the choices [Herbs, Something else]\n  but they are [Herbs, Roses, Something else]",
            ),
            (
                "? \"Name it\"",
                "? \"Name\"",
                "10: expected the editor with the prompt \"Name\"\n  but its prompt is \"Name it\"",
            ),
            (
                "refused\n> something",
                "> something",
                "5: expected that the answer is taken\n  but it is refused: The question has no such choice.",
            ),
            (
                "< Thank you.\nend",
                "< Thank you.\n< Bye.",
                "18: expected the bot to say: Bye.\n  but the conversation is at its end",
            ),
            ("< Thank you.\n", "", "17: expected the end\n  but the bot says: Thank you."),
            ("> n\n", "> n\nrefused\n", "17: expected that the answer is refused\n  but it is taken"),
            (
                "< What do you grow?\n",
                "",
                "3: expected the choices [Herbs, Roses, Something else]\n  but the bot says: What do you grow?",
            ),
            ("end", "= plant x", "18: expected plant to be x\n  but it is not set"),
            ("end", "handoff", "18: expected a handoff\n  but the conversation is at its end"),
            ("end", "! 200 {}", "18: expected a request\n  but the conversation is at its end"),
            (
                "end",
                "> \"more\"",
                "18: expected that the answer is taken\n  but it is refused: This conversation has ended.",
            ),
        ] {
            assert!(WHOLE.contains(from), "{from}");
            assert_eq!(played(&plain_flow(), &WHOLE.replacen(from, to, 1)), Err(told.to_owned()));
        }
    }

    #[test]
    fn what_is_left_at_the_end_of_a_script_is_told() {
        let told =
            played(&plain_flow(), "< ...\n? [Herbs, Roses, Something else]\n> herbs\n").expect_err("there is more");
        assert_eq!(told, "4: expected the end of the script\n  but the bot says: Anything more?");
    }

    #[test]
    fn requests_variables_handoffs_and_languages_are_played() {
        let mut file = plain();
        file["$flow"] = json!({"languages": ["en", "de"], "variables": ["who"], "handoff": {"queue": "sales"}});
        file["hello"]["sendRequest"]["content"] = json!({"en": "Hello {{who}}", "de": "Hallo {{who}}"});
        file["ask"]["sendRequest"]["as"] = json!("plant");
        file["herbs"]["next"] = json!("look");
        let request = json!({"url": "https://x.example/{{plant}}", "keep": {"price": "/price"}, "else": "person"});
        file["look"] = json!({"request": request, "next": "price"});
        file["price"] = json!({"sendRequest": {"kind": "BotText", "content": "{{price}}"}, "next": "more"});
        file["person"] = json!({"sendRequest": {"kind": "Handoff", "message": "Wait."}, "next": "away"});
        file["away"] = json!({"jump": {"flow": "other", "state": "x"}});
        file["roses"]["next"] = json!("person");
        let flow = flow(&text(&file, "hello"));
        let begin = "lang de-AT, en\nset who Ann\n< Hallo Ann\n< ...\n? [Herbs, Roses, Something else]\n> herbs\n";
        let right = format!(
            "{begin}@ GET https://x.example/herbs\n! 200 {{\"price\": 7}}\n= price 7\n= gone\n< 7\n< ...\n? [Yes, No]\n"
        );
        assert_eq!(played(&flow, &right), Ok(()));
        for reply in ["! fail", "! 500", "! 200 no JSON"] {
            let other = format!("{begin}{reply}\n< Wait.\nhandoff sales\nback\njump other/x\n");
            assert_eq!(played(&flow, &other), Ok(()));
        }
        let unstubbed = played(&flow, &format!("{begin}< 7\n")).expect_err("it waits for the request");
        assert_eq!(
            unstubbed,
            "7: expected the bot to say: 7\n  but it waits for the request GET https://x.example/herbs"
        );
        let wrong = played(&flow, &format!("{begin}@ POST https://x.example/herbs\n")).expect_err("it is a GET");
        assert!(wrong.contains("but it is GET https"), "{wrong}");
    }

    #[test]
    fn lines_that_are_none_are_refused() {
        for (line, words) in [
            ("hello", "`hello` is no line of a script"),
            ("? Herbs", "? [one, another], or ? \"prompt\""),
            ("> \"open", "second quotation mark"),
            ("> file cv.pdf", "> file \"name\" 12345"),
            ("! x", "! 200 body, or ! fail"),
            ("=", "= variable value"),
            ("jump", "jump flow"),
        ] {
            let told = parse(&format!("# x\n{line}")).expect_err(line).to_string();
            assert!(told.starts_with("2: ") && told.contains(words), "{told}");
        }
    }
}
