//! Showing failures: a drawing with carets for people, one line of JSON for programs.

mod snippet;
mod usage;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use snippet::{Place, draw};

pub(crate) use usage::{of_clap, wanted};

use crate::failure::{Failure, Rule, Span};
use crate::statements::Origin;
use crate::term;

/// Columns of a drawing that no terminal bounds.
const WIDE: usize = 200;

/// Columns before the words of a help.
const HELP: usize = 10;

/// The widest line of a statement that is allowed.
const STATEMENT: usize = 100;

/// Columns before it.
const ALLOWED: usize = 13;

/// How errors are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ErrorFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Shows failures on stderr.
#[derive(Debug, Clone)]
pub(crate) struct Reporter {
    format: ErrorFormat,
    root: PathBuf,
    color: bool,
    width: usize,
}

impl Reporter {
    /// A reporter; `root` is where policy files are relative to.
    pub(crate) fn new(format: ErrorFormat, root: &Path) -> Self {
        let stderr = std::io::stderr();
        let width = if stderr.is_terminal() {
            term::size().0
        } else {
            WIDE
        };
        Self {
            format,
            root: root.to_owned(),
            color: term::has_colors(&stderr),
            width,
        }
    }

    /// The same for a world, whose policy files it quotes.
    pub(crate) fn in_world(&self, root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            ..self.clone()
        }
    }

    /// The same for text on stdout, coloured if that is a terminal.
    pub(crate) fn on_stdout(&self) -> Self {
        Self {
            color: term::has_colors(&std::io::stdout()),
            ..self.clone()
        }
    }

    /// The failure with its rule's file as the reader reaches it.
    pub(crate) fn located(&self, mut failure: Failure) -> Failure {
        if let Some(rule) = &mut failure.rule {
            let inside = self.root.join(&rule.file);
            if inside.exists() {
                rule.file = inside.display().to_string();
            }
        }
        failure
    }

    /// Shows a failure.
    pub(crate) fn show(&self, failure: &Failure) {
        let text = match self.format {
            ErrorFormat::Json => serde_json::to_string(failure).unwrap_or_default(),
            ErrorFormat::Human => self.human(failure),
        };
        let mut stderr = std::io::stderr().lock();
        let _broken_pipe = writeln!(stderr, "{text}");
    }

    /// The failure as a person reads it.
    pub(crate) fn human(&self, failure: &Failure) -> String {
        let code = self.paint(
            nu_ansi_term::Color::Red.bold(),
            &format!("{}:", failure.code),
        );
        let mut text = format!("{code} {}", failure.message);
        if let (Some(origin), Some(span)) = (&failure.origin, failure.span) {
            text.push_str(&self.question(origin, span));
        }
        if let Some(rule) = &failure.rule {
            let label = if failure.origin.is_some() {
                "this line decides"
            } else {
                ""
            };
            text.push_str(&self.rule(rule, label));
        }
        if let Some(help) = &failure.help {
            let word = self.paint(nu_ansi_term::Style::new().bold(), "help:");
            let help = snippet::wrapped(help, self.width.saturating_sub(HELP), HELP);
            text.extend([
                "
  = ", &word, " ", &help,
            ]);
        }
        if let Some(instead) = &failure.instead {
            let word = self.paint(nu_ansi_term::Style::new().bold(), "allowed:");
            let width = self.width.min(STATEMENT).saturating_sub(ALLOWED);
            let sql = snippet::wrapped_sql(instead, width, ALLOWED);
            text.extend(["\n  = ", &word, " ", &sql]);
        }
        text
    }

    fn question(&self, origin: &Origin, span: Span) -> String {
        let shift = if span.line == 1 { origin.columns } else { 0 };
        let column = to_usize(span.column).saturating_add(shift);
        let end = to_usize(span.end_column).saturating_add(shift);
        let line = to_usize(span.line).saturating_add(origin.lines);
        let place = Place {
            line,
            columns: Some((
                column,
                end.max(snippet::word_end(&origin.text, line, column)),
            )),
        };
        draw(&origin.name, &origin.text, &place, "", self.width)
    }

    fn rule(&self, rule: &Rule, label: &str) -> String {
        let text = std::fs::read_to_string(self.root.join(&rule.file))
            .or_else(|_| std::fs::read_to_string(&rule.file))
            .unwrap_or_default();
        let place = Place {
            line: rule.line,
            columns: rule.columns,
        };
        draw(&rule.file, &text, &place, label, self.width)
    }

    fn paint(&self, style: nu_ansi_term::Style, text: &str) -> String {
        if self.color {
            style.paint(text).to_string()
        } else {
            text.to_owned()
        }
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
