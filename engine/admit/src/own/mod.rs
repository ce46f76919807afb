//! Lists about the recipient's own entities: the one kind of answer whose rows are about somebody.
//!
//! A list is an approved text of one shape: groups of one own column of the recipient, with bands beside it. Its rows go
//! to the party alone that owns these entities. What keeps it from telling more than its owners agreed to:
//!
//! * of the recipient's rows only what another owner holds too is read ([`confirm`]), and nothing about whom another
//!   owner calls its own ([`claimed`]);
//! * behind each row stand enough entities of the others ([`release`]);
//! * beside the entity stand values that the text itself spells out ([`band`]);
//! * of too many rows none is told: [`Listed::most`] bounds the text's rows, before the asker picks among them.

mod band;
mod claimed;
mod confirm;
mod made;
mod release;

use datafusion_common::Result as DfResult;
use datafusion_expr::{Aggregate, Expr, LogicalPlan};
use policy::capability::{Capabilities, Literal};
use policy::denial::Code;
use policy::ident::TableRef;

use crate::above::{check_expressions, placeholder, stand_in};
use crate::group::each_once;
use crate::refusals::Explain;
use crate::release_plan::ReleasePlan;
use crate::request::OwnList;
use crate::walk::Walker;

/// The name under which the rows of a list are read above it.
pub const LIST: &str = "__list";

/// The name of the recipient's rows with those who confirm them.
pub(crate) const CONFIRMED: &str = "__confirmed";

/// The rows of a list, computed from what was released.
#[derive(Debug)]
pub struct Listed {
    /// What computes them, reading the releases.
    pub plan: LogicalPlan,
    /// Where there are more, there are none.
    pub most: usize,
}

/// The column that says which own entity a row is about.
#[derive(Debug)]
struct Own {
    table: TableRef,
    column: String,
    capabilities: Capabilities,
}

/// Judges a list: its rows, and what the asker computes from them.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    list: &OwnList,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<(Listed, LogicalPlan)> {
    if list.called {
        return above(walker, plan, list, releases);
    }
    let listed = text(walker, plan, list, releases)?;
    Ok((listed, stand_in(LIST, plan)?))
}

/// What the asker wrote around the call: its nodes down to the name that the call has.
fn above(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    list: &OwnList,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<(Listed, LogicalPlan)> {
    if let LogicalPlan::SubqueryAlias(node) = plan {
        let listed = text(walker, &node.input, list, releases)?;
        return Ok((listed, stand_in(LIST, plan)?));
    }
    check_expressions(walker, plan);
    let inputs = plan.inputs();
    let [input] = inputs.as_slice() else {
        return Err(crate::walk::internal("a list that is read twice"));
    };
    let (listed, input) = above(walker, input, list, releases)?;
    let above = plan.with_new_exprs(plan.expressions(), vec![input])?;
    Ok((listed, above))
}

/// The text itself.
fn text(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    list: &OwnList,
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<Listed> {
    let most = usize::try_from(list.rows).unwrap_or(usize::MAX);
    let Some(own) = entity(walker, plan, list) else {
        return Ok(Listed {
            plan: plan.clone(),
            most,
        });
    };
    check_bands(walker, plan, list, &own);
    let confirmed = confirm::confirmed(walker, plan, list, &own)?;
    let nobody = &own.capabilities.absent;
    let plan = released(walker, &confirmed, list, nobody, releases)?;
    Ok(Listed { plan, most })
}

/// The own column that a text groups by; refused if it is none of the recipient's.
fn entity(walker: &mut Walker<'_>, plan: &LogicalPlan, list: &OwnList) -> Option<Own> {
    let name = &list.name;
    let Some(node) = outermost(plan) else {
        let message =
            format!("`{name}` is no list: its outermost GROUP BY must be on an own column");
        let help = "write SELECT own column, bands … FROM … GROUP BY own column; order and limit it where you ask";
        walker.refusals.add(Code::Stmt, message).help(help);
        return None;
    };
    let keys = each_once(&node.group_expr);
    let source = match keys.as_slice() {
        [key] => made::source(key, &node.input),
        _several => None,
    };
    let Some(own) = source.and_then(|source| own_column(walker, source, list)) else {
        let message = format!(
            "`{name}` must have one row for each value of an own column of {}",
            list.table
        );
        let help = "group by that column alone, which its policy marks `own = true`, as it stands in the table";
        walker.refusals.add(Code::Template, message).help(help);
        return None;
    };
    if own.table.party != walker.request.recipient {
        let owner = &own.table.party;
        let message = format!("`{name}` lists entities of {owner}: nobody else may receive it");
        let help = format!("ask for {owner} as recipient");
        walker.refusals.add(Code::DeniedAsker, message).help(help);
        return None;
    }
    Some(own)
}

/// A column of the table that the owners agreed on, if its policy marks it `own`.
fn own_column(
    walker: &Walker<'_>,
    (table, column): (TableRef, String),
    list: &OwnList,
) -> Option<Own> {
    let policy = walker.policies.tables.get(&table)?;
    let capabilities = policy.column(&column)?.capabilities.clone();
    (table.table == list.table && capabilities.own).then_some(Own {
        table,
        column,
        capabilities,
    })
}

/// The outermost grouping, below projections and filters alone.
fn outermost(plan: &LogicalPlan) -> Option<&Aggregate> {
    match plan {
        LogicalPlan::Aggregate(node) => Some(node),
        LogicalPlan::Projection(node) => outermost(&node.input),
        LogicalPlan::Filter(node) => outermost(&node.input),
        LogicalPlan::SubqueryAlias(node) => outermost(&node.input),
        LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::TableScan(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Unnest(_)
        | LogicalPlan::RecursiveQuery(_) => None,
    }
}

/// Every column of a list is the entity or a band.
fn check_bands(walker: &mut Walker<'_>, plan: &LogicalPlan, list: &OwnList, own: &Own) {
    let columns = plan.schema().columns();
    let is_entity = |index: usize| {
        let expr = columns.get(index).cloned().map(Expr::Column);
        let source = expr.and_then(|expr| made::source(&expr, plan));
        source.is_some_and(|(table, column)| table == own.table && column == own.column)
    };
    for (index, column) in columns.iter().enumerate() {
        if is_entity(index) || band::is_band(plan, index) {
            continue;
        }
        let message = format!("`{}` would list {} as it is", list.name, column.name);
        let help = "a list tells bands: CASE … THEN 'literal' … END, or a condition";
        walker.refusals.add(Code::RoleDim, message).help(help);
    }
}

/// The text above what it releases.
fn released(
    walker: &mut Walker<'_>,
    plan: &LogicalPlan,
    list: &OwnList,
    nobody: &[Literal],
    releases: &mut Vec<ReleasePlan>,
) -> DfResult<LogicalPlan> {
    if let LogicalPlan::Aggregate(node) = plan {
        let release = release::build(walker, node, plan, list, nobody)?;
        return placeholder(plan, release, releases);
    }
    check_expressions(walker, plan);
    let inputs = plan.inputs();
    let [input] = inputs.as_slice() else {
        return Err(crate::walk::internal("a list of another shape"));
    };
    let input = released(walker, input, list, nobody, releases)?;
    plan.with_new_exprs(plan.expressions(), vec![input])
}
