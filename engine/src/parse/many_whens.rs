//! A CASE of hundreds of WHENs.
//!
//! Each WHEN is an arm whose people are followed, and each of them holds where none before it did: what admission does grows
//! with their square. Whoever maps that many values has a list of them, and can join it.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Statement, Visit, Visitor};
use policy::denial::{Code, Denial};

use crate::refusal::Refusal;

/// The most WHENs of one CASE.
const MOST: usize = 100;

/// Refuses a statement with a longer CASE.
///
/// # Errors
/// `E_COST`.
pub(super) fn check(statement: &Statement) -> Result<(), Refusal> {
    if statement.visit(&mut Whens).is_continue() {
        return Ok(());
    }
    let message = format!("a CASE of more than {MOST} WHENs takes too long to judge");
    let mut denial = Denial::new(Code::Cost, message);
    denial.help =
        Some("join a list instead: JOIN (VALUES ('a', 1), ('b', 2), …) AS v(x, y)".to_owned());
    Err(Refusal::Denied(Box::new(denial)))
}

struct Whens;

impl Visitor for Whens {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Case { conditions, .. } if conditions.len() > MOST => ControlFlow::Break(()),
            _shorter => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn is_refused(whens: usize) -> bool {
        let when = |n| format!("WHEN x = {n} THEN {n} ");
        let whens: String = (0..whens).map(when).collect();
        let sql = format!("SELECT 1 FROM t WHERE y IN (SELECT CASE {whens} END FROM u)");
        let statements = Parser::parse_sql(&GenericDialect {}, &sql).unwrap();
        check(&statements[0]).is_err()
    }

    #[test]
    fn a_long_case_is_refused_wherever_it_stands() {
        assert!(!is_refused(MOST));
        assert!(is_refused(MOST + 1));
    }
}
