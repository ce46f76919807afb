//! The estimate, bottom up.

use datafusion_expr::{
    Aggregate, Between, Distinct, Expr, Like, LogicalPlan, Operator, Projection, TableScan,
};

use super::columns::{Figures, Flow, bare, width};
use super::{Cost, Sizes, join};
use crate::conjunct::conjuncts;
use crate::scan::table_of;

/// The cost of a plan.
pub(super) fn of(plan: &LogicalPlan, sizes: &Sizes) -> Cost {
    let mut estimate = Estimate {
        sizes,
        cost: Cost::default(),
    };
    estimate.flow(plan);
    estimate.cost
}

struct Estimate<'a> {
    sizes: &'a Sizes,
    cost: Cost,
}

/// Rows of a table that nothing is known of: what a release let through, or a recursion's own.
const FEW: f64 = 10_000.0;
/// Rounds that a recursion is taken to make.
const ROUNDS: f64 = 100.0;
/// Bytes that a group or a built row costs besides its values.
const OVERHEAD: f64 = 24.0;

impl Estimate<'_> {
    fn looks_at(&mut self, rows: f64) {
        self.cost.rows += rows;
    }

    fn holds(&mut self, rows: f64, plan: &LogicalPlan) {
        self.cost.bytes += rows * (width(plan.schema()) + OVERHEAD);
    }

    fn flow(&mut self, plan: &LogicalPlan) -> Flow {
        match plan {
            LogicalPlan::TableScan(node) => self.scan(node, plan),
            LogicalPlan::Projection(node) => {
                let input = self.flow(&node.input);
                projected(node, &input)
            }
            LogicalPlan::Filter(node) => {
                let input = self.flow(&node.input);
                let uncommon = without_common(input, node.input.schema(), &node.predicate);
                uncommon.filtered(share(&node.predicate))
            }
            LogicalPlan::Join(node) => {
                let (left, right) = (self.flow(&node.left), self.flow(&node.right));
                let (pairs, joined) = join::meet(node, &left, &right);
                self.looks_at(pairs);
                if left.rows <= right.rows {
                    self.holds(left.rows, &node.left);
                } else {
                    self.holds(right.rows, &node.right);
                }
                joined
            }
            LogicalPlan::Aggregate(node) => self.aggregate(node, plan),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let input_flow = self.flow(input);
                self.holds(input_flow.rows, input);
                input_flow
            }
            LogicalPlan::Distinct(Distinct::On(node)) => {
                let input = self.flow(&node.input);
                self.holds(input.rows, &node.input);
                Flow::unknown(plan, input.rows)
            }
            LogicalPlan::Window(node) => {
                let input = self.flow(&node.input);
                self.holds(input.rows, plan);
                let mut columns = input.columns;
                columns.resize(plan.schema().fields().len(), Figures::default());
                Flow { columns, ..input }
            }
            LogicalPlan::Sort(node) => {
                let input = self.flow(&node.input);
                let kept = node.fetch.map_or(input.rows, |n| input.rows.min(count(n)));
                self.holds(kept, plan);
                Flow {
                    rows: kept,
                    ..input
                }
            }
            LogicalPlan::Union(node) => {
                let flows: Vec<Flow> = node.inputs.iter().map(|i| self.flow(i)).collect();
                united(plan, &flows)
            }
            LogicalPlan::Values(node) => {
                let rows = count(node.values.len());
                self.holds(rows, plan);
                Flow::unknown(plan, rows)
            }
            LogicalPlan::EmptyRelation(node) => {
                Flow::unknown(plan, if node.produce_one_row { 1.0 } else { 0.0 })
            }
            LogicalPlan::SubqueryAlias(node) => self.flow(&node.input),
            LogicalPlan::Subquery(node) => self.flow(&node.subquery),
            LogicalPlan::Limit(node) => self.flow(&node.input),
            LogicalPlan::RecursiveQuery(node) => {
                let start = self.flow(&node.static_term);
                let before = self.cost;
                let step = self.flow(&node.recursive_term);
                self.cost.rows += (self.cost.rows - before.rows) * ROUNDS;
                Flow::unknown(plan, start.rows + step.rows * ROUNDS)
            }
            LogicalPlan::Unnest(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_) => {
                let inputs = plan.inputs().into_iter();
                let rows = inputs.map(|input| self.flow(input).rows).sum();
                Flow::unknown(plan, rows)
            }
        }
    }

    fn scan(&mut self, node: &TableScan, plan: &LogicalPlan) -> Flow {
        let size = table_of(&node.table_name).and_then(|table| self.sizes.get(&table));
        let Some(size) = size else {
            self.looks_at(FEW);
            return Flow::unknown(plan, FEW);
        };
        let figures = |name: &String| Figures {
            most: if size.unique.contains(name) {
                Some(1.0)
            } else {
                size.most_rows.get(name).map(|most| figure(*most))
            },
            uncommon: false,
        };
        let columns = node.projected_schema.fields().iter();
        let columns = columns.map(|field| figures(field.name())).collect();
        let all = Flow {
            rows: figure(size.rows),
            columns,
        };
        self.looks_at(all.rows);
        node.filters.iter().fold(all, |flow, filter| {
            without_common(flow, &node.projected_schema, filter).filtered(share(filter))
        })
    }

    fn aggregate(&mut self, node: &Aggregate, plan: &LogicalPlan) -> Flow {
        let input = self.flow(&node.input);
        let rows = groups(node, &input);
        self.holds(rows, plan);
        let distinct = node.aggr_expr.iter().filter(|call| is_distinct(call));
        for _values in distinct {
            self.cost.bytes += input.rows.min(rows * TYPICAL_GROUPS) * OVERHEAD;
        }
        let mut columns = vec![Figures::default(); plan.schema().fields().len()];
        if let ([key], Some(first)) = (node.group_expr.as_slice(), columns.first_mut())
            && bare(key).is_some()
        {
            first.most = Some(1.0);
        } else {
            for (key, column) in node.group_expr.iter().zip(&mut columns) {
                let before = input.figures(node.input.schema(), key);
                column.most = before.most.map(|most| most.min(rows));
            }
        }
        Flow { rows, columns }
    }
}

