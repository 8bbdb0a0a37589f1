//! For the fuzz targets: what reads the frames of the server.

use tokio::io::{AsyncRead, AsyncWrite};

use crate::{frames, websocket::WebSocket};

/// Reads frames until there are no more.
///
/// # Panics
/// If more come than `most`.
pub async fn frames(stream: impl AsyncRead + AsyncWrite + Send + 'static, most: usize) {
    let mut socket = WebSocket::over(stream);
    let mut count = 0;
    while socket.reader.next().await.is_ok() {
        count += 1;
        assert!(count <= most, "more comes than was sent");
    }
}

/// A frame's text.
pub fn frame(text: &str) {
    if let Some(frames::Frame::Wanted(wanted)) = frames::read(text) {
        let _ = wanted.within();
    }
}
