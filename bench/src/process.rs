//! The servers that are measured: started as processes of their own on a core of their own, ended afterwards.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::clock;
pub(crate) use crate::usage::Process;

/// Which server is measured.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Target {
    /// The binary `parlor`; without it, it is built in release mode
    #[arg(long)]
    parlor: Option<PathBuf>,
    /// Measure the stand-in instead: rooms in memory over the same sockets, nothing stored
    #[arg(long, conflicts_with = "parlor")]
    stand_in: bool,
    /// Where the server keeps its data meanwhile; without it, a new folder among the temporary ones
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Target {
    /// This binary.
    pub(crate) fn of(binary: PathBuf, data: Option<PathBuf>) -> Self {
        Self { parlor: Some(binary), stand_in: false, data }
    }

    /// Starts the server on one CPU and leaves the others to the load.
    pub(crate) fn start(&self) -> Result<Server> {
        self.start_with(&[])
    }

    /// The same with further settings on its command line.
    pub(crate) fn start_with(&self, settings: &[&str]) -> Result<Server> {
        self.start_on(self.fresh(), true, settings)
    }

    /// The same on a copy of a folder with data, which is left as it is.
    pub(crate) fn start_on_copy(&self, of: &Path) -> Result<Server> {
        let data = self.fresh();
        fs::create_dir_all(&data)?;
        for entry in fs::read_dir(of)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let copy = data.join(entry.file_name());
                fs::copy(entry.path(), &copy)?;
                // Now, and not while something is measured.
                fs::File::open(&copy)?.sync_all()?;
            }
        }
        self.start_on(data, true, &[])
    }

    /// A folder that is not there yet.
    fn fresh(&self) -> PathBuf {
        static STARTED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.folder().join(format!("parlor-bench-{}-{number}", std::process::id()))
    }

    /// The same on data that stays.
    pub(crate) fn start_on(&self, data: PathBuf, temporary: bool, settings: &[&str]) -> Result<Server> {
        // Before there is a folder that would be left behind.
        let program = self.program()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::create_dir_all(&data)?;
        let mut command = Command::new(program);
        if self.stand_in {
            command.args(["stand-in", "--listen", &address.to_string()]);
        } else {
            command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(&data).args(settings);
            command.env("PARLOR_CONFIG", "none");
        }
        let log = data.join("bench.log");
        let daemon = Daemon::start(command, address, &log).inspect_err(|_| {
            if temporary {
                let _ = fs::remove_dir_all(&data);
            }
        })?;
        Ok(Server { daemon, address, data, temporary })
    }

    /// Where data of servers goes.
    pub(crate) fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(std::env::temp_dir)
    }

    pub(crate) fn is_stand_in(&self) -> bool {
        self.stand_in
    }

    /// The program that is measured.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        if self.stand_in { Ok(std::env::current_exe()?) } else { self.binary() }
    }

    fn binary(&self) -> Result<PathBuf> {
        if let Some(path) = &self.parlor {
            return Ok(path.clone());
        }
        eprintln!("building parlor in release mode …");
        let output = Command::new("cargo")
            .args(["build", "--release", "--bin", "parlor", "--message-format=json"])
            .stderr(Stdio::inherit())
            .output()
            .context("can't run cargo; name the binary with --parlor")?;
        ensure!(output.status.success(), "parlor does not build");
        output
            .stdout
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .last()
            .context("cargo built no binary")
    }
}

/// A Parlor that runs; killed when this is dropped.
pub(crate) struct Server {
    daemon: Daemon,
    pub(crate) address: SocketAddr,
    /// The folder of its data, and whether it goes with the server.
    pub(crate) data: PathBuf,
    temporary: bool,
}

impl Server {
    /// Kills it without a word and starts it again, on the same data and at the same address.
    pub(crate) fn kill_and_start(&mut self) -> Result<()> {
        end(&mut self.daemon.child);
        self.daemon.spawn()
    }

