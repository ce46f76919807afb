//! Thresholds and what is done to answers: what a new version changes.

use std::collections::BTreeSet;

use super::{Facet, PolicyDiff};
use crate::document::{Budget, Disclosure, Dp, Mode, PolicyDocument};
use crate::ident::{PartyId, UnitSpace};

pub(super) fn compare(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    diff.say(
        old.is_public(),
        new.is_public(),
        "every visible row is read: the table is public",
        Facet::Public,
    );
    let (was, is) = (&old.disclosure, &new.disclosure);
    thresholds(old, new, diff);
    switches(was, is, diff);
    mode(was.mode.value, is.mode.value, diff);
    let pool = |d: &Disclosure| -> BTreeSet<_> { d.pool.value.iter().cloned().collect() };
    let filled = |party: &PartyId| {
        format!("groups with too few contributors here, filled up with entities of {party}")
    };
    diff.sets(&pool(was), &pool(is), filled, |_| Facet::Answers);
    budget(
        was.questions.as_ref().map(|q| &q.value),
        is.questions.as_ref().map(|q| &q.value),
        diff,
    );
    private(was, is, diff);
}

fn thresholds(old: &PolicyDocument, new: &PolicyDocument, diff: &mut PolicyDiff) {
    let (was, is) = (&old.disclosure, &new.disclosure);
    let units: BTreeSet<&UnitSpace> = old.units().union(&new.units()).copied().collect();
    let k = |d: &Disclosure, unit| d.min_contributors.value.of(unit).max(floor(d));
    for unit in units {
        let (counted, counts) = (old.units().contains(unit), new.units().contains(unit));
        diff.say(
            !counted,
            !counts,
            format!("groups however few of unit `{unit}`, which is not counted"),
            Facet::Answers,
        );
        let (before, after) = (k(was, unit), k(is, unit));
        if !counted || !counts || before == after {
            continue;
        }
        let most = before.max(after).saturating_sub(1);
        let what = format!("groups of {} to {most} of unit `{unit}`", before.min(after));
        diff.say(after > before, after < before, what, Facet::Answers);
    }
    let (before, after) = (floor(was), floor(is));
    diff.say(
        after >= before,
        after <= before,
        format!("approved questions with fewer than {}", before.max(after)),
        Facet::Answers,
    );
}

fn floor(disclosure: &Disclosure) -> u32 {
    disclosure.floor.as_ref().map_or(1, |floor| floor.value)
}

fn switches(was: &Disclosure, is: &Disclosure, diff: &mut PolicyDiff) {
    diff.say(
        !was.jitter.value,
        !is.jitter.value,
        "seeing whether a group has exactly k contributors",
        Facet::Answers,
    );
    diff.say(
        !was.history.value,
        !is.history.value,
        "answers that differ by a few contributors",
        Facet::Answers,
    );
    diff.say(
        !was.noise.value,
        !is.noise.value,
        "exact values, without noise",
        Facet::Answers,
    );
    if was.noise.value && is.noise.value {
        let (before, after) = (was.variance.value, is.variance.value);
        diff.say(
            after >= before,
            after <= before,
            format!("values with noise of variance {}", before.min(after)),
            Facet::Answers,
        );
    }
    let (before, after) = (was.dominance.value, is.dominance.value);
    diff.say(
        after >= before,
        after <= before,
        format!(
            "sums that one contributor dominates, below {} %",
            before.max(after)
        ),
        Facet::Answers,
    );
}

fn mode(was: Mode, is: Mode, diff: &mut PolicyDiff) {
    if was == is {
        return;
    }
    let free = |mode: Mode| mode != Mode::Template;
    diff.say(
        free(was),
        free(is),
        "questions that nobody has approved",
        Facet::Unapproved,
    );
    let private = |mode: Mode| mode == Mode::Dp;
    diff.say(
        !private(was),
        !private(is),
        "answers that are not differentially private",
        Facet::Answers,
    );
}

/// What is spent of privacy; other terms are another question, not more or less of the same.
fn private(was: &Disclosure, is: &Disclosure, diff: &mut PolicyDiff) {
    let (Some(was), Some(is)) = (&was.dp, &is.dp) else {
        if was.dp.is_some() != is.dp.is_some() {
            diff.changed.push("the terms of [disclosure.dp]".to_owned());
        }
        return;
    };
    let (was, is) = (&was.value, &is.value);
    let spends = [
        ("by one question", was.epsilon, is.epsilon),
        ("by all questions", was.total_epsilon, is.total_epsilon),
    ];
    for (by, before, after) in spends {
        let what = format!("more than {} of epsilon spent {by}", before.min(after));
        diff.say(before > after, after > before, what, Facet::Answers);
    }
    let rarer = |a: &Dp, b: &Dp| a.delta() < b.delta();
    let rarest = if rarer(was, is) { was } else { is };
    let what = format!(
        "groups that show one {} more often than {}",
        was.unit, rarest.delta
    );
    diff.say(rarer(is, was), rarer(was, is), what, Facet::Answers);
    if (&was.unit, was.max_groups, was.max_rows) != (&is.unit, is.max_groups, is.max_rows) {
        diff.changed.push("the terms of [disclosure.dp]".to_owned());
    }
}

fn budget(was: Option<&Budget>, is: Option<&Budget>, diff: &mut PolicyDiff) {
    let words = |b: &Budget| format!("more than {} statistics a {}", b.count, b.per);
    match (was, is) {
        (Some(was), None) => diff.gain(words(was), Facet::Answers),
        (None, Some(is)) => diff.no_longer.push(words(is)),
        (Some(was), Some(is)) if was.per == is.per => {
            if is.count > was.count {
                diff.gain(words(was), Facet::Answers);
            } else if is.count < was.count {
                diff.no_longer.push(words(is));
            }
        }
        (Some(was), Some(is)) => {
            diff.changed.push(format!(
                "{} a {} instead of {} a {}",
                is.count, is.per, was.count, was.per
            ));
        }
        (None, None) => {}
    }
}
