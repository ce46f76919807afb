//! Completions and the manual page, generated from the command line itself.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};

/// Writes completions for a shell.
pub(crate) fn completions(shell: Shell) -> Exit {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "subrosa", &mut out);
    emit(&out)
}

/// Writes the manual page.
pub(crate) fn man() -> Result<Exit, Failures> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut out)
        .map_err(|error| Failure::io(std::path::Path::new("manual page"), &error))?;
    Ok(emit(&out))
}

fn emit(out: &[u8]) -> Exit {
    crate::say::line(String::from_utf8_lossy(out).trim_end());
    Exit::Answered
}
