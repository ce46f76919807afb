//! psql's backslash commands, and our own: `\why`, `\can`, `\receipt`.

mod can;
mod list;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use policy::problem::nearest;

use super::Shell;
use super::ask::ask;
use super::settings::{Expanded, Target, switched};
use super::words::FUNCTIONS;
use crate::failure::Failure;
use crate::output::{self, Format};
use crate::say;
use crate::statements::{Statement, cut};

/// A command as help and completion show it.
pub(super) struct Command {
    pub(super) name: &'static str,
    argument: &'static str,
    pub(super) help: &'static str,
}

const fn command(name: &'static str, argument: &'static str, help: &'static str) -> Command {
    Command {
        name,
        argument,
        help,
    }
}

/// Every command there is.
pub(super) const COMMANDS: &[Command] = &[
    command(
        "\\d",
        "[TABLE]",
        "tables and views you may ask; columns of one and their uses",
    ),
    command("\\dt", "", "tables alone"),
    command("\\dv", "", "views alone"),
    command("\\df", "", "functions that policies know"),
    command("\\approved", "", "questions that owners have approved"),
    command("\\can", "TABLE", "what you may do with each column"),
    command("\\why", "", "the rules that decided on the last question"),
    command("\\receipt", "", "the receipt of the last answer"),
    command("\\i", "FILE", "ask the statements of a file"),
    command(
        "\\o",
        "[FILE]",
        "write answers to a file; without FILE, back to the terminal",
    ),
    command("\\format", "[NAME]", "table, csv, json, ndjson or markdown"),
    command("\\x", "[on|off|auto]", "one block a row"),
    command("\\timing", "[on|off]", "show how long questions take"),
    command("\\status", "", "versions of the tables and of the contract"),
    command("\\conninfo", "", "who you are and what the engine is"),
    command("\\?", "", "this"),
    command("\\q", "", "leave"),
];

/// Runs a command; true to leave.
pub(super) async fn run(text: &str, shell: &mut Shell<'_>) -> bool {
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let name = name.trim_end_matches(';');
    let argument = argument.trim().trim_end_matches(';').trim_end();
    match name {
        "\\q" | "\\quit" => return true,
        "\\?" | "\\h" | "\\help" => help(),
        "\\d" | "\\d+" | "\\dp" if !argument.is_empty() => describe(argument, shell).await,
        "\\d" | "\\d+" | "\\dp" | "\\l" | "\\dn" => list::tables(shell, |_| true).await,
        "\\dt" | "\\dt+" => list::tables(shell, |kind| kind != "view").await,
        "\\dv" | "\\dv+" => list::tables(shell, |kind| kind == "view").await,
        "\\df" => functions(),
        "\\approved" => ask(shell, &Statement::alone("SHOW APPROVED")).await,
        "\\can" => can::show(argument, shell).await,
        "\\why" => why(shell).await,
        "\\receipt" => receipt(shell),
        "\\i" => include(argument, shell).await,
        "\\o" => redirect(argument, shell),
        "\\format" => format(argument, shell),
        "\\x" => expanded(argument, shell),
        "\\timing" => timing(argument, shell),
        "\\status" => crate::commands::lab::in_words(shell.world),
        "\\conninfo" => conninfo(shell),
        "\\!" => say::note("there is no shell here; leave with \\q, or use another terminal"),
        "\\watch" => say::note("a question is not repeated: each time is a question asked"),
        other => unknown(other),
    }
    false
}

fn unknown(name: &str) {
    let known = COMMANDS
        .iter()
        .map(|command| command.name.trim_start_matches('\\'));
    match nearest(name.trim_start_matches('\\'), known) {
        Some(near) => say::note(&format!("unknown command {name}; did you mean \\{near}?")),
        None => say::note(&format!("unknown command {name}; \\? lists them")),
    }
}

fn help() {
    let left = |command: &Command| format!("{} {}", command.name, command.argument);
    let width = COMMANDS.iter().map(|command| left(command).len()).max();
    let width = width.unwrap_or(0);
    for command in COMMANDS {
        say::line(&format!("{:width$}  {}", left(command), command.help));
    }
    say::line(
        "\nEnd statements with `;`. Tab completes, Ctrl-R searches, Ctrl-C gives up a question.",
    );
}

