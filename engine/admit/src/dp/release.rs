//! A release under differential privacy: what was proved of its rows, what bounds they have, and what it may spend.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_common::{DFSchema, Result as DfResult};
use datafusion_expr::{Aggregate, Expr, LogicalPlan, Projection};
use policy::denial::{Code, Denial};
use policy::document::Dp;
use policy::number::Decimal;
use policy::table::TablePolicy;
use release::{DpGroups, DpTerms, Duties, PrivateRelease, ReleaseSpec, Statistic, StatisticKind};

use super::between;
use super::columns::computed;
use super::interval::times;
use super::merged::summed;
use super::shape::{Interval, Known, Shape, Unbounded, unbounded};
use super::stability::Prover;
use crate::group::{aggregate_call, each_once};
use crate::measure::{self, Judged, Place};
use crate::refusals::Explain;
use crate::relation::Rel;
use crate::release_plan::{
    Columns, Keyed, Private, ReleasePlan, party_rules, release_keys, spec_slots, statistic_kind,
};
use crate::walk::{Walker, internal};

/// The strictest terms of some tables.
struct Strictest {
    epsilon: u64,
    delta: f64,
    max_groups: u32,
    max_rows: u32,
    /// The largest k that an owner has written.
    least: u32,
    /// By party, the protected unit.
    units: BTreeMap<u8, policy::ident::UnitSpace>,
}

/// Judges an outermost aggregate over differentially private tables and builds its release.
pub(crate) fn build(
    walker: &mut Walker<'_>,
    input: &LogicalPlan,
    keys: &[Expr],
    calls: &[Expr],
    original: &LogicalPlan,
) -> DfResult<ReleasePlan> {
    let rel = walker.walk(input, &[])?;
    let strictest = strictest(walker, &rel).ok_or_else(|| internal("no terms"))?;
    let mut prover = Prover::new(walker.policies, strictest.max_rows);
    let found = prover.of(input).and_then(|shape| bearers(shape, walker));
    let shape = found.unwrap_or_else(|why| refused(walker, why));
    let keys = &each_once(keys);
    let mut columns = Columns::default();
    let parties = party_rules(walker, &rel);
    let keyed = release_keys(walker, &rel, keys, &mut columns);
    let once = is_once(&shape, keys, input.schema());
    let sides = between::sides(&shape);
    // Of two people who meet once each may meet many.
    let once = once && sides.is_none();
    let rows = if once { 1 } else { strictest.max_rows };
    let told = told(
        walker,
        (&rel, &shape, input.schema()),
        (calls, keys.len()),
        original,
        (rows, &mut columns),
    );
    let slots = spec_slots(&rel.slots, &mut columns);
    let (statistics, bounds): (Vec<Statistic>, Vec<Interval>) = told.into_iter().unzip();
    let listed = listed(&shape, keys, &prover, input.schema())?;
    if sides.is_some() {
        let limits = (strictest.max_groups, keys.len());
        between::check(walker, limits, listed.as_ref(), &statistics);
    }
    let terms = terms(
        &strictest,
        (&rel, &shape),
        (rows, bounds),
        &keyed,
        listed.is_some(),
    );
    let plan = LogicalPlan::Projection(Projection::try_new(columns.exprs, rel.plan.into())?);
    let spec = ReleaseSpec {
        keys: keyed.columns,
        statistics,
        slots,
        parties,
    };
    Ok(ReleasePlan {
        input: plan,
        duties: unowed(&spec),
        spec,
        private: Some(Private { terms, listed }),
        owners: rel.owners,
    })
}

/// What a question spends is shared by its releases, and so is the chance that a group shows somebody.
pub(crate) fn share(walker: &mut Walker<'_>, releases: &mut [ReleasePlan]) {
    let private = releases
        .iter_mut()
        .filter_map(|release| release.private.as_mut());
    let mut private: Vec<&mut Private> = private.collect();
    let number = u32::try_from(private.len()).unwrap_or(u32::MAX).max(1);
    for release in &mut private {
        let terms = &mut release.terms;
        terms.epsilon = terms.epsilon.checked_div(u64::from(number)).unwrap_or(0);
        terms.delta /= f64::from(number);
    }
    // A shape that no mode takes is told by its own name.
    if walker.refusals.is_empty() {
        walker.refusals.take(std::mem::take(&mut walker.unproved));
    }
    for release in releases {
        affordable(walker, release);
    }
}

fn refused(walker: &mut Walker<'_>, why: Unbounded) -> Shape {
    let mut denial = Denial::new(Code::Mode, why.message);
    denial.help(why.help);
    walker.unproved.push(denial);
    Shape::default()
}

