//! Joins: whose rows may meet whose, on which key, and whose side may repeat it.

use std::collections::BTreeSet;

use datafusion_common::{Column, NullEquality, Result as DfResult};
use datafusion_expr::{Expr, Join, JoinConstraint, JoinType, LogicalPlan, Operator};
use policy::denial::Code;
use policy::ident::KeyDomain;

use crate::consent;
use crate::predicate::Polarity;
use crate::refusals::{Explain, span_of};
use crate::relation::{Col, Rel};
use crate::semi;
use crate::traits::Traits;
use crate::walk::{Walker, column_equality, conjuncts, equate};

/// An equality of two bare identifiers, one of each side.
#[derive(Debug, Clone)]
pub(crate) struct KeyPair {
    pub(crate) left: Column,
    pub(crate) right: Column,
    pub(crate) domains: BTreeSet<KeyDomain>,
    /// Both are the same unit space of one owner.
    pub(crate) same_unit: bool,
}

/// What a join condition consists of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Condition {
    /// Equalities of identifiers.
    pub(crate) keys: Vec<KeyPair>,
    /// Equalities of other bare columns, left then right.
    pub(crate) equal: Vec<(Column, Column)>,
    /// Everything else, to be judged as predicates.
    pub(crate) rest: Vec<Expr>,
    /// All equalities that were stated by the join itself, for predicates.
    pub(crate) stated: Vec<Expr>,
}

/// A join, by its type.
pub(crate) fn walk(walker: &mut Walker<'_>, node: &Join, hints: &[Expr]) -> DfResult<Rel> {
    match node.join_type {
        JoinType::Inner => inner(walker, node, hints),
        JoinType::Left | JoinType::Right => outer(walker, node),
        JoinType::LeftSemi => semi::semi(walker, node, true),
        JoinType::RightSemi => semi::semi(walker, node, false),
        JoinType::LeftAnti => semi::anti(walker, node, true),
        JoinType::RightAnti => semi::anti(walker, node, false),
        JoinType::Full => {
            walker
                .refusals
                .add(Code::Outer, "full joins are not available");
            both_sides(walker, node)
        }
        JoinType::LeftMark | JoinType::RightMark => {
            walker.refusals.add(
                Code::Negation,
                "EXISTS and IN may not stand under OR or as values: the people who are absent would decide",
            );
            both_sides(walker, node)
        }
    }
}

/// Walks both sides of a join that was refused, so that more telling refusals are found.
fn both_sides(walker: &mut Walker<'_>, node: &Join) -> DfResult<Rel> {
    let left = walker.walk(&node.left, &[])?;
    let right = walker.walk(&node.right, &[])?;
    let mut rel = Rel::public(LogicalPlan::Join(node.clone()));
    rel.owners = left.owners.union(&right.owners).cloned().collect();
    rel.tables = left.tables.union(&right.tables).cloned().collect();
    for col in &mut rel.cols {
        let found = left.col(&col.column).or_else(|| right.col(&col.column));
        if let Some(found) = found {
            col.traits = found.traits.clone();
        }
    }
    Ok(rel)
}

/// Sorts a join's condition into keys, other equalities and predicates.
pub(crate) fn condition(
    left: &Rel,
    right: &Rel,
    on: &[(Expr, Expr)],
    filter: Option<&Expr>,
    hints: &[Expr],
) -> Condition {
    let mut all = Vec::new();
    for (l, r) in on {
        all.push(Expr::BinaryExpr(datafusion_expr::BinaryExpr {
            left: Box::new(l.clone()),
            op: Operator::Eq,
            right: Box::new(r.clone()),
        }));
    }
    if let Some(filter) = filter {
        conjuncts(filter, &mut all);
    }
    let mut found = Condition {
        stated: all.clone(),
        ..Condition::default()
    };
    for expr in &all {
        if !sort_equality(left, right, expr, &mut found) {
            found.rest.push(expr.clone());
        }
    }
    for hint in hints {
        sort_equality(left, right, hint, &mut found);
    }
    found
}

fn sort_equality(left: &Rel, right: &Rel, expr: &Expr, found: &mut Condition) -> bool {
    let Some((a, b)) = column_equality(expr) else {
        return false;
    };
    let sides = match (left.col(&a), right.col(&b)) {
        (Some(l), Some(r)) => Some((l, r)),
        (Some(_), None) | (None, _) => match (left.col(&b), right.col(&a)) {
            (Some(l), Some(r)) => Some((l, r)),
            (Some(_), None) | (None, _) => None,
        },
    };
    let Some((l, r)) = sides else { return false };
    match key_pair(left, right, l, r) {
        Some(pair) => found.keys.push(pair),
        None if l.traits.identifier || r.traits.identifier => return false,
        None => found.equal.push((l.column.clone(), r.column.clone())),
    }
    true
}

