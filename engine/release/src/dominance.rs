//! The p% rule: the second largest contributor must not be able to tell the largest one's contribution closely.
//!
//! Only for exact answers. Withholding is itself a bit, which is why it is off by default.

use arrow::datatypes::i256;

/// True if what all but the two largest add is at least `percent` % of what the largest adds, in absolute amounts.
pub(crate) fn undominated(amounts: impl Iterator<Item = i128>, percent: u8) -> bool {
    let (mut first, mut second, mut total) = (i256::ZERO, i256::ZERO, i256::ZERO);
    for amount in amounts {
        let amount = i256::from_i128(amount).wrapping_abs();
        total = total.wrapping_add(amount);
        if amount > first {
            (first, second) = (amount, first);
        } else if amount > second {
            second = amount;
        }
    }
    let rest = total.wrapping_sub(first).wrapping_sub(second);
    rest.wrapping_mul(i256::from_i128(100))
        >= first.wrapping_mul(i256::from_i128(i128::from(percent)))
}