/// The terms of every table behind the rows, the least of each.
fn strictest(walker: &Walker<'_>, rel: &Rel) -> Option<Strictest> {
    let mut private: Vec<(&TablePolicy, &Dp)> = Vec::new();
    for table in &rel.tables {
        let policy = walker.policies.tables.get(table)?;
        if !policy.is_public() {
            private.push((policy, &policy.disclosure.dp.as_ref()?.value));
        }
    }
    let unit = |(policy, dp): &(&TablePolicy, &Dp)| {
        Some((
            walker.policies.number(&policy.table.party)?,
            dp.unit.clone(),
        ))
    };
    let each = || private.iter().map(|(_, dp)| *dp);
    Some(Strictest {
        epsilon: each().map(Dp::micro_epsilon).min()?,
        delta: each().map(Dp::delta).reduce(f64::min)?,
        max_groups: each().map(|dp| dp.max_groups).min()?,
        max_rows: each().filter_map(|dp| dp.max_rows).min().unwrap_or(1),
        least: private.iter().filter_map(written_k).max().unwrap_or(0),
        units: private.iter().map(unit).collect::<Option<_>>()?,
    })
}

/// The least number of entities that an owner asks for in writing, or by a floor of the contract.
fn written_k((policy, dp): &(&TablePolicy, &Dp)) -> Option<u32> {
    let k = &policy.disclosure.min_contributors;
    (!policy.disclosure.is_default(k)).then(|| k.value.of(&dp.unit))
}

/// The shape, if whatever an entity does, it does by one bearer: parties that meet in a row meet as one person.
fn bearers(shape: Shape, walker: &Walker<'_>) -> Result<Shape, Unbounded> {
    let name = |party: &u8| {
        let party = walker.policies.parties.get(usize::from(*party));
        party.map_or("a party", |party| party.as_str()).to_owned()
    };
    let mut seen: BTreeSet<u8> = BTreeSet::new();
    for together in &shape.together {
        let mut units = BTreeSet::new();
        for party in together {
            let Some(unit) = shape.single(*party) else {
                let message = format!("a row is about two people of {}, or more", name(party));
                return unbounded(
                    message,
                    "join its tables on the unit (person = person), or group by it first",
                );
            };
            units.insert(unit);
            if !seen.insert(*party) {
                let message = format!(
                    "rows of {} stand beside others of it that are joined with more parties",
                    name(party)
                );
                return unbounded(
                    message,
                    "let every branch of the UNION read the same parties",
                );
            }
        }
        if units.len() > 2 || (units.len() == 2 && shape.together.len() > 1) {
            let parties: Vec<String> = together.iter().map(name).collect();
            let message = format!(
                "rows of {} meet on a key by which one person of the one may meet any number of the other's",
                parties.join(" and ")
            );
            return unbounded(message, "join on the units of both (person = person)");
        }
        if units.is_empty() {
            return unbounded(
                "rows that are nobody's",
                "read a protected table in every branch",
            );
        }
    }
    Ok(shape)
}

/// Whether an entity has one row in a group at most.
fn is_once(shape: &Shape, keys: &[Expr], schema: &DFSchema) -> bool {
    let named = shape.cols.iter().enumerate();
    let named = named
        .filter(|(_, known)| !known.names.is_empty())
        .map(|(at, _)| at);
    let keys = keys
        .iter()
        .filter_map(|key| Some(shape.bare(key, schema)?.0));
    shape.is_unique_on(&named.chain(keys).collect())
}

/// Each statistic with what one entity adds to it.
fn told(
    walker: &mut Walker<'_>,
    (rel, shape, schema): (&Rel, &Shape, &DFSchema),
    (calls, keys): (&[Expr], usize),
    original: &LogicalPlan,
    (rows, columns): (u32, &mut Columns),
) -> Vec<(Statistic, Interval)> {
    let outputs = original.schema().fields().iter().skip(keys);
    let mut told = Vec::new();
    for (index, (call, output)) in calls.iter().zip(outputs).enumerate() {
        let name = format!("c{}", keys.saturating_add(index));
        let Some(function) = aggregate_call(call) else {
            walker
                .refusals
                .add(Code::Agg, "not a plain aggregate")
                .at(call);
            continue;
        };
        let judged = measure::judge(&mut walker.judge(rel), function, Place::Release);
        let kind = statistic_kind(rel, &judged, columns, &name);
        let argument = function.params.args.first();
        let known = argument.map(|argument| computed(argument, shape, schema));
        let bound = bound(kind, &known.unwrap_or_default(), rows);
        let bound = bound.unwrap_or_else(|| unknown(walker, &judged, call));
        let statistic = Statistic {
            name,
            kind,
            branches: Vec::new(),
            output: output.data_type().clone(),
        };
        told.push((statistic, bound));
    }
    told
}

