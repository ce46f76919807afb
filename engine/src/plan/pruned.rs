//! Branches of a union that a question leaves out by their literals.
//!
//! `FROM consortium.payments WHERE bank = 'A'` is about bank A alone, though the view has a branch for every bank. A branch whose
//! literal contradicts what holds of every row is therefore not in the plan: its owner's table is not opened, and its policy not
//! asked. Only what stands directly below the condition is looked at, where every row that reaches it must meet it.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result as DfResult, ScalarValue};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Expr, Join, JoinType, LogicalPlan, Operator, Projection, Union};

use super::constant_column::{literal_at, unaliased};

/// The plan without branches that no row can come from.
pub(super) fn pruned(plan: LogicalPlan) -> DfResult<LogicalPlan> {
    let pruned = plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Filter(mut filter) => {
            let mut known = Known::default();
            known.note(&filter.predicate);
            let below = known.below(filter.input.as_ref().clone())?;
            filter.input = Arc::new(below.data);
            let node = LogicalPlan::Filter(filter);
            Ok(if below.transformed {
                Transformed::yes(node)
            } else {
                Transformed::no(node)
            })
        }
        LogicalPlan::Join(join) => Known::default().below(LogicalPlan::Join(join)),
        other => Ok(Transformed::no(other)),
    })?;
    if pruned.transformed {
        return pruned.data.recompute_schema();
    }
    Ok(pruned.data)
}

/// What holds of every row that is kept.
#[derive(Debug, Clone, Default)]
struct Known {
    /// A column is one of some literals.
    values: Vec<(Column, Vec<ScalarValue>)>,
    /// Two columns are equal.
    equal: Vec<(Column, Column)>,
}

impl Known {
    fn note(&mut self, predicate: &Expr) {
        for conjunct in split_conjunction(predicate) {
            match conjunct {
                Expr::BinaryExpr(binary) if binary.op == Operator::Eq => {
                    match (unaliased(&binary.left), unaliased(&binary.right)) {
                        (Expr::Column(a), Expr::Column(b)) => {
                            self.equal.push((a.clone(), b.clone()));
                        }
                        (Expr::Column(column), Expr::Literal(value, _))
                        | (Expr::Literal(value, _), Expr::Column(column)) => {
                            self.values.push((column.clone(), vec![value.clone()]));
                        }
                        _computed => {}
                    }
                }
                Expr::InList(list) if !list.negated => {
                    let literals = list.list.iter().map(|item| match item {
                        Expr::Literal(value, _) => Some(value.clone()),
                        _computed => None,
                    });
                    if let (Expr::Column(column), Some(values)) =
                        (list.expr.as_ref(), literals.collect())
                    {
                        self.values.push((column.clone(), values));
                    }
                }
                _other => {}
            }
        }
    }

    /// Says of each column what is said of one that is equal to it.
    fn spread(&mut self) {
        loop {
            let mut more = Vec::new();
            for (a, b) in &self.equal {
                for (from, to) in [(a, b), (b, a)] {
                    let said = self.values.iter().filter(|(column, _)| column == from);
                    let said = said.map(|(_, values)| (to.clone(), values.clone()));
                    more.extend(said.filter(|new| !self.values.contains(new)));
                }
            }
            if more.is_empty() {
                return;
            }
            self.values.extend(more);
        }
    }

