//! The only places that write to stdout and stderr.

use std::io::Write;

/// A line on stdout.
pub(crate) fn line(text: &str) {
    let _broken_pipe = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line on stderr: notes, progress, remarks.
pub(crate) fn note(text: &str) {
    let _broken_pipe = writeln!(std::io::stderr().lock(), "{text}");
}

/// An error line on stderr.
pub(crate) fn error(text: &str) {
    note(text);
}