fn key_pair(left: &Rel, right: &Rel, l: &Col, r: &Col) -> Option<KeyPair> {
    if !(l.traits.identifier && r.traits.identifier) {
        return None;
    }
    let domains: BTreeSet<KeyDomain> = l
        .traits
        .domains
        .intersection(&r.traits.domains)
        .cloned()
        .collect();
    let spaces = |rel: &Rel, traits: &Traits| -> BTreeSet<_> {
        rel.slots
            .iter()
            .filter(|s| traits.slots.contains(&s.id))
            .map(|s| s.space.clone())
            .collect()
    };
    let one_owner = l.traits.owners.len() == 1 && l.traits.owners == r.traits.owners;
    let same_unit = one_owner && !spaces(left, &l.traits).is_disjoint(&spaces(right, &r.traits));
    (!domains.is_empty() || same_unit).then(|| KeyPair {
        left: l.column.clone(),
        right: r.column.clone(),
        domains,
        same_unit,
    })
}

fn inner(walker: &mut Walker<'_>, node: &Join, hints: &[Expr]) -> DfResult<Rel> {
    let left = walker.walk(&node.left, hints)?;
    let right = walker.walk(&node.right, hints)?;
    let found = condition(&left, &right, &node.on, node.filter.as_ref(), hints);
    link(walker, &left, &right, &found);
    let rel = joined(left, right, &found, |l, r| {
        Join::try_new(
            l.into(),
            r.into(),
            node.on.clone(),
            node.filter.clone(),
            JoinType::Inner,
            JoinConstraint::On,
            node.null_equality,
            false,
        )
    })?;
    judge_rest(walker, &rel, &found);
    Ok(rel)
}

/// Judges the conditions that are no linking equalities.
fn judge_rest(walker: &mut Walker<'_>, rel: &Rel, found: &Condition) {
    for expr in &found.rest {
        walker.judge(rel).predicate(expr, Polarity::Positive);
    }
    if !rel.is_protected() {
        return;
    }
    for (l, r) in &found.equal {
        let public = [l, r]
            .iter()
            .any(|c| rel.col(c).is_some_and(|c| c.traits.owners.is_empty()));
        if !public {
            let equality = Expr::Column(l.clone()).eq(Expr::Column(r.clone()));
            walker.judge(rel).predicate(&equality, Polarity::Positive);
        }
    }
}

/// Checks that the two sides may meet at all.
pub(crate) fn link(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    match (left.is_protected(), right.is_protected()) {
        (false, false) => {}
        (true, false) => with_public(walker, left, right, found, true),
        (false, true) => with_public(walker, right, left, found, false),
        (true, true) => between_owners(walker, left, right, found),
    }
}

/// The protected side's columns need `dimension` or a grain-free `filter`; the public side must be unique.
fn with_public(
    walker: &mut Walker<'_>,
    protected: &Rel,
    public: &Rel,
    found: &Condition,
    protected_is_left: bool,
) {
    let sides = |pair: &(Column, Column)| {
        if protected_is_left {
            pair.clone()
        } else {
            (pair.1.clone(), pair.0.clone())
        }
    };
    let pairs: Vec<(Column, Column)> = found.equal.iter().map(sides).collect();
    let usable = |column: &Column| {
        protected
            .col(column)
            .is_some_and(|c| !c.traits.identifier && c.traits.groups_inside())
    };
    let key: BTreeSet<usize> = pairs
        .iter()
        .filter_map(|(_, public_column)| public.position(public_column))
        .collect();
    let cross = pairs.is_empty() && public.literal_rows.is_some_and(|rows| rows <= 64);
    let unique = public.is_unique_on(&key);
    if found.keys.is_empty() && pairs.iter().all(|(column, _)| usable(column)) && (unique || cross)
    {
        return;
    }
    let at = pairs
        .first()
        .map(|(column, _)| Expr::Column(column.clone()));
    let span = at.as_ref().and_then(span_of);
    let denial = walker.refusals.add(
        Code::Join,
        "protected rows may be joined with a public table only on dimensions or filters, where the public side is unique",
    );
    denial.span = span;
    denial.help(
        "join on a column with `dimension`, against a key the public table declares `unique`",
    );
}

