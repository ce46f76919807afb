//! A query inside becomes a release of its own: what it says leaves first, and everything is allowed above it.

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    Cte, CteAsMaterialized, Query, Spanned, Statement as SqlStatement, TableFactor, With,
};

use super::edit::{Places, only_select};
use crate::parse::{self, Statement};

/// Marks a common table of the outermost query, or makes one of a query in its FROM.
pub(super) fn released(places: &mut Places, query: &mut Query) {
    for cte in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
        if cte.materialized.is_none() && places.here(cte.query.span()) {
            cte.materialized = Some(CteAsMaterialized::Materialized);
        }
    }
    if let Some(made) = moved(places, query) {
        match &mut query.with {
            Some(with) => with.cte_tables.extend(made.cte_tables),
            none => *none = Some(made),
        }
    }
}

/// The first query in FROM whose turn it is, taken out; its name stays in its place.
fn moved(places: &mut Places, query: &mut Query) -> Option<With> {
    let select = only_select(query)?;
    let factors = select.from.iter_mut().flat_map(|from| {
        let joined = from.joins.iter_mut().map(|join| &mut join.relation);
        std::iter::once(&mut from.relation).chain(joined)
    });
    for factor in factors {
        let span = factor.span();
        let TableFactor::Derived {
            subquery,
            alias: Some(alias),
            lateral: false,
            sample: None,
        } = factor
        else {
            continue;
        };
        if alias.columns.is_empty() && places.here(span) {
            let name = alias.name.to_string();
            let (with, table) = template(&name)?;
            let mut with = with;
            with.cte_tables
                .iter_mut()
                .for_each(|cte: &mut Cte| cte.query.clone_from(subquery));
            *factor = table;
            return Some(with);
        }
    }
    None
}

/// `WITH name AS MATERIALIZED (…)` and the `name` that stands for it.
fn template(name: &str) -> Option<(With, TableFactor)> {
    let sql = format!("WITH {name} AS MATERIALIZED (SELECT 1) SELECT * FROM {name}");
    let Ok(Statement::Query(statement)) = parse::statement(&sql) else {
        return None;
    };
    let DfStatement::Statement(statement) = *statement else {
        return None;
    };
    let SqlStatement::Query(mut query) = *statement else {
        return None;
    };
    let table = only_select(&mut query)?.from.first()?.relation.clone();
    Some((query.with?, table))
}
