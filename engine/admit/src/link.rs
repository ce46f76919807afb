//! Whether the two sides of a join may meet at all: on which key, by whose consent, how often.

use std::collections::BTreeSet;

use datafusion_common::Column;
use datafusion_expr::Expr;
use policy::capability::{Filter, Grain, Literal};
use policy::denial::Code;
use policy::ident::PartyId;

use crate::comparison::refuse_undone;
use crate::condition::Condition;
use crate::consent;
use crate::constant::Quantity;
use crate::refusals::{Explain, span_of};
use crate::relation::Rel;
use crate::traits::Traits;
use crate::walk::Walker;

/// Checks that the two sides may meet at all.
pub(crate) fn link(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    match (left.is_protected(), right.is_protected()) {
        (false, false) => {}
        (true, false) => with_public(walker, left, right, found, true),
        (false, true) => with_public(walker, right, left, found, false),
        (true, true) => between_owners(walker, left, right, found),
    }
}

/// Rows may not be picked from a list, or left out by one, by what was counted over rows of several owners.
pub(crate) fn undone<'a>(
    walker: &mut Walker<'_>,
    rel: &Rel,
    columns: impl Iterator<Item = &'a Column>,
) {
    for column in columns {
        if let Some(col) = rel.col(column) {
            let expr = Expr::Column(column.clone());
            refuse_undone(&mut walker.refusals, &col.traits, &expr);
        }
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
    undone(walker, protected, pairs.iter().map(|(column, _)| column));
    let usable = |(column, other): &(Column, Column)| {
        let pair = protected.col(column).zip(public.col(other));
        pair.is_some_and(|(own, other)| may_meet(&own.traits, &other.traits))
    };
    let key: BTreeSet<usize> = pairs
        .iter()
        .filter_map(|(_, public_column)| public.position(public_column))
        .collect();
    let cross = pairs.is_empty() && public.literal_rows.is_some_and(|rows| rows <= 64);
    let unique = public.is_unique_on(&key);
    if found.keys.is_empty() && pairs.iter().all(usable) && (unique || cross) {
        return;
    }
    let at = pairs
        .first()
        .map(|(column, _)| Expr::Column(column.clone()));
    let span = at.as_ref().and_then(span_of);
    let denial = walker.refusals.rule(
        Code::Join,
        "protected rows may be joined with a public table only on dimensions or filters, where the public side is unique",
    );
    denial.span = span;
    denial.help(
        "join on a column with `dimension`, against a key the public table declares `unique`",
    );
}

/// Whether a column's values may be looked up in a list or a public table: a list of agreed values where only those may be asked for.
pub(crate) fn may_meet(own: &Traits, other: &Traits) -> bool {
    let as_it_stands = own.dimension == Some(Grain::Any);
    let looked_up = match &own.filter {
        Some(Filter::Grain(grain)) => *grain == Grain::Any,
        Some(Filter::Values(agreed)) => {
            let known = other.known.as_ref();
            known.is_some_and(|all| all.iter().all(|value| is_agreed(value, agreed)))
        }
        None => false,
    };
    !own.identifier && (as_it_stands || looked_up)
}

fn is_agreed(value: &Quantity, agreed: &[Literal]) -> bool {
    match value {
        Quantity::Null => true,
        Quantity::Bool(truth) => agreed.contains(&Literal::Bool(*truth)),
        Quantity::Number(number) => agreed.contains(&Literal::Number(*number)),
        Quantity::Text(text) => agreed.contains(&Literal::Text(text.clone())),
        Quantity::Moment(_) | Quantity::Span(_) | Quantity::Other => false,
    }
}

fn between_owners(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    if found.keys.is_empty() {
        let at = found.stated.first().cloned();
        let denial = walker.refusals.rule(
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
    let domains = found.domains();
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
    (p, q): (PartyId, PartyId),
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
        .rule(
            Code::Join,
            format!("{p} and {q} have not both agreed to link their rows on this key"),
        )
        .of(origin.as_ref());
    denial.span = span;
    denial.help("both policies need the other party under `[joins.…] with`");
}

/// The other party's side holds the key once, unless `many` lists that party.
fn check_many(walker: &mut Walker<'_>, left: &Rel, right: &Rel, found: &Condition) {
    let domains = found.domains();
    let tables = left.tables.union(&right.tables).cloned().collect();
    let left_unique = left.is_unique_on(&found.left_key(left));
    let right_unique = right.is_unique_on(&found.right_key(right));
    let lets = |owner, other| consent::lets_many(walker.policies, &tables, owner, other, &domains);
    let pairs = left
        .owners
        .iter()
        .flat_map(|p| right.owners.iter().map(move |q| (p, q)));
    let refused = pairs.into_iter().find_map(|(p, q)| {
        if !(right_unique || lets(p, q)) {
            return Some((p.clone(), q.clone()));
        }
        (!(left_unique || lets(q, p))).then(|| (q.clone(), p.clone()))
    });
    let Some((owner, other)) = refused else {
        return;
    };
    let pair = found.keys.first();
    let span = pair.and_then(|pair| span_of(&Expr::Column(pair.left.clone())));
    let message = format!(
        "{other}'s side may hold the key more than once, and {owner} has not agreed to that"
    );
    let denial = walker.refusals.rule(Code::Join, message);
    denial.span = span;
    denial.help(format!(
        "group {other}'s side by the key first, or ask {owner} for `many`"
    ));
}
