//! Clauses that the parser knows and the planner passes over in silence.
//!
//! `TABLESAMPLE`, `PREWHERE`, `CONNECT BY`, `WITH ROLLUP`, … parse, for other databases have them, and then nothing comes of them: the
//! answer would be that of another question. So would a placeholder that nobody fills.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, LimitClause, Query, Select, SetExpr, SetOperator, SetQuantifier, Statement,
    TableFactor, Value, Visit, Visitor,
};
use policy::denial::{Code, Denial};

use crate::refusal::Refusal;

/// Refuses a statement with such a clause.
///
/// # Errors
/// `E_STMT`, `E_GROUPING_SETS`, `E_LIMIT`.
pub(super) fn check(statement: &Statement) -> Result<(), Refusal> {
    let ControlFlow::Break((code, clause)) = statement.visit(&mut Ignored) else {
        return Ok(());
    };
    let message = format!("{clause} is not available");
    let mut denial = Denial::new(code, message);
    let help = if clause == ESCAPE {
        "write a pattern that needs none: _ stands for any character, its own too"
    } else {
        "nothing would come of it; leave it out"
    };
    denial.help = Some(help.to_owned());
    Err(Refusal::Denied(Box::new(denial)))
}

/// Not passed over, but nothing that could be run comes of it.
const ESCAPE: &str = "ESCAPE";

struct Ignored;

/// The code and name of a clause.
type Found = (Code, &'static str);

impl Visitor for Ignored {
    type Break = Found;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Found> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        first([
            (!query.locks.is_empty(), "FOR UPDATE"),
            (query.for_clause.is_some(), "FOR XML, JSON or BROWSE"),
            (query.settings.is_some(), "SETTINGS"),
            (query.format_clause.is_some(), "FORMAT"),
            (counts_copies(&query.body), "ALL of EXCEPT or INTERSECT"),
            (
                ctes.into_iter().any(|cte| cte.from.is_some()),
                "WITH … FROM",
            ),
        ])
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Found> {
        if matches!(&select.group_by, GroupByExpr::Expressions(_, more) | GroupByExpr::All(more) if !more.is_empty())
        {
            return ControlFlow::Break((Code::GroupingSets, "GROUP BY … WITH"));
        }
        first([
            (!select.optimizer_hints.is_empty(), "a hint"),
            (select.select_modifiers.is_some(), "a modifier of SELECT"),
            (select.top.is_some(), "TOP"),
            (select.into.is_some(), "INTO"),
            (!select.lateral_views.is_empty(), "LATERAL VIEW"),
            (select.prewhere.is_some(), "PREWHERE"),
            (!select.connect_by.is_empty(), "CONNECT BY"),
            (!select.cluster_by.is_empty(), "CLUSTER BY"),
            (!select.distribute_by.is_empty(), "DISTRIBUTE BY"),
            (!select.sort_by.is_empty(), "SORT BY"),
            (select.value_table_mode.is_some(), "AS STRUCT or AS VALUE"),
        ])
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Found> {
        match factor {
            TableFactor::Table {
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
                ..
            } => first([
                (!with_hints.is_empty() || !index_hints.is_empty(), "a hint"),
                (version.is_some(), "a version of a table"),
                (*with_ordinality, "WITH ORDINALITY"),
                (!partitions.is_empty(), "PARTITION of a table"),
                (json_path.is_some(), "a path into a table"),
                (sample.is_some(), "TABLESAMPLE"),
            ]),
            TableFactor::Derived { sample, .. } => first([(sample.is_some(), "TABLESAMPLE")]),
            _other => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Found> {
        match expr {
            Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => {
                ControlFlow::Break((Code::Stmt, "a placeholder"))
            }
            Expr::Exists { subquery, .. } if skips(subquery) => {
                ControlFlow::Break((Code::Limit, "OFFSET within EXISTS"))
            }
            Expr::Like { escape_char, .. }
            | Expr::ILike { escape_char, .. }
            | Expr::SimilarTo { escape_char, .. }
                if escape_char.is_some() =>
            {
                ControlFlow::Break((Code::Stmt, ESCAPE))
            }
            _other => ControlFlow::Continue(()),
        }
    }
}

/// Whether rows that are the same are to be told apart by how many there are, which the plan of EXCEPT and INTERSECT does not.
fn counts_copies(body: &SetExpr) -> bool {
    match body {
        SetExpr::SetOperation {
            op,
            set_quantifier,
            left,
            right,
        } => {
            let copies = matches!(
                set_quantifier,
                SetQuantifier::All | SetQuantifier::AllByName
            );
            let own = copies && *op != SetOperator::Union;
            own || counts_copies(left) || counts_copies(right)
        }
        // A query in brackets is visited by itself.
        SetExpr::Query(_)
        | SetExpr::Select(_)
        | SetExpr::Values(_)
        | SetExpr::Table(_)
        | SetExpr::Insert(_)
        | SetExpr::Update(_)
        | SetExpr::Delete(_)
        | SetExpr::Merge(_) => false,
    }
}

/// Whether rows of a query are left out at its beginning.
fn skips(query: &Query) -> bool {
    match &query.limit_clause {
        Some(LimitClause::LimitOffset { offset, .. }) => offset.is_some(),
        Some(LimitClause::OffsetCommaLimit { .. }) => true,
        None => false,
    }
}

/// The first clause that is there.
fn first<const N: usize>(clauses: [(bool, &'static str); N]) -> ControlFlow<Found> {
    match clauses.into_iter().find(|(there, _)| *there) {
        Some((_, clause)) => ControlFlow::Break((Code::Stmt, clause)),
        None => ControlFlow::Continue(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn is_refused(sql: &str) -> bool {
        let statements = Parser::parse_sql(&GenericDialect {}, sql).unwrap();
        check(&statements[0]).is_err()
    }

    #[test]
    fn nothing_is_passed_over() {
        for sql in [
            "SELECT avg(n) FROM t PREWHERE n > 1",
            "SELECT avg(n) FROM t TABLESAMPLE (10 PERCENT)",
            "SELECT avg(n) FROM (SELECT * FROM t FOR UPDATE) x",
            "SELECT a, avg(n) FROM t GROUP BY a WITH ROLLUP",
            "SELECT a, avg(n) FROM t GROUP BY a WITH TOTALS",
            "SELECT avg(n) FROM t START WITH n = 1 CONNECT BY n = m",
            "SELECT avg(n), :x FROM t",
            "SELECT avg(n) FROM t LIMIT $1",
            "SELECT a FROM t SORT BY a",
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u OFFSET 2)",
            "SELECT avg(n) FROM (SELECT n FROM t UNION SELECT n FROM u EXCEPT ALL SELECT n FROM v)",
            "SELECT n FROM t INTERSECT ALL SELECT n FROM u",
            "SELECT avg(n) FROM t WHERE a LIKE 'K#_' ESCAPE '#'",
            "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u LIMIT 3 OFFSET 2)",
            "SELECT avg(n) FROM t SETTINGS a = 1",
        ] {
            assert!(is_refused(sql), "{sql}");
        }
        assert!(!is_refused(
            "WITH x AS (SELECT a, count(*) AS n FROM t GROUP BY a) SELECT a FROM x WHERE n > 1 ORDER BY a LIMIT 3"
        ));
    }
}
