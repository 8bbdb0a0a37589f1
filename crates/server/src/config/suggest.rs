//! What somebody may have meant who wrote a name that does not exist.

/// The name that is nearest to what was written, if one is near enough to be a slip.
pub(crate) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(written);
    // Longer ones are no slips of ours, and would take time to compare.
    if folded.is_empty() || folded.len() > 100 {
        return None;
    }
    let near = names.into_iter().map(|name| (strsim::damerau_levenshtein(&folded, &fold(name)), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= (folded.chars().count() / 3).clamp(1, 3)).then_some(name)
}

/// Capitals, dashes and underscores make no difference.
fn fold(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let names = ["listen", "data", "data_limit", "public_url"];
        for (written, meant) in [
            ("lisen", Some("listen")),
            ("Listen", Some("listen")),
            ("data-limit", Some("data_limit")),
            ("datalimit", Some("data_limit")),
            ("dat", Some("data")),
            ("publicurl", Some("public_url")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names), meant, "{written}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000), names), None);
    }
}
