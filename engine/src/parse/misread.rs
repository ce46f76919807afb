//! What is read otherwise than it is written: the answer would be that of another question.
//!
//! The parser takes all that follows `IS DISTINCT FROM`, AND and OR too, for what is compared. The planner has one column for both that
//! USING and NATURAL name, which in an outer join may be the one of the side that is missing.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Join, JoinConstraint, JoinOperator, Select, SelectItem, Statement,
    TableFactor, TableWithJoins, Visit, Visitor,
};
use policy::denial::{Code, Denial};

use crate::refusal::Refusal;

/// Refuses a statement with something that is read otherwise.
///
/// # Errors
/// `E_STMT`.
pub(super) fn check(statement: &Statement) -> Result<(), Refusal> {
    let ControlFlow::Break((what, help)) = statement.visit(&mut Misread) else {
        return Ok(());
    };
    let mut denial = Denial::new(Code::Stmt, format!("{what} would be read otherwise"));
    denial.help = Some(help.to_owned());
    Err(Refusal::Denied(Box::new(denial)))
}

struct Misread;

/// What it is, and what to write instead.
type Found = (&'static str, &'static str);

impl Visitor for Misread {
    type Break = Found;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Found> {
        match expr {
            Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right)
                if is_logic(right) =>
            {
                ControlFlow::Break((
                    "AND or OR behind IS DISTINCT FROM",
                    "put brackets around the comparison: (a IS DISTINCT FROM b) AND …",
                ))
            }
            _other => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Found> {
        let mut joins = Vec::new();
        select
            .from
            .iter()
            .for_each(|from| collect(from, &mut joins));
        let named: Vec<&&Join> = joins.iter().filter(|join| is_named(join)).collect();
        let alone = named.len() < 2 && !select.projection.iter().any(is_wildcard);
        let outer = named.iter().any(|join| match &join.join_operator {
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                !alone || matches!(constraint, JoinConstraint::Natural)
            }
            other => is_outer(other),
        });
        if outer {
            return ControlFlow::Break((
                "the key of an outer join with USING or NATURAL",
                "write ON a.key = b.key, and name the side whose key is meant",
            ));
        }
        ControlFlow::Continue(())
    }
}

fn is_logic(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::BinaryOp {
            op: BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Xor,
            ..
        }
    )
}

fn is_wildcard(item: &SelectItem) -> bool {
    matches!(item, SelectItem::Wildcard(_))
}

/// All joins of a FROM, those in brackets too.
fn collect<'s>(from: &'s TableWithJoins, joins: &mut Vec<&'s Join>) {
    let factors = std::iter::once(&from.relation);
    let factors = factors.chain(from.joins.iter().map(|join| &join.relation));
    for factor in factors {
        if let TableFactor::NestedJoin {
            table_with_joins, ..
        } = factor
        {
            collect(table_with_joins, joins);
        }
    }
    joins.extend(&from.joins);
}

/// Whether its key is a name of both sides.
fn is_named(join: &Join) -> bool {
    let constraint = match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::Semi(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::Anti(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint)
        | JoinOperator::StraightJoin(constraint)
        | JoinOperator::AsOf { constraint, .. } => constraint,
        JoinOperator::CrossApply
        | JoinOperator::OuterApply
        | JoinOperator::ArrayJoin
        | JoinOperator::LeftArrayJoin
        | JoinOperator::InnerArrayJoin => return false,
    };
    matches!(
        constraint,
        JoinConstraint::Using(_) | JoinConstraint::Natural
    )
}

/// Whether rows of the right may stand without one of the left, whose key the name is.
fn is_outer(operator: &JoinOperator) -> bool {
    match operator {
        JoinOperator::Right(_)
        | JoinOperator::RightOuter(_)
        | JoinOperator::FullOuter(_)
        | JoinOperator::OuterApply
        | JoinOperator::StraightJoin(_)
        | JoinOperator::AsOf { .. }
        | JoinOperator::LeftArrayJoin => true,
        JoinOperator::Join(_)
        | JoinOperator::Inner(_)
        | JoinOperator::Left(_)
        | JoinOperator::LeftOuter(_)
        | JoinOperator::CrossJoin(_)
        | JoinOperator::CrossApply
        | JoinOperator::Semi(_)
        | JoinOperator::LeftSemi(_)
        | JoinOperator::RightSemi(_)
        | JoinOperator::Anti(_)
        | JoinOperator::LeftAnti(_)
        | JoinOperator::RightAnti(_)
        | JoinOperator::ArrayJoin
        | JoinOperator::InnerArrayJoin => false,
    }
}