    /// Ends it in order.
    pub(crate) fn end(&mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.daemon.child), Signal::TERM)?;
        let status = self.daemon.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Kills it without a word.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.daemon.child.kill()?;
        self.daemon.child.wait()?;
        Ok(())
    }

    /// Starts it again after it has ended, and does not wait for it.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        self.daemon.child = spawn_apart(&mut self.daemon.command)?;
        Ok(())
    }

    /// How many files the process has open, sockets among them.
    pub(crate) fn files(&self) -> Result<f64> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.process().pid))?.count() as f64)
    }

    /// How many threads the process has.
    pub(crate) fn threads(&self) -> Result<f64> {
        Ok(fs::read_dir(format!("/proc/{}/task", self.process().pid))?.count() as f64)
    }

    /// The process as it is now; another after it was started again.
    pub(crate) fn process(&self) -> Process {
        self.daemon.process()
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<f64> {
        self.process().resident()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.daemon.child);
        if self.temporary {
            let _ = fs::remove_dir_all(&self.data);
        }
    }
}

/// A program that listens at an address that it was told; killed when this is dropped.
pub(crate) struct Daemon {
    child: Child,
    command: Command,
    address: SocketAddr,
    log: PathBuf,
}

impl Daemon {
    pub(crate) fn start(mut command: Command, address: SocketAddr, log: &Path) -> Result<Self> {
        let file = fs::File::create(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = spawn_apart(&mut command)?;
        let mut daemon = Self { child, command, address, log: log.to_owned() };
        daemon.wait_until_it_answers()?;
        Ok(daemon)
    }

    fn spawn(&mut self) -> Result<()> {
        self.child = spawn_apart(&mut self.command)?;
        self.wait_until_it_answers()
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = clock::now() + Duration::from_secs(30);
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                bail!("the server ended with {status}:\n{log}");
            }
            ensure!(clock::now() < deadline, "the server does not answer at {}", self.address);
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    pub(crate) fn process(&self) -> Process {
        Process { pid: self.child.id(), address: self.address }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// A process that takes a free port, and prints its address and perhaps more about itself on one line once it listens.
pub(crate) struct Peer {
    child: Child,
    process: Process,
    /// What stood behind the address.
    pub(crate) says: String,
}

impl Peer {
    /// Starts this same binary with these arguments.
    pub(crate) fn own(arguments: &[String]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments);
        Self::start(command)
    }

    pub(crate) fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = spawn_apart(&mut command)?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let (address, says) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let Ok(address) = address.parse() else {
            end(&mut child);
            bail!("{} said {line:?} instead of an address", command.get_program().display());
        };
        Ok(Self { process: Process { pid: child.id(), address }, child, says: says.to_owned() })
    }

    pub(crate) fn process(&self) -> Process {
        self.process
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Runs this same binary with these arguments to its end, where servers run; the numbers that it prints.
pub(crate) fn numbers(arguments: &[String]) -> Result<Vec<f64>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let output = spawn_apart(&mut command)?.wait_with_output()?;
    ensure!(output.status.success(), "{} failed", arguments.join(" "));
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().map(|number| number.parse().with_context(|| format!("{text:?}"))).collect()
}

/// Starts a process on the first CPU that may be used and keeps this one on the others, if there are several.
fn spawn_apart(command: &mut Command) -> Result<Child> {
    static CPUS: OnceLock<Vec<usize>> = OnceLock::new();
    let cpus = CPUS.get_or_init(|| {
        let all = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        (0..CpuSet::MAX_CPU).filter(|cpu| all.is_set(*cpu)).collect()
    });
    let start = |command: &mut Command| {
        command.spawn().with_context(|| format!("can't start {}", command.get_program().display()))
    };
    let [first, others @ ..] = &cpus[..] else { return start(command) };
    let set = |cpus: &[usize]| {
        let mut set = CpuSet::new();
        cpus.iter().for_each(|cpu| set.set(*cpu));
        sched_setaffinity(None, &set)
    };
    set(&[*first])?;
    let child = start(command);
    set(if others.is_empty() { cpus } else { others })?;
    child
}

/// Lets this process, and those that it starts, have so many files open, or as many as it may.
pub(crate) fn allow_files(count: u64) {
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= count) {
        return;
    }
    // Only root may raise the upper limit.
    let raised = Rlimit { current: Some(count), maximum: now.maximum.map(|maximum| maximum.max(count)) };
    if setrlimit(Resource::Nofile, raised).is_err() {
        let most = now.maximum.map(|maximum| maximum.min(count));
        let _ = setrlimit(Resource::Nofile, Rlimit { current: most, maximum: now.maximum });
        eprintln!(
            "only {} files may be open; `ulimit -n {count}` as root allows as many as the largest runs need",
            most.unwrap_or(0)
        );
    }
}
