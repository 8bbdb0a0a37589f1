//! What clients ask over HTTP: `/fs/{name}/{file}`, and `/fs/{name}/` for several files at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use serde::Serialize;
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use super::{Error, FilePath, Files, Folder, clashes, kinds, multipart::Multipart};
use crate::{Door, Uuid};

/// Where a client's key is.
const KEY: &str = "x-fs-key";
/// No key has more bytes.
const KEY_MAX: usize = 128;
/// Bytes that are read from the disk at once.
const CHUNK: usize = 64 << 10;
/// How much more than its files a body may announce to have.
const AROUND_FILES: u64 = 1 << 20;
/// For how long a body is still read whose answer is an error: who is cut off while sending does not hear it.
const HEARING_OUT: Duration = Duration::from_secs(1);

/// What every answer carries. A page from anywhere may ask, for it needs a key; and nothing that clients put here runs as if it
/// were the server's.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-length")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
];
const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, DELETE")),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, x-fs-key")),
    (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
];

/// The hub, and its files.
#[derive(Clone)]
struct Desk {
    door: Arc<Door>,
    files: Arc<Files>,
}

/// A name and a path, unless they are no text.
type Address = Result<Path<(String, String)>, PathRejection>;

/// The routes of files.
pub(crate) fn routes(door: Arc<Door>, files: Arc<Files>) -> Router {
    let file = get(read).post(write_one).delete(delete).options(preflight);
    let folder = get(read_folder).post(write_several).options(preflight);
    Router::new()
        .route("/fs/{name}/{*file}", file)
        .route("/fs/{name}/", folder.clone())
        .route("/fs/{name}", folder)
        .layer(map_response(async |mut response: Response| {
            response.headers_mut().extend(HEADERS);
            response
        }))
        .with_state(Desk { door, files })
}

/// What was stored or deleted.
#[derive(Serialize)]
struct Listed<'a> {
    path: &'a str,
    size: u64,
}

fn listed(status: StatusCode, files: &[(FilePath, u64)]) -> Response {
    #[derive(Serialize)]
    struct Files<'a> {
        files: Vec<Listed<'a>>,
    }
    let files = files.iter().map(|(path, size)| Listed { path: path.as_str(), size: *size }).collect();
    let body = serde_json::to_vec(&Files { files }).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn preflight() -> Response {
    (StatusCode::NO_CONTENT, PREFLIGHT).into_response()
}

async fn read(State(desk): State<Desk>, address: Address, headers: HeaderMap) -> Result<Response, Error> {
    let Ok(Path((name, path))) = address else { return Err(Error::NotFound) };
    let folder = desk.reading(&headers, &name)?;
    let path = FilePath::parse(&path).map_err(|_| Error::NotFound)?;
    let kept = folder.and_then(|folder| folder.find(&path)).ok_or(Error::NotFound)?;
    let file = tokio::fs::File::open(kept.path()).await?;
    let headers = [
        (header::CONTENT_LENGTH, HeaderValue::from(kept.size())),
        (header::CONTENT_TYPE, HeaderValue::from_static(kinds::of(&path.extension()))),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, Body::from_stream(ReaderStream::with_capacity(file, CHUNK))).into_response())
}

/// Folders are not listed.
async fn read_folder(State(desk): State<Desk>, Path(name): Path<String>, headers: HeaderMap) -> Error {
    desk.reading(&headers, &name).err().unwrap_or(Error::NotFound)
}

async fn delete(State(desk): State<Desk>, address: Address, headers: HeaderMap) -> Result<Response, Error> {
    let Ok(Path((name, path))) = address else { return Err(Error::NotFound) };
    let folder = desk.writing(&headers, &name, Files::find)?;
    let path = FilePath::parse(&path).map_err(|_| Error::NotFound)?;
    let kept = folder.and_then(|folder| folder.remove(&path)).ok_or(Error::NotFound)?;
    Ok(listed(StatusCode::OK, &[(path, kept.size())]))
}

async fn write_one(
    State(desk): State<Desk>,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let Path((name, path)) = address.map_err(|_| Error::Address)?;
    desk.upload(&headers, &name, Some(&path), body).await
}

async fn write_several(
    State(desk): State<Desk>,
    address: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let Path(name) = address.map_err(|_| Error::Address)?;
    desk.upload(&headers, &name, None, body).await
}

