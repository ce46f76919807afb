//! How many can be paired with those who stand behind rows with them, by trying.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody, and with whom.
pub(crate) type Pairs = BTreeSet<(u64, u64)>;

/// The most of these who can have a partner of their own.
pub(crate) fn paired(pairs: &Pairs, among: &BTreeSet<u64>) -> usize {
    let mut taken = BTreeMap::new();
    let found = among
        .iter()
        .filter(|who| finds(pairs, **who, &mut taken, &mut BTreeSet::new()));
    found.count()
}

fn finds(
    pairs: &Pairs,
    who: u64,
    taken: &mut BTreeMap<u64, u64>,
    asked: &mut BTreeSet<u64>,
) -> bool {
    let own = pairs.iter().filter(|(one, _)| *one == who);
    for (_, partner) in own {
        if !asked.insert(*partner) {
            continue;
        }
        let free = taken
            .get(partner)
            .copied()
            .is_none_or(|having| finds(pairs, having, taken, asked));
        if free {
            taken.insert(*partner, who);
            return true;
        }
    }
    false
}
