//! No core files: what this process holds in memory is keys and rows in clear.

/// Asks the system never to write this process's memory to a disk, however it ends.
///
/// Best effort: where the system refuses, the program runs all the same.
pub(crate) fn forbid() {
    #[cfg(unix)]
    let _best_effort = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    // A program that core dumps are piped to is called whatever the limit says: it gets no memory.
    #[cfg(target_os = "linux")]
    let _best_effort = std::fs::write("/proc/self/coredump_filter", "0");
}
