//! Where somebody goes after logging in: back to where they came from, and never to another site.

/// The longest address that is kept.
const NEXT_MAX: usize = 2_000;

/// `next` if it is an address of this server, else the lobby.
pub(crate) fn safe(next: &str) -> &str {
    // Browsers take a backslash for a slash, and drop tabs and line ends.
    let ours = next.starts_with('/') && !next.starts_with("//") && next.len() <= NEXT_MAX;
    let plain = !next.contains('\\') && !next.chars().any(char::is_control) && next.is_ascii();
    let circle = ["/login", "/logout"].iter().any(|page| next.starts_with(page));
    if ours && plain && !circle { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn it_stays_on_this_server() {
        for fine in ["/", "/welcome", "/a/b?c=d#e", "/school%2F8b", "/x?next=//y"] {
            assert_eq!(safe(fine), fine);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "\\/x",
            "/\t/evil.example",
            "/\n/x",
            "javascript:alert(1)",
            "welcome",
            "/login?next=/x",
            "/ü",
            &format!("/{}", "x".repeat(3_000)),
        ] {
            assert_eq!(safe(bad), "/", "{bad:?}");
        }
    }
}
