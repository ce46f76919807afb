//! One value of a CSV: what it can be read as. Guessing types and reading values use the same
//! functions, so that what was guessed always reads.

use arrow::array::types::{Date32Type, Decimal128Type};
use arrow::compute::kernels::cast_utils::{Parser, parse_decimal, string_to_datetime};
use chrono::{DateTime, Utc};

/// `007` and `+352 …` are codes, not numbers.
fn is_code(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    zero || value.starts_with('+')
}

pub(super) fn boolean(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

pub(super) fn integer(value: &str) -> Option<i64> {
    value.parse().ok().filter(|_| !is_code(value))
}

/// Digits before and behind the point of a plain decimal.
pub(super) fn digits(value: &str) -> Option<(usize, usize)> {
    if is_code(value) {
        return None;
    }
    let value = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (!whole.is_empty() && plain(whole) && plain(part)).then_some((whole.len(), part.len()))
}

/// A plain decimal that loses nothing at this precision and scale.
pub(super) fn decimal(value: &str, precision: u8, scale: i8) -> Option<i128> {
    let plain = value.strip_prefix('+').unwrap_or(value);
    let plain = match plain.trim_start_matches('0') {
        rest if rest.is_empty() || rest.starts_with('.') => plain,
        rest => rest,
    };
    let plain = match plain.split_once('.') {
        Some((whole, part)) if part.trim_end_matches('0').is_empty() => whole,
        Some(_) => plain.trim_end_matches('0'),
        None => plain,
    };
    let (_, part) = digits(plain)?;
    if part > usize::from(scale.unsigned_abs()) {
        return None;
    }
    parse_decimal::<Decimal128Type>(plain, precision, scale).ok()
}

pub(super) fn float(value: &str) -> Option<f64> {
    value.parse().ok().filter(|_| !is_code(value))
}

/// `YYYY-MM-DD`, as days since the epoch.
pub(super) fn date(value: &str) -> Option<i32> {
    let dashed = value.len() == 10 && value.as_bytes().first().is_some_and(u8::is_ascii_digit);
    Date32Type::parse(value).filter(|_| dashed)
}

/// ISO 8601, with `T` or a blank, with an offset or in UTC.
pub(super) fn moment(value: &str) -> Option<DateTime<Utc>> {
    if value.len() < 10 {
        return None;
    }
    string_to_datetime(&Utc, value).ok()
}

/// Whether a moment is more exact than microseconds.
pub(super) fn is_nanos(moment: &DateTime<Utc>) -> bool {
    moment
        .timestamp_subsec_nanos()
        .checked_rem(1_000)
        .is_some_and(|rest| rest != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_no_numbers() {
        for code in ["007", "+35212", "-01", "00", "+1.5"] {
            assert!(
                integer(code).is_none() && digits(code).is_none() && float(code).is_none(),
                "{code}"
            );
        }
        assert_eq!((integer("0"), integer("-7")), (Some(0), Some(-7)));
        assert_eq!(digits("-0.50"), Some((1, 2)));
    }

    #[test]
    fn decimals_lose_nothing() {
        assert_eq!(decimal("1.5", 18, 2), Some(150));
        assert_eq!(decimal("-0.05", 18, 2), Some(-5));
        assert_eq!(decimal("0012.00", 4, 2), Some(1_200));
        assert_eq!(decimal("1.500", 18, 2), Some(150));
        assert_eq!(decimal("1.005", 18, 2), None);
        assert_eq!(decimal("12345.00", 6, 2), None);
        assert_eq!(decimal("1e3", 18, 2), None);
        assert_eq!(decimal("0", 18, 2), Some(0));
    }

    #[test]
    fn days_and_moments() {
        assert_eq!(date("1970-01-02"), Some(1));
        assert_eq!(date("2024-01-01T05:00:00"), None);
        assert_eq!(date("20240101"), None);
        assert_eq!(date("2024-02-30"), None);
        let micros = |text: &str| moment(text).map(|m| m.timestamp_micros());
        assert_eq!(micros("1970-01-01 00:00:01.5"), Some(1_500_000));
        assert_eq!(micros("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(micros("9999-12-31 23:59:59"), Some(253_402_300_799_000_000));
        assert_eq!(micros("noon"), None);
    }
}