async fn describe(table: &str, shell: &mut Shell<'_>) {
    ask(shell, &Statement::alone(&format!("DESCRIBE {table}"))).await;
}

fn functions() {
    for (name, place) in FUNCTIONS {
        say::line(&format!(
            "{:16}  {place}",
            name.trim_end_matches(['(', ' '])
        ));
    }
}

async fn why(shell: &mut Shell<'_>) {
    match shell.settings.last_question.clone() {
        None => say::note("nothing was asked yet that a policy decides on"),
        Some(sql) => {
            let question = Statement::alone(&format!("EXPLAIN POLICY {sql}"));
            ask(shell, &question).await;
        }
    }
}

fn receipt(shell: &Shell<'_>) {
    let Some(file) = &shell.settings.last_answer else {
        say::note("nothing was answered yet");
        return;
    };
    let (file, world) = (file.display(), shell.world.layout.root().display());
    say::line(&format!(
        "{file}\nverify it with: subrosa answer verify {file} --world {world}"
    ));
}

async fn include(argument: &str, shell: &mut Shell<'_>) {
    if argument.is_empty() {
        say::note("\\i takes a file of statements");
        return;
    }
    match std::fs::read_to_string(argument) {
        Err(error) => shell
            .reporter
            .show(&Failure::file(Path::new(argument), &error)),
        Ok(text) => {
            for statement in cut(argument, &text) {
                ask(shell, &statement).await;
            }
        }
    }
}

fn redirect(argument: &str, shell: &mut Shell<'_>) {
    if argument.is_empty() {
        shell.settings.target = None;
        say::note("answers go to the terminal");
        return;
    }
    let path = PathBuf::from(argument);
    if let Err(failures) = output::check(&path) {
        for failure in &failures {
            shell.reporter.show(failure);
        }
        return;
    }
    let format = match Format::chosen(None, Some(&path), shell.settings.format) {
        Ok(format) => format,
        Err(failure) => return shell.reporter.show(&failure),
    };
    let which = if format.is_binary() {
        "the next answer goes"
    } else {
        "answers go"
    };
    say::note(&format!("{which} to {}", path.display()));
    shell.settings.target = Some(Target {
        path,
        format,
        written: Vec::new(),
    });
}

fn format(argument: &str, shell: &mut Shell<'_>) {
    match Format::from_str(argument, true) {
        _now if argument.is_empty() => {
            let now = shell.settings.format.to_possible_value();
            let now = now.map(|value| value.get_name().to_owned());
            say::line(&now.unwrap_or_default());
        }
        Ok(format) if format.is_binary() => {
            say::note("it is binary: \\o FILE.parquet or \\o FILE.arrow writes it");
        }
        Ok(format) => shell.settings.format = format,
        Err(_) => say::note("there are table, csv, json, ndjson and markdown"),
    }
}

fn expanded(argument: &str, shell: &mut Shell<'_>) {
    let now = shell.settings.expanded;
    let next = match argument {
        "auto" => Some(Expanded::Auto),
        other => switched(other, now == Expanded::On)
            .map(|on| if on { Expanded::On } else { Expanded::Off }),
    };
    let Some(next) = next else {
        say::note("\\x takes on, off or auto");
        return;
    };
    shell.settings.expanded = next;
    say::note(match next {
        Expanded::On => "one block a row",
        Expanded::Off => "one line a row",
        Expanded::Auto => "one block a row where a line is too wide",
    });
}

fn timing(argument: &str, shell: &mut Shell<'_>) {
    match switched(argument, shell.settings.timing) {
        None => say::note("\\timing takes on or off"),
        Some(on) => {
            shell.settings.timing = on;
            say::note(if on { "timing is on" } else { "timing is off" });
        }
    }
}

fn conninfo(shell: &Shell<'_>) {
    let session = shell.session;
    let purpose = session.purpose.as_ref();
    say::line(&format!(
        "{}, for {}, answers go to {}\nengine UNATTESTED (simulated TEE), key {}",
        session.principal,
        purpose.map_or("any purpose".to_owned(), ToString::to_string),
        session.recipient,
        hex::encode(shell.world.engine.public())
    ));
}
