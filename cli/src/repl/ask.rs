//! One question: asked, shown or written, and what of it is remembered.

use std::time::Instant;

use super::Shell;
use super::pager::page;
use super::settings::{Expanded, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hint;
use crate::output::{self, Format};
use crate::statements::Statement;
use crate::world::Outcome;
use crate::{progress, say, term};

/// Asks one statement; Ctrl-C gives it up and keeps the session.
pub(super) async fn ask(shell: &mut Shell<'_>, statement: &Statement) {
    let started = Instant::now();
    let asked = shell.session.ask(shell.world, &statement.sql);
    let asked = tokio::select! {
        asked = progress::of_question(asked) => Some(asked),
        _ = tokio::signal::ctrl_c() => None,
    };
    match asked {
        None => say::note("given up; the question counts as asked"),
        Some(Ok(outcome)) => answered(shell, &statement.sql, &outcome),
        Some(Err(failure)) => refused(shell, statement, failure),
    }
    if shell.settings.timing {
        say::note(&format!("{:.1} s", started.elapsed().as_secs_f64()));
    }
}

fn refused(shell: &mut Shell<'_>, statement: &Statement, mut failure: Failure) {
    if failure.exit == Exit::Denied {
        shell.settings.last_question = Some(asked(&statement.sql).to_owned());
        let mut help: Vec<String> = failure.help.take().into_iter().collect();
        help.extend(hint::instead(&failure, &statement.sql, &shell.visible));
        help.push("\\why tells which rules mattered".to_owned());
        failure.help = Some(help.join("; "));
    }
    shell.reporter.show(&failure.of_statement(1, statement));
}

/// The question of an EXPLAIN POLICY.
fn asked(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    for word in ["EXPLAIN", "POLICY"] {
        match rest.get(..word.len()) {
            Some(start) if start.eq_ignore_ascii_case(word) => {
                rest = rest.get(word.len()..).unwrap_or_default().trim_start();
            }
            Some(_) | None => return sql,
        }
    }
    rest
}

fn answered(shell: &mut Shell<'_>, sql: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Answer(answer) => {
            shell.settings.last_question = Some(sql.to_owned());
            shell.settings.last_answer = Some(answer.file.clone());
        }
        Outcome::Explanation(_)
        | Outcome::Tables(_)
        | Outcome::Columns(_)
        | Outcome::Approved(_) => {}
    }
    if let (Outcome::Answer(_), Some(_)) = (outcome, &shell.settings.target) {
        if let Err(failure) = write(&mut shell.settings, outcome) {
            shell.reporter.show(&failure);
        }
        return;
    }
    match shown(outcome, &shell.settings) {
        Ok(text) => page(&text),
        Err(error) => say::error(&error.to_string()),
    }
    if let Outcome::Answer(answer) = outcome
        && let Some(note) = &answer.receipt.note
    {
        say::note(&format!("note: {note}"));
    }
}

/// What an outcome looks like on this terminal.
fn shown(outcome: &Outcome, settings: &Settings) -> std::io::Result<String> {
    let mut text = Vec::new();
    match outcome {
        Outcome::Answer(answer) => {
            let (schema, batches) = (&answer.schema, &answer.batches);
            if settings.format == Format::Table {
                output::write(Format::Table, schema, batches, &mut text)?;
                if is_expanded(settings.expanded, &text) {
                    text.clear();
                    output::expanded(schema, batches, &mut text)?;
                }
            } else {
                output::write(settings.format, schema, batches, &mut text)?;
            }
        }
        Outcome::Explanation(_)
        | Outcome::Tables(_)
        | Outcome::Columns(_)
        | Outcome::Approved(_) => {
            crate::commands::lab::show(outcome, settings.format, &mut text)?;
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn is_expanded(expanded: Expanded, table: &[u8]) -> bool {
    match expanded {
        Expanded::Off => false,
        Expanded::On => true,
        Expanded::Auto => {
            let (columns, _) = term::size();
            let text = String::from_utf8_lossy(table);
            text.lines().any(|line| line.chars().count() > columns)
        }
    }
}

/// Adds an answer to the file that answers go to; a binary file holds one.
fn write(settings: &mut Settings, outcome: &Outcome) -> Result<(), Failure> {
    let (Some(mut target), Outcome::Answer(answer)) = (settings.target.take(), outcome) else {
        return Ok(());
    };
    let path = target.path.clone();
    let mut text = Vec::new();
    output::write(target.format, &answer.schema, &answer.batches, &mut text)
        .map_err(|error| Failure::io(&path, &error))?;
    target.written.extend(text);
    crate::world::write_whole(&path, &target.written)
        .map_err(|error| Failure::io(&path, &error))?;
    let rows: usize = answer
        .batches
        .iter()
        .map(arrow::array::RecordBatch::num_rows)
        .sum();
    say::note(&format!("{rows} rows written to {}", path.display()));
    if !target.format.is_binary() {
        settings.target = Some(target);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn the_question_of_an_explanation() {
        assert_eq!(asked("explain  policy SELECT 1"), "SELECT 1");
        assert_eq!(asked("EXPLAIN SELECT 1"), "EXPLAIN SELECT 1");
        assert_eq!(asked("SELECT 1"), "SELECT 1");
    }
}
