//! Sockets that the service manager opened and hands in: systemd's `LISTEN_FDS`.

use anyhow::{Context as _, Result, bail};
use listenfd::ListenFd;
use tokio::net::{TcpListener, UnixListener};

use super::{Kind, Socket, spoken};
use crate::config::Speaks;

/// What was handed in, with the names that the unit gives it.
pub(crate) struct Handed {
    sockets: ListenFd,
    names: String,
}

impl Handed {
    /// Looks for them. To be called while there is only one thread: it changes the environment, so that no program that
    /// this one starts takes them for its own.
    pub(crate) fn find() -> Self {
        Self { sockets: ListenFd::from_env(), names: std::env::var("LISTEN_FDNAMES").unwrap_or_default() }
    }

    /// All of them; none where nobody handed any in.
    pub(super) fn take(mut self, certified: bool) -> Result<Vec<Socket>> {
        let mut names = self.names.split(':');
        let mut sockets = Vec::new();
        for index in 0..self.sockets.len() {
            let socket = one(&mut self.sockets, index, names.next().unwrap_or_default(), certified);
            sockets.push(socket.with_context(|| format!("can't use socket {index} of the service manager"))?);
        }
        Ok(sockets)
    }
}

fn one(handed: &mut ListenFd, index: usize, name: &str, certified: bool) -> Result<Socket> {
    // How the unit's `FileDescriptorName=` calls it; by itself it has the unit's own name.
    let speaks = match name {
        "http" => Speaks::Http,
        "https" => Speaks::Https,
        "redirect" => Speaks::Redirect,
        _ => Speaks::AsCertified,
    };
    // What is no TCP socket may be one in the file system.
    if let Ok(Some(listener)) = handed.take_tcp_listener(index) {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let shown = listener.local_addr()?.to_string();
        let speaks = spoken(speaks, certified, &shown)?;
        return Ok(Socket { kind: Kind::Tcp(listener), speaks, shown, handed_on: true });
    }
    if let Some(listener) = handed.take_unix_listener(index)? {
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        let path = listener.local_addr()?.as_pathname().map(|path| path.display().to_string());
        let speaks =
            spoken(if speaks == Speaks::Redirect { speaks } else { Speaks::Http }, certified, "a unix socket")?;
        let shown = path.unwrap_or_default();
        return Ok(Socket { kind: Kind::Unix(listener, None), speaks, shown, handed_on: true });
    }
    bail!("it was taken before")
}
