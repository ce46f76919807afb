//! The codes of refusal, in the order in which the first is reported, with their words.

use std::fmt;

use crate::capability::RuleSpan;
use crate::ident::{PartyId, TableName};

/// Why a question is refused. The order of the variants is the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Not one plain query.
    Stmt,
    /// Table, column or function unknown (or hidden: alike).
    Unknown,
    /// Principal, purpose, recipient or date.
    DeniedAsker,
    /// Only approved questions.
    Template,
    /// Modes that do not go together.
    Mode,
    /// Recursion.
    Recursion,
    /// Grouping sets.
    GroupingSets,
    /// Expression subquery.
    Subquery,
    /// Limit or sort below a release.
    Limit,
    /// Window.
    Window,
    /// Negation without consent.
    Negation,
    /// Outer join without consent.
    Outer,
    /// No consented equality on a shared domain.
    Join,
    /// A row about a crowd below the release.
    Crowd,
    /// Aggregate not allowed here.
    Agg,
    /// Unit or key used other than bare.
    KeyExpr,
    /// Function not listed.
    Fn,
    /// Aggregate argument outside the measure grammar.
    MeasureExpr,
    /// Comparison between columns without consent.
    Compare,
    /// Literal off the grid, or predicate outside the grammar.
    FilterGrain,
    /// Output key without dimension.
    RoleDim,
    /// No release: rows would leave.
    NoAgg,
    /// Too costly by public figures.
    Cost,
    /// Budget used up.
    Budget,
    /// State or data fails verification (exit code 4).
    State,
}

impl Code {
    /// Every code, in order of precedence.
    pub const ALL: &[Self] = &[
        Self::Stmt,
        Self::Unknown,
        Self::DeniedAsker,
        Self::Template,
        Self::Mode,
        Self::Recursion,
        Self::GroupingSets,
        Self::Subquery,
        Self::Limit,
        Self::Window,
        Self::Negation,
        Self::Outer,
        Self::Join,
        Self::Crowd,
        Self::Agg,
        Self::KeyExpr,
        Self::Fn,
        Self::MeasureExpr,
        Self::Compare,
        Self::FilterGrain,
        Self::RoleDim,
        Self::NoAgg,
        Self::Cost,
        Self::Budget,
        Self::State,
    ];

    /// Parses `E_KEY_EXPR`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The code as printed: `E_KEY_EXPR`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stmt => "E_STMT",
            Self::Unknown => "E_UNKNOWN",
            Self::DeniedAsker => "E_DENIED_ASKER",
            Self::Template => "E_TEMPLATE",
            Self::Mode => "E_MODE",
            Self::Recursion => "E_RECURSION",
            Self::GroupingSets => "E_GROUPING_SETS",
            Self::Subquery => "E_SUBQUERY",
            Self::Limit => "E_LIMIT",
            Self::Window => "E_WINDOW",
            Self::Negation => "E_NEGATION",
            Self::Outer => "E_OUTER",
            Self::Join => "E_JOIN",
            Self::Crowd => "E_CROWD",
            Self::Agg => "E_AGG",
            Self::KeyExpr => "E_KEY_EXPR",
            Self::Fn => "E_FN",
            Self::MeasureExpr => "E_MEASURE_EXPR",
            Self::Compare => "E_COMPARE",
            Self::FilterGrain => "E_FILTER_GRAIN",
            Self::RoleDim => "E_ROLE_DIM",
            Self::NoAgg => "E_NOAGG",
            Self::Cost => "E_COST",
            Self::Budget => "E_BUDGET",
            Self::State => "E_STATE",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where in the statement something stands; lines and columns from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlSpan {
    /// Line.
    pub line: u64,
    /// First column.
    pub column: u64,
    /// Column after the last.
    pub end_column: u64,
}

/// A refusal: a function of question, policies, contract and time, never of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The code.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be allowed instead.
    pub help: Option<String>,
    /// The nearest statement that is allowed.
    pub instead: Option<String>,
    /// Whose rule it is.
    pub party: Option<PartyId>,
    /// The table.
    pub table: Option<TableName>,
    /// The column.
    pub column: Option<String>,
    /// The deciding line.
    pub rule: Option<RuleSpan>,
    /// Where in the statement.
    pub span: Option<SqlSpan>,
}

impl Denial {
    /// A refusal with its code and sentence alone.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
            instead: None,
            party: None,
            table: None,
            column: None,
            rule: None,
            span: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_listed_in_order() {
        assert!(Code::ALL.is_sorted());
        assert_eq!(Code::ALL.len(), 25);
        assert!(
            Code::ALL
                .iter()
                .all(|code| Code::parse(code.as_str()) == Some(*code))
        );
    }
}
