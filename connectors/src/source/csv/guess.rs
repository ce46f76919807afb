//! The type of a column: the narrowest that every value of the whole file fits, or the one it is
//! told to have, with how many values contradict it.

use arrow::datatypes::{DataType, TimeUnit};

use super::value;

/// What a policy takes a column to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Whatever it holds.
    Any,
    /// Numbers: it is a measure, or has a grid of numbers.
    Number,
    /// Dates or timestamps: it has a grid of time.
    Moment,
}

/// What every value of a column so far could be.
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for every type that is left"
)]
#[derive(Debug, Clone)]
pub(super) struct Guess {
    told: Option<DataType>,
    wanted: Wanted,
    values: u64,
    boolean: bool,
    integer: bool,
    decimal: Option<(usize, usize)>,
    float: bool,
    date: bool,
    moment: bool,
    nanos: bool,
    near: bool,
    misfits: u64,
    first_misfit: u64,
}

impl Guess {
    /// Nothing known, or a type that was told.
    pub(super) fn new(told: Option<DataType>, wanted: Wanted) -> Self {
        Self {
            told,
            wanted,
            values: 0,
            boolean: true,
            integer: true,
            decimal: Some((0, 0)),
            float: true,
            date: true,
            moment: true,
            nanos: false,
            near: true,
            misfits: 0,
            first_misfit: 0,
        }
    }

    /// Takes a value on a line into account; an empty one is NULL and fits every type.
    pub(super) fn see(&mut self, text: &str, line: u64) {
        if text.is_empty() {
            return;
        }
        self.values = self.values.saturating_add(1);
        let fits = match &self.told {
            Some(told) => fits(text, told),
            None => self.wanted.holds(text),
        };
        if !fits {
            if self.misfits == 0 {
                self.first_misfit = line;
            }
            self.misfits = self.misfits.saturating_add(1);
        }
        if self.told.is_some() {
            return;
        }
        self.boolean = self.boolean && value::boolean(text).is_some();
        self.integer = self.integer && value::integer(text).is_some();
        self.decimal = match (self.decimal, value::digits(text)) {
            (Some((whole, part)), Some((w, p))) => Some((whole.max(w), part.max(p))),
            (Some(_) | None, _) => None,
        };
        self.float = self.float && value::float(text).is_some();
        self.date = self.date && value::date(text).is_some();
        let moment = value::moment(text).filter(|_| self.moment);
        self.moment = moment.is_some();
        self.nanos |= moment.is_some_and(|moment| value::is_nanos(&moment));
        self.near &= moment.is_none_or(|moment| moment.timestamp_nanos_opt().is_some());
    }

    /// How many values contradict the type that was told, and the line of the first.
    pub(super) fn misfits(&self) -> Option<(u64, u64)> {
        (self.told.is_some() && self.misfits > 0).then_some((self.misfits, self.first_misfit))
    }

    /// How many values are not what the policy wants, and the line of the first, if most of the others are: then the
    /// data is wrong, and not the policy.
    pub(super) fn unwanted(&self) -> Option<(u64, u64)> {
        let few = self.misfits > 0 && self.misfits <= self.values / 2;
        (self.told.is_none() && few).then_some((self.misfits, self.first_misfit))
    }

    /// The type; `unknown` if no row has a value.
    pub(super) fn data_type(&self, unknown: &DataType) -> DataType {
        if let Some(told) = &self.told {
            return told.clone();
        }
        let moment = match (self.nanos, self.near) {
            (false, _) => DataType::Timestamp(TimeUnit::Microsecond, None),
            (true, true) => DataType::Timestamp(TimeUnit::Nanosecond, None),
            (true, false) => DataType::Utf8,
        };
        match self {
            guess if guess.values == 0 => unknown.clone(),
            guess if guess.boolean => DataType::Boolean,
            guess if guess.integer => DataType::Int64,
            guess if guess.date => DataType::Date32,
            guess if guess.moment => moment,
            guess => match guess.decimal {
                Some((whole, part)) => exact(whole, part),
                None if guess.float => DataType::Float64,
                None => DataType::Utf8,
            },
        }
    }
}

