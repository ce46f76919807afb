//! `AGG(DISTINCT …)` as two levels of grouping.
//!
//! The stock form keeps one hash set a group, which is slow for many groups. `DataFusion`'s own rule
//! covers a single distinct argument only, and widens decimal sums so that the plan above it no
//! longer fits. These rewrites cover one and several arguments, and keep every type.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result as DfResult};
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::{
    Aggregate, Case, Expr, LogicalPlan, LogicalPlanBuilder, Projection,
};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use super::{expand, two_level};

/// The rule, in the place of `single_distinct_aggregation_to_group_by`.
#[derive(Debug, Default)]
pub(crate) struct DistinctToGroups;

impl OptimizerRule for DistinctToGroups {
    fn name(&self) -> &'static str {
        "distinct_to_groups"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> DfResult<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(node) = &plan else {
            return Ok(Transformed::no(plan));
        };
        let Some(shape) = Shape::of(node)? else {
            return Ok(Transformed::no(plan));
        };
        let rewritten = match (shape.distinct.len(), two_level::merges(&shape)) {
            (1, true) => two_level::plan(&shape)?,
            // One group of everything keeps one hash set an argument, which is as good as it gets.
            _several if shape.keys.is_empty() => return Ok(Transformed::no(plan)),
            _several => expand::plan(&shape)?,
        };
        named_as(node, rewritten).map(Transformed::yes)
    }
}

/// What an aggregate call becomes.
#[derive(Debug)]
pub(super) enum Call {
    /// Over the distinct values of an argument, by its number.
    Distinct(AggregateFunction, usize),
    /// Over rows.
    Plain(AggregateFunction),
}

/// An aggregate with distinct calls, its input projected to numbered columns.
#[derive(Debug)]
pub(super) struct Shape {
    /// The projected input: `__key_n`, `__distinct_n`, and what plain calls read.
    pub(super) input: Arc<LogicalPlan>,
    /// Group keys.
    pub(super) keys: Vec<Expr>,
    /// Distinct arguments, each once.
    pub(super) distinct: Vec<Expr>,
    /// Calls in their order.
    pub(super) calls: Vec<Call>,
}

/// More keys and distinct arguments than this together are left to the stock form: grouping ids
/// are bit sets.
const MOST: usize = 48;

impl Shape {
    /// The aggregate's shape, if it has distinct calls and nothing that the rewrites do not know.
    fn of(node: &Aggregate) -> DfResult<Option<Self>> {
        let grouped = |expr: &Expr| matches!(expr, Expr::GroupingSet(_));
        if node.group_expr.iter().any(grouped) {
            return Ok(None);
        }
        let mut columns = Columns::default();
        let keys = columns.numbered("__key", &node.group_expr);
        let mut distinct: Vec<Expr> = Vec::new();
        let mut calls = Vec::new();
        for call in &node.aggr_expr {
            let Some(function) = bare(call) else {
                return Ok(None);
            };
            if !function.params.order_by.is_empty() || function.params.null_treatment.is_some() {
                return Ok(None);
            }
            if !function.params.distinct || ignores_distinct(function) {
                calls.push(Call::Plain(columns.inputs_of(function)));
                continue;
            }
            let Some(argument) = distinct_argument(function) else {
                return Ok(None);
            };
            let known = distinct.iter().position(|other| *other == argument);
            let index = known.unwrap_or(distinct.len());
            if known.is_none() {
                distinct.push(argument);
            }
            calls.push(Call::Distinct(function.clone(), index));
        }
        if distinct.is_empty() || distinct.len().saturating_add(keys.len()) > MOST {
            return Ok(None);
        }
        let distinct = columns.numbered("__distinct", &distinct);
        let input = Projection::try_new(columns.made, Arc::clone(&node.input))?;
        Ok(Some(Self {
            input: Arc::new(LogicalPlan::Projection(input)),
            keys,
            distinct,
            calls,
        }))
    }
}

