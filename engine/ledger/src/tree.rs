//! The Merkle tree of RFC 9162: roots, inclusion and consistency.

use sha2::{Digest, Sha256};

type Hash = [u8; 32];

/// The hash of a leaf.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(bytes)
        .finalize()
        .into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The largest power of two below `n`, for `n` of at least 2.
fn split_point(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The root over leaf hashes.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        several => {
            let (left, right) = several.split_at(split_point(several.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The path that proves that a leaf is in the tree.
#[must_use]
pub fn inclusion_proof(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let at = split_point(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if index < at {
        (inclusion_proof(index, left), root(right))
    } else {
        (inclusion_proof(index.saturating_sub(at), right), root(left))
    };
    path.push(sibling);
    path
}

/// Whether the path leads from the leaf to the root.
#[must_use]
pub fn inclusion_holds(
    leaf: Hash,
    index: usize,
    size: usize,
    path: &[Hash],
    expected: &Hash,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut hash, mut index, mut last) = (leaf, index, size.saturating_sub(1));
    for sibling in path {
        if last == 0 {
            return false;
        }
        if index % 2 == 1 || index == last {
            hash = node(sibling, &hash);
            while index.is_multiple_of(2) && index != 0 {
                index /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, sibling);
        }
        index /= 2;
        last /= 2;
    }
    last == 0 && hash == *expected
}

/// The proof that a tree of the first `old` leaves is a prefix of this one.
#[must_use]
pub fn consistency_proof(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    if old == 0 || old >= leaves.len() {
        return Vec::new();
    }
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let at = split_point(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut proof, other) = if old <= at {
        (subproof(old, left, whole), root(right))
    } else {
        (subproof(old.saturating_sub(at), right, false), root(left))
    };
    proof.push(other);
    proof
}

/// Whether the proof shows that the old tree is a prefix of the new one.
#[must_use]
pub fn consistency_holds(
    (old, old_root): (usize, &Hash),
    (new, new_root): (usize, &Hash),
    proof: &[Hash],
) -> bool {
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty();
    }
    let mut path: Vec<Hash> = proof.to_vec();
    if old.is_power_of_two() {
        path.insert(0, *old_root);
    }
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let (mut small, mut large) = (old.saturating_sub(1), new.saturating_sub(1));
    while small % 2 == 1 {
        small /= 2;
        large /= 2;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for hash in rest {
        if large == 0 {
            return false;
        }
        if small % 2 == 1 || small == large {
            from_old = node(hash, &from_old);
            from_new = node(hash, &from_new);
            while small.is_multiple_of(2) && small != 0 {
                small /= 2;
                large /= 2;
            }
        } else {
            from_new = node(&from_new, hash);
        }
        small /= 2;
        large /= 2;
    }
    large == 0 && from_old == *old_root && from_new == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u8) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&[i])).collect()
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
        for size in 1..40_u8 {
            let all = leaves(size);
            let top = root(&all);
            for (index, leaf) in all.iter().enumerate() {
                let path = inclusion_proof(index, &all);
                assert!(inclusion_holds(*leaf, index, all.len(), &path, &top));
                assert!(!inclusion_holds(
                    leaf_hash(b"x"),
                    index,
                    all.len(),
                    &path,
                    &top
                ));
                assert!(!inclusion_holds(*leaf, index + 1, all.len(), &path, &top) || size == 1);
            }
        }
    }

    #[test]
    fn every_prefix_is_consistent_and_no_changed_one() {
        let all = leaves(33);
        for new in 1..=33_usize {
            let new_root = root(all.get(..new).unwrap_or_default());
            for old in 1..=new {
                let kept = all.get(..old).unwrap_or_default();
                let proof = consistency_proof(old, all.get(..new).unwrap_or_default());
                assert!(consistency_holds(
                    (old, &root(kept)),
                    (new, &new_root),
                    &proof
                ));
                let other = leaf_hash(b"other");
                assert!(!consistency_holds((old, &other), (new, &new_root), &proof));
            }
        }
    }

    #[test]
    fn the_empty_tree_has_the_root_of_the_standard() {
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(root(&[])), expected);
    }
}