fn is_distinct(call: &Expr) -> bool {
    match call {
        Expr::AggregateFunction(function) => function.params.distinct,
        Expr::Alias(alias) => is_distinct(&alias.expr),
        _other => false,
    }
}

/// Values that a column which is no key is taken to have.
const TYPICAL_GROUPS: f64 = 100.0;

/// Groups: a key column has fewer values the more rows share one; others have few.
fn groups(node: &Aggregate, input: &Flow) -> f64 {
    let keys = node.group_expr.iter().map(|key| {
        let figures = input.figures(node.input.schema(), key);
        figures
            .most
            .map_or(TYPICAL_GROUPS, |most| input.rows / most.max(1.0).cbrt())
    });
    keys.product::<f64>().min(input.rows).max(1.0)
}

fn projected(node: &Projection, input: &Flow) -> Flow {
    let columns = node.expr.iter();
    let columns = columns.map(|expr| input.figures(node.input.schema(), expr));
    Flow {
        rows: input.rows,
        columns: columns.collect(),
    }
}

fn united(plan: &LogicalPlan, flows: &[Flow]) -> Flow {
    let rows = flows.iter().map(|flow| flow.rows).sum();
    let column = |index: usize| {
        let each = || flows.iter().filter_map(|flow| flow.columns.get(index));
        let most: Option<f64> = each().map(|figures| figures.most).sum();
        Figures {
            most,
            uncommon: each().all(|figures| figures.uncommon),
        }
    };
    let columns = (0..plan.schema().fields().len()).map(column).collect();
    Flow { rows, columns }
}

/// The share of rows that a condition is taken to keep, as textbooks have it.
pub(super) fn share(predicate: &Expr) -> f64 {
    let mut all = Vec::new();
    conjuncts(predicate, &mut all);
    all.iter().map(share_of).product()
}

fn share_of(conjunct: &Expr) -> f64 {
    match conjunct {
        Expr::BinaryExpr(binary) => match binary.op {
            Operator::Eq => 0.1,
            Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => 0.4,
            Operator::Or => (share(&binary.left) + share(&binary.right)).min(1.0),
            _other => 1.0,
        },
        Expr::Between(Between { negated: false, .. }) => 0.25,
        Expr::InList(list) if !list.negated => 0.3,
        Expr::Like(Like { negated: false, .. }) => 0.5,
        _other => 1.0,
    }
}

/// Notes the key columns of which a condition keeps one value out.
fn without_common(mut flow: Flow, schema: &datafusion_common::DFSchema, predicate: &Expr) -> Flow {
    let mut all = Vec::new();
    conjuncts(predicate, &mut all);
    for conjunct in &all {
        if let Expr::BinaryExpr(binary) = conjunct
            && binary.op == Operator::NotEq
            && matches!(*binary.right, Expr::Literal(..))
            && let Some(column) = bare(&binary.left)
            && let Some(index) = schema.maybe_index_of_column(column)
            && let Some(figures) = flow.columns.get_mut(index)
        {
            figures.uncommon = true;
        }
    }
    flow
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate needs no more than fifty bits"
)]
fn figure(count: u64) -> f64 {
    count as f64
}

fn count(rows: usize) -> f64 {
    figure(u64::try_from(rows).unwrap_or(u64::MAX))
}
