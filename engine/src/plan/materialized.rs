//! `WITH r AS MATERIALIZED (…)`: the asker says that `r` is what leaves, and what stands above it is computed from that.
//!
//! The planner forgets the word, so the subquery gets an alias that admission knows. An alias of that name in a question's
//! own text would do the same: it says where the release stands, and allows nothing.

use std::ops::ControlFlow;

use admit::MATERIALIZED;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    CteAsMaterialized, Query, SetExpr, TableFactor, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// The statement with marks around what it materializes.
pub(super) fn marked(mut statement: DfStatement) -> DfStatement {
    if let DfStatement::Statement(statement) = &mut statement {
        let _whole = statement.visit(&mut Marks(0));
    }
    statement
}

/// How many subqueries were marked.
struct Marks(usize);

impl VisitorMut for Marks {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        for cte in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            if cte.materialized == Some(CteAsMaterialized::Materialized)
                && let Some(whole) = around(&cte.query, self.0)
            {
                *cte.query = whole;
                self.0 = self.0.saturating_add(1);
            }
        }
        ControlFlow::Continue(())
    }
}

/// `SELECT * FROM (query) AS mark`.
fn around(query: &Query, number: usize) -> Option<Query> {
    let text = format!("SELECT * FROM (SELECT 1) AS \"{MATERIALIZED}{number}\"");
    let mut whole = Parser::new(&GenericDialect {})
        .try_with_sql(&text)
        .ok()?
        .parse_query()
        .ok()?;
    let SetExpr::Select(select) = whole.body.as_mut() else {
        return None;
    };
    let TableFactor::Derived { subquery, .. } = &mut select.from.first_mut()?.relation else {
        return None;
    };
    **subquery = query.clone();
    Some(*whole)
}