/// `MIN(DISTINCT x)` is `MIN(x)`.
fn ignores_distinct(function: &AggregateFunction) -> bool {
    matches!(function.func.name(), "min" | "max" | "bool_and" | "bool_or")
}

/// The one argument of a distinct call; its filter becomes NULL outside of it, which no call counts.
fn distinct_argument(function: &AggregateFunction) -> Option<Expr> {
    let [argument] = function.params.args.as_slice() else {
        return None;
    };
    let counted = matches!(function.func.name(), "count" | "sum" | "avg");
    match (&function.params.filter, counted) {
        (None, _) => Some(argument.clone()),
        (Some(filter), true) => Some(Expr::Case(Case::new(
            None,
            vec![(filter.clone(), Box::new(argument.clone()))],
            None,
        ))),
        (Some(_), false) => None,
    }
}

fn bare(expr: &Expr) -> Option<&AggregateFunction> {
    match expr {
        Expr::AggregateFunction(function) => Some(function),
        Expr::Alias(alias) => bare(&alias.expr),
        _other => None,
    }
}

/// The columns of the projected input.
#[derive(Default)]
struct Columns {
    made: Vec<Expr>,
    arguments: usize,
}

impl Columns {
    fn add(&mut self, expr: &Expr, name: String) -> Expr {
        self.made.push(expr.clone().unalias().alias(name.clone()));
        column(name)
    }

    fn numbered(&mut self, prefix: &str, exprs: &[Expr]) -> Vec<Expr> {
        let each = exprs.iter().enumerate();
        each.map(|(index, expr)| self.add(expr, format!("{prefix}_{index}")))
            .collect()
    }

    /// A plain call over projected columns.
    fn inputs_of(&mut self, function: &AggregateFunction) -> AggregateFunction {
        let params = &function.params;
        let args = params.args.iter().map(|arg| self.argument(arg)).collect();
        let filter = params.filter.as_ref().map(|f| Box::new(self.argument(f)));
        AggregateFunction {
            func: Arc::clone(&function.func),
            params: AggregateFunctionParams {
                args,
                filter,
                distinct: false,
                ..params.clone()
            },
        }
    }

    fn argument(&mut self, expr: &Expr) -> Expr {
        if let Expr::Literal(..) = expr {
            return expr.clone();
        }
        let name = format!("__argument_{}", self.arguments);
        self.arguments = self.arguments.saturating_add(1);
        self.add(expr, name)
    }
}

pub(super) fn column(name: impl Into<String>) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

/// A call over one argument, every row of it.
pub(super) fn over(function: &AggregateFunction, argument: Expr, filter: Option<Expr>) -> Expr {
    Expr::AggregateFunction(AggregateFunction::new_udf(
        Arc::clone(&function.func),
        vec![argument],
        false,
        filter.map(Box::new),
        Vec::new(),
        None,
    ))
}

/// A count of nothing is zero, where what stands for it gives NULL.
pub(super) fn or_zero(call: &Call, value: Expr) -> Expr {
    match call {
        Call::Plain(function) if function.func.name() == "count" => {
            let none = Expr::Literal(datafusion::common::ScalarValue::Int64(Some(0)), None);
            datafusion::functions::core::coalesce().call(vec![value, none])
        }
        Call::Plain(_) | Call::Distinct(_, _) => value,
    }
}

/// The rewritten columns under the names, and in the types, of the aggregate that they stand for.
fn named_as(node: &Aggregate, rewritten: LogicalPlan) -> DfResult<LogicalPlan> {
    let found = rewritten.schema().columns();
    let fields = node
        .schema
        .iter()
        .zip(found)
        .zip(rewritten.schema().fields());
    let exprs: Vec<Expr> = fields
        .map(|(((qualifier, field), column), now)| {
            let value = Expr::Column(column);
            let value = if now.data_type() == field.data_type() {
                value
            } else {
                datafusion::logical_expr::try_cast(value, field.data_type().clone())
            };
            value.alias_qualified(qualifier.cloned(), field.name())
        })
        .collect();
    LogicalPlanBuilder::from(rewritten).project(exprs)?.build()
}
