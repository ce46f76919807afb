//! Which of two grains lets through more.

use crate::capability::{Bounds, Filter, Grain, TimeUnit};

/// Whether everything that `new` lets through, `old` did too.
pub(super) fn grain_within(new: &Grain, old: &Grain) -> bool {
    match (old, new) {
        (Grain::Any, _) => true,
        (Grain::Number(old), Grain::Number(new)) => new.is_multiple_of(*old),
        (Grain::Time { count: a, unit: u }, Grain::Time { count: b, unit: v }) => {
            time_within((*b, *v), (*a, *u))
        }
        (Grain::Number(_), Grain::Time { .. } | Grain::Any)
        | (Grain::Time { .. }, Grain::Number(_) | Grain::Any) => false,
    }
}

/// Fixed spans in seconds, calendar ones in months; months lie on the grid of one day and finer.
fn time_within((new, new_unit): (u32, TimeUnit), (old, old_unit): (u32, TimeUnit)) -> bool {
    let multiple = |a: u64, b: u64| a.checked_rem(b) == Some(0);
    match (size(new, new_unit), size(old, old_unit)) {
        (Size::Seconds(new), Size::Seconds(old))
        | (Size::Months(new), Size::Months(old))
        | (Size::Weeks(new), Size::Weeks(old)) => multiple(new, old),
        (Size::Months(_) | Size::Weeks(_), Size::Seconds(old)) => multiple(86_400, old),
        (Size::Seconds(_) | Size::Weeks(_), Size::Months(_))
        | (Size::Seconds(_) | Size::Months(_), Size::Weeks(_)) => false,
    }
}

enum Size {
    Seconds(u64),
    Weeks(u64),
    Months(u64),
}

fn size(count: u32, unit: TimeUnit) -> Size {
    let count = u64::from(count);
    match unit {
        TimeUnit::Second => Size::Seconds(count),
        TimeUnit::Minute => Size::Seconds(count.saturating_mul(60)),
        TimeUnit::Hour => Size::Seconds(count.saturating_mul(3_600)),
        TimeUnit::Day => Size::Seconds(count.saturating_mul(86_400)),
        TimeUnit::Week => Size::Weeks(count),
        TimeUnit::Month => Size::Months(count),
        TimeUnit::Quarter => Size::Months(count.saturating_mul(3)),
        TimeUnit::Year => Size::Months(count.saturating_mul(12)),
    }
}

/// Whether every predicate of `new` was one of `old`.
pub(super) fn filter_within(new: &Filter, old: &Filter) -> bool {
    match (new, old) {
        (Filter::Grain(new), Filter::Grain(old)) => grain_within(new, old),
        (Filter::Values(new), Filter::Values(old)) => new.iter().all(|value| old.contains(value)),
        (Filter::Values(_), Filter::Grain(Grain::Any)) => true,
        (Filter::Values(_), Filter::Grain(_)) | (Filter::Grain(_), Filter::Values(_)) => false,
    }
}

/// Whether `new` keeps no value that `old` clamped.
pub(super) fn bounds_within(new: &Bounds, old: &Bounds) -> bool {
    new.low >= old.low && new.high <= old.high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Decimal;

    fn time(count: u32, unit: TimeUnit) -> Grain {
        Grain::Time { count, unit }
    }

    #[test]
    fn coarser_is_within() {
        let number = |n: i64| Grain::Number(Decimal::from(n));
        assert!(grain_within(&number(1000), &number(100)));
        assert!(!grain_within(&number(100), &number(1000)));
        assert!(!grain_within(&number(150), &number(100)));
        assert!(grain_within(&number(1), &Grain::Any) && !grain_within(&Grain::Any, &number(1)));
        let (day, month) = (time(1, TimeUnit::Day), time(1, TimeUnit::Month));
        assert!(grain_within(&month, &day) && !grain_within(&day, &month));
        assert!(grain_within(
            &time(1, TimeUnit::Year),
            &time(1, TimeUnit::Quarter)
        ));
        assert!(
            grain_within(&time(24, TimeUnit::Hour), &day)
                && grain_within(&day, &time(24, TimeUnit::Hour))
        );
        assert!(!grain_within(&month, &time(1, TimeUnit::Week)));
        assert!(grain_within(&time(1, TimeUnit::Week), &day));
        assert!(!grain_within(&month, &time(2, TimeUnit::Day)));
    }
}
