//! What a bound plan reads of its tables: columns, which of them it sets equal, which values it writes.
//!
//! Names are followed to the tables through aliases, projections, groupings and unions.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};
use policy::draft::{ColumnRef, Reading};
use policy::ident::{PartyId, TableName, TableRef};
use policy::number::Decimal;

/// The columns of tables that a value may be.
type Sources = BTreeSet<ColumnRef>;

/// What a plan reads.
pub(crate) fn of(plan: &LogicalPlan) -> Reading {
    let mut reading = Reading::default();
    outputs(plan, &mut reading);
    reading
}

/// What each output column of a plan may be; notes what the plan reads on the way.
fn outputs(plan: &LogicalPlan, reading: &mut Reading) -> Vec<Sources> {
    if let LogicalPlan::TableScan(scan) = plan {
        return scanned(scan);
    }
    let inputs = plan.inputs();
    let mut below: Vec<(Column, Sources)> = Vec::new();
    let mut columns: Vec<Vec<Sources>> = Vec::new();
    for input in inputs {
        let found = outputs(input, reading);
        let named = input.schema().columns().into_iter();
        below.extend(named.zip(found.iter().cloned()));
        columns.push(found);
    }
    let scope = Scope(&below);
    for expression in plan.expressions() {
        scope.note(&expression, reading);
    }
    let all = || below.iter().map(|(_, sources)| sources.clone());
    let of = |expressions: &[Expr]| -> Vec<Sources> {
        expressions.iter().map(|e| scope.sources(e)).collect()
    };
    let mut out: Vec<Sources> = match plan {
        LogicalPlan::Projection(projection) => of(&projection.expr),
        LogicalPlan::Aggregate(aggregate) => {
            let keys = of(&aggregate.group_expr);
            for key in &keys {
                same(key, reading);
            }
            keys
        }
        LogicalPlan::Union(_) => union(&columns, plan.schema().fields().len()),
        LogicalPlan::Join(join) => {
            for (left, right) in &join.on {
                let both = [scope.sources(left), scope.sources(right)];
                link(&both, reading);
            }
            kept(plan, &below)
        }
        _passes_on => all().collect(),
    };
    out.resize(plan.schema().fields().len(), Sources::new());
    out
}

/// Of a join, what its schema keeps of both sides.
fn kept(plan: &LogicalPlan, below: &[(Column, Sources)]) -> Vec<Sources> {
    let columns = plan.schema().columns();
    let find = |column: &Column| {
        let found = below.iter().find(|(name, _)| name == column);
        found
            .map(|(_, sources)| sources.clone())
            .unwrap_or_default()
    };
    columns.iter().map(find).collect()
}

fn scanned(scan: &datafusion::logical_expr::TableScan) -> Vec<Sources> {
    let name = &scan.table_name;
    let table = name.schema().and_then(|party| {
        let party = PartyId::new(party).ok()?;
        let table = TableName::new(name.table()).ok()?;
        Some(TableRef { party, table })
    });
    let one = |column: &String| {
        table
            .iter()
            .map(|table| ColumnRef {
                table: table.clone(),
                column: column.clone(),
            })
            .collect()
    };
    let fields = scan.projected_schema.fields().iter();
    fields.map(|field| one(field.name())).collect()
}

fn union(inputs: &[Vec<Sources>], width: usize) -> Vec<Sources> {
    let at = |index: usize| {
        let each = inputs.iter().filter_map(|input| input.get(index));
        each.flatten().cloned().collect()
    };
    (0..width).map(at).collect()
}

/// Columns that are one column here.
fn same(sources: &Sources, reading: &mut Reading) {
    if let Some(first) = sources.first() {
        let others = sources.iter().skip(1);
        reading
            .links
            .extend(others.map(|other| (first.clone(), other.clone())));
    }
}

/// Columns that are set equal.
fn link([left, right]: &[Sources; 2], reading: &mut Reading) {
    for a in left {
        reading
            .links
            .extend(right.iter().map(|b| (a.clone(), b.clone())));
    }
}

/// What stands below an expression.
struct Scope<'s>(&'s [(Column, Sources)]);

impl Scope<'_> {
    /// The columns that an expression is, if it is nothing but a column.
    fn sources(&self, expression: &Expr) -> Sources {
        match expression {
            Expr::Column(column) => {
                let found = self.0.iter().find(|(name, _)| name == column);
                found
                    .map(|(_, sources)| sources.clone())
                    .unwrap_or_default()
            }
            Expr::Alias(alias) => self.sources(&alias.expr),
            Expr::Cast(cast) => self.sources(&cast.expr),
            Expr::TryCast(cast) => self.sources(&cast.expr),
            _computed => Sources::new(),
        }
    }

    /// Notes which texts a comparison holds against which columns.
    fn compared(&self, comparison: &Expr, reading: &mut Reading) {
        let (mut columns, mut texts) = (Sources::new(), BTreeSet::new());
        let visited = comparison.apply(|part| {
            columns.extend(self.sources(part));
            if let Expr::Literal(value, _) = part
                && let Some(Some(text)) = value.try_as_str()
            {
                texts.insert(text.to_owned());
            }
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(visited.is_ok(), "the visitor never fails");
        for column in &columns {
            let pairs = texts.iter().map(|text| (column.clone(), text.clone()));
            reading.texts.extend(pairs);
        }
    }

    fn note(&self, expression: &Expr, reading: &mut Reading) {
        let visited = expression.apply(|part| {
            match part {
                Expr::Column(_) => reading.columns.extend(self.sources(part)),
                Expr::Literal(value, _) => literal(value, reading),
                Expr::BinaryExpr(binary) if matches!(binary.op, Operator::Eq | Operator::NotEq) => {
                    link(
                        &[self.sources(&binary.left), self.sources(&binary.right)],
                        reading,
                    );
                    self.compared(part, reading);
                }
                Expr::InList(_) => self.compared(part, reading),
                Expr::AggregateFunction(call) if call.params.distinct => {
                    call.params
                        .args
                        .iter()
                        .for_each(|arg| same(&self.sources(arg), reading));
                }
                Expr::WindowFunction(call) => {
                    let keys = call.params.partition_by.iter();
                    keys.for_each(|key| same(&self.sources(key), reading));
                }
                Expr::InSubquery(inside) => {
                    let inner = outputs(&inside.subquery.subquery, reading);
                    let first = inner.into_iter().next().unwrap_or_default();
                    link(&[self.sources(&inside.expr), first], reading);
                }
                Expr::Exists(inside) => {
                    outputs(&inside.subquery.subquery, reading);
                }
                Expr::ScalarSubquery(inside) => {
                    outputs(&inside.subquery, reading);
                }
                _other => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(visited.is_ok(), "the visitor never fails");
    }
}

/// Notes a number.
fn literal(value: &ScalarValue, reading: &mut Reading) {
    let number = match value {
        ScalarValue::Decimal128(Some(mantissa), _, scale) => {
            let scale = u8::try_from(*scale).ok();
            scale.map(|scale| Decimal::new(*mantissa, scale))
        }
        other if other.data_type().is_integer() => Decimal::parse(&other.to_string()),
        _other => None,
    };
    reading.numbers.extend(number);
}