/// What one entity adds to a statistic in a group; of a mean or variance, what one value is.
fn bound(kind: StatisticKind, known: &Known, rows: u32) -> Option<Interval> {
    let zero = Decimal::from(0);
    let counted = |rows: u32| Some((zero, Decimal::from(i64::from(rows))));
    match kind {
        StatisticKind::CountRows | StatisticKind::Count { .. } => counted(rows),
        StatisticKind::CountDistinct { .. } | StatisticKind::CountDistinctSupported { .. } => {
            counted(if known.names.is_empty() { rows } else { 1 })
        }
        StatisticKind::Sum { .. } => match known.cut {
            Some(_) => summed(known.interval?, known.cut, rows),
            None => times(known.interval?, rows),
        },
        StatisticKind::Avg { .. }
        | StatisticKind::VarPop { .. }
        | StatisticKind::VarSamp { .. }
        | StatisticKind::StddevPop { .. }
        | StatisticKind::StddevSamp { .. } => known.interval,
    }
}

fn unknown(walker: &mut Walker<'_>, judged: &Judged, call: &Expr) -> Interval {
    let message = "nothing is known of how much one person adds to this";
    let mut denial = Denial::new(Code::Mode, message);
    denial
        .of(judged.traits.origin.as_ref())
        .at(call)
        .help("aggregate columns with `measure` bounds, their sums, products and choices");
    walker.unproved.push(denial);
    (Decimal::from(0), Decimal::from(0))
}

/// The plan of the groups that are told, where a public list has them all.
fn listed(
    shape: &Shape,
    keys: &[Expr],
    prover: &Prover<'_>,
    schema: &DFSchema,
) -> DfResult<Option<LogicalPlan>> {
    let places = keys.iter().map(|key| shape.bare(key, schema)?.1.listed);
    let Some(places) = places.collect::<Option<Vec<(usize, usize)>>>() else {
        return Ok(None);
    };
    let Some((list, _)) = places.first().copied() else {
        return Ok(None);
    };
    let plan = prover
        .lists
        .get(list)
        .filter(|_| places.iter().all(|(of, _)| *of == list));
    let Some(plan) = plan else { return Ok(None) };
    let columns = plan.schema().columns();
    let named: BTreeSet<usize> = places.iter().map(|(_, at)| *at).collect();
    let column = |(_, at): &(usize, usize)| columns.get(*at).cloned().map(Expr::Column);
    let columns: Option<Vec<Expr>> = places.iter().map(column).collect();
    // One column of the list under two keys is no list of groups.
    let Some(columns) = columns.filter(|columns| columns.len() == named.len()) else {
        return Ok(None);
    };
    let groups = Aggregate::try_new(plan.clone().into(), columns, Vec::new())?;
    Ok(Some(LogicalPlan::Aggregate(groups)))
}

fn terms(
    strictest: &Strictest,
    (rel, shape): (&Rel, &Shape),
    (max_rows, bounds): (u32, Vec<Interval>),
    keyed: &Keyed,
    listed: bool,
) -> DpTerms {
    let bits = |parties: &mut dyn Iterator<Item = u8>| {
        parties.fold(0_u64, |bits, party| {
            bits | 1_u64.checked_shl(party.into()).unwrap_or(0)
        })
    };
    let together = shape.together.iter();
    let protects =
        |slot: &crate::relation::Slot, party: &u8| strictest.units.get(party) == Some(&slot.space);
    let tracks = rel.slots.iter().enumerate().map(|(at, slot)| {
        let parties = slot.parties.keys().copied();
        (at, bits(&mut parties.filter(|party| protects(slot, party))))
    });
    DpTerms {
        sides: between::sides(shape),
        together: together.map(|set| bits(&mut set.iter().copied())).collect(),
        tracks: tracks.filter(|(_, parties)| *parties != 0).collect(),
        max_groups: if keyed.columns.is_empty() {
            1
        } else {
            strictest.max_groups
        },
        max_rows,
        epsilon: strictest.epsilon,
        delta: strictest.delta,
        groups: match (keyed.columns.is_empty(), listed) {
            (true, _) => DpGroups::Whole,
            (false, true) => DpGroups::Listed,
            (false, false) => DpGroups::Threshold,
        },
        least: strictest.least,
        bounds,
    }
}

/// Bounds that no noise can cover are refused before anything is charged.
fn affordable(walker: &mut Walker<'_>, release: &ReleasePlan) {
    let Some(private) = release
        .private
        .as_ref()
        .filter(|_| walker.refusals.is_empty())
    else {
        return;
    };
    let (spec, terms) = (release.spec.clone(), private.terms.clone());
    if PrivateRelease::new(spec, terms, release.input.schema().as_arrow()).is_err() {
        let message = "what one person may add to this is too much to be covered by noise";
        let help = "aggregate one measure at a time, or ask its owner for a `cut`";
        walker.refusals.add(Code::Mode, message).help(help);
    }
}

/// Neither jitter nor history nor sticky noise.
fn unowed(spec: &ReleaseSpec) -> Duties {
    Duties {
        jitter: false,
        history: false,
        noise: None,
        spaces: Vec::new(),
        cuts: vec![None; spec.statistics.len()],
    }
}
