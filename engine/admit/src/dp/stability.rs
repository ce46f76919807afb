//! Node by node: does the invariant hold above, where it holds below?

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_common::{Column, DFSchema};
use datafusion_expr::{Distinct, Expr, LogicalPlan, TableScan};

use super::shape::{Known, Shape, Stable, unbounded};
use super::{columns, joins, merged, union, windows};
use crate::conjunct::conjuncts;
use crate::request::Policies;

/// Looks at one question's plan.
#[derive(Debug)]
pub(super) struct Prover<'a> {
    pub(super) policies: &'a Policies,
    /// Rows of one entity that count in a group.
    pub(super) rows: u32,
    next: usize,
    /// Public relations that protected rows were joined with.
    pub(super) lists: Vec<LogicalPlan>,
    /// By party, the type in which its entities are spelt.
    spelt: BTreeMap<u8, DataType>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(policies: &'a Policies, rows: u32) -> Self {
        Self {
            policies,
            rows,
            next: 0,
            lists: Vec::new(),
            spelt: BTreeMap::new(),
        }
    }

    /// A number that nothing has yet.
    pub(super) fn fresh(&mut self) -> usize {
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// A scan whose entities are spelt as in every other of their party.
    fn scan(&mut self, node: &TableScan) -> Stable {
        if let Some((party, kind)) = columns::spelling(node, self.policies) {
            let known = self.spelt.entry(party).or_insert_with(|| kind.clone());
            if *known != kind {
                return unbounded(
                    "two tables of a party spell its people in different types: one person would be two",
                    "their owner must seal both columns in one type",
                );
            }
        }
        let number = self.fresh();
        columns::scan(node, self.policies, number)
    }

    /// What is known of a plan's rows.
    pub(super) fn of(&mut self, plan: &LogicalPlan) -> Stable {
        if !is_of_its_row(plan) {
            return unbounded(
                "this depends on more than a row at a time",
                "write joins in place of subqueries inside expressions",
            );
        }
        match plan {
            LogicalPlan::TableScan(node) => self.scan(node),
            LogicalPlan::Projection(node) => {
                let shape = self.of(&node.input)?;
                Ok(columns::projected(shape, &node.expr, node.input.schema()))
            }
            LogicalPlan::Filter(node) => {
                let mut shape = self.of(&node.input)?;
                equate_all(&mut shape, &node.predicate, node.input.schema());
                unlist(&mut shape, &node.predicate, node.input.schema());
                Ok(shape)
            }
            LogicalPlan::SubqueryAlias(node) => self.of(&node.input),
            LogicalPlan::Join(node) => joins::join(self, node),
            LogicalPlan::Aggregate(node) => {
                merged::grouped(self, &node.input, &node.group_expr, &node.aggr_expr)
            }
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let keys: Vec<Expr> = input
                    .schema()
                    .columns()
                    .into_iter()
                    .map(Expr::Column)
                    .collect();
                merged::grouped(self, input, &keys, &[])
            }
            LogicalPlan::Window(node) => windows::window(self, node),
            LogicalPlan::Union(node) => union::union(self, &node.inputs),
            LogicalPlan::Values(_) | LogicalPlan::EmptyRelation(_) => {
                let width = plan.schema().fields().len();
                Ok(Shape::public(vec![Known::default(); width]))
            }
            LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Distinct(Distinct::On(_)) => unbounded(
                "which rows come first depends on all of them",
                "let ORDER BY and LIMIT stand above the outermost aggregate",
            ),
            LogicalPlan::Subquery(_)
            | LogicalPlan::RecursiveQuery(_)
            | LogicalPlan::Unnest(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_) => unbounded(
                "nothing is proved of this form of question",
                "write it with joins, groups and unions",
            ),
        }
    }
}

/// Whether a node's expressions are functions of the row: no subqueries, no randomness.
fn is_of_its_row(plan: &LogicalPlan) -> bool {
    plan.expressions().iter().all(|expr| {
        let mut pure = true;
        let visited = expr.apply(|e| {
            pure &= is_pure(e);
            Ok(TreeNodeRecursion::Continue)
        });
        visited.is_ok() && pure && !expr.is_volatile()
    })
}

/// Whether a kind of expression looks at its row alone, or at the group or frame that its node gives it.
#[expect(deprecated, reason = "every kind is decided about")]
fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(_)
        | Expr::Column(_)
        | Expr::Literal(_, _)
        | Expr::BinaryExpr(_)
        | Expr::Like(_)
        | Expr::SimilarTo(_)
        | Expr::Not(_)
        | Expr::IsNotNull(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Negative(_)
        | Expr::Between(_)
        | Expr::Case(_)
        | Expr::Cast(_)
        | Expr::TryCast(_)
        | Expr::InList(_)
        | Expr::ScalarFunction(_)
        | Expr::AggregateFunction(_)
        | Expr::WindowFunction(_)
        | Expr::GroupingSet(_) => true,
        Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::SetComparison(_)
        | Expr::ScalarSubquery(_)
        | Expr::OuterReferenceColumn(_, _)
        | Expr::Placeholder(_)
        | Expr::ScalarVariable(_, _)
        | Expr::HigherOrderFunction(_)
        | Expr::Lambda(_)
        | Expr::LambdaVariable(_)
        | Expr::Wildcard { .. }
        | Expr::Unnest(_) => false,
    }
}

/// A list of which a condition leaves some out is not the list of what is asked.
fn unlist(shape: &mut Shape, predicate: &Expr, schema: &DFSchema) {
    let columns = predicate.column_refs().into_iter();
    let lists = columns.filter_map(|column| shape.at(column, schema)?.1.listed);
    let lists: Vec<usize> = lists.map(|(list, _)| list).collect();
    for known in &mut shape.cols {
        known.listed = known.listed.filter(|(list, _)| !lists.contains(list));
    }
}

/// `column = column`, both as they stand: a cast may bring two names to one.
pub(super) fn equality(expr: &Expr) -> Option<(&Column, &Column)> {
    match expr {
        Expr::BinaryExpr(binary) if binary.op == datafusion_expr::Operator::Eq => {
            match (binary.left.as_ref(), binary.right.as_ref()) {
                (Expr::Column(left), Expr::Column(right)) => Some((left, right)),
                _computed => None,
            }
        }
        _other => None,
    }
}

/// What a condition that holds of every row equates, and fills.
pub(super) fn equate_all(shape: &mut Shape, predicate: &Expr, schema: &DFSchema) {
    let mut all = Vec::new();
    conjuncts(predicate, &mut all);
    for expr in &all {
        if let Expr::IsNotNull(column) = expr
            && let Some((at, _)) = shape.bare(column, schema)
            && let Some(known) = shape.cols.get_mut(at)
        {
            known.filled = true;
        }
    }
    for (left, right) in all.iter().filter_map(equality) {
        if let (Some((a, _)), Some((b, _))) = (shape.at(left, schema), shape.at(right, schema)) {
            shape.equate(a, b);
        }
    }
}
