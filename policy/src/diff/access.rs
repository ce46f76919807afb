//! Who may ask, receive, why and until when: what a new version changes.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Facet, PolicyDiff};
use crate::document::{Access, OwnerAccess, Placed};

pub(super) fn compare(old: &Access, new: &Access, diff: &mut PolicyDiff) {
    lists(
        old.ask.as_ref(),
        new.ask.as_ref(),
        "party of the contract may ask",
        "may ask",
        Facet::Asker,
        diff,
    );
    let (was, is) = (
        old.receive.as_ref().or(old.ask.as_ref()),
        new.receive.as_ref().or(new.ask.as_ref()),
    );
    lists(
        was,
        is,
        "party of the contract may receive answers",
        "may receive answers",
        Facet::Receiver,
        diff,
    );
    let (was, is) = (old.purposes.as_ref(), new.purposes.as_ref());
    lists(
        was,
        is,
        "purpose of the contract will do",
        "is a purpose to ask for",
        Facet::Purpose,
        diff,
    );
    let day = |access: &Access| access.until.as_ref().map(|until| until.value);
    if let Some(first) = day(old).into_iter().chain(day(new)).min() {
        let later = |access: &Access| day(access).is_none_or(|until| until > first);
        diff.say(
            later(old),
            later(new),
            format!("questions after {first}"),
            Facet::After(first),
        );
    }
    let free = |access: &Access| access.owner == OwnerAccess::Full;
    diff.say(
        free(old),
        free(new),
        "the owner alone asks anything of its own tables",
        Facet::OwnerFree,
    );
}

/// Lists where none means every one.
fn lists<T: Ord + Clone + Display>(
    old: Option<&Placed<Vec<T>>>,
    new: Option<&Placed<Vec<T>>>,
    every: &str,
    one: &str,
    facet: impl Fn(Option<T>) -> Facet,
    diff: &mut PolicyDiff,
) {
    let set = |list: &Placed<Vec<T>>| -> BTreeSet<T> { list.value.iter().cloned().collect() };
    match (old, new) {
        (Some(old), Some(new)) => diff.sets(
            &set(old),
            &set(new),
            |item| format!("{item} {one}"),
            |item| facet(Some(item.clone())),
        ),
        (old, new) => {
            let what = format!("every {every}");
            diff.say(old.is_none(), new.is_none(), what, facet(None));
        }
    }
}
