//! What a refusal itself offers for a condition or key, put in its place.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, SelectItem, SetExpr, Spanned, Statement, Visit, VisitMut, Visitor,
    VisitorMut,
};
use policy::denial::{Denial, SqlSpan};

use super::edit::covers;
use crate::parse;

/// The statement with each piece of SQL that the refusal offers, in the place of each expression that it points into.
pub(super) fn put_in(statement: &Statement, denial: &Denial) -> Vec<Statement> {
    let (Some(at), Some(help)) = (denial.span, &denial.help) else {
        return Vec::new();
    };
    let mut pointed = Pointed {
        at,
        found: Vec::new(),
    };
    let _ = statement.visit(&mut pointed);
    let pieces: Vec<Expr> = help
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(parsed)
        .collect();
    let with = |refused: &Expr, piece: &Expr| {
        let mut changed = statement.clone();
        let _ = VisitMut::visit(&mut changed, &mut InPlace { refused, piece });
        changed
    };
    if pieces.iter().any(is_condition) {
        pointed.found.reverse();
    }
    let each = pointed
        .found
        .iter()
        .flat_map(|refused| pieces.iter().map(move |piece| with(refused, piece)));
    each.collect()
}

/// A condition stands in the place of the narrowest one around the place; anything else in that of the widest expression.
fn is_condition(piece: &Expr) -> bool {
    matches!(piece, Expr::BinaryOp { op, .. } if !matches!(op, BinaryOperator::Multiply))
        || matches!(piece, Expr::InList { .. })
}

/// A piece of SQL as an expression.
fn parsed(piece: &str) -> Option<Expr> {
    let Ok(parse::Statement::Query(statement)) = parse::statement(&format!("SELECT {piece}"))
    else {
        return None;
    };
    let DfStatement::Statement(statement) = *statement else {
        return None;
    };
    let Statement::Query(query) = *statement else {
        return None;
    };
    let SetExpr::Select(select) = *query.body else {
        return None;
    };
    match select.projection.into_iter().next()? {
        SelectItem::UnnamedExpr(expr) => Some(expr),
        SelectItem::ExprWithAlias { .. }
        | SelectItem::ExprWithAliases { .. }
        | SelectItem::QualifiedWildcard(..)
        | SelectItem::Wildcard(_) => None,
    }
}

/// The expressions that a place is in, the widest first.
struct Pointed {
    at: SqlSpan,
    found: Vec<Expr>,
}

impl Visitor for Pointed {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if covers(expr.span(), self.at) {
            self.found.push(expr.clone());
        }
        ControlFlow::Continue(())
    }
}

/// Puts one expression wherever another stands.
struct InPlace<'e> {
    refused: &'e Expr,
    piece: &'e Expr,
}

impl VisitorMut for InPlace<'_> {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if expr == self.refused {
            expr.clone_from(self.piece);
        }
        ControlFlow::Continue(())
    }
}
