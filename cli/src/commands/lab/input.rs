//! What `lab` is given: statements, and how their answers are written.

use std::io::{IsTerminal, Read};
use std::path::Path;

use super::LabArgs;
use crate::failure::{Failure, Failures};
use crate::output::{self, Format};
use crate::statements::{Statement, YOURS, cut};
use crate::world::Session;

/// The statements of the command line; `None` for a REPL.
pub(super) fn statements(args: &LabArgs) -> Result<Option<Vec<Statement>>, Failures> {
    let found = match &args.file {
        Some(path) => {
            let text = read(path).map_err(|error| Failure::file(path, &error))?;
            cut(&path.display().to_string(), &text)
        }
        None if args.command.is_empty() => return Ok(None),
        None => args.command.iter().flat_map(|c| cut(YOURS, c)).collect(),
    };
    if found.is_empty() {
        let what = args.file.as_ref().map_or_else(
            || "`-c` holds no statement".to_owned(),
            |path| format!("{}: holds no statement", path.display()),
        );
        return Err(Failure::usage(what)
            .with_help("give at least one SELECT")
            .into());
    }
    Ok(Some(found))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}

/// What can be found wrong before anything is sealed, agreed on or asked.
pub(super) fn check(args: &LabArgs, is_repl: bool) -> Result<(), Failures> {
    Session::check(
        args.principal.as_deref(),
        args.purpose.as_deref(),
        args.to.as_deref(),
    )?;
    if let Some(path) = &args.out.output {
        output::check(path)?;
    }
    if is_repl && !args.status && !std::io::stdin().is_terminal() {
        let failure = Failure::usage("the REPL needs a terminal");
        let help = "give `-c SQL`, or `-f -` to read stdin";
        return Err(failure.with_help(help).into());
    }
    Ok(())
}

/// The format asked for, or the one that fits where answers go.
pub(super) fn format(args: &LabArgs) -> Result<Format, Failures> {
    let output = args.out.output.as_deref();
    let terminal = std::io::stdout().is_terminal() && output.is_none();
    let otherwise = if terminal { Format::Table } else { Format::Csv };
    let format = Format::chosen(args.out.format, output, otherwise)?;
    if format.is_binary() && terminal {
        let failure = Failure::usage("parquet and arrow are binary and this is a terminal");
        return Err(failure.with_help("give `-o FILE`").into());
    }
    Ok(format)
}
