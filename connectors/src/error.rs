//! What can go wrong beside the data, and whose fault it is.

use std::path::{Path, PathBuf};

use policy::problem::Problem;

/// Why a connector cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// A source that cannot be read.
    #[error("{}: {message}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A policy that does not fit its table.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Policy(Vec<Problem>),
    /// Data that is not what the policy declares.
    #[error("{table}: {}", findings.join("; "))]
    Data {
        /// The table.
        table: String,
        /// What is wrong, each with a count of rows.
        findings: Vec<String>,
    },
    /// Object storage that does not answer.
    #[error("the store at {store} cannot be used: {message}")]
    Store {
        /// Its address.
        store: String,
        /// What it says.
        message: String,
    },
    /// A key that cannot be used.
    #[error("the key at {}: {message}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Something sealed or signed that is not what it was.
    #[error("{what}: {reason}")]
    Tampered {
        /// Which object.
        what: String,
        /// How it shows.
        reason: String,
    },
}

impl ConnectorError {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors and texts are given away"
    )]
    pub(crate) fn source(path: &Path, message: impl ToString) -> Self {
        Self::Source {
            path: path.to_owned(),
            message: message.to_string(),
        }
    }

    pub(crate) fn store(store: &str, message: impl Into<String>) -> Self {
        Self::Store {
            store: store.to_owned(),
            message: message.into(),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors and texts are given away"
    )]
    pub(crate) fn key(path: &Path, message: impl ToString) -> Self {
        Self::Key {
            path: path.to_owned(),
            message: message.to_string(),
        }
    }

    pub(crate) fn tampered(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Tampered {
            what: what.into(),
            reason: reason.into(),
        }
    }
}
