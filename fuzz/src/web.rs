//! Headers and addresses of requests; the server's settings.

/// The first line is the address, the others headers.
pub(crate) fn headers(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let mut request = http::Request::builder().uri(lines.next().unwrap_or_default());
    for line in lines.take(100) {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        request = request.header(name, value.get(1..).unwrap_or_default());
    }
    if let Ok(request) = request.body(()) {
        parlor_gateway_web::fuzzing::request(request);
    }
}

pub(crate) fn settings(bytes: &[u8]) {
    parlor_server::fuzzing::settings(bytes);
}