fn between_owners(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    if found.keys.is_empty() {
        let at = found.stated.first().cloned();
        let denial = walker.refusals.add(
            Code::Join,
            "protected rows may only be joined on an equality of two bare keys of one domain",
        );
        denial.help("join on columns whose policies name the same `join` domain");
        if let Some(expr) = at {
            denial.at(&expr);
        }
        return;
    }
    check_consents(walker, left, right, found);
    check_many(walker, left, right, found);
}

/// Consent of every two owners whose rows meet, also through a third table.
pub(crate) fn check_consents(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    let mut domains: BTreeSet<KeyDomain> = BTreeSet::new();
    for pair in &found.keys {
        domains.extend(pair.domains.iter().cloned());
    }
    let mut linked = domains.clone();
    linked.extend(left.linked.iter().cloned());
    linked.extend(right.linked.iter().cloned());
    let tables = left.tables.union(&right.tables).cloned().collect();
    for p in &left.owners {
        for q in &right.owners {
            let direct = consent::mutual(walker.policies, &tables, p, q, &domains);
            let through = consent::mutual(walker.policies, &tables, p, q, &linked);
            let key_owners = found.keys.iter().any(|pair| {
                let has = |rel: &Rel, column: &Column, party| {
                    rel.col(column)
                        .is_some_and(|c| c.traits.owners.contains(party))
                };
                has(left, &pair.left, p) && has(right, &pair.right, q)
            });
            if direct || (!key_owners && through) {
                continue;
            }
            refuse_consent(walker, left, right, found, (p.clone(), q.clone()));
        }
    }
}

fn refuse_consent(
    walker: &mut Walker<'_>,
    left: &Rel,
    right: &Rel,
    found: &Condition,
    (p, q): (policy::ident::PartyId, policy::ident::PartyId),
) {
    let pair = found.keys.first();
    let origin = pair.and_then(|pair| {
        let asker = &walker.request.principal.party;
        let side = if p == *asker {
            right.col(&pair.right)
        } else {
            left.col(&pair.left)
        };
        side.and_then(|c| c.traits.origin.clone())
    });
    let span = pair.and_then(|pair| span_of(&Expr::Column(pair.left.clone())));
    let denial = walker
        .refusals
        .add(
            Code::Join,
            format!("{p} and {q} have not both agreed to link their rows on this key"),
        )
        .of(origin.as_ref());
    denial.span = span;
    denial.help("both policies need the other party under `[joins.…] with`");
}

/// The other party's side holds the key once, unless `many` lists that party.
fn check_many(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    let mut domains: BTreeSet<KeyDomain> = BTreeSet::new();
    for pair in &found.keys {
        domains.extend(pair.domains.iter().cloned());
    }
    let tables = left.tables.union(&right.tables).cloned().collect();
    let key = |rel: &Rel, pick: fn(&KeyPair) -> &Column| -> BTreeSet<usize> {
        let others = found.equal.iter();
        let mut key: BTreeSet<usize> = found
            .keys
            .iter()
            .filter_map(|pair| rel.position(pick(pair)))
            .collect();
        for (l, r) in others {
            key.extend(rel.position(l).or_else(|| rel.position(r)));
        }
        key
    };
    let left_unique = left.is_unique_on(&key(left, |pair| &pair.left));
    let right_unique = right.is_unique_on(&key(right, |pair| &pair.right));
    for p in &left.owners {
        for q in &right.owners {
            let left_accepts =
                right_unique || consent::lets_many(walker.policies, &tables, p, q, &domains);
            let right_accepts =
                left_unique || consent::lets_many(walker.policies, &tables, q, p, &domains);
            if left_accepts && right_accepts {
                continue;
            }
            let (owner, other) = if left_accepts { (q, p) } else { (p, q) };
            let message = format!(
                "{other}'s side may hold the key more than once, and {owner} has not agreed to that"
            );
            let span = found
                .keys
                .first()
                .and_then(|pair| span_of(&Expr::Column(pair.left.clone())));
            let denial = walker.refusals.add(Code::Join, message);
            denial.span = span;
            denial.help(format!(
                "group {other}'s side by the key first, or ask {owner} for `many`"
            ));
            return;
        }
    }
}