    /// The plan whose rows must meet this, without branches of which none does.
    fn below(mut self, plan: LogicalPlan) -> DfResult<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(mut filter) => {
                self.note(&filter.predicate);
                let below = self.below(filter.input.as_ref().clone())?;
                below.map_data(|input| {
                    filter.input = Arc::new(input);
                    Ok(LogicalPlan::Filter(filter))
                })
            }
            LogicalPlan::Join(join) if join.join_type == JoinType::Inner => self.joined(join),
            LogicalPlan::SubqueryAlias(mut alias) => {
                let inner = self.renamed(&LogicalPlan::SubqueryAlias(alias.clone()), Some);
                let names = alias.input.schema().columns();
                let below = inner.named(&names).below(alias.input.as_ref().clone())?;
                below.map_data(|input| {
                    alias.input = Arc::new(input);
                    Ok(LogicalPlan::SubqueryAlias(alias))
                })
            }
            LogicalPlan::Projection(mut projection) => {
                let names = projection.input.schema().columns();
                let schema = Arc::clone(projection.input.schema());
                let exprs = projection.expr.clone();
                let whole = LogicalPlan::Projection(projection.clone());
                let inner = self.renamed(&whole, |at| match unaliased(exprs.get(at)?) {
                    Expr::Column(column) => schema.index_of_column(column).ok(),
                    _computed => None,
                });
                let below = inner
                    .named(&names)
                    .below(projection.input.as_ref().clone())?;
                below.map_data(|input| {
                    projection.input = Arc::new(input);
                    Ok(LogicalPlan::Projection(projection))
                })
            }
            LogicalPlan::Union(union) => {
                self.spread();
                let whole = LogicalPlan::Union(union.clone());
                let places = self.renamed(&whole, Some);
                without(union, &places.0)
            }
            other => Ok(Transformed::no(other)),
        }
    }

    fn joined(mut self, mut join: Join) -> DfResult<Transformed<LogicalPlan>> {
        for (left, right) in &join.on {
            if let (Expr::Column(left), Expr::Column(right)) = (left, right) {
                self.equal.push((left.clone(), right.clone()));
            }
        }
        if let Some(filter) = &join.filter {
            self.note(filter);
        }
        for (side, other) in [(&join.left, &join.right), (&join.right, &join.left)] {
            self.literals_of(side, other);
        }
        self.spread();
        let left = self.clone().below(join.left.as_ref().clone())?;
        let right = self.below(join.right.as_ref().clone())?;
        let changed = left.transformed || right.transformed;
        (join.left, join.right) = (Arc::new(left.data), Arc::new(right.data));
        let join = LogicalPlan::Join(join);
        Ok(if changed {
            Transformed::yes(join)
        } else {
            Transformed::no(join)
        })
    }

    /// What a side's columns are in all of its rows, if they are compared with the other's.
    fn literals_of(&mut self, side: &LogicalPlan, other: &LogicalPlan) {
        let pairs = self.equal.clone();
        let columns = pairs
            .into_iter()
            .flat_map(|(a, b)| [(a.clone(), b.clone()), (b, a)]);
        for (own, theirs) in columns {
            if !other.schema().has_column(&theirs) {
                continue;
            }
            if let Some(values) = side
                .schema()
                .maybe_index_of_column(&own)
                .and_then(|at| all_at(side, at))
            {
                self.values.push((own, values));
            }
        }
    }

    /// The same of the places of a plan's columns.
    fn renamed(&self, plan: &LogicalPlan, to: impl Fn(usize) -> Option<usize>) -> Places {
        let place = |column: &Column| plan.schema().maybe_index_of_column(column).and_then(&to);
        let values = self.values.iter();
        let values = values.filter_map(|(column, values)| Some((place(column)?, values.clone())));
        let equal = self.equal.iter();
        let equal = equal.filter_map(|(a, b)| Some((place(a)?, place(b)?)));
        Places(values.collect(), equal.collect())
    }
}

/// What is known, by place of the column.
struct Places(Vec<(usize, Vec<ScalarValue>)>, Vec<(usize, usize)>);

impl Places {
    fn named(self, names: &[Column]) -> Known {
        let name = |at: usize| names.get(at).cloned();
        let values = self.0.into_iter();
        let equal = self.1.into_iter();
        Known {
            values: values
                .filter_map(|(at, values)| Some((name(at)?, values)))
                .collect(),
            equal: equal
                .filter_map(|(a, b)| Some((name(a)?, name(b)?)))
                .collect(),
        }
    }
}

/// All literals that a column is, if it is one in every branch.
fn all_at(plan: &LogicalPlan, at: usize) -> Option<Vec<ScalarValue>> {
    match plan {
        LogicalPlan::Union(union) => {
            let each = union
                .inputs
                .iter()
                .map(|input| literal_at(input, at).cloned());
            each.collect()
        }
        LogicalPlan::SubqueryAlias(alias) => all_at(&alias.input, at),
        LogicalPlan::Filter(filter) => all_at(&filter.input, at),
        LogicalPlan::Projection(projection) => match unaliased(projection.expr.get(at)?) {
            Expr::Literal(value, _) => Some(vec![value.clone()]),
            Expr::Column(column) => {
                let below = projection.input.schema().maybe_index_of_column(column)?;
                all_at(&projection.input, below)
            }
            _computed => None,
        },
        _other => None,
    }
}

/// The union without branches that contradict; as it is if none would be left.
fn without(
    union: Union,
    known: &[(usize, Vec<ScalarValue>)],
) -> DfResult<Transformed<LogicalPlan>> {
    let possible = |input: &Arc<LogicalPlan>| {
        known.iter().all(|(at, values)| {
            literal_at(input, *at)
                .is_none_or(|own| values.iter().any(|value| may_equal(own, value)))
        })
    };
    let kept: Vec<_> = union
        .inputs
        .iter()
        .filter(|input| possible(input))
        .cloned()
        .collect();
    match kept.as_slice() {
        [] => Ok(Transformed::no(LogicalPlan::Union(union))),
        all if all.len() == union.inputs.len() => Ok(Transformed::no(LogicalPlan::Union(union))),
        [one] => {
            let columns = one.schema().columns().into_iter().zip(union.schema.iter());
            let exprs = columns.map(|(column, (qualifier, field))| {
                Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
            });
            let one = Projection::try_new(exprs.collect(), Arc::clone(one))?;
            Ok(Transformed::yes(LogicalPlan::Projection(one)))
        }
        _several => {
            let schema = Arc::clone(&union.schema);
            Ok(Transformed::yes(LogicalPlan::Union(Union {
                inputs: kept,
                schema,
            })))
        }
    }
}

/// Whether two literals may be equal where they are compared; of types that we do not compare they may.
fn may_equal(a: &ScalarValue, b: &ScalarValue) -> bool {
    if a.is_null() || b.is_null() {
        return false;
    }
    match b.cast_to(&a.data_type()) {
        Ok(same) if !same.is_null() => same == *a,
        Ok(_) | Err(_) => true,
    }
}
