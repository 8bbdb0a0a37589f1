//! The headers that keep an answer where it belongs: each answer has them, but for what its handler has set itself.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// What is no page: nothing in it is loaded or run, wherever it is opened.
const NOTHING: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// What pages may use of the machine: dictation needs the microphone, and nothing needs the rest.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), hid=(), magnetometer=(), microphone=(self), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()";
/// A year.
const STRICT: &str = "max-age=31536000";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// About how many headers an answer has in the end.
const MOST: usize = 14;

/// Adds what is missing. `https`: browsers are to come over TLS from now on.
pub(crate) fn complete(headers: &mut HeaderMap, status: StatusCode, https: bool) {
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return;
    }
    headers.reserve(MOST);
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/html")));
    let frames = frame_options(headers);
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::CACHE_CONTROL, "no-cache");
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::CONTENT_SECURITY_POLICY, NOTHING);
    if let Some(frames) = frames {
        add(header::X_FRAME_OPTIONS, frames);
    }
    add(header::REFERRER_POLICY, "no-referrer");
    add(RESOURCE, "same-origin");
    if is_page {
        add(OPENER, "same-origin");
        add(PERMISSIONS_POLICY, PERMISSIONS);
    }
    if https {
        add(header::STRICT_TRANSPORT_SECURITY, STRICT);
    }
}

/// What the policy says of frames, in the older header's words; that one can't name another host.
fn frame_options(headers: &HeaderMap) -> Option<&'static str> {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let ancestors = policy.and_then(|policy| policy.split_once("frame-ancestors ")).map_or("'none'", |(_, rest)| rest);
    match ancestors.split(';').next().unwrap_or_default().trim() {
        "'none'" => Some("DENY"),
        "'self'" => Some("SAMEORIGIN"),
        _ => None,
    }
}

/// For what the frame loads, whose origin is opaque and so never this one.
pub(crate) fn for_any_origin(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE, HeaderValue::from_static("cross-origin"));
}
