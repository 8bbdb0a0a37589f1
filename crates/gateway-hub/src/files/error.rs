//! Why a request for files is refused, and with which status.

use std::io;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_wire::rooms_api;

use super::{multipart::Unread, path::NoPath};

/// What went wrong, as a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("Send the header `x-fs-key` with the uuid or the `fs_key` of your HELLO.")]
    NoKey,
    #[error(
        "Nobody who is in the hub has this key. Identify at the hub's websocket, and send the uuid or the `fs_key` of HELLO."
    )]
    UnknownKey,
    #[error("Here only the secret key may write. Send the `fs_key` of your HELLO as `x-fs-key`, not the uuid.")]
    NeedsSecret,
    #[error("This folder is another client's. You may write to the one with your own name.")]
    Foreign,
    #[error("There is no such file.")]
    NotFound,
    #[error("A file's path {0}.")]
    Path(#[from] NoPath),
    #[error("The address is no text in UTF-8.")]
    Address,
    #[error("A part has no file name. Give each one, or put the file's name into the address.")]
    NoName,
    #[error("Send the file as `multipart/form-data`, with a boundary.")]
    NotMultipart,
    #[error("There is no file in the body.")]
    NoFile,
    #[error("The address names one file, and the body has several parts. Send them to the folder instead.")]
    SeveralFiles,
    #[error("`{0}` comes twice, or is both a file and a folder, in what was sent.")]
    Twice(String),
    #[error("`{0}`, or a part of it, is both a file and a folder. Delete one, or choose another name.")]
    Clash(String),
    #[error("The body can't be read: {0}. Nothing was stored.")]
    Malformed(&'static str),
    #[error("The body broke off. Nothing was stored.")]
    BrokeOff,
    #[error("Nothing came for too long. Nothing was stored; send it again.")]
    Stalled,
    #[error("A file may have {0} bytes. Nothing was stored.")]
    FileTooLarge(u64),
    #[error("Your files may have {0} bytes together. Nothing was stored; delete some first.")]
    FolderFull(u64),
    #[error("You may have {0} files. Nothing was stored; delete some first.")]
    TooMany(usize),
    #[error("You have left the hub meanwhile. Nothing was stored; identify again first.")]
    Left,
    #[error("The server ends. Nothing was stored; try again in a moment.")]
    Stopping,
    #[error("There is no more room for files on the server. Nothing was stored; try again later.")]
    NoRoom,
    #[error("Something went wrong inside the server; its log says what.")]
    Disk(#[source] io::Error),
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::NoName => StatusCode::PRECONDITION_REQUIRED,
            Self::UnknownKey | Self::NeedsSecret | Self::Left => StatusCode::UNAUTHORIZED,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Path(_)
            | Self::Address
            | Self::NotMultipart
            | Self::NoFile
            | Self::SeveralFiles
            | Self::Twice(_)
            | Self::Malformed(_)
            | Self::BrokeOff => StatusCode::BAD_REQUEST,
            Self::Clash(_) => StatusCode::CONFLICT,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::FileTooLarge(_) | Self::FolderFull(_) | Self::TooMany(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoRoom,
            _ => Self::Disk(error),
        }
    }
}

impl From<Unread> for Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Malformed(why) => Self::Malformed(why),
            Unread::BrokeOff => Self::BrokeOff,
            Unread::Stalled => Self::Stalled,
        }
    }
}

/// The body is that of every error of the server: `{"message": …}`.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Disk(error) = &self {
            tracing::error!(%error, "a client's file can't be read or written");
        }
        let body = serde_json::to_vec(&rooms_api::Error { message: self.to_string() }).unwrap_or_default();
        (self.status(), [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        for (kind, status) in [
            (io::ErrorKind::StorageFull, StatusCode::INSUFFICIENT_STORAGE),
            (io::ErrorKind::QuotaExceeded, StatusCode::INSUFFICIENT_STORAGE),
            (io::ErrorKind::PermissionDenied, StatusCode::INTERNAL_SERVER_ERROR),
        ] {
            let error = Error::from(io::Error::new(kind, "/a/secret/path"));
            assert!(!error.to_string().contains("secret"));
            assert_eq!(error.into_response().status(), status);
        }
    }
}
