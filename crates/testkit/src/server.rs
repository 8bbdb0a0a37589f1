//! The real program as a process of its own: started, ended in every way there is, started again on the same folder.

use std::{
    net::{Ipv4Addr, SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
};

use rustix::process::kill_process;
pub use rustix::process::{Pid, Signal};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    task::JoinSet,
};

use crate::{
    folder::TestFolder,
    http::{Http, Reply, Request, within},
    ws::{Refused, Ws},
};

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Starter {
    program: PathBuf,
    before: Vec<String>,
    listen: String,
    data: Option<PathBuf>,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Starter {
    /// The program at this path, on a free port of this machine, with a data folder of its own.
    pub fn new(program: &str) -> Self {
        Self {
            program: program.into(),
            before: Vec::new(),
            listen: "127.0.0.1:0".to_owned(),
            data: None,
            args: Vec::new(),
            env: Vec::new(),
        }
    }

    /// Listens there instead; the port has to be 0, so that the server finds a free one.
    #[must_use]
    pub fn listen(mut self, listen: &str) -> Self {
        self.listen = listen.to_owned();
        self
    }

    /// Keeps its data there instead.
    #[must_use]
    pub fn data(mut self, data: &Path) -> Self {
        self.data = Some(data.to_owned());
        self
    }

    /// With more on its command line.
    #[must_use]
    pub fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|&arg| arg.to_owned()));
        self
    }

    /// With a variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under another program, which becomes the server (the process keeps its number).
    #[must_use]
    pub fn under(mut self, program: &[&str]) -> Self {
        self.before = program.iter().map(|&arg| arg.to_owned()).collect();
        self
    }

    /// Starts it, and waits until it says that it is open.
    pub async fn start(self) -> Server {
        let folder = TestFolder::new();
        let data = self.data.clone().unwrap_or_else(|| folder.path().join("data"));
        let running = Running::start(&self, &data).await;
        Server { starter: self, data, running, _folder: folder }
    }
}

/// A server that runs, or that has ended and can be started again.
#[derive(Debug)]
pub struct Server {
    starter: Starter,
    data: PathBuf,
    // Before the folder, so that the process is gone when the folder goes.
    running: Running,
    _folder: TestFolder,
}

