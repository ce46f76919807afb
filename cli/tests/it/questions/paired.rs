//! As many of one track as can be paired with entities of another, each with one that stands behind a row with it, by trying.

use std::collections::{BTreeMap, BTreeSet};

/// By entity of one track, those of another that stand behind rows with it.
pub(crate) type Partners = BTreeMap<String, BTreeSet<String>>;

/// Whether k can be paired.
pub(crate) fn are_paired(partners: &Partners, k: usize) -> bool {
    let mut taken = BTreeMap::new();
    let who = partners.keys();
    let paired = who.filter(|who| finds(partners, who, &mut taken, &mut BTreeSet::new()));
    paired.take(k).count() == k
}

fn finds<'p>(
    partners: &'p Partners,
    who: &'p str,
    taken: &mut BTreeMap<&'p str, &'p str>,
    asked: &mut BTreeSet<&'p str>,
) -> bool {
    for partner in &partners[who] {
        if !asked.insert(partner) {
            continue;
        }
        let having = taken.get(partner.as_str()).copied();
        if having.is_none_or(|having| finds(partners, having, taken, asked)) {
            taken.insert(partner, who);
            return true;
        }
    }
    false
}
