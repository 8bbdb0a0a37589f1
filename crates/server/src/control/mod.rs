//! The control socket: `control.sock` in the data folder, over which the command line talks to the running server. It
//! speaks HTTP, and only who runs the server may open it.

mod ask;
mod import;
mod serve;

use std::{fs::File, io, os::fd::AsRawFd as _, path::Path};

use hyper::StatusCode;

pub(crate) use self::{
    ask::{ask, connect, exchange},
    serve::{Control, Open, open},
};

/// Its name in the data folder.
const NAME: &str = "control.sock";
/// The longest path that every system takes for a socket, in bytes, with some for its end.
const PATH_MAX: usize = 100;

/// What the server said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    /// JSON.
    pub(crate) body: Vec<u8>,
}

/// Does something with the path of a socket. Where it is too long for one, a way to the same folder is given that is not.
fn with_path<T>(folder: &Path, name: &str, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = folder.join(name);
    if path.as_os_str().len() <= PATH_MAX {
        return act(&path);
    }
    let open = File::open(folder)?;
    act(&Path::new("/proc/self/fd").join(open.as_raw_fd().to_string()).join(name))
}
