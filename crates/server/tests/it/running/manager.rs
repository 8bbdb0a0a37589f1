//! Under a service manager: a socket that it opened, and what it is told. The test plays systemd.

use std::{fs, net::TcpListener, os::fd::OwnedFd, path::PathBuf, process::Stdio};

use parlor_testkit::{
    folder::TestFolder,
    http::{Http, within},
    server::{Pid, Signal},
};
use rustix::process::kill_process;
use serde_json::json;
use tokio::{
    net::UnixDatagram,
    process::{Child, Command},
};

use crate::kit::{PARLOR, message};

/// A service manager with a socket for one service.
struct Manager {
    folder: TestFolder,
    notes: UnixDatagram,
    socket: TcpListener,
}

/// The service, as it runs now.
struct Service {
    child: Child,
}

impl Manager {
    fn new() -> Self {
        let folder = TestFolder::new();
        let notes = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self { folder, notes, socket }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the service, with the socket as its file 3.
    fn start(&self, environment: &[(&str, &str)]) -> Service {
        let socket = OwnedFd::from(self.socket.try_clone().expect("another handle"));
        let child = Command::new("sh")
            .args(["-c", "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"", PARLOR, "--data"])
            .arg(self.path("data"))
            .env("NOTIFY_SOCKET", self.path("notify"))
            .envs(environment.iter().copied())
            .stdin(Stdio::from(socket))
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("there is a shell");
        Service { child }
    }

    /// What the service says next.
    async fn told(&self) -> String {
        let mut note = [0; 1024];
        let length = within("a note", self.notes.recv(&mut note)).await.expect("a note");
        String::from_utf8_lossy(&note[..length]).into_owned()
    }

    async fn told_until(&self, word: &str) -> String {
        loop {
            let note = self.told().await;
            if note.lines().any(|line| line == word) {
                return note;
            }
        }
    }

    fn http(&self) -> Http {
        Http::new(self.socket.local_addr().expect("bound"))
    }
}

impl Service {
    fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs");
        kill_process(pid, signal).expect("it runs");
    }
}

#[tokio::test]
async fn the_manager_is_told_of_ready_reload_and_end() {
    let manager = Manager::new();
    let mut service = manager.start(&[]);
    let address = manager.socket.local_addr().expect("bound");
    assert_eq!(manager.told().await, format!("READY=1\nSTATUS=open at http://{address}/\n"));
    assert_eq!(manager.http().get("/readyz").await.status, 200);
    service.signal(Signal::HUP);
    let note = manager.told().await;
    assert!(note.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{note}");
    assert!(manager.told().await.starts_with("READY=1\n"));
    service.signal(Signal::TERM);
    assert!(manager.told().await.starts_with("STOPPING=1\n"));
    assert!(within("its end", service.child.wait()).await.expect("started here").success());
}

#[tokio::test]
async fn a_watchdog_hears_of_it_again_and_again() {
    let manager = Manager::new();
    let _service = manager.start(&[("WATCHDOG_USEC", "30000")]);
    manager.told_until("READY=1").await;
    for _ in 0..3 {
        manager.told_until("WATCHDOG=1").await;
    }
}

#[tokio::test]
async fn who_comes_between_two_of_them_waits_and_is_served_by_the_next() {
    let manager = Manager::new();
    let mut first = manager.start(&[]);
    manager.told_until("READY=1").await;
    let said = manager.http().post("/api/actions/message", &message("a", "before")).await.expect(200);
    first.signal(Signal::TERM);
    assert!(within("its end", first.child.wait()).await.expect("started here").success());
    // Nobody serves now, and nobody is refused.
    let mut waiting = manager.http();
    let asks = async { waiting.get("/api/messages?room=a").await.expect(200) };
    let starts = async { manager.start(&[]) };
    let (answer, _second) = tokio::join!(asks, starts);
    assert_eq!(answer, json!([said]));
    assert!(fs::exists(manager.path("data")).expect("readable"));
}

#[tokio::test]
async fn what_is_handed_in_and_is_no_socket_is_refused() {
    let manager = Manager::new();
    let output = Command::new("sh")
        .args(["-c", "exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" --data \"$1\"", PARLOR])
        .arg(manager.path("data"))
        .output();
    let output = within("its end", output).await.expect("there is a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors.starts_with("parlor: can't use socket 0 of the service manager") && errors.lines().count() == 1,
        "{errors}"
    );
    assert!(!manager.path("data").exists());
}
