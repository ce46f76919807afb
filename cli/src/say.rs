//! The only places that write to stdout and stderr.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be written to stdout, other than for want of a reader.
static LOST: AtomicBool = AtomicBool::new(false);

/// A line on stdout.
pub(crate) fn line(text: &str) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether output was lost: the disk behind stdout is full, say.
pub(crate) fn was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// `1 policy`, `2 policies`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{number} {word}")
}

/// A line on stderr: notes, progress, remarks.
pub(crate) fn note(text: &str) {
    let _broken_pipe = writeln!(std::io::stderr().lock(), "{text}");
}

/// An error line on stderr.
pub(crate) fn error(text: &str) {
    note(text);
}