/// Puts the two sides together.
pub(crate) fn joined(
    left: Rel,
    right: Rel,
    found: &Condition,
    build: impl FnOnce(LogicalPlan, LogicalPlan) -> DfResult<Join>,
) -> DfResult<Rel> {
    let positions =
        |rel: &Rel, pick: fn(&KeyPair) -> &Column, equal: fn(&(Column, Column)) -> &Column| {
            let keys = found
                .keys
                .iter()
                .filter_map(|pair| rel.position(pick(pair)));
            let others = found
                .equal
                .iter()
                .filter_map(|pair| rel.position(equal(pair)));
            keys.chain(others).collect::<BTreeSet<usize>>()
        };
    let left_unique = left.is_unique_on(&positions(&left, |p| &p.left, |p| &p.0));
    let right_unique = right.is_unique_on(&positions(&right, |p| &p.right, |p| &p.1));
    let shift = left.cols.len();
    let mut unique = Vec::new();
    if right_unique {
        unique.extend(left.unique.iter().cloned());
    }
    if left_unique {
        unique.extend(
            right
                .unique
                .iter()
                .map(|k| k.iter().map(|i| i.saturating_add(shift)).collect()),
        );
    }
    let plan = LogicalPlan::Join(build(left.plan, right.plan)?);
    let mut rel = Rel {
        plan,
        cols: left.cols.into_iter().chain(right.cols).collect(),
        slots: left.slots.into_iter().chain(right.slots).collect(),
        arms: left.arms.into_iter().chain(right.arms).collect(),
        zero_arms: left.zero_arms.union(&right.zero_arms).copied().collect(),
        row_arms: left.row_arms.union(&right.row_arms).copied().collect(),
        owners: left.owners.union(&right.owners).cloned().collect(),
        tables: left.tables.union(&right.tables).cloned().collect(),
        linked: left.linked.union(&right.linked).cloned().collect(),
        unique,
        literal_rows: left
            .literal_rows
            .zip(right.literal_rows)
            .map(|(a, b)| a.saturating_mul(b)),
    };
    for pair in &found.keys {
        rel.linked.extend(pair.domains.iter().cloned());
        if let (Some(a), Some(b)) = (rel.position(&pair.left), rel.position(&pair.right)) {
            equate(&mut rel, a, b);
        }
    }
    Ok(rel)
}

/// LEFT and RIGHT: the inner join and the anti join, each judged.
fn outer(walker: &mut Walker<'_>, node: &Join) -> DfResult<Rel> {
    let left = walker.walk(&node.left, &[])?;
    let right = walker.walk(&node.right, &[])?;
    let found = condition(&left, &right, &node.on, node.filter.as_ref(), &[]);
    let is_left = node.join_type == JoinType::Left;
    let (preserved, supplied) = if is_left {
        (&left, &right)
    } else {
        (&right, &left)
    };
    link(walker, &left, &right, &found);
    if supplied.is_protected() && !unmatched_allowed(walker, preserved, supplied, &found) {
        let at = found.stated.first().and_then(span_of);
        let denial = walker.refusals.add(
            Code::Outer,
            "rows without a match would show who is absent at another party",
        );
        denial.span = at;
        denial.help("use an inner join, or ask both owners for `negation = true` on this key");
    }
    let preserved_width = left.cols.len();
    let kept = if is_left {
        left.unique.clone()
    } else {
        right.unique.clone()
    };
    let mut rel = joined(left, right, &found, |l, r| {
        Join::try_new(
            l.into(),
            r.into(),
            node.on.clone(),
            node.filter.clone(),
            node.join_type,
            JoinConstraint::On,
            NullEquality::NullEqualsNothing,
            false,
        )
    })?;
    judge_rest(walker, &rel, &found);
    // Only keys of the preserved side survive unmatched rows.
    rel.unique.retain(|key| {
        let shifted: BTreeSet<usize> = if is_left {
            key.clone()
        } else {
            key.iter()
                .filter_map(|i| i.checked_sub(preserved_width))
                .collect()
        };
        kept.contains(&shifted)
    });
    Ok(rel)
}

/// Negation: both owners consent, or there is one owner and the units are equated.
pub(crate) fn unmatched_allowed(
    walker: &Walker<'_>,
    preserved: &Rel,
    absent: &Rel,
    found: &Condition,
) -> bool {
    if !preserved.is_protected() {
        return false;
    }
    let owners: BTreeSet<_> = preserved.owners.union(&absent.owners).cloned().collect();
    if owners.len() == 1 && found.keys.iter().any(|pair| pair.same_unit) {
        return true;
    }
    let tables = preserved.tables.union(&absent.tables).cloned().collect();
    found
        .keys
        .iter()
        .any(|pair| consent::negation(walker.policies, &tables, &owners, &pair.domains))
}
