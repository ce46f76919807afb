//! Checks SQL fragments of a policy: one expression that reads its own row and nothing else.
//!
//! A row filter runs in the owner's own connector, but the policy is linted with no engine and no
//! network, and an error there should carry a caret like any other.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{BinaryOperator, Expr, Ident, visit_expressions};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};

use crate::document::{Placed, PolicySource};

/// Why a fragment is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Byte offset in the fragment, where known.
    pub offset: Option<usize>,
}

const HELP: &str = "write one SQL expression over the table's own columns";
const CHANGING: &[&str] = &[
    "now",
    "random",
    "rand",
    "uuid",
    "gen_random_uuid",
    "current_date",
    "current_time",
    "current_timestamp",
    "today",
];

/// Checks that a text is one expression over its own row.
///
/// # Errors
/// When it does not parse, something follows it, it asks another table, or changes by itself.
pub fn check_expression(text: &str) -> Result<(), SqlError> {
    let expression = parse(text)?;
    let found = visit_expressions(&expression, |part| match refuse(part) {
        Some(message) => ControlFlow::Break(message),
        None => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break(message) => Err(SqlError {
            message,
            help: HELP.to_owned(),
            offset: None,
        }),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// The columns an expression reads, folded as SQL folds them: lower case unless quoted.
///
/// # Errors
/// When it does not parse.
pub fn columns_read(text: &str) -> Result<BTreeSet<String>, SqlError> {
    let expression = parse(text)?;
    let mut columns = BTreeSet::new();
    let _: ControlFlow<()> = visit_expressions(&expression, |part| {
        match part {
            Expr::Identifier(name) => {
                columns.insert(folded(name));
            }
            Expr::CompoundIdentifier(path) => {
                columns.extend(path.last().map(folded));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    Ok(columns)
}

/// The parts of a name such as `table.column`, folded; `None` if the text is something else.
#[must_use]
pub fn names_of(text: &str) -> Option<Vec<String>> {
    path(&parse(text).ok()?)
}

/// The key and the column of `table.key = column`, either way round.
#[must_use]
pub fn key_equality(text: &str, table: &str) -> Option<(String, String)> {
    let Expr::BinaryOp { left, op, right } = parse(text).ok()? else {
        return None;
    };
    let sides = [path(&left)?, path(&right)?];
    let key_first = match (&op, sides) {
        (BinaryOperator::Eq, [a, b]) if a.len() == 2 => [a, b],
        (BinaryOperator::Eq, [a, b]) => [b, a],
        _ => return None,
    };
    match key_first.each_ref().map(Vec::as_slice) {
        [[named, key], [column]] if named == table => Some((key.clone(), column.clone())),
        _ => None,
    }
}

fn path(expression: &Expr) -> Option<Vec<String>> {
    match expression {
        Expr::Identifier(name) => Some(vec![folded(name)]),
        Expr::CompoundIdentifier(names) => Some(names.iter().map(folded).collect()),
        _ => None,
    }
}

fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() {
        name.value.clone()
    } else {
        name.value.to_lowercase()
    }
}

fn parse(text: &str) -> Result<Expr, SqlError> {
    let dialect = GenericDialect {};
    let wrong = |error: &ParserError| located(text, error);
    let mut parser = Parser::new(&dialect)
        .try_with_sql(text)
        .map_err(|e| wrong(&e))?;
    let expression = parser.parse_expr().map_err(|e| wrong(&e))?;
    let next = parser.peek_token();
    if next.token != sqlparser::tokenizer::Token::EOF {
        let at = next.span.start;
        return Err(SqlError {
            message: format!("`{next}` follows the end of the expression"),
            help: HELP.to_owned(),
            offset: offset(text, at.line, at.column),
        });
    }
    Ok(expression)
}

/// What an expression of a row may not be; other expressions are the connector's planner's matter,
/// which refuses what it does not know.
fn refuse(part: &Expr) -> Option<String> {
    match part {
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => {
            Some("a subquery: the expression may read its own row only".to_owned())
        }
        Expr::Function(call) => {
            let name = call.name.to_string().to_lowercase();
            if call.over.is_some() {
                return Some(format!("`{name}` with OVER reads other rows"));
            }
            CHANGING
                .contains(&name.as_str())
                .then(|| format!("`{name}` changes by itself"))
        }
        _ => None,
    }
}

fn located(text: &str, error: &ParserError) -> SqlError {
    let said = match error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.clone(),
        ParserError::RecursionLimitExceeded => "nested too deeply".to_owned(),
    };
    let (message, place) = match said.split_once(" at Line: ") {
        Some((message, place)) => (message.to_owned(), place.split_once(", Column: ")),
        None => (said, None),
    };
    let place = place.and_then(|(line, column)| {
        let column: String = column.chars().take_while(char::is_ascii_digit).collect();
        offset(text, line.parse().ok()?, column.parse().ok()?)
    });
    let offset = place.or(Some(text.len()));
    SqlError {
        message: format!("not SQL: {message}"),
        help: HELP.to_owned(),
        offset,
    }
}

fn offset(text: &str, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column.checked_sub(1)?).ok()?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let inner = rest
        .char_indices()
        .nth(column)
        .map_or(rest.len(), |(at, _)| at);
    start.checked_add(inner)
}

/// Where a byte of an SQL text in quotes lies in the file; the whole text where escapes hide it.
pub(crate) fn place_in_file(
    source: &PolicySource,
    text: &Placed<String>,
    offset: Option<usize>,
) -> Range<usize> {
    let raw = source.text.get(text.span.clone()).unwrap_or("");
    let start = raw
        .find(text.value.as_str())
        .and_then(|at| text.span.start.checked_add(at));
    match (start, offset) {
        (Some(start), Some(offset)) => {
            let at = start.saturating_add(offset);
            at..at.saturating_add(1)
        }
        _ => text.span.clone(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_predicate_is_one_expression() {
        check_expression("risk IS NULL OR risk <> 'vip'").unwrap();
        check_expression("ts >= TIMESTAMP '2025-01-01 00:00:00'").unwrap();
        check_expression("amount % 1000 = 0").unwrap();
        check_expression("CASE WHEN a IN ('x', 'y') THEN b BETWEEN 1 AND 2 ELSE c LIKE 'k%' END")
            .unwrap();
    }

    #[test]
    fn what_is_none_is_refused_with_its_place() {
        let error = check_expression("risk <> 'vip'; DROP TABLE x").unwrap_err();
        assert_eq!(error.message, "`;` follows the end of the expression");
        assert_eq!(error.offset, Some(13));
        let error = check_expression("risk <>").unwrap_err();
        assert_eq!(error.offset, Some(7));
        assert!(error.message.starts_with("not SQL: "), "{}", error.message);
        let error = check_expression("risk <> 'vip").unwrap_err();
        assert!(error.message.contains("nterminated"), "{}", error.message);
        assert!(check_expression("").is_err());
    }

    #[test]
    fn other_rows_and_the_clock_are_refused() {
        for text in [
            "id IN (SELECT id FROM other)",
            "EXISTS (SELECT 1)",
            "(SELECT 1) = 1",
            "x > (SELECT max(x) FROM t)",
            "ts > now()",
            "ROW_NUMBER() OVER (ORDER BY x) = 1",
        ] {
            assert!(check_expression(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_equal_to_a_column_either_way_round() {
        let found = Some(("account_id".to_owned(), "Acct".to_owned()));
        for text in [
            "accounts.account_id = \"Acct\"",
            "\"Acct\" = Accounts.account_id",
        ] {
            assert_eq!(key_equality(text, "accounts"), found, "{text}");
        }
        for text in [
            "a.k = b",
            "accounts.k > b",
            "accounts.k = a.b",
            "k = b",
            "accounts.k",
        ] {
            assert_eq!(key_equality(text, "accounts"), None, "{text}");
        }
        assert_eq!(
            names_of("Accounts.Id"),
            Some(vec!["accounts".to_owned(), "id".to_owned()])
        );
        assert_eq!(names_of("a + b"), None);
    }

    #[test]
    fn columns_fold_like_sql() {
        let columns = columns_read("Risk = 'a' AND \"Name\" IS NULL AND t.Code > 1").unwrap();
        assert_eq!(
            columns.into_iter().collect::<Vec<_>>(),
            ["Name", "code", "risk"]
        );
    }
}
