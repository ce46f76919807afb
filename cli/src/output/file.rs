//! Answers into files: whole or not at all.

use std::path::Path;

use crate::failure::{Failure, Failures};
use crate::world::write_whole;

/// Whether a file can be written, before anything is asked for it.
pub(crate) fn check(path: &Path) -> Result<(), Failures> {
    let usage = |what: &str| Failure::usage(format!("{}: {what}", path.display()));
    if path.is_dir() {
        let failure = usage("is a folder");
        return Err(failure.with_help("`-o` takes a file's name").into());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(usage("is in a folder that does not exist")
            .with_help("make the folder first")
            .into()),
        _here_or_there => Ok(()),
    }
}

/// Writes a file whole; a pipe or device is written to as it is.
pub(crate) fn to_file(path: &Path, bytes: &[u8]) -> Result<(), Failures> {
    let special = std::fs::metadata(path).is_ok_and(|data| !data.is_file());
    let written = if special {
        std::fs::write(path, bytes)
    } else {
        write_whole(path, bytes)
    };
    written.map_err(|error| Failure::io(path, &error).into())
}

/// Writes to stdout as it is; whoever reads it may have seen enough.
pub(crate) fn to_stdout(bytes: &[u8]) -> Result<(), Failures> {
    match emit(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::io(Path::new("stdout"), &error).into())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes to stdout, and says if nobody reads.
pub(crate) fn emit(bytes: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    std::io::Write::write_all(&mut stdout, bytes)?;
    std::io::Write::flush(&mut stdout)
}
