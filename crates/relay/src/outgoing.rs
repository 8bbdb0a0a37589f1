//! The sending half of the connection, which never makes anybody wait: a frame is on its way while other things go on.

use std::{io, pin::Pin, time::Duration};

use tokio::time::{Instant, timeout};

use crate::websocket::{Frame, Writer};

/// A frame that is on its way; gives the writer back.
type Writing = Pin<Box<dyn Future<Output = (Writer, io::Result<()>)> + Send>>;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrote {
    /// A whole answer.
    Answer,
    /// A ping or a pong.
    Control,
}

/// The sending half.
pub(crate) struct Outgoing {
    /// Here unless a frame is on its way; gone once that failed.
    idle: Option<Writer>,
    writing: Option<(Writing, Wrote)>,
    began: Instant,
    /// What goes next: the answer to the latest ping, and a ping of our own.
    pong: Option<Vec<u8>>,
    ping: bool,
}

impl Outgoing {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { idle: Some(writer), writing: None, began: Instant::now(), pong: None, ping: false }
    }

    /// Whether an answer can be sent now.
    pub(crate) fn is_idle(&self) -> bool {
        self.idle.is_some()
    }

    /// Sends an answer; only when idle.
    pub(crate) fn answer(&mut self, text: String) {
        self.begin(Frame::Text(text), Wrote::Answer);
    }

    /// Answers a ping, before the next answer.
    pub(crate) fn pong(&mut self, payload: Vec<u8>) {
        self.pong = Some(payload);
        self.next();
    }

    /// Asks for a sign of life.
    pub(crate) fn ping(&mut self) {
        self.ping = true;
        self.next();
    }

    fn next(&mut self) {
        if !self.is_idle() {
            return;
        }
        if let Some(payload) = self.pong.take() {
            self.begin(Frame::Pong(payload), Wrote::Control);
        } else if std::mem::take(&mut self.ping) {
            self.begin(Frame::Ping, Wrote::Control);
        }
    }

    fn begin(&mut self, frame: Frame, what: Wrote) {
        let Some(mut writer) = self.idle.take() else { return };
        self.began = Instant::now();
        let writing = async move {
            let done = writer.write(&frame).await;
            (writer, done)
        };
        self.writing = Some((Box::pin(writing), what));
    }

    /// Waits until what is on its way is written; for ever if nothing is. Cancel-safe.
    pub(crate) async fn written(&mut self) -> io::Result<Wrote> {
        let Some((writing, what)) = &mut self.writing else { return std::future::pending().await };
        let (writer, done) = writing.await;
        let what = *what;
        self.writing = None;
        done?;
        self.idle = Some(writer);
        self.next();
        Ok(what)
    }

    /// For how long the frame that is on its way has been.
    pub(crate) fn stuck(&self) -> Duration {
        if self.writing.is_some() { self.began.elapsed() } else { Duration::ZERO }
    }

    /// Finishes the frame that is on its way and says goodbye, if that goes in this time.
    pub(crate) async fn close(mut self, within: Duration) {
        let goodbye = async {
            self.pong = None;
            self.ping = false;
            if self.writing.is_some() && self.written().await.is_err() {
                return;
            }
            if let Some(mut writer) = self.idle.take() {
                let _ = writer.write(&Frame::Close(1000)).await;
            }
        };
        let _ = timeout(within, goodbye).await;
    }
}
