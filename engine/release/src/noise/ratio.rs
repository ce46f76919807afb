//! Non-negative rational numbers, reduced.

/// A non-negative rational number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    above: u128,
    below: u128,
}

impl Ratio {
    /// `above / below`; `None` for a denominator of 0.
    #[must_use]
    pub fn new(above: u128, below: u128) -> Option<Self> {
        let divisor = gcd(above, below);
        Some(Self {
            above: above.checked_div(divisor)?,
            below: below.checked_div(divisor).filter(|below| *below > 0)?,
        })
    }

    /// The numerator, reduced.
    #[must_use]
    pub fn above(self) -> u128 {
        self.above
    }

    /// The denominator, reduced.
    #[must_use]
    pub fn below(self) -> u128 {
        self.below
    }

    /// The largest whole number not above it.
    #[must_use]
    pub fn floor(self) -> u128 {
        self.above.checked_div(self.below).unwrap_or(0)
    }

    /// What the largest whole number leaves.
    pub(crate) fn fraction(self) -> Self {
        Self {
            above: self.above.checked_rem(self.below).unwrap_or(0),
            below: self.below,
        }
    }
}

/// The greatest common divisor; of 0 and a number the number.
pub(crate) fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a
}
