//! Exact decimal numbers.

use std::cmp::Ordering;
use std::fmt;

/// `mantissa · 10^-scale`, without trailing zeros, so that equal numbers are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    mantissa: i128,
    scale: u32,
}

impl Number {
    /// A number.
    #[must_use]
    pub fn new(mantissa: i128, scale: u32) -> Self {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The mantissa at a scale that holds the number, else cut off towards zero.
    #[must_use]
    pub fn at(self, scale: u32) -> i128 {
        if scale >= self.scale {
            self.mantissa * 10_i128.pow(scale - self.scale)
        } else {
            self.mantissa / 10_i128.pow(self.scale - scale)
        }
    }

    /// Both at one scale.
    fn aligned(self, other: Self) -> (i128, i128, u32) {
        let scale = self.scale.max(other.scale);
        (self.at(scale), other.at(scale), scale)
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Self::new(a + b, scale)
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Self::new(a - b, scale)
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.scale + other.scale)
    }

    /// The quotient by a count, cut off towards zero behind so many digits.
    #[must_use]
    pub fn over(self, count: usize, scale: u32) -> Self {
        Self::new(self.at(scale) / i128::try_from(count).unwrap(), scale)
    }

    /// Zero or not.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The nearest floating-point number.
    #[must_use]
    pub fn real(self) -> f64 {
        self.to_string().parse().unwrap()
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Self::new(i128::from(whole), 0)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let unit = 10_u128.pow(self.scale);
        let (sign, size) = (
            if self.mantissa < 0 { "-" } else { "" },
            self.mantissa.unsigned_abs(),
        );
        let width = usize::try_from(self.scale).unwrap();
        write!(f, "{sign}{}.{:0width$}", size / unit, size % unit)
    }
}
