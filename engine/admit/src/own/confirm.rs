//! Confirmed rows: of the recipient's tables only what another owner's table holds too.
//!
//! The recipient chooses its own rows and reads the answer back, so a row that it made up would be a question of its
//! own. Therefore its tables are not read as they stand: what is read is each combination of the columns in `confirm`
//! once, if a row of another owner has the same values in the mirroring columns. Nothing else of a row is there, and
//! writing it twice changes nothing; all that is left to the recipient is to leave rows out.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion_common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion_common::{Column, NullEquality, Result as DfResult, ScalarValue};
use datafusion_expr::{
    Aggregate, Expr, Filter, Join, JoinConstraint, JoinType, LogicalPlan, Projection,
    SubqueryAlias, TableScan, Union,
};
use policy::denial::Code;
use policy::ident::TableRef;

use super::claimed::{self, kind_of};
use super::{CONFIRMED, Own};
use crate::refusals::Explain;
use crate::request::OwnList;
use crate::scan::{literal, table_of};
use crate::walk::Walker;

/// What a text reads of whom.
struct Read<'s> {
    scans: &'s BTreeMap<TableRef, TableScan>,
    /// Tables of others that hold mirrors.
    mirrors: Vec<TableScan>,
    /// Columns of the others' own entities.
    claims: Vec<(&'s TableScan, Column)>,
}

/// What the others have.
struct Others {
    /// Mirrors of rows.
    held: LogicalPlan,
    /// Own entities.
    claimed: Option<LogicalPlan>,
}

/// The text with every table of the recipient replaced by its confirmed rows; unchanged where something is refused.
pub(super) fn confirmed(
    walker: &mut Walker<'_>,
    text: &LogicalPlan,
    list: &OwnList,
    own: &Own,
) -> DfResult<LogicalPlan> {
    let scans = scans(text)?;
    let read = Read {
        mirrors: mirrors(walker, &scans, list),
        claims: claimed::columns(walker, &scans, own, list),
        scans: &scans,
    };
    if !is_mirrored(walker, &read, list, own) {
        return Ok(text.clone());
    }
    let others = Others {
        held: mirrored(walker, &read.mirrors, list)?,
        claimed: claimed::entities(&read.claims)?,
    };
    let recipient = &walker.request.recipient;
    let replaced = text
        .clone()
        .transform_up_with_subqueries(|node| match &node {
            LogicalPlan::TableScan(scan) => match table_of(&scan.table_name) {
                Some(table) if table.party == *recipient => {
                    Ok(Transformed::yes(rows(scan, &others, (list, own))?))
                }
                Some(_) | None => Ok(Transformed::no(node)),
            },
            _other => Ok(Transformed::no(node)),
        })?;
    Ok(replaced.data)
}

