//! Days and months, without a library: microseconds since 1970 on the Gregorian calendar.

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// The day number of a date.
#[must_use]
pub fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day number.
#[must_use]
pub fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The first moment of the month.
#[must_use]
pub fn month(micros: i64) -> i64 {
    let (year, month, _) = date_of(micros.div_euclid(DAY));
    day_of(year, month, 1) * DAY
}

/// A moment with a separator between day and time; whole seconds only.
#[must_use]
pub fn text(micros: i64, separator: char) -> String {
    let (year, month, day) = date_of(micros.div_euclid(DAY));
    let seconds = micros.rem_euclid(DAY) / 1_000_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_known() {
        assert_eq!(day_of(1970, 1, 1), 0);
        assert_eq!(day_of(2000, 3, 1), 11_017);
        assert_eq!(text(951_782_400_000_000, ' '), "2000-02-29 00:00:00");
        assert_eq!(month(951_868_799_999_999), day_of(2000, 2, 1) * DAY);
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, of_month) = date_of(day);
            assert_eq!(day_of(year, month, of_month), day);
        }
    }
}
