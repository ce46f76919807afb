//! Exact decimal numbers of the policy language: bounds, grains, cuts.
//!
//! A policy says `cut = 0.1` and means a tenth, so values are kept as `mantissa × 10^-scale`.

use std::cmp::Ordering;
use std::fmt;

/// An exact decimal: `mantissa × 10^-scale`, normalised (no trailing zeros in the fraction).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

impl Decimal {
    /// The largest scale kept.
    pub const MAX_SCALE: u8 = 18;

    /// `mantissa × 10^-scale`, normalised.
    #[must_use]
    pub fn new(mantissa: i128, scale: u8) -> Self {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa.wrapping_rem(10) == 0 {
            mantissa = mantissa.wrapping_div(10);
            scale = scale.saturating_sub(1);
        }
        Self { mantissa, scale }
    }

    /// Parses `-12.50`; no exponent. `None` when it is not such a number or does not fit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let clean = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !clean(whole) || !clean(fraction) {
            return None;
        }
        let scale = u8::try_from(fraction.len())
            .ok()
            .filter(|s| *s <= Self::MAX_SCALE)?;
        let joined = format!("{whole}{fraction}");
        let value: i128 = joined.parse().ok()?;
        Some(Self::new(
            if negative {
                value.checked_neg()?
            } else {
                value
            },
            scale,
        ))
    }

    /// Parses `1.5e-3` or what [`Self::parse`] takes.
    #[must_use]
    pub fn parse_scientific(text: &str) -> Option<Self> {
        let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
            return Self::parse(text);
        };
        let value = Self::parse(digits)?;
        let exponent: i8 = exponent
            .strip_prefix('+')
            .unwrap_or(exponent)
            .parse()
            .ok()?;
        let power = exponent.unsigned_abs();
        if exponent < 0 {
            let scale = value.scale.checked_add(power)?;
            return Some(Self::new(value.mantissa, scale)).filter(|d| d.scale <= Self::MAX_SCALE);
        }
        let factor = 10_i128.checked_pow(u32::from(power))?;
        Some(Self::new(value.mantissa.checked_mul(factor)?, value.scale))
    }

    /// Whether it has at most 18 digits on each side of the point: what the language takes, so that
    /// products of two of them stay exact.
    #[must_use]
    pub fn fits(self) -> bool {
        const LIMIT: i128 = 1_000_000_000_000_000_000;
        let whole = 10_i128
            .checked_pow(u32::from(self.scale))
            .and_then(|unit| self.mantissa.checked_div(unit));
        self.scale <= Self::MAX_SCALE
            && whole.is_some_and(|w| w.unsigned_abs() < LIMIT.unsigned_abs())
    }

    /// Whether it is more than zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// Whether it has no fraction.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.scale == 0
    }

    /// The mantissa.
    #[must_use]
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// The scale: digits after the point.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The mantissa at another scale; `None` when digits would be lost or it does not fit.
    #[must_use]
    pub fn at_scale(self, scale: u8) -> Option<i128> {
        let up = scale.checked_sub(self.scale)?;
        self.mantissa
            .checked_mul(10_i128.checked_pow(u32::from(up))?)
    }

    /// Whether `self` is a whole multiple of `grain` (every number is of a zero grain: none is).
    #[must_use]
    pub fn is_multiple_of(self, grain: Self) -> bool {
        let scale = self.scale.max(grain.scale);
        match (self.at_scale(scale), grain.at_scale(scale)) {
            (Some(a), Some(g)) if g != 0 => a.checked_rem(g) == Some(0),
            _ => false,
        }
    }

    /// `self / other` when that is exact within [`Self::MAX_SCALE`] digits.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        for extra in 0..=Self::MAX_SCALE {
            let scale = self.scale.max(other.scale).checked_add(extra)?;
            let a = self.at_scale(scale.min(38))?;
            let b = other.at_scale(self.scale.max(other.scale))?;
            if b == 0 {
                return None;
            }
            if a.checked_rem(b) == Some(0) {
                return Some(Self::new(a.checked_div(b)?, extra));
            }
        }
        None
    }

    /// `self × other` when it fits.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let scale = self.scale.checked_add(other.scale)?;
        Some(Self::new(self.mantissa.checked_mul(other.mantissa)?, scale))
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(self) -> Self {
        Self {
            mantissa: self.mantissa.saturating_abs(),
            scale: self.scale,
        }
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::new(i128::from(value), 0)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at_scale(scale), other.at_scale(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            (None, _) => self.mantissa.cmp(&0),
            (_, None) => 0.cmp(&other.mantissa),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!(
            "{:0>1$}",
            self.mantissa.unsigned_abs(),
            usize::from(self.scale) + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.scale));
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if fraction.is_empty() {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}
