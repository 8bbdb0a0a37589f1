//! The process itself, as Linux tells of it; elsewhere nothing is told.

/// What the process uses.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Process {
    /// Bytes of memory.
    pub(crate) memory: Option<u64>,
    /// Files and sockets that are open, and that may be.
    pub(crate) open_files: Option<u64>,
    pub(crate) max_files: Option<u64>,
}

impl Process {
    /// As it is now.
    pub(crate) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Self {
            memory: resident.and_then(|kib| kib.parse::<u64>().ok()).map(|kib| kib * 1024),
            open_files: std::fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as u64),
            max_files: rustix::process::getrlimit(rustix::process::Resource::Nofile).current,
        }
    }
}
