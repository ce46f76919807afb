//! What is wrong with a file, where, and what to do: one shape for parser, resolver and lints.
//!
//! A policy is read by people who fix it, so every finding points at a line and all of them are
//! told at once.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::capability::RuleSpan;
use crate::document::PolicySource;

/// Whether a finding refuses the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file stands; its owner should look.
    Warning,
}

/// One finding. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Whether it refuses the file.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file, as shown to people.
    pub file: String,
    /// Line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Column after the last; on the same line.
    pub end_column: usize,
    /// The lint's name, when a lint found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lint: Option<&'static str>,
}

impl Problem {
    /// An error at a place of a file.
    #[must_use]
    pub fn error(source: &PolicySource, span: &Range<usize>, message: impl Into<String>) -> Self {
        Self::at(Severity::Error, source, span, message.into())
    }

    /// A warning at a place of a file.
    #[must_use]
    pub fn warning(source: &PolicySource, span: &Range<usize>, message: impl Into<String>) -> Self {
        Self::at(Severity::Warning, source, span, message.into())
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same as the finding of a lint.
    #[must_use]
    pub fn of_lint(mut self, lint: &'static str) -> Self {
        self.lint = Some(lint);
        self
    }

    /// Whether it refuses the file.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    fn at(severity: Severity, source: &PolicySource, span: &Range<usize>, message: String) -> Self {
        let place = source.place(span);
        Self {
            severity,
            message,
            help: None,
            file: source.locate(span).0.file.clone(),
            line: place.line,
            column: place.column,
            end_column: place.end_column,
            lint: None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}:{}: {word}", self.file, self.line, self.column)?;
        if let Some(lint) = self.lint {
            write!(f, "[{lint}]")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Sorts by place, errors first at the same place, and drops repetitions.
#[must_use]
pub fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.severity, &a.message)
            .cmp(&(&b.file, b.line, b.column, b.severity, &b.message))
    });
    problems.dedup();
    problems
}

/// A place of a file in lines and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// First column, from 1, in characters.
    pub column: usize,
    /// Column after the last; a place of several lines ends with its first.
    pub end_column: usize,
}

impl PolicySource {
    /// Where a byte range lies, in the file that has it.
    #[must_use]
    pub fn place(&self, span: &Range<usize>) -> Place {
        let (source, span) = self.locate(span);
        let start = floor_boundary(&source.text, span.start);
        let end = floor_boundary(&source.text, span.end).max(start);
        let (before, rest) = source.text.split_at(start);
        let line_start = before.rfind('\n').map_or(0, |i| i.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before
            .get(line_start..)
            .unwrap_or("")
            .chars()
            .count()
            .saturating_add(1);
        let marked = rest.get(..end.saturating_sub(start)).unwrap_or("");
        let width = marked.lines().next().unwrap_or("").chars().count().max(1);
        Place {
            line,
            column,
            end_column: column.saturating_add(width),
        }
    }

    /// The line of a byte range with the file's name, as refusals quote it.
    #[must_use]
    pub fn rule(&self, span: &Range<usize>) -> RuleSpan {
        RuleSpan {
            file: self.locate(span).0.file.clone(),
            line: self.place(span).line,
        }
    }

    /// One line of the text, from 1, without its end.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<&str> {
        self.text.lines().nth(line.checked_sub(1)?)
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

/// The nearest of some names, for "did you mean"; `None` when none is near.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&lower, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= name.chars().count().max(3).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> PolicySource {
        PolicySource::new("t.policy.toml", text)
    }

    #[test]
    fn columns_count_characters() {
        let source = source("a = 1\n\"é\" = bad\n");
        let at = source.text.find("bad").unwrap_or(0);
        let place = source.place(&(at..at + 3));
        assert_eq!(
            place,
            Place {
                line: 2,
                column: 7,
                end_column: 10
            }
        );
        assert_eq!(source.line(2), Some("\"é\" = bad"));
    }

    #[test]
    fn a_span_outside_the_text_is_its_end() {
        assert_eq!(
            source("ab").place(&(9..12)),
            Place {
                line: 1,
                column: 3,
                end_column: 4
            }
        );
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(
            nearest("dimensions", ["dimension", "filter"]),
            Some("dimension")
        );
        assert_eq!(nearest("xyz", ["dimension", "filter"]), None);
    }
}
