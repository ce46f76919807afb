//! Whether an admitted question can end within the engine's limits, judged from public figures.

use std::sync::Arc;
use std::time::Duration;

use admit::Admitted;
use admit::cost::{Cost, Limits, Sizes, TableSize, afford, cost};
use datafusion::common::Result as DfResult;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::decorrelate_predicate_subquery::DecorrelatePredicateSubquery;
use datafusion::optimizer::eliminate_cross_join::EliminateCrossJoin;
use datafusion::optimizer::extract_equijoin_predicate::ExtractEquijoinPredicate;
use datafusion::optimizer::push_down_filter::PushDownFilter;
use datafusion::optimizer::scalar_subquery_to_join::ScalarSubqueryToJoin;
use datafusion::optimizer::{Optimizer, OptimizerContext};
use policy::denial::{Code, Denial};
use seal::Manifest;

use crate::refusal::Refusal;
use crate::safe::unlisted;

/// Pairs of rows that an engine is taken to look at in a second.
const PER_SECOND: f64 = 100_000_000.0;

/// What one question may take of an engine with these limits.
#[expect(
    clippy::cast_precision_loss,
    reason = "a limit of an estimate needs no more than fifty bits"
)]
pub(crate) fn limits(memory: usize, timeout: Duration) -> Limits {
    Limits {
        rows: timeout.as_secs_f64() * PER_SECOND,
        bytes: memory as f64,
    }
}

/// The public figures of a sealed table.
pub(crate) fn size(manifest: &Manifest) -> TableSize {
    let single = |key: &Vec<String>| match key.as_slice() {
        [column] => Some(column.clone()),
        _composite => None,
    };
    TableSize {
        rows: manifest.rows,
        most_rows: manifest.most_rows.clone(),
        unique: manifest.unique.iter().filter_map(single).collect(),
    }
}

/// What a question is expected to cost; refuses what could not end.
///
/// # Errors
/// `E_FN`, `E_COST`.
pub(crate) fn check(admitted: &Admitted, sizes: &Sizes, limits: Limits) -> Result<Cost, Refusal> {
    let cost = of(admitted, sizes)?;
    afford(cost, limits).map_err(Refusal::Denied)?;
    Ok(cost)
}

/// What a question is expected to cost, by the public figures of its tables.
///
/// # Errors
/// `E_FN` for an unlisted function, `E_STMT`.
pub(crate) fn of(admitted: &Admitted, sizes: &Sizes) -> Result<Cost, Refusal> {
    let plans: Vec<&LogicalPlan> = match admitted {
        Admitted::Plain { plan, .. } => vec![plan],
        Admitted::Released {
            releases,
            list,
            above,
            ..
        } => {
            let below = releases.iter().map(|release| &release.input);
            let list = list.as_ref().map(|list| &list.plan);
            below.chain(list).chain([above]).collect()
        }
    };
    let mut total = Cost::default();
    for plan in plans {
        if let Some(name) = unlisted(plan) {
            let message = format!("the function {name} is not available");
            return Err(denied(Denial::new(Code::Fn, message)));
        }
        let settled = settled(plan).map_err(|_| {
            let message = "this form of question is not available";
            denied(Denial::new(Code::Stmt, message))
        })?;
        let one = cost(&settled, sizes);
        total.rows += one.rows;
        total.bytes += one.bytes;
    }
    Ok(total)
}

fn denied(denial: Denial) -> Refusal {
    Refusal::Denied(Box::new(denial))
}

/// The plan with its joins' keys found and its filters at their tables.
fn settled(plan: &LogicalPlan) -> DfResult<LogicalPlan> {
    let optimizer = Optimizer::with_rules(vec![
        Arc::new(DecorrelatePredicateSubquery::new()),
        Arc::new(ScalarSubqueryToJoin::new()),
        Arc::new(ExtractEquijoinPredicate::new()),
        Arc::new(EliminateCrossJoin::new()),
        Arc::new(PushDownFilter::new()),
    ]);
    let context = OptimizerContext::new().with_max_passes(3);
    optimizer.optimize(plan.clone(), &context, |_, _| {})
}

#[cfg(test)]
mod tests;
