//! Sockets in the file system: for a proxy on the same machine.

use std::{
    fs::{self, Permissions},
    io::{self, ErrorKind},
    os::unix::{
        fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
        net::UnixStream,
    },
    path::{Path, PathBuf},
};

use tokio::net::UnixListener;

/// The owner and its group may connect: whoever can is believed in what it says of its clients.
const MODE: u32 = 0o660;

/// The socket's file. It goes when this is dropped, unless it is another's by then.
pub(crate) struct SocketFile {
    path: PathBuf,
    /// Device and number.
    made: (u64, u64),
}

/// Listens at a path. A file that a server left behind when it was killed is replaced.
pub(super) fn bind(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    if let Ok(there) = fs::symlink_metadata(path) {
        if !there.file_type().is_socket() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        match UnixStream::connect(path) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path)?,
            Ok(_) => return Err(ErrorKind::AddrInUse.into()),
            Err(error) => return Err(error),
        }
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(MODE))?;
    let made = fs::symlink_metadata(path)?;
    Ok((listener, SocketFile { path: path.to_owned(), made: (made.dev(), made.ino()) }))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|now| (now.dev(), now.ino()) == self.made);
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket's file could not be removed");
        }
    }
}
