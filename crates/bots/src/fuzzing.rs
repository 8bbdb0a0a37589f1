//! For the fuzz targets: what reads the answers of bots.

use bytes::Bytes;
use url::Url;

use crate::{
    answer::{self, Base, Reply},
    connected,
};

/// The body of an answer.
pub fn answer(body: &[u8]) {
    let reply = Reply {
        status: 200,
        reason: String::new(),
        headers: Vec::new(),
        body: Bytes::copy_from_slice(body),
        truncated: false,
        url: None,
    };
    let Ok(answer) = answer::read(&reply, 1 << 20) else { return };
    let base = Url::parse("http://bots.example/a/b").map_or(Base::Nothing, Base::Url);
    for base in [base, Base::Nothing, Base::Files(parlor_rooms::BotId(1))] {
        let _ = answer.clone().frozen(&base).says_nothing();
    }
}

/// A frame of a bot's socket.
pub fn frame(text: &str) {
    let _ = connected::read_frame(text);
}
