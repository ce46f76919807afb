//! `EXPLAIN POLICY`: the verdict on a question, and every rule that mattered; no data is touched.

use std::collections::BTreeSet;
use std::ops::Range;

use admit::Policies;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{Optimizer, OptimizerContext};
use policy::denial::Denial;
use policy::ident::{PartyId, TableName, TableRef};
use policy::table::TablePolicy;
use serde::Serialize;

use crate::engine::Engine;
use crate::restriction::RestrictedRows;

/// The verdict on a question.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// `allow` or `deny`.
    pub verdict: &'static str,
    /// Why it is denied.
    #[serde(skip)]
    pub denial: Option<Denial>,
    /// `plain`, `statistical` or `approved`, if allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<&'static str>,
    /// What each column it reads may be used for, and by which rule.
    pub columns: Vec<ColumnUse>,
    /// The tables of which it sees some rows only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<RestrictedRows>,
    /// What its answer owes, in words.
    pub thresholds: Vec<String>,
    /// The constant note of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A column that a question reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ColumnUse {
    /// `party.table`.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it may be used for.
    pub uses: Vec<String>,
    /// The policy file.
    pub file: String,
    /// The line of its rule.
    pub line: usize,
}

impl Engine {
    /// The columns that a bound plan reads, with their rules.
    pub(crate) fn columns_read(&self, plan: &LogicalPlan) -> Vec<ColumnUse> {
        let mut found = BTreeSet::new();
        let narrow = Optimizer::with_rules(vec![std::sync::Arc::new(OptimizeProjections::new())]);
        let context = OptimizerContext::new();
        let narrowed = narrow.optimize(plan.clone(), &context, |_, _| {});
        let plan = narrowed.unwrap_or_else(|_| plan.clone());
        let visited = plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && let Some(table) = table_of(&scan.table_name)
                && let Some(policy) = self.policies.tables.get(&table)
            {
                for field in scan.projected_schema.fields() {
                    if let Some(column) = policy.column(field.name()) {
                        found.insert(ColumnUse {
                            table: table.to_string(),
                            column: field.name().clone(),
                            uses: column.capabilities.uses(),
                            file: policy.source.file.clone(),
                            line: column.rule.line,
                        });
                    }
                }
            }
            Ok(TreeNodeRecursion::Continue)
        });
        if visited.is_err() {
            Vec::new()
        } else {
            found.into_iter().collect()
        }
    }
}

/// What an answer over these tables owes, in words.
pub(crate) fn owed_in_words(policies: &Policies, tables: &BTreeSet<TableRef>) -> Vec<String> {
    let protected = tables.iter().filter_map(|t| policies.tables.get(t));
    let mut words: Vec<String> = Vec::new();
    for policy in protected.filter(|policy| !policy.is_public()) {
        let whence = policy
            .source
            .whence(&policy.disclosure.min_contributors.span);
        for unit in policy.units() {
            let k = policy.min_contributors(unit);
            let line = format!(
                "{}: at least {k} contributors ({unit}) behind every value{whence}",
                policy.table
            );
            if !words.contains(&line) {
                words.push(line);
            }
        }
        words.extend(beyond_support(policy));
        let dominance = &policy.disclosure.dominance;
        if dominance.value > 0 {
            words.push(format!(
                "{}: all but the two largest contributors of a sum add at least {} % of the largest{}",
                policy.table,
                dominance.value,
                policy.source.whence(&dominance.span)
            ));
        }
    }
    words
}

/// What the tables behind a list owe beyond the entities that stand behind its rows, in words.
pub(crate) fn beyond_support_in_words(
    policies: &Policies,
    tables: &BTreeSet<TableRef>,
) -> Vec<String> {
    let policies = tables.iter().filter_map(|t| policies.tables.get(t));
    let protected = policies.filter(|policy| !policy.is_public());
    protected.flat_map(beyond_support).collect()
}

/// What a table owes beyond support, in words.
fn beyond_support(policy: &TablePolicy) -> Vec<String> {
    let (table, disclosure) = (&policy.table, &policy.disclosure);
    let mut words = Vec::new();
    let mut say = |at: &Range<usize>, says: String| {
        words.push(format!("{table}: {says}{}", policy.source.whence(at)));
    };
    let (jitter, history, noise) = (&disclosure.jitter, &disclosure.history, &disclosure.noise);
    if jitter.value {
        let says =
            "the number of contributors is tested with sticky noise, never below the threshold";
        say(&jitter.span, says.to_owned());
    }
    if history.value {
        let says = "changes by fewer contributors than the threshold are not shown";
        say(&history.span, says.to_owned());
    }
    if noise.value {
        let variance = disclosure.variance.value;
        let says = format!(
            "values carry sticky noise of variance {variance} in units of what one contributor may add"
        );
        say(&noise.span, says);
    }
    if let Some(questions) = &disclosure.questions {
        let budget = &questions.value;
        let says = format!("{} statistics a {} for one party", budget.count, budget.per);
        say(&questions.span, says);
    }
    words
}

fn table_of(name: &datafusion::common::TableReference) -> Option<TableRef> {
    Some(TableRef {
        party: PartyId::new(name.schema()?).ok()?,
        table: TableName::new(name.table()).ok()?,
    })
}