impl Desk {
    /// The folder of the client with this name, for whoever has a key.
    fn reading(&self, headers: &HeaderMap, name: &str) -> Result<Option<Arc<Folder>>, Error> {
        let key = key(headers)?;
        self.door.running.with(|hub, _| {
            hub.holder(key).ok_or(Error::UnknownKey)?;
            Ok(hub.named(name).and_then(|uuid| self.files.find(uuid)))
        })
    }

    /// Opens the folder with this name for its owner, who can't leave meanwhile.
    fn writing<T>(&self, headers: &HeaderMap, name: &str, open: impl FnOnce(&Files, Uuid) -> T) -> Result<T, Error> {
        let key = key(headers)?;
        self.door.running.with(|hub, _| {
            let holder = hub.holder(key).ok_or(Error::UnknownKey)?;
            if !holder.secret && self.door.settings.fs_key_only {
                return Err(Error::NeedsSecret);
            }
            if holder.name != name {
                return Err(Error::Foreign);
            }
            Ok(open(&self.files, holder.uuid))
        })
    }

    /// Stores what comes: under `path`, or under the parts' own names.
    async fn upload(
        &self,
        headers: &HeaderMap,
        name: &str,
        path: Option<&str>,
        mut body: Body,
    ) -> Result<Response, Error> {
        let stored = self.take_in(headers, name, path, &mut body).await;
        // Who waits to be told to go on sends nothing before it is.
        if stored.is_err() && !headers.contains_key(header::EXPECT) {
            let rest = async { while let Some(Ok(_)) = body.frame().await {} };
            let _ = timeout(HEARING_OUT, rest).await;
        }
        Ok(listed(StatusCode::CREATED, &stored?))
    }

    async fn take_in(
        &self,
        headers: &HeaderMap,
        name: &str,
        path: Option<&str>,
        body: &mut Body,
    ) -> Result<Vec<(FilePath, u64)>, Error> {
        let folder = self.writing(headers, name, Files::open)?;
        let path = path.map(FilePath::parse).transpose()?;
        let limits = &self.files.limits;
        let too_large = match path {
            Some(_) if announced(headers) > limits.file.saturating_add(AROUND_FILES) => {
                Error::FileTooLarge(limits.file)
            }
            None if announced(headers) > limits.client.saturating_add(AROUND_FILES) => Error::FolderFull(limits.client),
            _ => {
                let mut parts = Multipart::new(headers, body, limits.stall).ok_or(Error::NotMultipart)?;
                return tokio::select! {
                    biased;
                    () = folder.gone() => Err(Error::Left),
                    () = self.door.runtime.stopping().cancelled() => Err(Error::Stopping),
                    stored = receive(&folder, path.as_ref(), &mut parts) => stored,
                };
            }
        };
        Err(too_large)
    }
}

async fn receive(
    folder: &Arc<Folder>,
    one: Option<&FilePath>,
    parts: &mut Multipart<'_>,
) -> Result<Vec<(FilePath, u64)>, Error> {
    let mut whole = BTreeMap::new();
    while let Some(part) = parts.next().await? {
        let path = match one {
            Some(_) if !whole.is_empty() => return Err(Error::SeveralFiles),
            Some(path) => path.clone(),
            None => FilePath::parse(&part.file_name.ok_or(Error::NoName)?)?,
        };
        if whole.contains_key(&path) || clashes(&whole, &path) {
            return Err(Error::Twice(path.to_string()));
        }
        let mut draft = folder.begin(&path).await?;
        while let Some(bytes) = parts.chunk().await? {
            draft.write(&bytes).await?;
        }
        whole.insert(path, draft.end().await?);
    }
    if whole.is_empty() {
        return Err(Error::NoFile);
    }
    folder.store(whole)
}

fn key(headers: &HeaderMap) -> Result<&str, Error> {
    let key = headers.get(KEY).filter(|key| !key.is_empty()).ok_or(Error::NoKey)?;
    key.to_str().ok().filter(|key| key.len() <= KEY_MAX).ok_or(Error::UnknownKey)
}

/// How many bytes the body will have, as far as it is said.
fn announced(headers: &HeaderMap) -> u64 {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}
