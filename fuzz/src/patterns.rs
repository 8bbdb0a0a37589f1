//! Python's patterns: any can be read or refused, and searches any text within its steps.

use parlor_rooms::pattern::{Budget, Pattern};

/// The first line is the pattern, the rest the text.
pub(crate) fn pattern(bytes: &[u8]) {
    let (source, text) = crate::text(bytes).split_once('\n').unwrap_or((crate::text(bytes), ""));
    let pattern = match Pattern::parse(source) {
        Ok(pattern) => pattern,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(pattern.source(), source);
    let mut budget = Budget::for_text(text.len());
    let before = budget.left();
    let _ = pattern.search(text, &mut budget);
    assert!(budget.left() <= before);
    let _ = pattern.near(text, &mut Budget::for_text(text.len()));
    let literal = Pattern::literal(source);
    if let Ok(literal) = literal {
        let found = literal.search(source, &mut Budget::for_text(source.len()));
        assert!(matches!(found, Ok(Some(_)) | Err(_)), "a name is found in itself");
    }
}
