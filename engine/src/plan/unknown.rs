//! Binding errors as the asker sees them: unknown and hidden names alike.

use datafusion::common::{DataFusionError, SchemaError};
use policy::denial::{Code, Denial, SqlSpan};

use crate::refusal::Refusal;

/// The refusal for a statement that does not bind. Binding reads no data, so its messages hold none.
pub(super) fn refusal(error: &DataFusionError) -> Refusal {
    let span = span_of(error);
    let root = error.find_root();
    let text = root.strip_backtrace();
    let said = text
        .trim_start_matches("Error during planning: ")
        .trim_start_matches("Schema error: ")
        .trim_start_matches("This feature is not implemented: ")
        .to_owned();
    match root {
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, .. } => {
                unknown(format!("unknown column {}", field.flat_name()), span)
            }
            SchemaError::AmbiguousReference { .. }
            | SchemaError::DuplicateQualifiedField { .. }
            | SchemaError::DuplicateUnqualifiedField { .. } => Refusal::Invalid {
                message: said,
                span,
            },
        },
        _other if let Some(column) = ungrouped(&said) => Refusal::Invalid {
            message: format!(
                "{column} is neither grouped nor aggregated; add it to GROUP BY, or aggregate it"
            ),
            span,
        },
        _other if let Some(function) = mistyped(&said) => Refusal::Invalid {
            message: format!("{function} does not take a value of this type"),
            span,
        },
        _other if is_unknown_name(&said) => unknown(first_sentence(&said), span),
        _other => Refusal::Invalid {
            message: said,
            span,
        },
    }
}

/// The column of which the planner says that GROUP BY lacks it.
fn ungrouped(said: &str) -> Option<&str> {
    let named = said.split('"').nth(1)?;
    said.contains("must appear in the GROUP BY clause")
        .then(|| named.rsplit('.').next().unwrap_or(named))
}

/// The function of which the planner says that it has no form for such arguments.
fn mistyped(said: &str) -> Option<&str> {
    let named = said.split("Function '").nth(1)?.split('\'').next()?;
    said.contains("failed to match any signature")
        .then_some(named)
}

fn is_unknown_name(said: &str) -> bool {
    let lower = said.to_lowercase();
    lower.starts_with("table '") && lower.contains("not found")
        || lower.starts_with("invalid function")
        || lower.starts_with("table function")
        || lower.contains("no function matches the given name")
        || lower.starts_with("failed to resolve schema")
        || lower.contains("schema not found")
        || lower.contains("catalog not found")
        || (lower.starts_with("invalid qualifier") || lower.starts_with("unknown"))
}

/// What the engine's parser suggests is kept to the first sentence.
fn first_sentence(said: &str) -> String {
    said.lines()
        .next()
        .unwrap_or(said)
        .replace("table 'subrosa.", "table '")
}

fn unknown(message: String, span: Option<SqlSpan>) -> Refusal {
    let mut denial = Denial::new(Code::Unknown, message);
    denial.span = span;
    denial.help = Some("SHOW TABLES and DESCRIBE party.table list what you may ask".to_owned());
    Refusal::Denied(Box::new(denial))
}

fn span_of(error: &DataFusionError) -> Option<SqlSpan> {
    let diagnostic = error.diagnostic()?;
    let span = diagnostic.span?;
    Some(SqlSpan {
        line: span.start.line,
        column: span.start.column,
        end_column: span.end.column,
    })
}