/// The tables that a text reads, each as one of its scans.
fn scans(text: &LogicalPlan) -> DfResult<BTreeMap<TableRef, TableScan>> {
    let mut scans = BTreeMap::new();
    text.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(table) = table_of(&scan.table_name)
        {
            scans.insert(table, scan.clone());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(scans)
}

/// Protected tables of others that have all mirroring columns.
fn mirrors(
    walker: &Walker<'_>,
    scans: &BTreeMap<TableRef, TableScan>,
    list: &OwnList,
) -> Vec<TableScan> {
    let holds = |table: &TableRef, scan: &TableScan| {
        let policy = walker.policies.tables.get(table);
        table.party != walker.request.recipient
            && policy.is_some_and(|policy| !policy.is_public())
            && list
                .confirm
                .values()
                .all(|name| kind_of(Some(scan), name).is_some())
    };
    let found = scans.iter().filter(|(table, scan)| holds(table, scan));
    found.map(|(_, scan)| scan.clone()).collect()
}

/// Whether the recipient's rows can be told from made-up ones; what stands in the way is refused.
fn is_mirrored(walker: &mut Walker<'_>, read: &Read<'_>, list: &OwnList, own: &Own) -> bool {
    let (mirrors, own) = (&read.mirrors, &own.column);
    let mut wrong: Vec<String> = Vec::new();
    if mirrors.is_empty() {
        wrong.push("no table of another owner in it holds the mirror of a row".to_owned());
    }
    match list.confirm.get(own) {
        None => wrong.push(format!("`confirm` does not mirror the own column {own}")),
        Some(mirror) => wrong.extend(of_their_own(walker, mirrors, mirror)),
    }
    let recipient = &walker.request.recipient;
    let tables = read.scans.iter();
    for (table, scan) in tables.filter(|(table, _)| table.party == *recipient) {
        wrong.extend(unfit(table, scan, read, (list, own)));
    }
    for message in &wrong {
        let message = format!("`{}`: {message}", list.name);
        let help = "every table of the recipient in it needs the columns of `confirm`, and another owner's table their mirrors";
        walker.refusals.add(Code::Template, message).help(help);
    }
    wrong.is_empty()
}

/// Why nobody can confirm the rows of a table.
fn unfit(
    table: &TableRef,
    scan: &TableScan,
    read: &Read<'_>,
    (list, own): (&OwnList, &str),
) -> Vec<String> {
    let mut wrong = Vec::new();
    let entity = kind_of(Some(scan), own);
    let differs =
        |(other, claim): &(&TableScan, Column)| kind_of(Some(other), &claim.name) != entity;
    if read.claims.iter().any(differs) {
        let message = format!("{own} of {table} has another type than the others' own entities");
        wrong.push(message);
    }
    for (column, mirror) in &list.confirm {
        let found = kind_of(Some(scan), column);
        let differs = |other: &TableScan| kind_of(Some(other), mirror) != found;
        if found.is_none() {
            let message = format!("{table} has no column {column}, so nobody confirms its rows");
            wrong.push(message);
        } else if read.mirrors.iter().any(differs) {
            let message = format!("{column} of {table} has another type than its mirror {mirror}");
            wrong.push(message);
        }
    }
    wrong
}

/// The other owner must hold the entity as a counterparty: its own entities are not the recipient's.
fn of_their_own(walker: &Walker<'_>, mirrors: &[TableScan], mirror: &str) -> Vec<String> {
    let tables = mirrors.iter().filter_map(|scan| table_of(&scan.table_name));
    let own = tables.filter(|table| {
        let policy = walker.policies.tables.get(table);
        let column = policy.and_then(|policy| policy.column(mirror));
        column.is_none_or(|column| column.capabilities.own)
    });
    own.map(|table| format!("{mirror} of {table} holds its own entities, no counterparties"))
        .collect()
}

/// The confirmed rows of a table, under the names that it has.
fn rows(scan: &TableScan, others: &Others, (list, own): (&OwnList, &Own)) -> DfResult<LogicalPlan> {
    let columns: Vec<Column> = scan.projected_schema.columns();
    let named = |name: &String| columns.iter().find(|column| column.name == *name).cloned();
    let keys: Vec<Column> = list.confirm.keys().filter_map(named).collect();
    let left = each_once(LogicalPlan::TableScan(scan.clone()), &keys)?;
    let mirrors = others.held.schema().columns();
    let on = keys.iter().cloned().map(Expr::Column);
    let on = on.zip(mirrors.into_iter().map(Expr::Column)).collect();
    let join = Join::try_new(
        left.into(),
        others.held.clone().into(),
        on,
        None,
        JoinType::Inner,
        JoinConstraint::On,
        NullEquality::NullEqualsNothing,
        false,
    )?;
    let mut plan = LogicalPlan::Join(join);
    if let (Some(claimed), Some(entity)) = (&others.claimed, named(&own.column)) {
        plan = claimed::left_out(plan, &entity, claimed.clone())?;
    }
    let plan = SubqueryAlias::try_new(plan.into(), CONFIRMED)?;
    let exprs = columns.iter().zip(scan.projected_schema.fields());
    let exprs = exprs.map(|(column, field)| {
        let value = if keys.contains(column) {
            Expr::Column(Column::new(Some(CONFIRMED), &column.name))
        } else {
            Expr::Literal(ScalarValue::try_from(field.data_type())?, None)
        };
        Ok(value.alias_qualified(column.relation.clone(), column.name.clone()))
    });
    let exprs = exprs.collect::<DfResult<Vec<Expr>>>()?;
    let rows = Projection::try_new(exprs, LogicalPlan::SubqueryAlias(plan).into())?;
    Ok(LogicalPlan::Projection(rows))
}

/// What the others hold in the place of a row, each once. What is nobody to them mirrors nobody.
fn mirrored(walker: &Walker<'_>, mirrors: &[TableScan], list: &OwnList) -> DfResult<LogicalPlan> {
    let mut plans = Vec::new();
    for scan in mirrors {
        let columns = scan.projected_schema.columns();
        let named = |name: &String| columns.iter().find(|column| column.name == *name).cloned();
        let held: Vec<Column> = list.confirm.values().filter_map(named).collect();
        let mut plan = LogicalPlan::TableScan(scan.clone());
        if let Some(somebody) = somebody(walker, scan, &held) {
            plan = LogicalPlan::Filter(Filter::try_new(somebody, plan.into())?);
        }
        let held = held.into_iter().enumerate();
        let exprs = held.map(|(at, column)| Expr::Column(column).alias(format!("__m{at}")));
        let held = Projection::try_new(exprs.collect(), plan.into())?;
        plans.push(Arc::new(LogicalPlan::Projection(held)));
    }
    let all = match plans.as_slice() {
        [only] => LogicalPlan::clone(only),
        _several => LogicalPlan::Union(Union::try_new_with_loose_types(plans)?),
    };
    let columns = all.schema().columns();
    each_once(all, &columns)
}

/// That no mirroring column holds a value that its policy calls nobody.
fn somebody(walker: &Walker<'_>, scan: &TableScan, held: &[Column]) -> Option<Expr> {
    let policy = walker.policies.tables.get(&table_of(&scan.table_name)?)?;
    let conditions = held.iter().filter_map(|column| {
        let absent = &policy.column(&column.name)?.capabilities.absent;
        let values: Vec<Expr> = absent.iter().map(literal).collect();
        let somebody = Expr::Column(column.clone()).in_list(values, true);
        (!absent.is_empty()).then_some(somebody)
    });
    conditions.reduce(Expr::and)
}

pub(super) fn each_once(plan: LogicalPlan, columns: &[Column]) -> DfResult<LogicalPlan> {
    let keys = columns.iter().cloned().map(Expr::Column).collect();
    Aggregate::try_new(plan.into(), keys, Vec::new()).map(LogicalPlan::Aggregate)
}
