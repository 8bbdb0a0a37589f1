//! An import on its way to a running server over the control socket: one thing a line, each with its place in the file before it,
//! so that both sides name it alike and an import that is repeated is known again.

use std::{io, path::Path};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::StreamBody;
use hyper::{Method, StatusCode, body::Frame};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    Source, Wanted,
    lines::{Item, item},
    load::{Counts, Loader},
};
use crate::{control, meter::Meter};

/// The longest line: the longest of a file, and what stands before it.
pub(crate) const LINE_MAX: usize = 128 << 20;
/// How many bytes are sent at once, about.
const CHUNK: usize = 64 << 10;
/// How many chunks may wait for the server.
const CHUNKS: usize = 2;
/// What stands between a thing's place and the thing.
const MARK: u8 = b'\t';

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begin {
    /// Under another name: the one room that is imported.
    pub(crate) rename: Option<String>,
}

/// What the server says at the end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) counts: Counts,
    pub(crate) notes: Vec<String>,
}

/// Sends everything to the server that runs in this folder; nothing if none does.
pub(super) async fn send(data: &Path, path: &Path, wanted: &Wanted, all: u64, meter: &Meter) -> Result<Option<Done>> {
    let Some(server) = control::connect(data)? else { return Ok(None) };
    let (to, chunks) = mpsc::channel(CHUNKS);
    let body = stream::unfold(chunks, |mut chunks: mpsc::Receiver<io::Result<Bytes>>| async move {
        chunks.recv().await.map(|chunk| (chunk.map(Frame::data), chunks))
    });
    let (path, wanted, shown) = (path.to_owned(), wanted.clone(), meter.clone());
    let feeding = tokio::task::spawn_blocking(move || {
        let fed = feed(&path, &wanted, all, &shown, &to);
        if fed.is_err() {
            // So that the server does not take it for the end. It may have had enough already.
            let _ = to.blocking_send(Err(io::ErrorKind::InvalidData.into()));
        }
        fed
    });
    let said = control::exchange(server, Method::POST, "/import", StreamBody::new(Box::pin(body))).await;
    // What went wrong here says more than what became of it there.
    feeding.await??;
    let said = said.context("the server ended, or broke the import off")?;
    if said.status == StatusCode::NOT_FOUND {
        bail!("the server is of another version, and takes no imports; stop it first");
    }
    if said.status != StatusCode::OK {
        let message: serde_json::Value = serde_json::from_slice(&said.body).unwrap_or_default();
        bail!("{}", message["message"].as_str().unwrap_or("the server does not say why"));
    }
    Ok(Some(serde_json::from_slice(&said.body).context("the server says something unexpected")?))
}

/// Reads the file and gives it away in chunks, until nobody takes them any more.
fn feed(path: &Path, wanted: &Wanted, all: u64, meter: &Meter, to: &mpsc::Sender<io::Result<Bytes>>) -> Result<()> {
    let begin = Begin { rename: wanted.rename.as_ref().map(ToString::to_string) };
    let mut chunk = serde_json::to_vec(&begin)?;
    chunk.push(b'\n');
    let (mut source, mut done) = (Source::open(path)?, 0);
    while let Some(line) = source.next()? {
        let Some(item) = line.item.ok().filter(|item| wanted.takes(item)) else { continue };
        done += u64::from(matches!(item, Item::Message { .. }));
        chunk.extend_from_slice(line.place.as_bytes());
        chunk.push(MARK);
        item.write(&mut chunk)?;
        chunk.push(b'\n');
        if chunk.len() >= CHUNK {
            meter.at(done, all);
            if to.blocking_send(Ok(std::mem::take(&mut chunk).into())).is_err() {
                return Ok(());
            }
        }
    }
    // If nobody takes it, the server's answer says why.
    let _ = to.blocking_send(Ok(chunk.into()));
    Ok(())
}

/// In the server: takes one line after the first.
pub(crate) async fn take(loader: &mut Loader, number: u64, line: &[u8]) -> Result<()> {
    let mark = line.iter().position(|byte| *byte == MARK).context("a line without its place")?;
    let (place, line) = (String::from_utf8_lossy(&line[..mark]), &line[mark + 1..]);
    match item(line, number) {
        Ok(item) => loader.take(&place, item).await,
        Err(why) => bail!("{place}: {why}"),
    }
}
