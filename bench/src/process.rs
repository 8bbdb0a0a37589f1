//! The servers that are measured: started as processes of their own, watched through `/proc`, ended afterwards.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::clock;

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

/// A server that runs; killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The folder of its data, and whether it goes with the server.
    pub(crate) data: PathBuf,
    temporary: bool,
    command: Command,
}

impl Target {
    /// Starts the server on one CPU and leaves the others to the load.
    pub(crate) fn start(&self) -> Result<Server> {
        // Before there is a folder that would be left behind.
        let program = self.program()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = || std::env::temp_dir().join(format!("parlor-bench-{}", address.port()));
        let data = self.data.clone().unwrap_or_else(folder);
        fs::create_dir_all(&data)?;
        let mut command = Command::new(program);
        if self.stand_in {
            command.args(["stand-in", "--listen", &address.to_string()]);
        } else {
            command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(&data);
        }
        let log = fs::File::create(data.join("bench.log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = spawn_apart(&mut command)?;
        let mut server = Server { child, address, data, temporary: self.data.is_none(), command };
        server.wait_until_it_answers()?;
        Ok(server)
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

impl Server {
    fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = clock::now() + Duration::from_secs(30);
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(self.data.join("bench.log")).unwrap_or_default();
                bail!("the server ended with {status}:\n{log}");
            }
            ensure!(clock::now() < deadline, "the server does not answer at {}", self.address);
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Kills it without a word and starts it again, on the same data and at the same address.
    pub(crate) fn kill_and_start(&mut self) -> Result<()> {
        end(&mut self.child);
        self.child = spawn_apart(&mut self.command)?;
        self.wait_until_it_answers()
    }

    /// How many files the process has open, sockets among them.
    pub(crate) fn files(&self) -> Result<f64> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count() as f64)
    }

    /// How many threads the process has.
    pub(crate) fn threads(&self) -> Result<f64> {
        Ok(fs::read_dir(format!("/proc/{}/task", self.child.id()))?.count() as f64)
    }

    /// The CPU time that the process has used, all its threads and the kernel's work for it: user, system.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        cpu(self.child.id())
    }

    /// The process's resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<f64> {
        kilobytes(&format!("/proc/{}/status", self.child.id()), "VmRSS:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
        if self.temporary {
            let _ = fs::remove_dir_all(&self.data);
        }
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// A process of this same binary that prints the port on which it listens.
pub(crate) struct Helper {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Helper {
    pub(crate) fn start(arguments: &[String]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = spawn_apart(&mut command)?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("{line:?} is no address"))?;
        Ok(Self { child, address })
    }

    pub(crate) fn cpu(&self) -> Result<Cpu> {
        cpu(self.child.id())
    }
}

impl Drop for Helper {
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
    let [first, others @ ..] = &cpus[..] else { return Ok(command.spawn()?) };
    let set = |cpus: &[usize]| {
        let mut set = CpuSet::new();
        cpus.iter().for_each(|cpu| set.set(*cpu));
        sched_setaffinity(None, &set)
    };
    set(&[*first])?;
    let child = command.spawn().with_context(|| format!("can't start {}", command.get_program().display()));
    set(if others.is_empty() { cpus } else { others })?;
    child
}

/// User and system time in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu {
    pub(crate) user: f64,
    pub(crate) system: f64,
}

impl Cpu {
    pub(crate) fn since(self, before: Self) -> Self {
        Self { user: self.user - before.user, system: self.system - before.system }
    }

    pub(crate) fn total(self) -> f64 {
        self.user + self.system
    }
}

fn cpu(process: u32) -> Result<Cpu> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before may hold spaces and brackets. Times are in ticks of 10 ms.
    let (_, fields) = stat.rsplit_once(')').context("a strange /proc/PID/stat")?;
    let mut ticks = fields.split_whitespace().skip(11).map_while(|field| field.parse::<f64>().ok());
    let mut next = || ticks.next().map(|ticks| ticks / 100.0).context("a strange /proc/PID/stat");
    Ok(Cpu { user: next()?, system: next()? })
}

/// The memory of the kernel's that connections take, of all processes, in bytes: what sockets buffer and the slabs.
pub(crate) fn kernel_memory() -> Result<f64> {
    let sockets = fs::read_to_string("/proc/net/sockstat")?;
    let line = sockets.lines().find(|line| line.starts_with("TCP:")).context("no TCP in /proc/net/sockstat")?;
    let pages: f64 =
        line.rsplit(' ').next().and_then(|pages| pages.parse().ok()).context("a strange /proc/net/sockstat")?;
    Ok(pages * 4096.0 + kilobytes("/proc/meminfo", "Slab:")?)
}

fn kilobytes(path: &str, name: &str) -> Result<f64> {
    let text = fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name} in {path}"))?;
    let number: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(number * 1024.0)
}
