//! Regular expressions, which take a time that grows with the text and no faster.

use regex_automata::{Input, meta::Regex, util::syntax};

/// How long one may be, in bytes.
const LONGEST: usize = 1_000;
/// How much memory its automaton may take.
const LARGEST: usize = 2 * 1024 * 1024;

/// A regular expression of a flow.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    source: String,
    regex: Regex,
}

impl Pattern {
    /// One that is found anywhere in a text.
    pub(crate) fn anywhere(source: &str) -> Result<Self, String> {
        Ok(Self { source: source.to_owned(), regex: compile(source)? })
    }

    /// One that is the whole text.
    pub(crate) fn whole(source: &str) -> Result<Self, String> {
        // By itself first: two halves of parentheses would be whole in others.
        compile(source)?;
        Ok(Self { source: source.to_owned(), regex: compile(&format!(r"\A(?:{source})\z"))? })
    }

    /// How much memory it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.regex.memory_usage()
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(Input::new(text))
    }
}

fn compile(source: &str) -> Result<Regex, String> {
    if source.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    // Without automata that other crates of a build may bring along: what is too large must be the same in every build.
    let config =
        Regex::config().nfa_size_limit(Some(LARGEST)).onepass_size_limit(Some(LARGEST)).dfa(false).hybrid(false);
    Regex::builder().configure(config).syntax(syntax::Config::new().nest_limit(50)).build(source).map_err(|error| {
        match error.syntax_error() {
            Some(syntax) => {
                // The last line is the reason; those before it draw the pattern.
                let told = syntax.to_string();
                told.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
            None => "it is too large".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_anywhere_differ() {
        let whole = Pattern::whole("[a-z]+|1").expect("it is one");
        assert!(whole.matches("abc") && whole.matches("1") && !whole.matches("abc1"));
        let anywhere = Pattern::anywhere("(?i)tea").expect("it is one");
        assert!(anywhere.matches("green TEA") && !anywhere.matches("te a"));
    }

    #[test]
    fn what_is_no_pattern_or_too_large_is_refused_with_a_reason() {
        assert!(Pattern::anywhere("a(").expect_err("no").contains("group"));
        assert!(Pattern::whole("a)(b").is_err());
        assert!(Pattern::whole(r"(?:\w{100}){100}").expect_err("no").contains("too large"));
        assert!(Pattern::whole(&"a".repeat(1_001)).is_err());
        assert!(Pattern::whole(r"[\p{L} .'-]{2,60}").expect("it is one").matches("Zoë d'Arc"));
    }

    #[test]
    fn a_pattern_that_would_explode_elsewhere_is_quick() {
        assert!(!Pattern::whole("(a*)*b").expect("it is one").matches(&"a".repeat(10_000)));
    }
}
