//! One change at one place of a statement.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Query, Select, SetExpr, Spanned, Statement, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::tokenizer::{Location, Span};
use policy::denial::SqlSpan;

use super::{items, materialized, parts, release};

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// Leaves out LIMIT, ORDER BY and DISTINCT ON of a query inside.
    Unlimited,
    /// Makes an outer join an inner one.
    InnerJoin,
    /// Asks for those who are there instead of those who are not.
    Present,
    /// Makes a comparison one that more rows cannot undo.
    AtLeast,
    /// Leaves out a condition.
    LeaveCondition,
    /// Leaves out a column of an answer, with its group.
    LeaveItem,
    /// Groups by all columns instead of by sets of them.
    PlainGroups,
    /// A mean instead of a value of somebody's.
    Mean,
    /// A count instead of another aggregate or window.
    CountInstead,
    /// A query inside is a release of its own.
    Released,
    /// Counts rows by the columns that were asked for.
    Counted,
    /// Counts rows.
    CountedAlone,
}

/// The statement with one such change, at every place where there is room for it; only where the refusal points to, if it points to one.
pub(super) fn edited(statement: &Statement, edit: Edit, at: Option<SqlSpan>) -> Vec<Statement> {
    let mut found = Places::of(edit, None);
    let _ = statement.clone().visit(&mut found);
    let within: Vec<bool> = found
        .spans
        .iter()
        .map(|span| at.is_some_and(|at| covers(*span, at)))
        .collect();
    let some = within.contains(&true);
    let places = within
        .iter()
        .enumerate()
        .filter(|(_, within)| **within || !some);
    let change = |(place, _): (usize, &bool)| {
        let mut changed = statement.clone();
        let _ = changed.visit(&mut Places::of(edit, Some(place)));
        changed
    };
    places.map(change).collect()
}

/// Whether a place in the statement holds another.
pub(super) fn covers(span: Span, at: SqlSpan) -> bool {
    let start = Location {
        line: at.line,
        column: at.column,
    };
    let end = Location {
        line: at.line,
        column: at.end_column,
    };
    span.start <= start && span.end >= end
}

/// Goes through a statement, and either finds the places where a change could be made or makes it at one of them.
pub(super) struct Places {
    edit: Edit,
    wanted: Option<usize>,
    spans: Vec<Span>,
    depth: usize,
}

impl Places {
    fn of(edit: Edit, wanted: Option<usize>) -> Self {
        Self {
            edit,
            wanted,
            spans: Vec::new(),
            depth: 0,
        }
    }

    /// Notes a place; true if the change is to be made here.
    pub(super) fn here(&mut self, span: Span) -> bool {
        self.spans.push(span);
        self.wanted
            .is_some_and(|wanted| wanted + 1 == self.spans.len())
    }

    fn query(&mut self, query: &mut Query) {
        match self.edit {
            Edit::Unlimited if self.depth > 1 => parts::unlimited(self, query),
            Edit::LeaveItem => items::left_out(self, query),
            Edit::Released if self.depth == 1 => materialized::released(self, query),
            Edit::Counted | Edit::CountedAlone if self.depth == 1 => {
                release::counted(self, query, self.edit == Edit::Counted);
            }
            Edit::Unlimited
            | Edit::InnerJoin
            | Edit::Present
            | Edit::AtLeast
            | Edit::LeaveCondition
            | Edit::PlainGroups
            | Edit::Mean
            | Edit::CountInstead
            | Edit::Released
            | Edit::Counted
            | Edit::CountedAlone => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        match self.edit {
            Edit::InnerJoin => parts::inner_joins(self, select),
            Edit::LeaveCondition => parts::conditions(self, select),
            Edit::PlainGroups => items::plain_groups(self, select),
            Edit::Unlimited
            | Edit::Present
            | Edit::AtLeast
            | Edit::LeaveItem
            | Edit::Mean
            | Edit::CountInstead
            | Edit::Released
            | Edit::Counted
            | Edit::CountedAlone => {}
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        match self.edit {
            Edit::Present => parts::present(self, expr),
            Edit::AtLeast => parts::at_least(self, expr),
            Edit::Mean => release::mean(self, expr),
            Edit::CountInstead => release::count_instead(self, expr),
            Edit::Unlimited
            | Edit::InnerJoin
            | Edit::LeaveCondition
            | Edit::LeaveItem
            | Edit::PlainGroups
            | Edit::Released
            | Edit::Counted
            | Edit::CountedAlone => {}
        }
    }
}

impl VisitorMut for Places {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_add(1);
        self.query(query);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &mut Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_sub(1);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        self.select(select);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        self.expr(expr);
        ControlFlow::Continue(())
    }
}

/// The one SELECT that a query is.
pub(super) fn only_select(query: &mut Query) -> Option<&mut Select> {
    match query.body.as_mut() {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(_)
        | SetExpr::SetOperation { .. }
        | SetExpr::Values(_)
        | SetExpr::Insert(_)
        | SetExpr::Update(_)
        | SetExpr::Delete(_)
        | SetExpr::Merge(_)
        | SetExpr::Table(_) => None,
    }
}

/// Where an expression stands.
pub(super) fn place(expr: &Expr) -> Span {
    expr.span()
}
