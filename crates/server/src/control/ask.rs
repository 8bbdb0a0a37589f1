//! The command line's end of the control socket.

use std::{io::ErrorKind, path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request,
    body::{Body, Bytes},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::{NAME, Said, with_path};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Asks the server that runs in this data folder; nothing if none does.
pub(crate) async fn ask(folder: &Path, method: Method, path: &str, body: Vec<u8>) -> Result<Option<Said>> {
    let Some(stream) = connect(folder)? else { return Ok(None) };
    let body = Full::new(Bytes::from(body));
    match tokio::time::timeout(TIMEOUT, exchange(stream, method, path, body)).await {
        Ok(said) => said.map(Some).context("the server ended before it answered; try again"),
        Err(_) => bail!("the server does not answer; is it very busy, or stopped by a debugger?"),
    }
}

/// A connection to the server that runs in this data folder; nothing if none does.
pub(crate) fn connect(folder: &Path) -> Result<Option<UnixStream>> {
    // Connecting to a socket of this machine takes no time.
    let stream = with_path(folder, NAME, |path| std::os::unix::net::UnixStream::connect(path)).and_then(|stream| {
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream)
    });
    match stream {
        Ok(stream) => Ok(Some(stream)),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!("{} is not open to you; run this as the user that runs the server", folder.join(NAME).display())
        }
        Err(error) => Err(error).with_context(|| format!("can't open {}", folder.join(NAME).display())),
    }
}

/// Sends a request and waits for its answer, which may come before the request is at its end.
pub(crate) async fn exchange<B>(stream: UnixStream, method: Method, path: &str, body: B) -> Result<Said>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "parlor")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)?;
    let answer = async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        anyhow::Ok(Said { status: head.status, body: body.collect().await?.to_bytes().into() })
    };
    tokio::pin!(answer);
    tokio::select! {
        biased;
        said = answer.as_mut() => said,
        ended = connection => {
            ended?;
            answer.await
        }
    }
}
