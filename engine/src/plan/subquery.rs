//! Expression subqueries over other parties' rows: refused for what they are, whatever in them is
//! unknown. Correcting a name in one would only earn the next refusal.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    Expr, ObjectName, ObjectNamePart, Query, Spanned, visit_expressions, visit_relations,
};
use datafusion::sql::sqlparser::tokenizer::Span;
use policy::denial::{Code, Denial, SqlSpan};

use crate::refusal::Refusal;

/// Where the expression subqueries of a statement stand that read one of these tables.
pub(super) fn places(statement: &DfStatement, tables: &BTreeSet<String>) -> Vec<Span> {
    let DfStatement::Statement(statement) = statement else {
        return Vec::new();
    };
    let mut places = Vec::new();
    let _whole = visit_expressions(statement.as_ref(), |expr| {
        if let Expr::Subquery(query) = expr
            && reads(query, tables)
        {
            places.push(query.span());
        }
        ControlFlow::<()>::Continue(())
    });
    places
}

fn reads(query: &Query, tables: &BTreeSet<String>) -> bool {
    let found = visit_relations(query, |name| {
        if tables.contains(&written(name)) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    found.is_break()
}

/// A name as it is bound: bare words in lower case.
fn written(name: &ObjectName) -> String {
    let part = |part: &ObjectNamePart| match part {
        ObjectNamePart::Identifier(word) if word.quote_style.is_some() => word.value.clone(),
        ObjectNamePart::Identifier(word) => word.value.to_lowercase(),
        ObjectNamePart::Function(call) => call.name.value.clone(),
    };
    name.0.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The refusal, or the one of the subquery that the unknown name stands in.
pub(super) fn prefer(refusal: Refusal, places: &[Span]) -> Refusal {
    let Refusal::Denied(denial) = &refusal else {
        return refusal;
    };
    let inside = |place: &&Span| denial.span.is_some_and(|span| holds(place, span));
    match places.iter().find(inside) {
        Some(place) if denial.code == Code::Unknown => refused(*place),
        Some(_) | None => refusal,
    }
}

fn holds(place: &Span, span: SqlSpan) -> bool {
    let at = (span.line, span.column);
    (place.start.line, place.start.column) <= at && at <= (place.end.line, place.end.column)
}

fn refused(place: Span) -> Refusal {
    let mut denial = Denial::new(
        Code::Subquery,
        "an expression subquery over private data is not available",
    );
    denial.help = Some("join, and aggregate in the outermost SELECT".to_owned());
    denial.span = Some(SqlSpan {
        line: place.start.line,
        column: place.start.column,
        end_column: if place.end.line == place.start.line {
            place.end.column
        } else {
            place.start.column.saturating_add(1)
        },
    });
    Refusal::Denied(Box::new(denial))
}
