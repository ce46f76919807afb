//! Showing failures: a drawing with carets for people, one line of JSON for programs.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Rule};

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
}

impl Reporter {
    /// A reporter; `root` is where policy files are relative to.
    pub(crate) fn new(format: ErrorFormat, root: &Path) -> Self {
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            format,
            root: root.to_owned(),
            color,
        }
    }

    /// The same for a world, whose policy files it quotes.
    pub(crate) fn in_world(&self, root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            ..self.clone()
        }
    }

    /// The failure with its rule's line read while the world is known.
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
        let mut text = format!("{}: {}", self.red(&failure.code), failure.message);
        if let (Some((name, source)), Some(span)) = (&failure.source, failure.span) {
            let place = Place {
                line: to_usize(span.line),
                columns: Some((to_usize(span.column), to_usize(span.end_column))),
            };
            text.push_str(&snippet(name, source, &place));
        }
        if let Some(rule) = &failure.rule {
            text.push_str(&self.rule(rule));
        }
        if let Some(help) = &failure.help {
            text.push_str(&format!("\n  = {}: {help}", self.bold("help")));
        }
        text
    }

    fn rule(&self, rule: &Rule) -> String {
        let text = std::fs::read_to_string(self.root.join(&rule.file))
            .or_else(|_| std::fs::read_to_string(&rule.file))
            .unwrap_or_default();
        snippet(
            &rule.file,
            &text,
            &Place {
                line: rule.line,
                columns: rule.columns,
            },
        )
    }

    fn red(&self, text: &str) -> String {
        if self.color {
            nu_ansi_term::Color::Red.bold().paint(text).to_string()
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        if self.color {
            nu_ansi_term::Style::new().bold().paint(text).to_string()
        } else {
            text.to_owned()
        }
    }
}

struct Place {
    line: usize,
    columns: Option<(usize, usize)>,
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// One line of a text with a caret below.
fn snippet(name: &str, source: &str, place: &Place) -> String {
    let at = match place.columns {
        Some((column, _)) => format!("{name}:{}:{column}", place.line),
        None => format!("{name}:{}", place.line),
    };
    let Some(line) = source.lines().nth(place.line.saturating_sub(1)) else {
        return format!("\n  --> {at}");
    };
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let mut drawn = format!("\n{margin} --> {at}\n{margin} |\n{number} | {line}");
    let (column, end) = place.columns.unwrap_or_else(|| {
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        (
            indent.saturating_add(1),
            line.trim_end().chars().count().saturating_add(1),
        )
    });
    let blank: String = line
        .chars()
        .take(column.saturating_sub(1))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let width = end
        .saturating_sub(column)
        .clamp(1, line.chars().count().max(1));
    drawn.push_str(&format!("\n{margin} | {blank}{}", "^".repeat(width)));
    drawn
}