impl Server {
    /// A local server with nothing in it.
    pub async fn start(program: &str) -> Self {
        Starter::new(program).start().await
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The number of its process.
    pub fn pid(&self) -> Pid {
        self.running.pid
    }

    /// What it has said on standard output so far.
    pub fn said(&self) -> String {
        self.running.said.lock().expect("nobody panics with it").clone()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.running.log.borrow().clone()
    }

    /// Waits until its log holds these words.
    pub async fn logs(&self, words: &str) {
        let mut log = self.running.log.subscribe();
        within(words, log.wait_for(|log| log.contains(words))).await.expect("it is kept");
    }

    /// A connection of its own.
    pub fn http(&self) -> Http {
        Http::new(self.address())
    }

    /// Sends a request on a new connection.
    pub async fn send(&self, request: Request) -> Reply {
        self.http().send(request).await
    }

    /// `GET` on a new connection.
    pub async fn get(&self, target: &str) -> Reply {
        self.http().get(target).await
    }

    /// `POST` of JSON on a new connection.
    pub async fn post(&self, target: &str, body: &Value) -> Reply {
        self.http().post(target, body).await
    }

    /// Opens a websocket.
    pub async fn ws(&self, target: &str) -> Ws {
        match self.try_ws(target, "").await {
            Ok(ws) => ws,
            Err(refused) => panic!("status {}: {}", refused.status, String::from_utf8_lossy(&refused.body)),
        }
    }

    /// Opens a websocket, perhaps; `headers` are whole lines.
    pub async fn try_ws(&self, target: &str, headers: &str) -> Result<Ws, Refused> {
        within("a websocket", Ws::open(self.address(), target, headers)).await.expect("the server is there")
    }

    /// Ends it at once, as a power cut would.
    pub async fn kill9(&mut self) {
        self.running.child.start_kill().expect("it runs");
        within("its end", self.running.child.wait()).await.expect("it was started here");
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    /// Asks it to end, and does not wait.
    pub fn ask_to_end(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits for its end, and for the end of what it said.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = async {
            let status = self.running.child.wait().await.expect("it was started here");
            while self.running.readers.join_next().await.is_some() {}
            status
        };
        within("its end", ended).await
    }

    /// Asks it to end, and waits until it has.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.ask_to_end();
        self.ended().await
    }

    /// Starts it again, after its end, on the same data folder and another port.
    pub async fn start_again(&mut self) {
        self.running = Running::start(&self.starter, &self.data).await;
    }

    /// Starts it again, after its end, on the same data folder and at the same address.
    pub async fn start_again_there(&mut self) {
        let starter = self.starter.clone().listen(&self.address().to_string());
        self.running = Running::start(&starter, &self.data).await;
    }

    /// Ends it in order and starts it again.
    pub async fn restart(&mut self) {
        let status = self.terminate().await;
        assert!(status.success(), "{status}");
        self.start_again().await;
    }

    /// Ends it at once and starts it again.
    pub async fn crash(&mut self) {
        self.kill9().await;
        self.start_again().await;
    }
}

/// Runs the program until it ends by itself, with this on its standard input.
pub async fn run_with_input(program: &str, args: &[&str], input: &[u8]) -> Output {
    use tokio::io::AsyncWriteExt as _;
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the program can be started");
    let mut stdin = child.stdin.take().expect("piped");
    let write = async move {
        // It may end without reading.
        let _ = stdin.write_all(input).await;
    };
    let (_, output) = within("its end", async { tokio::join!(write, child.wait_with_output()) }).await;
    output.expect("it was started here")
}

/// Runs the program until it ends by itself.
pub async fn run(program: &str, args: &[&str]) -> Output {
    let output = Command::new(program).args(args).stdin(Stdio::null()).kill_on_drop(true).output();
    within("its end", output).await.expect("the program can be started")
}

#[derive(Debug)]
struct Running {
    child: Child,
    pid: Pid,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
    log: Arc<watch::Sender<String>>,
    readers: JoinSet<()>,
}

impl Running {
    async fn start(starter: &Starter, data: &Path) -> Self {
        let mut words: Vec<&std::ffi::OsStr> = starter.before.iter().map(AsRef::as_ref).collect();
        words.push(starter.program.as_ref());
        let (program, before) = words.split_first().expect("there is a program");
        let mut child = Command::new(program)
            .args(before)
            .args(["--listen", &starter.listen, "--data"])
            .arg(data)
            .args(&starter.args)
            .envs(starter.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it has a number");
        let (said, log) = (Arc::default(), Arc::<watch::Sender<String>>::default());
        let mut readers = JoinSet::new();
        readers.spawn(keep(child.stderr.take().expect("piped"), writes(&log)));
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut running = Self { child, pid, address: (Ipv4Addr::UNSPECIFIED, 0).into(), said, log, readers };
        running.address = within("the line with its address", running.find_address(&mut stdout)).await;
        running.readers.spawn(keep(stdout, {
            let said = Arc::clone(&running.said);
            move |line| said.lock().expect("nobody panics with it").push_str(line)
        }));
        running
    }

    /// The first line says where it is open for everybody; behind a proxy the second one where it listens.
    async fn find_address(&self, stdout: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> SocketAddr {
        let mut lines = Vec::new();
        for _ in 0..2 {
            let mut line = String::new();
            if stdout.read_line(&mut line).await.expect("a pipe can be read") == 0 {
                let log = self.log.borrow().clone();
                panic!("it ended before it was open: {lines:?} {log}");
            }
            self.said.lock().expect("nobody panics with it").push_str(&line);
            lines.push(line);
        }
        let found = match lines[1].strip_prefix("Listening on ") {
            Some(rest) => rest.split(". ").next().and_then(|all| all.split(", ").next()),
            None => Some(lines[0].trim_end()),
        };
        let found = found.map(|found| found.rsplit_once("://").map_or(found, |(_, rest)| rest).trim_end_matches('/'));
        let found = found.unwrap_or_else(|| panic!("no address in {lines:?}"));
        let addresses = found.to_socket_addrs().unwrap_or_else(|error| panic!("{found}: {error}"));
        let mut address = addresses.into_iter().find(SocketAddr::is_ipv4).expect("an IPv4 address");
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Who looks for the reason of a failed test wants to see what the server said.
            eprintln!("--- the server's log:\n{}---", *self.log.borrow());
        }
        if self.child.start_kill().is_ok() {
            // Its files are removed next; until it is gone it may make new ones.
            while let Ok(None) = self.child.try_wait() {
                std::thread::yield_now();
            }
        }
    }
}

/// Keeps what comes, so that the process never waits for a reader.
async fn keep(stream: impl AsyncRead + Unpin, add: impl Fn(&str)) {
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).await.is_ok_and(|count| count > 0) {
        add(&String::from_utf8_lossy(&line));
        line.clear();
    }
}

fn writes(all: &Arc<watch::Sender<String>>) -> impl Fn(&str) + use<> {
    let all = Arc::clone(all);
    move |line| all.send_modify(|all| all.push_str(line))
}
