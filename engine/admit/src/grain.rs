//! Grids of time and number: which nest in which, and which literals lie on them.

use chrono::{Datelike, NaiveDateTime, Timelike};
use policy::capability::{Grain, TimeUnit};
use policy::number::Decimal;

/// Seconds of a unit of fixed length; `None` for calendar units.
fn seconds(unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => Some(1),
        TimeUnit::Minute => Some(60),
        TimeUnit::Hour => Some(3_600),
        TimeUnit::Day => Some(86_400),
        TimeUnit::Week => Some(604_800),
        TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year => None,
    }
}

/// Months of a calendar unit; `None` for units of fixed length.
fn months(unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Month => Some(1),
        TimeUnit::Quarter => Some(3),
        TimeUnit::Year => Some(12),
        TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day | TimeUnit::Week => {
            None
        }
    }
}

/// Seconds of a cell of fixed length, and by how many its grid lies before the epoch.
pub(crate) fn cell_seconds(count: u32, unit: TimeUnit) -> Option<(i64, i64)> {
    // Weeks begin on Monday; the epoch was a Thursday.
    let shift = if unit == TimeUnit::Week {
        3 * 86_400
    } else {
        0
    };
    let width = seconds(unit)?.checked_mul(i64::from(count))?;
    Some((width, shift))
}

/// Months of a cell of the calendar.
pub(crate) fn cell_months(count: u32, unit: TimeUnit) -> Option<i64> {
    months(unit)?.checked_mul(i64::from(count))
}

fn time_nests(fine: (u32, TimeUnit), coarse: (u32, TimeUnit)) -> bool {
    let (fine_n, coarse_n) = (i64::from(fine.0), i64::from(coarse.0));
    // Weeks begin on Monday, and any seven days on the epoch's Thursday: only what divides a day nests in both.
    if (fine.1 == TimeUnit::Week) != (coarse.1 == TimeUnit::Week) {
        let day = seconds(fine.1).map(|seconds| fine_n.saturating_mul(seconds));
        return day.is_some_and(|fine| 86_400_i64.checked_rem(fine) == Some(0));
    }
    match (
        seconds(fine.1),
        seconds(coarse.1),
        months(fine.1),
        months(coarse.1),
    ) {
        (Some(f), Some(c), _, _) | (None, None, Some(f), Some(c)) => {
            coarse_n
                .saturating_mul(c)
                .checked_rem(fine_n.saturating_mul(f))
                == Some(0)
        }
        // A month begins at the start of a day, so grids that divide a day nest in it; weeks never.
        (Some(f), None, _, Some(_)) => 86_400_i64.checked_rem(fine_n.saturating_mul(f)) == Some(0),
        _never => false,
    }
}

/// Whether every cell of `coarse` is a union of cells of `fine`.
#[must_use]
pub(crate) fn nests(fine: &Grain, coarse: &Grain) -> bool {
    match (fine, coarse) {
        (Grain::Any, Grain::Any | Grain::Number(_) | Grain::Time { .. }) => true,
        // A width of zero is one that is not known.
        (Grain::Number(f), Grain::Number(c)) => c.mantissa() != 0 && c.is_multiple_of(*f),
        (
            Grain::Time {
                count: fc,
                unit: fu,
            },
            Grain::Time {
                count: cc,
                unit: cu,
            },
        ) => time_nests((*fc, *fu), (*cc, *cu)),
        (Grain::Number(_) | Grain::Time { .. }, Grain::Any)
        | (Grain::Number(_), Grain::Time { .. })
        | (Grain::Time { .. }, Grain::Number(_)) => false,
    }
}

/// The coarsest common requirement of two grains: a literal must lie on both.
#[must_use]
pub(crate) fn meet(a: &Grain, b: &Grain) -> Option<Grain> {
    if nests(a, b) {
        Some(b.clone())
    } else if nests(b, a) {
        Some(a.clone())
    } else {
        None
    }
}