impl Wanted {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Number => value::digits(text).is_some() || value::float(text).is_some(),
            Self::Moment => value::date(text).is_some() || value::moment(text).is_some(),
        }
    }
}

/// A decimal that holds every value; text if none can, since a float would lose digits.
fn exact(whole: usize, part: usize) -> DataType {
    let precision = u8::try_from(whole.saturating_add(part))
        .ok()
        .filter(|p| *p <= 38);
    match (precision, i8::try_from(part)) {
        (Some(precision), Ok(scale)) => DataType::Decimal128(precision.max(18), scale),
        _too_many_digits => DataType::Utf8,
    }
}

fn fits(text: &str, told: &DataType) -> bool {
    match told {
        DataType::Boolean => value::boolean(text).is_some(),
        DataType::Int64 => text.parse::<i64>().is_ok(),
        DataType::Float64 => text.parse::<f64>().is_ok(),
        DataType::Date32 => value::date(text).is_some(),
        DataType::Timestamp(_, _) => value::moment(text).is_some(),
        DataType::Decimal128(precision, scale) => {
            value::decimal(text, *precision, *scale).is_some()
        }
        _text => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> DataType {
        let mut guess = Guess::new(None, Wanted::Any);
        for value in values {
            guess.see(value, 1);
        }
        guess.data_type(&DataType::Utf8)
    }

    #[test]
    fn the_whole_column_decides() {
        let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
        let nanos = DataType::Timestamp(TimeUnit::Nanosecond, None);
        for (values, expected) in [
            (&["1", "", "2"][..], DataType::Int64),
            (&["1", "007"], DataType::Utf8),
            (&["1", "2.50"], DataType::Decimal128(18, 2)),
            (&["99999999999999999999"], DataType::Decimal128(20, 0)),
            (
                &["1234567890123456789012345678901234567890"],
                DataType::Utf8,
            ),
            (&["1", "1e3"], DataType::Float64),
            (&["NaN"], DataType::Float64),
            (&["true", "FALSE"], DataType::Boolean),
            (&["2024-01-01"], DataType::Date32),
            (&["2024-01-01", "2024-01-01 10:00:00"], micros.clone()),
            (&["2024-01-01T10:00:00Z", "9999-12-31T00:00:00Z"], micros),
            (&["2024-01-01 10:00:00.123456789"], nanos),
            (
                &["2024-01-01 10:00:00.123456789", "9999-12-31"],
                DataType::Utf8,
            ),
            (&["2024-01-01", "soon"], DataType::Utf8),
            (&["", ""], DataType::Utf8),
            (&[], DataType::Utf8),
            (&["+352621"], DataType::Utf8),
            (&[" 1"], DataType::Utf8),
        ] {
            assert_eq!(of(values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_few_values_that_a_policy_cannot_use_are_the_datas_fault() {
        let seen = |wanted, values: &[&str]| {
            let mut guess = Guess::new(None, wanted);
            for (line, value) in (2..).zip(values) {
                guess.see(value, line);
            }
            guess.unwanted()
        };
        assert_eq!(
            seen(Wanted::Number, &["1", "", "n/a", "2.5", "1e3", "?"]),
            Some((2, 4))
        );
        assert_eq!(seen(Wanted::Number, &["1", "2"]), None);
        assert_eq!(seen(Wanted::Number, &["Anna", "Ben", "3"]), None);
        assert_eq!(
            seen(
                Wanted::Moment,
                &["2024-01-01", "2024-01-01 10:00:00", "01.02.2024"]
            ),
            Some((1, 4))
        );
        assert_eq!(seen(Wanted::Any, &["1", "n/a"]), None);
    }

    #[test]
    fn what_contradicts_a_told_type_is_counted() {
        let mut guess = Guess::new(Some(DataType::Decimal128(18, 2)), Wanted::Any);
        for (line, value) in [(2, "1.50"), (3, "1.505"), (4, ""), (5, "x")] {
            guess.see(value, line);
        }
        assert_eq!(guess.misfits(), Some((2, 3)));
        assert_eq!(
            guess.data_type(&DataType::Utf8),
            DataType::Decimal128(18, 2)
        );
    }
}
