//! The outermost aggregate: what is computed below it and what the release operator is told.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use datafusion_common::Result as DfResult;
use datafusion_expr::{Aggregate, Expr, ExprSchemable, LogicalPlan, Projection, TryCast};
use policy::denial::Code;
use policy::ident::PartyId;
use release::{
    DpTerms, Duties, KeyColumn, PartyRule, ReleaseSpec, Statistic, StatisticKind, TrackForm,
};

use crate::dp;
use crate::expression;
use crate::group::{aggregate_call, each_once};
use crate::measure::{self, Judged, Place};
use crate::nearest;
use crate::refusals::Explain;
use crate::relation::{Rel, Slot};
use crate::release_branches::statistic_branches;
use crate::request::Policies;
use crate::rows;
use crate::traits::{ArmId, SlotId, Traits};
use crate::walk::Walker;

/// One release: the plan below it and what its operator is told.
#[derive(Debug)]
pub struct ReleasePlan {
    /// The instrumented plan whose rows the release consumes.
    pub input: LogicalPlan,
    /// What to compute and what to require.
    pub spec: ReleaseSpec,
    /// What it owes beyond support.
    pub duties: Duties,
    /// What it owes in place of support and duties, if it is differentially private.
    pub private: Option<Private>,
    /// The owners whose rows are behind it.
    pub owners: BTreeSet<PartyId>,
}

/// A release under differential privacy.
#[derive(Debug)]
pub struct Private {
    /// How it is bounded and noised.
    pub terms: DpTerms,
    /// The groups that are told, where a public table lists them.
    pub listed: Option<LogicalPlan>,
}

/// Judges an outermost aggregate and builds its release.
pub(crate) fn build(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
    original: &LogicalPlan,
) -> DfResult<ReleasePlan> {
    if walker.request.approved && !rows::are_released(calls) {
        return rows::build(walker, input, keys, calls, original);
    }
    if walker.private {
        return dp::build(walker, input, keys, calls, original);
    }
    let rel = walker.walk(input, &[])?;
    let keys = &each_once(keys);
    let mut columns = Columns::default();
    let parties = party_rules(walker, &rel);
    let mut duties = crate::duties::owed(walker, &rel, &parties);
    let keyed = release_keys(walker, &rel, keys, &mut columns);
    let outputs = original.schema().fields().iter().skip(keys.len());
    let mut judged = Vec::new();
    for (index, (call, output)) in calls.iter().zip(outputs).enumerate() {
        let name = format!("c{}", keys.len().saturating_add(index));
        if let Some(function) = aggregate_call(call) {
            let found = measure::judge(&mut walker.judge(&rel), function, Place::Release);
            let kind = statistic_kind(&rel, &found, &mut columns, &name);
            let cut = crate::duties::judged(walker, &duties, &found, kind, call);
            duties.cuts.push(cut);
            judged.push((name, kind, found, output.data_type().clone()));
        } else {
            walker
                .refusals
                .add(Code::Agg, "not a plain aggregate")
                .at(call);
        }
    }
    // The columns of tracks stand before those of branches.
    let slots = spec_slots(&rel.slots, &mut columns);
    let statistics = judged
        .into_iter()
        .map(|(name, kind, found, output)| Statistic {
            branches: statistic_branches(&rel, &found, &keyed, &mut columns),
            name,
            kind,
            output,
        });
    let statistics = statistics.collect();
    let plan = LogicalPlan::Projection(Projection::try_new(columns.exprs, rel.plan.into())?);
    Ok(ReleasePlan {
        input: plan,
        spec: ReleaseSpec {
            keys: keyed.columns,
            statistics,
            slots,
            parties,
        },
        duties,
        private: None,
        owners: rel.owners,
    })
}

/// The group keys, and the branches that decide which rows stand in which group.
pub(crate) struct Keyed {
    pub(crate) columns: Vec<KeyColumn>,
    pub(crate) arms: BTreeSet<ArmId>,
    pub(crate) branches: Vec<crate::branch::Branch>,
}

