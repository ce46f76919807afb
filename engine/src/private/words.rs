//! What an answer under differential privacy promises, in words.

use std::collections::BTreeSet;

use admit::{Admitted, Policies};
use policy::ident::TableRef;
use release::PrivateRelease;

/// The promise of every table, and how the releases keep it.
pub(crate) fn in_words(
    admitted: &Admitted,
    tables: &BTreeSet<TableRef>,
    policies: &Policies,
) -> Vec<String> {
    let Admitted::Released { releases, .. } = admitted else {
        return Vec::new();
    };
    let protected = tables.iter().filter_map(|table| policies.tables.get(table));
    let protected = protected.filter(|policy| !policy.is_public());
    let promises = protected.filter_map(|policy| {
        let dp = policy.disclosure.dp.as_ref()?;
        let whence = policy.source.whence(&dp.span);
        let (epsilon, delta, unit) = (dp.value.epsilon, &dp.value.delta, &dp.value.unit);
        Some(format!(
            "{}: ({epsilon}, {delta})-differentially private for every {unit}, for adaptive questions{whence}",
            policy.table
        ))
    });
    let kept = releases.iter().filter_map(|release| {
        let terms = release.private.as_ref()?.terms.clone();
        let schema = release.input.schema().as_arrow();
        let release = PrivateRelease::new(release.spec.clone(), terms, schema).ok()?;
        Some(release.in_words())
    });
    let kept: Vec<String> = kept.flatten().collect();
    promises.chain(kept).collect()
}

/// The constant note of such an answer.
pub(crate) fn note() -> String {
    "numbers carry noise that covers whatever one entity adds, and groups of few are left out by a noised number; the same question gets the same numbers".to_owned()
}
