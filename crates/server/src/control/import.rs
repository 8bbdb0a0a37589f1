//! `POST /import`: things come line by line and go into the rooms, as fast as those take them.

use anyhow::{Context as _, Result, bail};
use axum::{body::Body, extract::State, response::Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use parlor_rooms::RoomName;

use super::serve::{Control, failed, json};
use crate::import::{Begin, Done, LINE_MAX, Loader, Place, take};

pub(super) async fn import(State(control): State<Control>, body: Body) -> Response {
    let runtime = control.facts.runtime.clone();
    let mut lines = Lines { body, buffer: BytesMut::new(), looked: 0 };
    let loaded = tokio::select! {
        loaded = load(Place::Running(runtime.clone()), &mut lines) => loaded,
        () = runtime.stopping().cancelled() => Err(anyhow::anyhow!("the server is ending")),
    };
    match loaded {
        Ok(done) => {
            let Done { counts, .. } = &done;
            tracing::info!(rooms = counts.rooms, bots = counts.bots, messages = counts.messages, "imported");
            json(StatusCode::OK, &done)
        }
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an import was broken off");
            // Who sends hears of it only if what is on its way has somewhere to go.
            runtime.tracker().spawn(lines.pass_over(runtime.stopping().clone()));
            failed(StatusCode::UNPROCESSABLE_ENTITY, &format!("{error:#}"))
        }
    }
}

async fn load(place: Place, lines: &mut Lines) -> Result<Done> {
    let begin = lines.next().await?.context("nothing was sent")?;
    let begin: Begin = serde_json::from_slice(&begin).context("the import begins otherwise than is known here")?;
    let rename = begin.rename.map(|name| RoomName::parse(&name).map_err(|why| anyhow::anyhow!("{name}: {why}")));
    let mut loader = Loader::new(place, rename.transpose()?);
    let mut number = 0;
    while let Some(line) = lines.next().await? {
        number += 1;
        take(&mut loader, number, &line).await?;
    }
    let counts = loader.finish().await?;
    Ok(Done { counts, notes: loader.notes })
}

/// A body, line by line.
struct Lines {
    body: Body,
    buffer: BytesMut,
    /// Up to where there is no end of a line.
    looked: usize,
}

impl Lines {
    /// The next line, without its end; none behind the last. A body that breaks off is an error.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(end) = self.buffer[self.looked..].iter().position(|byte| *byte == b'\n') {
                let mut line = self.buffer.split_to(self.looked + end + 1);
                line.truncate(line.len() - 1);
                self.looked = 0;
                return Ok(Some(line.freeze()));
            }
            self.looked = self.buffer.len();
            if self.looked > LINE_MAX {
                bail!("a line is too long");
            }
            match self.body.frame().await {
                Some(frame) => {
                    if let Ok(data) = frame.context("it broke off")?.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                None if self.buffer.is_empty() => return Ok(None),
                None => bail!("it broke off within a line"),
            }
        }
    }

    /// Reads what still comes, for nothing.
    async fn pass_over(mut self, stopping: tokio_util::sync::CancellationToken) {
        loop {
            tokio::select! {
                frame = self.body.frame() => if !matches!(frame, Some(Ok(_))) { return },
                () = stopping.cancelled() => return,
            }
        }
    }
}
