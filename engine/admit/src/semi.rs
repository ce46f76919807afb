//! Semi and anti joins: IN, EXISTS and their negations.
//!
//! A semi join becomes an inner join with the other side grouped by the key, so that the people who
//! make the condition true are contributors too.

use std::collections::BTreeSet;

use datafusion_common::{Column, NullEquality, Result as DfResult};
use datafusion_expr::{
    Expr, Join, JoinConstraint, JoinType, LogicalPlan, LogicalPlanBuilder, Projection, lit,
};
use policy::denial::Code;

use crate::condition::{Condition, condition};
use crate::group::{self, Grouped};
use crate::join::{joined, judge_rest, looked_up_arms, unmatched_allowed};
use crate::link::{link, may_meet, undone};
use crate::nobody;
use crate::predicate::Polarity;
use crate::relation::Rel;
use crate::traits::ArmId;
use crate::walk::Walker;

/// Both sides with the condition sorted; conditions across both sides besides the key are refused.
fn sides(
    walker: &mut Walker<'_>,
    node: &Join,
    keeps_left: bool,
) -> DfResult<(Rel, Rel, Condition)> {
    let (kept, tested) = if keeps_left {
        (&node.left, &node.right)
    } else {
        (&node.right, &node.left)
    };
    let on: Vec<(Expr, Expr)> = if keeps_left {
        node.on.clone()
    } else {
        node.on
            .iter()
            .map(|(l, r)| (r.clone(), l.clone()))
            .collect()
    };
    let kept = walker.walk(kept, &[])?;
    let tested = walker.walk(tested, &[])?;
    let mut found = condition(&kept, &tested, &on, node.filter.as_ref(), &[]);
    let rest = std::mem::take(&mut found.rest);
    for expr in rest {
        let columns = expr.column_refs();
        let inside = |rel: &Rel| columns.iter().all(|c| rel.col(c).is_some());
        if columns.is_empty() || inside(&kept) || inside(&tested) {
            found.rest.push(expr);
        } else {
            walker.refusals.add(
                Code::Subquery,
                "a condition across both sides besides the key is not available in IN and EXISTS: write a join and COUNT(DISTINCT …)",
            );
        }
    }
    Ok((kept, tested, found))
}

/// Applies the conditions that read one side alone to that side.
fn with_own_conditions(walker: &mut Walker<'_>, rel: Rel, found: &Condition) -> DfResult<Rel> {
    let mut rel = rel;
    for expr in &found.rest {
        let columns = expr.column_refs();
        if !columns.is_empty() && columns.iter().all(|c| rel.col(c).is_some()) {
            rel = walker.filtered(rel, expr)?;
        }
    }
    Ok(rel)
}

/// IN and EXISTS.
pub(crate) fn semi(walker: &mut Walker<'_>, node: &Join, keeps_left: bool) -> DfResult<Rel> {
    let (kept, tested, found) = sides(walker, node, keeps_left)?;
    let kept = with_own_conditions(walker, kept, &found)?;
    let tested = with_own_conditions(walker, tested, &found)?;
    let kept = nobody::keys_left_out(kept, found.keys.iter().map(|pair| &pair.left))?;
    let tested = nobody::keys_left_out(tested, found.keys.iter().map(|pair| &pair.right))?;
    let keys: Vec<(Column, Column)> = found
        .keys
        .iter()
        .map(|pair| (pair.left.clone(), pair.right.clone()))
        .chain(found.equal.iter().cloned())
        .collect();
    let both_protected = kept.is_protected() && tested.is_protected();
    let links_people = kept.is_protected() && !keys.is_empty();
    if tested.is_protected() && !links_people {
        refuse_crowds(walker, &tested);
    }
    let tested = grouped_by(walker, tested, &keys)?;
    link(walker, &kept, &tested, &found);
    let visible = kept.cols.clone();
    let unique = kept.unique.clone();
    let unnumbered = kept.unnumbered;
    let on: Vec<(Expr, Expr)> = keys
        .iter()
        .map(|(l, r)| (Expr::Column(l.clone()), Expr::Column(r.clone())))
        .collect();
    let mut rel = joined(kept, tested, &found, |l, r| {
        Join::try_new(
            l.into(),
            r.into(),
            on,
            None,
            JoinType::Inner,
            JoinConstraint::On,
            NullEquality::NullEqualsNothing,
            false,
        )
    })?;
    if both_protected {
        let arms = judge_rest(walker, &rel, &equalities_of(&found), true, Polarity::Both);
        rel.row_arms.extend(arms);
    }
    for col in &mut rel.cols {
        // Equated entities stay known by the kept columns.
        if let Some(before) = visible.iter().find(|v| v.column == col.column) {
            col.traits.owners.clone_from(&before.traits.owners);
        }
    }
    rel.row_arms.extend(looked_up_arms(&rel, &found));
    rel.cols.truncate(visible.len());
    rel.unique = unique;
    // What is only looked up in brings nothing.
    rel.unnumbered = unnumbered;
    let mut exprs: Vec<Expr> = rel
        .cols
        .iter()
        .map(|c| Expr::Column(c.column.clone()))
        .collect();
    exprs.extend(rel.hidden());
    rel.plan = LogicalPlan::Projection(Projection::try_new(exprs, rel.plan.into())?);
    Ok(rel)
}

