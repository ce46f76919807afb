//! Why a question has no answer, as its asker may know it.

use policy::denial::{Denial, SqlSpan};

/// Why a question has no answer. Nothing in it depends on data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text does not parse.
    #[error("{message}")]
    Syntax {
        /// What the parser expected.
        message: String,
        /// Where.
        span: Option<SqlSpan>,
    },
    /// It parses and names what is there, but it is no valid question.
    #[error("{message}")]
    Invalid {
        /// What is wrong.
        message: String,
        /// Where.
        span: Option<SqlSpan>,
    },
    /// A policy refuses it.
    #[error("{}: {}", .0.code, .0.message)]
    Denied(Box<Denial>),
    /// It failed while running; one constant sentence of a closed list.
    #[error("{0}")]
    Failed(&'static str),
    /// Something sealed, signed or chained is not what it should be.
    #[error("{0}")]
    Tampered(String),
}

impl Refusal {
    /// A syntax error.
    #[must_use]
    pub fn syntax(message: impl Into<String>, span: Option<SqlSpan>) -> Self {
        Self::Syntax {
            message: message.into(),
            span,
        }
    }

    /// An invalid question without a place.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            span: None,
        }
    }
}
