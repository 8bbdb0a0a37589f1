//! What processes use, in the operating system's accounting: CPU time, memory, and the kernel's memory for sockets.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, Result};

/// A process that is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// The CPU time that it has used, all its threads and the kernel's work for it.
    pub(crate) fn cpu(self) -> Result<Cpu> {
        cpu(&self.pid.to_string())
    }

    /// How many bytes it has written, to files and by `write(2)` to anything else.
    pub(crate) fn written(self) -> Result<f64> {
        let io = fs::read_to_string(format!("/proc/{}/io", self.pid))?;
        let written = io.lines().find_map(|line| line.strip_prefix("wchar: "));
        Ok(written.context("no wchar in /proc/PID/io")?.trim().parse()?)
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(self) -> Result<f64> {
        kilobytes(&format!("/proc/{}/status", self.pid), "VmRSS:")
    }
}

/// This process's own CPU time.
pub(crate) fn own_cpu() -> Result<Cpu> {
    cpu("self")
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

fn cpu(process: &str) -> Result<Cpu> {
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