/// Which of the question's own rows, or a public table's, have a match says what a crowd has, be it of one person.
fn refuse_crowds(walker: &mut Walker<'_>, tested: &Rel) {
    let owners = tested.owners.iter();
    let owners: Vec<String> = owners.map(ToString::to_string).collect();
    let message = format!(
        "what is picked by whether {} has such rows is about a crowd of its people; only the outermost aggregate may be",
        owners.join(" or ")
    );
    let denial = walker.refusals.rule(Code::Crowd, message);
    denial.party = tested.owners.first().cloned();
    denial.help = Some("join the rows and aggregate them, or test people by their unit".to_owned());
}

/// The tested side, one row a key, with set tracks.
fn grouped_by(walker: &mut Walker<'_>, tested: Rel, keys: &[(Column, Column)]) -> DfResult<Rel> {
    let columns: Vec<Column> = keys.iter().map(|(_, r)| r.clone()).collect();
    let group: Vec<Expr> = columns.iter().cloned().map(Expr::Column).collect();
    if group.is_empty() {
        return once(walker, tested);
    }
    let traits = columns
        .iter()
        .filter_map(|c| tested.col(c).map(|c| c.traits.clone()))
        .collect();
    group::build(
        walker,
        tested,
        Grouped {
            keys: group,
            traits,
            implied: vec![false; columns.len()],
            key_branches: Vec::new(),
            aggregates: Vec::new(),
        },
    )
}

/// One row if there are any: EXISTS asks no more.
fn once(walker: &mut Walker<'_>, tested: Rel) -> DfResult<Rel> {
    if tested.is_protected() {
        return Ok(tested);
    }
    let name = format!("__x{}", walker.fresh());
    let plan = LogicalPlanBuilder::from(tested.plan)
        .project([lit(true).alias(name)])?
        .distinct()?
        .build()?;
    let mut rel = Rel::public(plan);
    rel.tables = tested.tables;
    rel.literal_rows = Some(1);
    Ok(rel)
}

/// NOT IN, NOT EXISTS, EXCEPT: who is absent decides, so it needs consent.
pub(crate) fn anti(walker: &mut Walker<'_>, node: &Join, keeps_left: bool) -> DfResult<Rel> {
    let (kept, tested, found) = sides(walker, node, keeps_left)?;
    if tested.is_protected() {
        link(walker, &kept, &tested, &found);
        if !unmatched_allowed(walker, &kept, &tested, &found) {
            let denial = walker.refusals.rule(
                Code::Negation,
                "NOT IN, NOT EXISTS and EXCEPT show who is absent at another party",
            );
            denial.help = Some(
                "ask for those who are present, or ask both owners for `negation = true` on this key"
                    .to_owned(),
            );
        }
    } else if kept.is_protected() {
        let keys = found.keys.iter().map(|pair| &pair.left);
        let compared = keys.chain(found.equal.iter().map(|(left, _)| left));
        undone(walker, &kept, compared);
        let usable = found.equal.iter().all(|(l, r)| {
            let pair = kept.col(l).zip(tested.col(r));
            pair.is_some_and(|(own, other)| may_meet(&own.traits, &other.traits))
        });
        if !usable || !found.keys.is_empty() {
            walker.refusals.rule(
                Code::Join,
                "protected rows may be compared with a public table only on dimensions or filters",
            );
        }
    }
    let arms = if kept.is_protected() {
        judge_conditions(walker, &kept, &tested, &found)?
    } else {
        BTreeSet::new()
    };
    let tested = nobody::keys_left_out(tested, found.keys.iter().map(|pair| &pair.right))?;
    let left_keys = found.keys.iter().map(|pair| &pair.left);
    let filter = nobody::and_somebody(node.filter.as_ref(), &kept, left_keys);
    let mut rel = kept;
    let own = arms.into_iter().filter(|arm| rel.arms.contains_key(arm));
    let own: Vec<ArmId> = own.collect();
    rel.row_arms.extend(own);
    let (left, right, on): (LogicalPlan, LogicalPlan, Vec<(Expr, Expr)>) = if keeps_left {
        (rel.plan.clone(), tested.plan, node.on.clone())
    } else {
        (tested.plan, rel.plan.clone(), node.on.clone())
    };
    let join = Join::try_new(
        left.into(),
        right.into(),
        on,
        filter,
        node.join_type,
        node.join_constraint,
        node.null_equality,
        node.null_aware,
    )?;
    rel.plan = LogicalPlan::Join(join);
    rel.tables.extend(tested.tables);
    Ok(rel)
}

/// The equalities besides the key: they are predicates too.
fn equalities_of(found: &Condition) -> Condition {
    Condition {
        equal: found.equal.clone(),
        ..Condition::default()
    }
}

/// Judges what an anti join compares besides its key, over the rows that it compares.
fn judge_conditions(
    walker: &mut Walker<'_>,
    kept: &Rel,
    tested: &Rel,
    found: &Condition,
) -> DfResult<BTreeSet<ArmId>> {
    let both_protected = tested.is_protected();
    let pairs = joined(kept.clone(), tested.clone(), found, |l, r| {
        let none: Vec<(Expr, Expr)> = Vec::new();
        Join::try_new(
            l.into(),
            r.into(),
            none,
            None,
            JoinType::Inner,
            JoinConstraint::On,
            NullEquality::NullEqualsNothing,
            false,
        )
    })?;
    let mut arms = judge_rest(walker, &pairs, found, both_protected, Polarity::Both);
    arms.extend(looked_up_arms(&pairs, found));
    Ok(arms)
}