pub(crate) fn release_keys(
    walker: &mut Walker<'_>,
    rel: &Rel,
    keys: &[Expr],
    columns: &mut Columns,
) -> Keyed {
    let mut keyed = Keyed {
        columns: Vec::new(),
        arms: rel.row_arms.clone(),
        branches: Vec::new(),
    };
    for (index, key) in keys.iter().enumerate() {
        keyed.arms.extend(judge_key(walker, rel, key).arms);
        keyed
            .branches
            .extend(crate::branch::measure_branches(key, &rel.facts()));
        keyed.columns.push(KeyColumn {
            column: columns.add(key.clone(), &format!("__k{index}")),
            name: format!("c{index}"),
        });
    }
    keyed
}

/// The columns that a release reads, each once.
#[derive(Default)]
pub(crate) struct Columns {
    pub(crate) exprs: Vec<Expr>,
    sources: Vec<Expr>,
}

impl Columns {
    pub(crate) fn add(&mut self, expr: Expr, name: &str) -> usize {
        if let Some(index) = self.sources.iter().position(|e| *e == expr) {
            return index;
        }
        let index = self.exprs.len();
        self.exprs.push(expr.clone().alias(name));
        self.sources.push(expr);
        index
    }

    pub(crate) fn add_hidden(&mut self, expr: Expr) -> usize {
        let name = format!("__h{}", self.exprs.len());
        self.add(expr, &name)
    }
}

/// The key that may stand instead: the column at the grain that its policy lets leave.
fn truncation(walker: &Walker<'_>, found: &Traits) -> String {
    let origin = found.origin.as_ref();
    let column = origin.and_then(|origin| {
        let policy = walker.policies.tables.get(&origin.table)?;
        policy.column(&origin.column)
    });
    let grain = column.and_then(|column| column.capabilities.dimension.as_ref());
    let (Some(column), Some(grain)) = (column, grain) else {
        return "group by columns whose policy says `dimension`".to_owned();
    };
    match nearest::truncated(&column.name, grain) {
        Some(key) => format!("truncate it to {grain} or coarser: {key}"),
        None => format!("truncate it to {grain} or coarser, as in date_bin"),
    }
}

fn judge_key(walker: &mut Walker<'_>, rel: &Rel, key: &Expr) -> Traits {
    if let Expr::GroupingSet(_) = key {
        walker
            .refusals
            .add(Code::GroupingSets, "write one query for each grouping set")
            .at(key);
        return Traits::default();
    }
    let found = expression::traits(&mut walker.judge(rel), key);
    if found.dimension != Some(policy::capability::Grain::Any) {
        let name = found
            .origin
            .as_ref()
            .map_or("this value", |o| o.column.as_str())
            .to_owned();
        let help = truncation(walker, &found);
        walker
            .refusals
            .rule(
                Code::RoleDim,
                format!("{name} may not name the groups of an answer"),
            )
            .of(found.origin.as_ref())
            .at(key)
            .help(help);
    }
    if found.crowded.is_some() {
        walker
            .refusals
            .rule(
                Code::Negation,
                "a count over rows of several owners names groups: more rows could undo it",
            )
            .at(key);
    }
    found
}

pub(crate) fn statistic_kind(
    rel: &Rel,
    judged: &Judged,
    columns: &mut Columns,
    name: &str,
) -> StatisticKind {
    let Some(argument) = &judged.argument else {
        return StatisticKind::CountRows;
    };
    let is_count = judged.name == "count";
    let value = if is_count {
        argument.clone()
    } else {
        exact(argument, rel)
    };
    let column = columns.add(value, &format!("__v{name}"));
    match (judged.name.as_str(), judged.distinct) {
        ("count", true) if judged.traits.identifier_argument => {
            StatisticKind::CountDistinct { column }
        }
        ("count", true) => StatisticKind::CountDistinctSupported { column },
        ("count", false) => StatisticKind::Count { column },
        ("avg", _) => StatisticKind::Avg { column },
        ("var", _) => StatisticKind::VarSamp { column },
        ("var_pop", _) => StatisticKind::VarPop { column },
        ("stddev", _) => StatisticKind::StddevSamp { column },
        ("stddev_pop", _) => StatisticKind::StddevPop { column },
        (_sum, _) => StatisticKind::Sum { column },
    }
}

