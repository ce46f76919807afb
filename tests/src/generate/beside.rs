//! Rows with other columns than before: projections and windows.

use crate::oracle::expression::Expr;
use crate::oracle::plan::{Function, Plan};
use crate::oracle::value::Kind;

use super::question::{Asker, counted, plain};
use super::shape::{Rows, Shape, negation};

impl Asker<'_> {
    pub(super) fn project(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        let mut places: Vec<usize> = (0..rows.columns.len()).collect();
        self.random.shuffle(&mut places);
        let mut columns: Vec<Shape> = places.iter().map(|at| rows.columns[*at].clone()).collect();
        let mut exprs: Vec<Expr> = places.iter().map(|at| Expr::Column(*at)).collect();
        if self.random.percent(50)
            && let Some(computed) = self.measure(&rows.columns, 1)
        {
            let kinds: Vec<Kind> = rows.columns.iter().map(|shape| shape.kind).collect();
            let mut shape = counted(
                &rows.parties,
                rows.columns.iter().any(|shape| shape.crowded),
            );
            (shape.kind, shape.filter, shape.dimension) = (computed.kind(&kinds), None, None);
            exprs.push(computed);
            columns.push(shape);
        }
        let unique = rows
            .unique
            .and_then(|old| places.iter().position(|at| *at == old));
        let plan = Plan::Project {
            input: Box::new(rows.plan),
            columns: exprs,
        };
        Rows {
            plan,
            columns,
            parties: rows.parties,
            unique,
        }
    }

    pub(super) fn window(&mut self, depth: usize) -> Rows {
        let rows = self.rows(depth - 1);
        let covers = |at: &usize| rows.parties.is_subset(&rows.columns[*at].units);
        let usable: Vec<usize> = (0..rows.columns.len()).filter(covers).collect();
        let Some(first) = (!usable.is_empty()).then(|| *self.random.pick(&usable)) else {
            return rows;
        };
        let several = rows.columns[first].parties.len() > 1;
        if several && !negation(self.world, &rows.parties) {
            return rows;
        }
        let mut partition = vec![first];
        let others: Vec<usize> = (0..rows.columns.len())
            .filter(|at| *at != first && rows.columns[*at].groups())
            .collect();
        if !others.is_empty() && self.random.percent(30) {
            partition.push(*self.random.pick(&others));
        }
        let measures: Vec<usize> = (0..rows.columns.len())
            .filter(|at| rows.columns[*at].degree == Some(1))
            .collect();
        let mut frame = self.frame(&rows.plan, &rows.columns, &partition);
        let mut columns = rows.columns;
        let (aggregate, shape) = if measures.is_empty() || self.random.percent(60) {
            (plain(Function::Rows, None), counted(&rows.parties, false))
        } else {
            let at = *self.random.pick(&measures);
            let mut function =
                *self
                    .random
                    .pick(&[Function::Sum, Function::Min, Function::Max, Function::Count]);
            if let Some(shift) = self.shift(&rows.plan, frame.as_mut()) {
                function = shift;
            }
            let shape = match function {
                Function::Count => counted(&rows.parties, false),
                _ => columns[at].clone(),
            };
            (plain(function, Some(Expr::Column(at))), shape)
        };
        columns.push(shape);
        let plan = Plan::Window {
            input: Box::new(rows.plan),
            aggregate,
            partition,
            frame,
        };
        Rows {
            plan,
            columns,
            parties: rows.parties,
            unique: rows.unique,
        }
    }
}