/// Whether a number lies on the grid.
#[must_use]
pub(crate) fn number_on(grain: &Grain, value: Decimal) -> bool {
    match grain {
        Grain::Any => true,
        Grain::Number(step) => value.is_multiple_of(*step),
        Grain::Time { .. } => false,
    }
}

/// Whether a moment (UTC) lies on the grid.
#[must_use]
pub(crate) fn moment_on(grain: &Grain, at: NaiveDateTime) -> bool {
    match grain {
        Grain::Any => true,
        Grain::Number(_) => false,
        Grain::Time { count, unit } => {
            let count = i64::from(*count);
            if let Some(seconds) = seconds(*unit) {
                // Weeks begin on Monday; the epoch was a Thursday.
                let shift = if *unit == TimeUnit::Week {
                    3 * 86_400
                } else {
                    0
                };
                let since = at.and_utc().timestamp().saturating_add(shift);
                at.nanosecond() == 0 && since.checked_rem(count.saturating_mul(seconds)) == Some(0)
            } else {
                let months = months(*unit).unwrap_or(1).saturating_mul(count);
                let index = i64::from(at.year()) * 12 + i64::from(at.month0());
                at.day() == 1
                    && at.num_seconds_from_midnight() == 0
                    && at.nanosecond() == 0
                    && index.checked_rem(months) == Some(0)
            }
        }
    }
}

/// Whether a span of time is a whole number of cells: an offset between two columns.
#[must_use]
pub(crate) fn span_on(grain: &Grain, span: Span) -> bool {
    match grain {
        Grain::Any => true,
        Grain::Number(_) => false,
        Grain::Time { count, unit } => {
            let count = i64::from(*count);
            match (seconds(*unit), months(*unit)) {
                (Some(s), _) => {
                    span.months == 0
                        && span.nanos == 0
                        && span.seconds.checked_rem(s.saturating_mul(count)) == Some(0)
                }
                (None, Some(m)) => {
                    span.seconds == 0
                        && span.nanos == 0
                        && span.months.checked_rem(m.saturating_mul(count)) == Some(0)
                }
                (None, None) => false,
            }
        }
    }
}

/// A span of time as SQL intervals have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    /// Calendar months.
    pub(crate) months: i64,
    /// Seconds, days counted as 86 400.
    pub(crate) seconds: i64,
    /// Nanoseconds that are not whole seconds.
    pub(crate) nanos: i64,
}

impl Span {
    /// Whether it is no time at all.
    #[must_use]
    pub(crate) fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// The grain of buckets this long; `None` when they are no grid.
    #[must_use]
    pub(crate) fn as_grain(self) -> Option<Grain> {
        let time = |count: i64, unit| {
            u32::try_from(count)
                .ok()
                .filter(|c| *c > 0)
                .map(|count| Grain::Time { count, unit })
        };
        match (self.months, self.seconds, self.nanos) {
            (0, s, 0) if s > 0 && s % 86_400 == 0 => time(s / 86_400, TimeUnit::Day),
            (0, s, 0) if s > 0 => time(s, TimeUnit::Second),
            (m, 0, 0) if m > 0 => time(m, TimeUnit::Month),
            _no_grid => None,
        }
    }
}

/// The unit that `date_trunc` or `date_part` names, and whether parts of it are functions of it.
#[must_use]
pub(crate) fn unit_named(name: &str) -> Option<TimeUnit> {
    match name.to_ascii_lowercase().as_str() {
        "second" => Some(TimeUnit::Second),
        "minute" => Some(TimeUnit::Minute),
        "hour" => Some(TimeUnit::Hour),
        "day" | "dow" | "doy" | "isodow" => Some(TimeUnit::Day),
        "week" | "isoyear" => Some(TimeUnit::Week),
        "month" => Some(TimeUnit::Month),
        "quarter" => Some(TimeUnit::Quarter),
        "year" => Some(TimeUnit::Year),
        _unlisted => None,
    }
}