/// Floats (logarithms, roots) are released as decimals of six digits.
fn exact(argument: &Expr, rel: &Rel) -> Expr {
    match argument.get_type(rel.plan.schema().as_ref()) {
        Ok(kind) if kind.is_floating() => Expr::TryCast(TryCast::new(
            Box::new(argument.clone()),
            DataType::Decimal128(38, 6),
        )),
        Ok(_) | Err(_) => argument.clone(),
    }
}

/// Tracks as a release knows them.
pub(crate) fn spec_slots(slots: &[Slot], columns: &mut Columns) -> Vec<release::Slot> {
    // A slot that is not there is one that no release has, and refused as that.
    let position = |id: SlotId| {
        let at = slots.iter().position(|slot| slot.id == id);
        at.unwrap_or(usize::MAX)
    };
    let mut spec = |slot: &Slot| release::Slot {
        column: columns.add_hidden(Expr::Column(slot.column.clone())),
        form: if slot.set {
            TrackForm::Set
        } else {
            TrackForm::Scalar
        },
        merged: slot.merged,
        same: (0..)
            .zip(slots)
            .filter(|(_, other)| slot.scans.is_subset(&other.scans))
            .map(|(at, _)| at)
            .collect(),
        displaces: slot.displaces,
        over: slot.over.iter().copied().map(position).collect(),
        k: slot.parties.iter().map(|(party, k)| (*party, *k)).collect(),
    };
    slots.iter().map(&mut spec).collect()
}

/// Exemption, pooling and dominance of every party, by number.
pub(crate) fn party_rules(walker: &Walker<'_>, rel: &Rel) -> Vec<PartyRule> {
    let policies = walker.policies;
    let classes = pool_classes(policies);
    policies
        .parties
        .iter()
        .zip(classes)
        .map(|(party, pool)| {
            let tables = || {
                policies
                    .tables
                    .values()
                    .filter(|t| t.table.party == *party && rel.tables.contains(&t.table))
            };
            let asks_for_itself = walker.request.principal.party == *party
                && walker.request.recipient == *party
                && tables().all(|t| t.access.owner == policy::document::OwnerAccess::Full);
            PartyRule {
                name: party.to_string(),
                exempt: asks_for_itself,
                pool,
                dominance: tables()
                    .map(|t| t.disclosure.dominance.value)
                    .max()
                    .unwrap_or(0),
            }
        })
        .collect()
}

/// Parties that all name each other share a class; by the number of a party, the class.
pub(crate) fn pool_classes(policies: &Policies) -> Vec<u8> {
    let mut classes: Vec<(u8, Vec<&PartyId>)> = Vec::new();
    let mut found = Vec::new();
    for (number, party) in policies.parties.iter().enumerate() {
        let number = u8::try_from(number).unwrap_or(u8::MAX);
        let class = classes
            .iter_mut()
            .find(|(_, members)| members.iter().all(|m| policies.pool_together(m, party)));
        if let Some((class, members)) = class {
            members.push(party);
            found.push(*class);
        } else {
            classes.push((number, vec![party]));
            found.push(number);
        }
    }
    found
}

/// The aggregate as the walker sees it.
pub(crate) fn of_aggregate(
    walker: &mut Walker<'_>,
    node: &Aggregate,
    original: &LogicalPlan,
) -> DfResult<ReleasePlan> {
    build(
        walker,
        &node.input,
        &node.group_expr,
        &node.aggr_expr,
        original,
    )
}
