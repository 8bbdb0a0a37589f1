//! What a file says it is when it is fetched.

/// What is not known, and whatever a browser would run or draw as a page, style or script.
const BYTES: &str = "application/octet-stream";

/// Extensions and what they are: only what does nothing when it is looked at.
const KINDS: &[(&str, &str)] = &[
    ("aac", "audio/aac"),
    ("avif", "image/avif"),
    ("csv", "text/plain; charset=utf-8"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("log", "text/plain; charset=utf-8"),
    ("m4a", "audio/mp4"),
    ("md", "text/plain; charset=utf-8"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain; charset=utf-8"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
];

/// The content type of a file with this extension, which is in lower case.
pub(super) fn of(extension: &str) -> &'static str {
    KINDS.binary_search_by_key(&extension, |(known, _)| known).map_or(BYTES, |at| KINDS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_served_that_a_browser_would_run() {
        assert!(KINDS.is_sorted());
        for extension in ["html", "htm", "xhtml", "svg", "xml", "js", "mjs", "css", "wasm", "exe", "", "png.html"] {
            assert_eq!(of(extension), BYTES, "{extension}");
        }
        for (extension, kind) in KINDS {
            assert_eq!(of(extension), *kind);
            assert!(!["html", "svg", "xml", "script", "css"].iter().any(|active| kind.contains(active)), "{kind}");
        }
    }
}
