//! What went wrong, as one thing that can be shown to a person or a program.

use std::ops::{Deref, DerefMut};

use connectors::ConnectorError;
use engine::Refusal;
use ledger::LedgerError;
use policy::denial::{Code, Denial, SqlSpan};
use policy::problem::Problem;
use serde::Serialize;

use crate::exit::Exit;
use crate::statements::{Origin, Statement};

/// The deciding line of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Rule {
    pub(crate) file: String,
    pub(crate) line: usize,
    #[serde(skip)]
    pub(crate) columns: Option<(usize, usize)>,
}

/// A place in the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Span {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) end_column: u64,
}

/// What happened to which file, in the words of people rather than of the system.
pub(crate) fn describe(what: &std::path::Path, error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let shown = what.display();
    match error.kind() {
        ErrorKind::NotFound => format!("{shown}: there is no such file or folder"),
        ErrorKind::PermissionDenied => format!("{shown}: you may not read or write it"),
        ErrorKind::IsADirectory => format!("{shown}: is a folder, not a file"),
        ErrorKind::NotADirectory => format!("{shown}: a file stands where a folder should"),
        ErrorKind::InvalidData => format!("{shown}: is not text in UTF-8"),
        ErrorKind::StorageFull => format!("{shown}: the disk is full"),
        ErrorKind::ReadOnlyFilesystem => format!("{shown}: the disk is read-only"),
        ErrorKind::InvalidFilename => format!("{shown}: the name is too long"),
        _other => format!("{shown}: {error}"),
    }
}

/// Everything that was found wrong at once.
pub(crate) type Failures = Vec<Failure>;

/// A failure, small enough to be handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Failure(Box<Facts>);

impl Deref for Failure {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

/// Everything a reader may know of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Facts {
    pub(crate) code: String,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
    /// The nearest statement that is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instead: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) party: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) span: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<usize>,
    /// The text that `span` is in.
    #[serde(skip)]
    pub(crate) origin: Option<Origin>,
    #[serde(skip)]
    pub(crate) exit: Exit,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            code: code.to_owned(),
            message: message.into(),
            help: None,
            instead: None,
            party: None,
            table: None,
            column: None,
            rule: None,
            span: None,
            statement: None,
            origin: None,
            exit,
        }))
    }

    /// A fault of whoever typed the command.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Yours, "usage", message)
    }

    /// A file or system that does not do what it should.
    pub(crate) fn io(what: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(Exit::Operational, "io", describe(what, error))
    }

    /// Something signed or sealed that is not what it was.
    pub(crate) fn tampered(message: impl Into<String>) -> Self {
        Self::new(Exit::Verification, "tampered", message)
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A file that was given and is no good: its giver's to mend.
    pub(crate) fn file(what: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(Exit::Yours, "file", describe(what, error))
    }

    /// The failure of the statement with a number, counted from 1.
    pub(crate) fn of_statement(mut self, number: usize, statement: &Statement) -> Self {
        self.statement = Some(number);
        if self.origin.is_none() && self.span.is_some() {
            self.origin = Some(statement.origin.clone());
        }
        self
    }

    /// As [`Self::of_statement`], for a statement that is a text of its own.
    pub(crate) fn in_statement(self, number: usize, sql: &str) -> Self {
        self.of_statement(number, &Statement::alone(sql))
    }
}

impl From<SqlSpan> for Span {
    fn from(span: SqlSpan) -> Self {
        Self {
            line: span.line,
            column: span.column,
            end_column: span.end_column,
        }
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        let exit = if denial.code == Code::State {
            Exit::Verification
        } else {
            Exit::Denied
        };
        let mut failure = Self::new(exit, denial.code.as_str(), denial.message);
        failure.help = denial.help;
        failure.instead = denial.instead;
        failure.party = denial.party.map(|party| party.to_string());
        failure.table = denial.table.map(|table| table.to_string());
        failure.column = denial.column;
        failure.span = denial.span.map(Span::from);
        failure.rule = denial.rule.map(|rule| Rule {
            file: rule.file,
            line: rule.line,
            columns: None,
        });
        failure
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Syntax { message, span } => {
                let mut failure = Self::new(Exit::Yours, "syntax", message);
                failure.span = span.map(Span::from);
                failure
            }
            Refusal::Invalid { message, span } => {
                let mut failure = Self::new(Exit::Yours, "invalid", message);
                failure.span = span.map(Span::from);
                failure
            }
            Refusal::Denied(denial) => Self::from(*denial),
            Refusal::Failed(message) => Self::new(Exit::Operational, "failed", message),
            Refusal::Tampered(message) => Self::tampered(message),
        }
    }
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Self {
        let message = error.to_string();
        match error {
            ConnectorError::Source { .. } => Self::new(Exit::Yours, "source", message),
            ConnectorError::Policy(problems) => match problems.into_iter().next() {
                Some(problem) => Self::from(problem),
                None => Self::new(Exit::Yours, "policy", message),
            },
            ConnectorError::Data { .. } => Self::new(Exit::Yours, "data", message),
            ConnectorError::Store { .. } => Self::new(Exit::Operational, "store", message),
            ConnectorError::Key { .. } => Self::new(Exit::Operational, "key", message),
            ConnectorError::Tampered { .. } => Self::tampered(message),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = error.to_string();
        match error {
            LedgerError::Io { .. } | LedgerError::Locked(_) => {
                Self::new(Exit::Operational, "ledger", message)
            }
            LedgerError::Tampered { .. } | LedgerError::Refused(_, _) => Self::tampered(message),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let of_world = problem.file.ends_with("collaboration.toml");
        let kind = if of_world { "world" } else { "policy" };
        let code = problem.lint.unwrap_or(kind);
        let mut failure = Self::new(Exit::Yours, code, problem.message);
        failure.help = problem.help;
        if problem.line > 0 {
            failure.span = Some(Span {
                line: number(problem.line),
                column: number(problem.column),
                end_column: number(problem.end_column),
            });
            failure.rule = Some(Rule {
                file: problem.file,
                line: problem.line,
                columns: Some((problem.column, problem.end_column)),
            });
        }
        failure
    }
}

fn number(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX)
}

impl From<Failure> for Failures {
    fn from(failure: Failure) -> Self {
        vec![failure]
    }
}

/// Every problem of a list.
pub(crate) fn all(problems: Vec<Problem>) -> Failures {
    problems.into_iter().map(Failure::from).collect()
}

/// Every problem of a file that is no policy, under a code of its own.
pub(crate) fn coded(code: &str, problems: Vec<Problem>) -> Failures {
    let mut failures = all(problems);
    for failure in &mut failures {
        code.clone_into(&mut failure.code);
    }
    failures
}

/// Every problem of a connector's error.
pub(crate) fn of_connector(error: ConnectorError) -> Failures {
    match error {
        ConnectorError::Policy(problems) => all(problems),
        other => vec![Failure::from(other)],
    }
}
